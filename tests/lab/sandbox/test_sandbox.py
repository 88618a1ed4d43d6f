"""The lab as the harness holds it: network, sockets, output."""

from __future__ import annotations

import socket
import sys

import pytest

from chaosmod.lab.sandbox.sandbox import Sandbox
from tests.support.shell import sh

pytestmark = pytest.mark.namespaces


def test_both_sides_see_the_same_files(lab: Sandbox) -> None:
    lab.path("/lab/work/from-outside").write_text("hello\n")
    assert sh(lab, "cat from-outside; echo back > from-inside").stdout == "hello\n"
    assert lab.path("/lab/work/from-inside").read_text() == "back\n"


def test_no_egress(lab: Sandbox) -> None:
    """A server on the machine's own loopback is not there for a command in the lab, nor is any other network."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        connect = f"{sys.executable} -c 'import socket; socket.create_connection((\"127.0.0.1\", {port}), 5)'"
        with socket.create_connection(("127.0.0.1", port)):
            pass  # it can be reached from outside
        ended = sh(lab, connect)
        assert "ConnectionRefusedError" in ended.stderr, ended
    route = f"{sys.executable} -c 'import socket; socket.create_connection((\"192.0.2.1\", 80), 5)'"
    assert "Network is unreachable" in sh(lab, route).stderr
    assert "eth" not in sh(lab, "cat /proc/net/dev").stdout


def test_each_role_has_listening_sockets(lab: Sandbox) -> None:
    have = {(s.kind, s.role, s.port) for s in lab.listeners}
    roles = ("primary", "mirror", "sumdb", "vcs")
    dns = {("udp", "dns", 53), ("tcp", "dns", 53)}
    assert have == {("tcp", r, p) for r in roles for p in (80, 443)} | dns | {("tap", "", 0), ("raw", "", 0)}


def test_output_is_bounded(lab: Sandbox) -> None:
    said = sh(lab, "head -c 3000000 /dev/zero | tr '\\0' x; echo the end").stdout
    assert len(said) < 1_100_000
    assert "bytes left out" in said
    assert said.endswith("the end\n")


def test_a_link_leads_the_harness_to_the_labs_own_file(lab: Sandbox) -> None:
    sh(lab, "mkdir /lab/home/m; echo mine > /lab/home/m/hosts; ln -s /lab/home/m /lab/gopath/linked; ln -s /etc etc")
    assert lab.path("/lab/gopath/linked/hosts").read_text() == "mine\n"
    assert lab.path("/lab/work/etc/hosts").read_text() == sh(lab, "cat /etc/hosts").stdout
