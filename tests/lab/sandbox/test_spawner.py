"""The process that forks labs: what it starts it ends, and what it made it removes."""

from __future__ import annotations

import dataclasses
import os
import signal
import socket
from pathlib import Path

import pytest

from chaosmod.errors import LabError
from chaosmod.lab.base import Job, Tree
from chaosmod.lab.holder import Holder
from chaosmod.lab.sandbox import wire
from chaosmod.lab.sandbox.mounts import Layout
from chaosmod.lab.sandbox.sandbox import Sandbox, Spawner
from chaosmod.lab.state import StateDir, file_system
from tests.support.lab import CACHE
from tests.support.shell import ENVIRONMENT, sh
from tests.support.watched import until

pytestmark = pytest.mark.namespaces


@pytest.fixture
def state(tmp_path: Path) -> StateDir:
    """A place for labs of this test's own."""
    return StateDir(tmp_path if file_system(tmp_path) != "overlay" else CACHE)


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


def test_descriptors_do_not_leak(lab: Sandbox) -> None:
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        sh(lab, "true")
    assert len(os.listdir("/proc/self/fd")) <= before
    assert sh(lab, "ls /proc/self/fd | wc -l").stdout.strip() == "4", "stdin, stdout, stderr and ls's own"


def test_a_killed_spawner_leaves_nothing_to_its_harness_but_the_directory(directory: Path) -> None:
    own = Spawner()
    lab = Sandbox(own, directory, [Tree("gopath")])
    process = lab.start(Job(["sh", "-c", "mkdir -m 0 /lab/gopath/closed; sleep 1000"], ENVIRONMENT, "/lab"))
    os.kill(own.pid, signal.SIGKILL)
    with pytest.raises(LabError, match="ended unexpectedly"):
        lab.wait([process], 60)
    until(lambda: not own.alive, 5, "the harness sees that it is gone")
    lab.close()
    assert not directory.exists()
    with pytest.raises(LabError, match="run the case again"):
        own.start(Layout(str(directory)), [])
    own.close()


def test_what_is_held_is_removed_also_where_no_lab_was_made_of_it(state: StateDir) -> None:
    own = Spawner(state.held())
    early, others = state.new_lab(), state.labs() / dataclasses.replace(Holder.me(), start=1).name()
    others.mkdir()
    own.close()
    assert not early.exists()
    assert others.exists()


def test_an_interruption_between_question_and_answer(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer that was not waited for is not taken for that of the next question."""
    own = Spawner()

    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(wire, "receive", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Sandbox(own, directory, [Tree("gopath")])
    monkeypatch.undo()
    assert not own.alive
    assert not directory.exists(), "the spawner has ended what it had started"
    own.close()


def test_an_interruption_while_a_lab_sets_itself_up(
    spawner: Spawner, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([wire.receive])

    def interrupted(end: socket.socket) -> object:
        for receive in answers:
            return receive(end)
        monkeypatch.undo()
        raise KeyboardInterrupt

    monkeypatch.setattr(wire, "receive", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Sandbox(spawner, directory, [Tree("gopath")])
    assert not directory.exists()
    assert spawner.alive


def test_a_harness_that_dies_before_it_gets_its_answer(directory: Path, state: StateDir) -> None:
    """All its labs end all the same, and not only the one that it asked to end."""
    own = Spawner()
    labs = [Sandbox(own, path, [Tree("gopath")]) for path in (directory, state.new_lab())]
    inits = [lab.init for lab in labs]
    wire.send(own._socket, {"op": "stop", "directory": str(directory), "keep": False})
    own.close()
    assert not any(Path(f"/proc/{init}").exists() for init in inits)
    assert not any(lab._directory.exists() for lab in labs)
