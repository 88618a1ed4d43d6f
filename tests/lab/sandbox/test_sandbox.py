"""The sandbox runner, by trying: what a command in it sees, can do and cannot do."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chaosmod.errors import LabError
from chaosmod.lab.base import PLACES, Ended, Job, Tree
from chaosmod.lab.sandbox.mounts import Layout, Overlay
from chaosmod.lab.sandbox.sandbox import Sandbox, Spawner
from chaosmod.lab.state import StateDir
from tests.support.lab import CACHE

pytestmark = pytest.mark.namespaces

ENVIRONMENT = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": PLACES.home}


@pytest.fixture(scope="module")
def spawner() -> Iterator[Spawner]:
    made = Spawner()
    yield made
    made.close()


@pytest.fixture
def directory() -> Path:
    return StateDir(CACHE).new_lab()


@pytest.fixture
def lab(spawner: Spawner, directory: Path, tmp_path: Path) -> Iterator[Sandbox]:
    lower = tmp_path / "lower"
    lower.mkdir()
    (lower / "given").write_text("from the base\n")
    trees = [Tree("work", (lower,)), Tree("gopath"), Tree("cache")]
    made = Sandbox(spawner, directory, trees, [Path(sys.prefix), Path(sys.base_prefix)])
    yield made
    made.close()


def sh(lab: Sandbox, script: str, *, offline: bool = False, timeout: float = 30) -> Ended:
    process = lab.start(Job(["sh", "-c", script], ENVIRONMENT, PLACES.work, offline))
    return lab.wait([process], timeout)[0]


def test_reports_exit_status_and_output(lab: Sandbox) -> None:
    ended = sh(lab, "echo out; echo err >&2; exit 3")
    assert (ended.outcome, ended.exit, ended.stdout, ended.stderr) == ("failed", 3, "out\n", "err\n")


def test_reports_a_signal_as_a_negative_status(lab: Sandbox) -> None:
    assert sh(lab, "kill -TERM $$").exit == -15


def test_a_missing_program_is_told_from_a_failing_one(lab: Sandbox) -> None:
    with pytest.raises(FileNotFoundError, match="no-such-program"):
        lab.start(Job(["no-such-program"], ENVIRONMENT, PLACES.work))
    assert sh(lab, "true").outcome == "ok", "the lab must go on after that"


def test_a_command_past_its_limit_is_killed_with_its_children(lab: Sandbox) -> None:
    ended = sh(lab, "sleep 1000 & sleep 1000", timeout=0.2)
    assert (ended.outcome, ended.exit) == ("hung", None)
    assert "sleep" not in sh(lab, "cat /proc/[0-9]*/comm").stdout


def test_what_a_command_leaves_in_the_background_is_ended(lab: Sandbox) -> None:
    sh(lab, "sleep 1000 &")
    assert "sleep" not in sh(lab, "cat /proc/[0-9]*/comm").stdout


def test_commands_at_once(lab: Sandbox) -> None:
    scripts = ["echo one > a; until [ -e b ]; do sleep 0.01; done", "until [ -e a ]; do sleep 0.01; done; echo two > b"]
    processes = [lab.start(Job(["sh", "-c", s], ENVIRONMENT, PLACES.work)) for s in scripts]
    assert [e.outcome for e in lab.wait(processes, 30)] == ["ok", "ok"], "each waits for the other's file"


def test_commands_have_no_capabilities_and_are_not_root(lab: Sandbox) -> None:
    said = sh(lab, "grep -E '^(CapEff|CapPrm|CapInh|CapAmb|NoNewPrivs)' /proc/self/status; id -u").stdout.split()
    caps = dict(zip(said[0:-1:2], said[1:-1:2], strict=True))
    assert {int(caps[name], 16) for name in ("CapEff:", "CapPrm:", "CapInh:", "CapAmb:")} == {0}
    assert caps["NoNewPrivs:"] == "1"
    assert said[-1] != "0"


def test_mode_bits_hold(lab: Sandbox) -> None:
    assert sh(lab, "echo x > f; chmod 0 f; cat f").outcome == "failed"


@pytest.mark.parametrize("place", ["/usr", "/etc", "/", "/var", "$OUTSIDE", "/proc/sys/kernel"])
def test_nothing_of_the_machine_can_be_written(lab: Sandbox, place: str, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir(mode=0o777)
    ended = sh(lab, f"OUTSIDE={outside}; touch {place}/chaosmod-was-here")
    assert ended.outcome == "failed"
    assert not list(outside.iterdir())


@pytest.mark.parametrize(
    "place", ["/lab/home", "/lab/work", "/lab/gopath", "/lab/cache", "/lab/tmp", "/tmp", "/dev/null"]
)
def test_the_labs_own_places_can_be_written(lab: Sandbox, place: str) -> None:
    target = place if place == "/dev/null" else f"{place}/file"
    assert sh(lab, f"echo x > {target}").outcome == "ok"


def test_the_base_is_copied_on_write(lab: Sandbox, tmp_path: Path) -> None:
    assert sh(lab, "cat given; echo changed > given; rm -f nothing; mkdir new; rm given").stdout == "from the base\n"
    assert (tmp_path / "lower" / "given").read_text() == "from the base\n"
    assert not lab.path("/lab/work/given").exists()


def test_both_sides_see_the_same_files(lab: Sandbox) -> None:
    lab.path("/lab/work/from-outside").write_text("hello\n")
    assert sh(lab, "cat from-outside; echo back > from-inside").stdout == "hello\n"
    assert lab.path("/lab/work/from-inside").read_text() == "back\n"


def test_sockets_of_the_machines_services_are_out_of_reach(lab: Sandbox) -> None:
    """Path-based Unix sockets cross network namespaces: /run and /tmp must hide them."""
    assert sh(lab, "find /run /tmp -type s").stdout == ""
    assert sh(lab, "ls -A /run").stdout == ""


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


def test_offline_has_not_even_the_labs_network(lab: Sandbox) -> None:
    connect = f"{sys.executable} -c 'import socket; socket.create_connection((\"127.0.1.1\", 443), 5)'"
    assert sh(lab, connect).outcome == "ok", "the primary proxy's socket is there"
    assert "Network is unreachable" in sh(lab, connect, offline=True).stderr


def test_each_role_has_listening_sockets(lab: Sandbox) -> None:
    have = {(s.kind, s.role, s.port) for s in lab.listeners}
    roles = ("primary", "mirror", "sumdb", "vcs")
    assert have == {("tcp", r, p) for r in roles for p in (80, 443)} | {("udp", "dns", 53), ("tcp", "dns", 53)}


def test_the_environment_is_exactly_what_was_given(lab: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAOSMOD_LEAK", "1")
    names = {line.partition("=")[0] for line in sh(lab, "env").stdout.splitlines()}
    assert names - {"PWD", "_", "OLDPWD", "SHLVL"} == set(ENVIRONMENT)


def test_close_removes_everything(spawner: Spawner, directory: Path) -> None:
    lab = Sandbox(spawner, directory, [Tree("gopath")])
    init = lab.init
    sh_process = lab.start(Job(["sh", "-c", "mkdir -m 0 /lab/gopath/closed; sleep 1000"], ENVIRONMENT, "/lab"))
    assert sh_process.pid
    lab.close()
    assert not directory.exists()
    assert not Path(f"/proc/{init}").exists()


def test_keep_leaves_what_was_written(spawner: Spawner, directory: Path) -> None:
    lab = Sandbox(spawner, directory, [Tree("gopath")])
    ended = lab.wait([lab.start(Job(["sh", "-c", "echo x > /lab/gopath/f"], ENVIRONMENT, "/lab"))], 30)[0]
    assert ended.outcome == "ok"
    kept = lab.close(keep=True)
    assert kept == directory
    assert (directory / "upper" / "gopath" / "f").read_text() == "x\n"
    spawner.stop(directory)
    assert not directory.exists()


def test_the_spawner_takes_its_labs_with_it(directory: Path) -> None:
    own = Spawner()
    lab = Sandbox(own, directory, [Tree("gopath")])
    init = lab.init
    own.close()
    assert not Path(f"/proc/{init}").exists()
    assert not directory.exists()
    with pytest.raises(LabError):
        lab.start(Job(["true"], ENVIRONMENT, "/lab"))


def test_a_lab_that_cannot_be_made_says_why(spawner: Spawner, directory: Path, tmp_path: Path) -> None:
    with pytest.raises(LabError, match=r"could not be made: mount.*No such file or directory"):
        Sandbox(spawner, directory, [Tree("work", (tmp_path / "missing",))])
    assert not directory.exists()


def test_odd_names_of_lower_directories(spawner: Spawner, directory: Path, tmp_path: Path) -> None:
    odd = tmp_path / "a:b,c\\d e"
    odd.mkdir()
    (odd / "f").write_text("x")
    lab = Sandbox(spawner, directory, [Tree("work", (odd,))])
    try:
        assert lab.path("/lab/work/f").read_text() == "x"
    finally:
        lab.close()


def test_a_small_disk_fills_up(spawner: Spawner, directory: Path) -> None:
    lab = Sandbox(spawner, directory, [Tree("work", limit="size=1m")])
    try:
        said = sh(lab, "head -c 4m /dev/zero > big").stderr
        assert "No space left on device" in said
    finally:
        lab.close()


def test_output_is_bounded(lab: Sandbox) -> None:
    said = sh(lab, "head -c 3000000 /dev/zero | tr '\\0' x; echo the end").stdout
    assert len(said) < 1_100_000
    assert "bytes left out" in said
    assert said.endswith("the end\n")


def test_a_layout_survives_the_wire() -> None:
    import dataclasses

    layout = Layout("/d", (Overlay("a", ("/x", "/y")), Overlay("b", (), "size=1m")), "/etc2", ("/v",))
    assert Layout.from_json(dataclasses.asdict(layout)) == layout


def test_descriptors_do_not_leak(lab: Sandbox) -> None:
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        sh(lab, "true")
    assert len(os.listdir("/proc/self/fd")) <= before
    assert sh(lab, "ls /proc/self/fd | wc -l").stdout.strip() == "4", "stdin, stdout, stderr and ls's own"
