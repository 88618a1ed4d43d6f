"""The process that forks labs: what it starts it ends, and what it made it removes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from chaosmod.errors import LabError
from chaosmod.lab.base import Job, Tree
from chaosmod.lab.sandbox.sandbox import Sandbox, Spawner
from tests.support.shell import ENVIRONMENT, sh

pytestmark = pytest.mark.namespaces


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
