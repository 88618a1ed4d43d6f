"""System calls: what they say when they fail, and what a new namespace is like."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest

from chaosmod.lab.sandbox import kernel


def in_child(check: Callable[[], None]) -> int:
    """The exit status of ``check`` in a forked child: 0 unless it raises."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            check()
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_a_failure_names_the_call_and_its_arguments() -> None:
    with pytest.raises(OSError, match=r"mount\('nowhere', '/no/such/place', 'tmpfs'.*(No such file|not permitted)"):
        kernel.mount("nowhere", "/no/such/place", "tmpfs")
    with pytest.raises(OSError, match=r"umount\('/no/such/place'\)"):
        kernel.umount("/no/such/place")
    with pytest.raises(OSError, match="mount_setattr"):
        kernel.restrict_tree("/no/such/place", kernel.MOUNT_ATTR_RDONLY)


@pytest.mark.namespaces
def test_a_user_namespace_maps_the_caller_to_itself_or_root_to_an_ordinary_user() -> None:
    uid, gid = os.getuid(), os.getgid()

    def check() -> None:
        kernel.unshare(kernel.CLONE_NEWUSER)
        kernel.map_identity(uid, gid)
        assert os.getuid() == (uid or 1000)
        assert os.getgid() == (gid or 1000)

    assert in_child(check) == 0


@pytest.mark.namespaces
def test_the_loopback_of_a_new_network_comes_up() -> None:
    import socket

    uid, gid = os.getuid(), os.getgid()

    def check() -> None:
        kernel.unshare(kernel.CLONE_NEWUSER | kernel.CLONE_NEWNET)
        kernel.map_identity(uid, gid)
        kernel.link_up()
        with socket.create_server(("127.0.1.1", 443)) as server:
            socket.create_connection(server.getsockname(), 5).close()

    assert in_child(check) == 0


def test_a_process_dies_with_its_parent() -> None:
    read, write = os.pipe()

    def parent() -> None:
        if os.fork() == 0:
            kernel.die_with_parent(signal.SIGKILL)
            os.write(write, b"armed")
            signal.pause()
        os.read(read, 5)

    assert in_child(parent) == 0
    os.close(write)
    assert os.read(read, 1) == b"", "the grandchild held the other end open, and is gone"
    os.close(read)


def test_no_new_privileges() -> None:
    def check() -> None:
        kernel.no_new_privileges()
        with open("/proc/self/status") as status:
            assert "NoNewPrivs:\t1" in status.read()

    assert in_child(check) == 0
