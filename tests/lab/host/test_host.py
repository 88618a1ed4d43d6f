"""The host runner, by trying: what a command in it sees, and what is left of it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from chaosmod.errors import LabError, NotHere, UsageError
from chaosmod.lab.base import Ended, Job, Tree
from chaosmod.lab.host.host import Host
from chaosmod.lab.proxy.loop import LoopThread
from chaosmod.lab.state import StateDir

ROOT = Path(__file__).parents[3]
LINUX = sys.platform == "linux"


@dataclass
class Maker:
    """Makes labs, and ends those that a test has not ended itself."""

    state: StateDir
    thread: LoopThread
    told: list[str] = field(default_factory=list)
    made: list[Host] = field(default_factory=list)

    def __call__(self, *trees: Tree) -> Host:
        lab = Host(self.state.new_lab(), trees, {"source.example": "vcs"}, self.thread, self.told.append)
        self.made.append(lab)
        return lab


@pytest.fixture
def maker(tmp_path: Path) -> Iterator[Maker]:
    maker = Maker(StateDir(tmp_path / "state"), LoopThread())
    yield maker
    for lab in maker.made:
        if Path(lab.places.root).exists():
            lab.close()
    maker.thread.close()


def environment(lab: Host) -> dict[str, str]:
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": lab.places.home, **lab.environment}


def sh(lab: Host, script: str, *, offline: bool = False, timeout: float = 30, place: str = "") -> Ended:
    job = Job(["sh", "-c", script], environment(lab), place or lab.places.home, offline)
    return lab.wait([lab.start(job)], timeout)[0]


def gone(pid: int) -> bool:
    """Whether the process has ended, or is a zombie that nobody has waited for yet."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state == "Z"


def until(condition: Callable[[], bool], seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def test_reports_exit_status_and_output(maker: Maker) -> None:
    ended = sh(maker(), "echo out; echo err >&2; exit 3")
    assert (ended.outcome, ended.exit, ended.stdout, ended.stderr) == ("failed", 3, "out\n", "err\n")


def test_reports_a_signal_as_a_negative_status(maker: Maker) -> None:
    assert sh(maker(), "kill -TERM $$").exit == -15


def test_signals_have_their_usual_effect_on_commands(maker: Maker) -> None:
    """The warden lives through them; what it starts must not."""
    assert sh(maker(), "kill -INT $$").exit == -2
    process = maker.made[0].start(Job(["sleep", "1000"], environment(maker.made[0]), "/"))
    process.kill(signal.SIGHUP)
    assert maker.made[0].wait([process], 30)[0].exit == -1


def test_a_missing_program_is_told_from_a_failing_one(maker: Maker) -> None:
    lab = maker()
    with pytest.raises(FileNotFoundError, match="no-such-program"):
        lab.start(Job(["no-such-program"], environment(lab), lab.places.home))
    with pytest.raises(FileNotFoundError):
        lab.start(Job(["true"], environment(lab), "/no/such/directory"))
    assert sh(lab, "true").outcome == "ok", "the lab must go on after that"


def test_a_command_past_its_limit_is_killed_with_its_children(maker: Maker) -> None:
    lab = maker()
    ended = sh(lab, "sleep 1000 & echo $! > child; sleep 1000", timeout=2)
    assert (ended.outcome, ended.exit) == ("hung", None)
    assert until(lambda: gone(int(lab.path(f"{lab.places.home}/child").read_text())))


def test_what_a_command_leaves_in_the_background_is_ended(maker: Maker) -> None:
    assert until(lambda: gone(int(pid)), 15) if (pid := sh(maker(), "sleep 1000 & echo $!").stdout) else False


def test_commands_at_once(maker: Maker) -> None:
    lab = maker()
    scripts = ["echo one > a; until [ -e b ]; do sleep 0.01; done", "until [ -e a ]; do sleep 0.01; done; echo two > b"]
    processes = [lab.start(Job(["sh", "-c", s], environment(lab), lab.places.home)) for s in scripts]
    assert [e.outcome for e in lab.wait(processes, 30)] == ["ok", "ok"], "each waits for the other's file"


def test_the_environment_is_exactly_what_was_given(maker: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAOSMOD_LEAK", "1")
    lab = maker()
    names = {line.partition("=")[0] for line in sh(lab, "env").stdout.splitlines()}
    assert names - {"PWD", "_", "OLDPWD", "SHLVL"} == set(environment(lab))


@pytest.mark.skipif(not LINUX, reason="prctl is Linux's")
def test_no_command_gains_privileges(maker: Maker) -> None:
    assert "NoNewPrivs:\t1" in sh(maker(), "cat /proc/self/status").stdout


def test_a_tree_is_a_copy(maker: Maker, tmp_path: Path) -> None:
    lower = tmp_path / "lower"
    lower.mkdir()
    (lower / "given").write_text("from the base\n")
    lab = maker(Tree("work", (lower,)))
    assert sh(lab, "cat given; echo changed > given", place=lab.places.work).stdout == "from the base\n"
    assert (lower / "given").read_text() == "from the base\n"
    assert lab.path(f"{lab.places.work}/given").read_text() == "changed\n"


def test_a_tree_is_copied_when_it_is_spoken_of(maker: Maker, tmp_path: Path) -> None:
    (tmp_path / "lower").mkdir()
    names = ("path", "environment", "argument", "nobody")
    lab = maker(*(Tree(name, (tmp_path / "lower",)) for name in names))
    root = Path(lab.places.root)
    assert not any((root / name).exists() for name in names)
    lab.path(f"{root}/path/x")
    job = Job(["ls", f"{root}/argument"], {"PATH": "/usr/bin:/bin", "X": f"{root}/environment"}, "/")
    assert lab.wait([lab.start(job)], 30)[0].outcome == "ok"
    assert [name for name in names if (root / name).exists()] == ["path", "environment", "argument"]


def test_each_role_has_a_server_of_its_own_on_the_loopback_address(maker: Maker) -> None:
    lab = maker()
    assert {(s.kind, s.role, s.port) for s in lab.listeners} == {
        ("tcp", role, 443) for role in ("primary", "mirror", "sumdb", "vcs")
    }
    assert len({s.socket.getsockname() for s in lab.listeners}) == 4
    port = next(s.socket.getsockname()[1] for s in lab.listeners if s.role == "mirror")
    assert lab.address("mirror", "mirror.example") == f"https://127.0.0.1:{port}"
    assert lab.address("vcs", "source.example") == "https://source.example"
    socket.create_connection(("127.0.0.1", port), 5).close()


def test_where_go_does_not_trust_a_file_everything_is_plain(maker: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Host, "abilities", frozenset())
    lab = maker()
    assert {s.port for s in lab.listeners} == {80}
    assert lab.address("primary", "proxy.example").startswith("http://127.0.0.1:")
    with pytest.raises(OSError, match="502"):
        connect(lab.environment["HTTPS_PROXY"], "source.example:443")


def connect(proxy: str, target: str) -> str:
    """The answer to a CONNECT. Raises OSError where it is no 200."""
    host, port = proxy.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), 5) as s:
        s.sendall(f"CONNECT {target} HTTP/1.1\r\n\r\n".encode())
        said = s.recv(1000).decode()
    if not said.startswith("HTTP/1.1 200"):
        raise OSError(said)
    return said


def test_the_way_to_other_hosts_is_the_tunnel(maker: Maker) -> None:
    lab = maker()
    proxy = lab.environment["HTTPS_PROXY"]
    assert {lab.environment[name] for name in ("https_proxy", "http_proxy", "HTTP_PROXY", "ALL_PROXY")} == {proxy}
    assert "200" in connect(proxy, "source.example:443")
    with pytest.raises(OSError, match="502"):
        connect(proxy, "elsewhere.test:443")
    assert any("elsewhere.test:443" in text for text in maker.told)


def test_git_can_only_be_led_by_the_tunnel(maker: Maker) -> None:
    lab = maker()
    for address in ("ssh://git@elsewhere.test/x", "git://elsewhere.test/x", "http://elsewhere.test/x"):
        assert "not allowed" in sh(lab, f"git ls-remote {address}").stderr
    assert "502" in sh(lab, "git ls-remote https://elsewhere.test/x").stderr
    assert sh(lab, "git init -q one && git clone -q one two").outcome == "ok", "a clone on the disk leaves nothing"


def test_git_does_not_find_a_repository_around_the_lab(maker: Maker, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    assert "not a git repository" in sh(maker(), "git status").stderr


def test_offline_has_no_way_out(maker: Maker) -> None:
    lab = maker()
    said = dict(line.partition("=")[::2] for line in sh(lab, "env", offline=True).stdout.splitlines())
    assert said["GOPROXY"] == "off"
    assert said["GIT_ALLOW_PROTOCOL"] == "none"
    assert said["HTTPS_PROXY"] != lab.environment["HTTPS_PROXY"]
    with pytest.raises(ConnectionRefusedError):
        connect(said["HTTPS_PROXY"], "source.example:443")
    assert "not allowed" in sh(lab, "git ls-remote https://source.example/x", offline=True).stderr
    assert any("no network of its own" in text for text in maker.told), "the history says what was done instead"


def test_output_is_bounded_and_leaves_no_file(maker: Maker) -> None:
    lab = maker()
    said = sh(lab, "head -c 3000000 /dev/zero | tr '\\0' x; echo the end").stdout
    assert len(said) < 1_100_000
    assert said.endswith("the end\n")
    assert not list((Path(lab.places.root).parent / "streams").iterdir())


def test_close_removes_everything(maker: Maker) -> None:
    lab = maker(Tree("gopath"))
    lab.path(lab.places.gopath)
    process = lab.start(Job(["sh", "-c", "mkdir -m 0 ../gopath/closed; sleep 1000"], environment(lab), lab.places.home))
    assert lab.close() is None
    assert not Path(lab.places.root).parent.exists()
    assert gone(process.pid)
    assert all(s.socket.fileno() == -1 for s in lab.listeners)


@pytest.mark.skipif(not LINUX, reason="only on Linux a process can adopt orphans")
def test_what_has_left_its_process_group_ends_with_the_lab(maker: Maker) -> None:
    lab = maker()
    pid = int(sh(lab, "setsid sh -c 'echo $$; exec sleep 1000' >pid 2>&1 & sleep 0.3; cat pid").stdout)
    assert not gone(pid)
    lab.close()
    assert gone(pid)


def test_keep_leaves_what_was_written(maker: Maker, tmp_path: Path) -> None:
    lower = tmp_path / "lower"
    lower.mkdir()
    (lower / "base").write_text("base")
    lab = maker(Tree("gopath", (lower,)), Tree("fresh", (lower,)))
    assert sh(lab, "echo y > g").outcome == "ok"
    assert sh(lab, "echo x > f", place=lab.places.gopath).outcome == "ok"
    kept = lab.close(keep=True)
    assert kept is not None
    assert sorted(p.name for p in (kept / "upper").iterdir()) == ["gopath"]
    assert [p.name for p in (kept / "upper" / "gopath").iterdir()] == ["f"]
    assert (kept / "lab" / "home" / "g").read_text() == "y\n"


def test_descriptors_do_not_leak(maker: Maker) -> None:
    def count() -> int:
        return len(os.listdir("/proc/self/fd" if LINUX else "/dev/fd"))

    maker().close()
    before = count()
    lab = maker()
    for _ in range(5):
        sh(lab, "true")
        with pytest.raises(FileNotFoundError):
            lab.start(Job(["no-such-program"], environment(lab), lab.places.home))
    assert sh(lab, "ls /dev/fd | wc -l").stdout.strip() == "4", "stdin, stdout, stderr and ls's own"
    lab.close()
    assert count() <= before


def test_what_it_has_no_disk_for_is_not_here(maker: Maker) -> None:
    with pytest.raises(NotHere, match=r"no disks of limited size \(work\)"):
        maker(Tree("work", limit="size=1m"))


@pytest.mark.parametrize("name", ["go.mod", "go.work"])
def test_a_module_above_the_lab_is_an_error_with_the_remedy(maker: Maker, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("module above.example\n")
    with pytest.raises(UsageError, match=rf"Go would read {tmp_path}/{name}.*set CHAOSMOD_CACHE_DIR"):
        maker()


@pytest.mark.skipif(not LINUX, reason="PR_SET_PDEATHSIG is Linux's")
def test_a_warden_that_is_killed_takes_its_commands_with_it(maker: Maker) -> None:
    lab = maker()
    process = lab.start(Job(["sleep", "1000"], environment(lab), "/"))
    os.kill(int(sh(lab, "echo $PPID").stdout), signal.SIGKILL)
    with pytest.raises(LabError, match="ended unexpectedly"):
        lab.wait([process], 30)
    assert until(lambda: gone(process.pid))
    with pytest.raises(LabError, match="ended unexpectedly"):
        lab.start(Job(["true"], environment(lab), "/"))
    lab.close()
    assert not Path(lab.places.root).parent.exists()


HARNESS = """
    import sys, time
    from pathlib import Path
    from chaosmod.lab.base import Job
    from chaosmod.lab.host.host import Host
    from chaosmod.lab.proxy.loop import LoopThread
    from chaosmod.lab.state import StateDir

    lab = Host(StateDir(Path(sys.argv[1])).new_lab(), [], {}, LoopThread(), lambda text: None)
    script = "sleep 1000 & echo $! $$ $PPID > pids.new; mv pids.new pids; wait"
    process = lab.start(Job(["sh", "-c", script], {"PATH": "/usr/bin:/bin"}, lab.places.home))
    print(lab.places.home, flush=True)
    try:
        lab.wait([process], 1000)
    finally:
        lab.close()
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_of_a_harness_that_is_killed(tmp_path: Path, number: signal.Signals) -> None:
    harness = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(HARNESS), str(tmp_path / "state")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    with harness:
        assert harness.stdout is not None
        home = Path(harness.stdout.readline().strip())
        assert until((home / "pids").exists)
        pids = [int(pid) for pid in (home / "pids").read_text().split()]
        assert not any(map(gone, pids))
        os.killpg(harness.pid, number)
        harness.wait(15)
    assert until(lambda: all(map(gone, pids)) and not home.exists())
    assert list((tmp_path / "state" / "labs").iterdir()) == []
