"""The warden alone, spoken to over its socket: a command's streams, and what is left at the end.

How commands are started and ended is tests/lab/test_supervisor.py's.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import Harness, harness_of

PROGRAM = "import sys; from chaosmod.lab.host.warden import main; main(int(sys.argv[1]), sys.argv[2])"


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """The lab's."""
    directory = tmp_path / "lab"
    directory.mkdir()
    (directory / "file").touch()
    return directory


@pytest.fixture
def harness(tmp_path: Path, directory: Path) -> Iterator[Harness]:
    with harness_of(PROGRAM, tmp_path, str(directory)) as harness:
        yield harness


def test_a_command_has_streams_of_its_own(harness: Harness) -> None:
    harness.run(7, "echo out; echo err >&2; read line || exit 3")
    assert harness.exit(7) == 3, "there is nothing to read"
    assert (harness.output(7), harness.output(7, "stderr")) == ("out\n", "err\n")


def test_at_the_end_nothing_runs_and_nothing_is_left(harness: Harness, directory: Path) -> None:
    pid = harness.run(1, "trap '' TERM; while true; do sleep 1; done")["pid"]
    assert harness.end() == 0
    assert not directory.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_what_is_to_be_kept_stays(harness: Harness, directory: Path) -> None:
    harness.channel.send({"op": "keep"})
    assert harness.end() == 0
    assert (directory / "file").exists()


def test_signals_of_the_terminal_do_not_end_it(harness: Harness) -> None:
    harness.run(1, "true")
    assert harness.exit(1) == 0
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(harness.process.pid, number)
    harness.run(2, "exit 5")
    assert harness.exit(2) == 5
    assert os.getsid(harness.process.pid) == harness.process.pid
