"""A command has the user's terminal, or what stands in its place."""

from __future__ import annotations

import contextlib
import os
import pty
import sys
import termios
import threading
from collections.abc import Iterator

import pytest

from chaosmod.lab.base import PLACES, Job
from chaosmod.lab.sandbox.sandbox import Sandbox
from chaosmod.lab.sandbox.terminal import attend
from tests.support.shell import ENVIRONMENT

pytestmark = pytest.mark.namespaces


@contextlib.contextmanager
def standard(streams: tuple[int, int, int]) -> Iterator[None]:
    """Have the process's own stdin, stdout and stderr be ``streams``."""
    before = [os.dup(fd) for fd in range(3)]
    named = sys.stdin, sys.stdout, sys.stderr
    try:
        for fd, stream in enumerate(streams):
            os.dup2(stream, fd)
        with open(0, closefd=False) as stdin, open(1, "w", closefd=False) as out, open(2, "w", closefd=False) as err:
            sys.stdin, sys.stdout, sys.stderr = stdin, out, err
            yield
    finally:
        sys.stdin, sys.stdout, sys.stderr = named
        for fd, saved in enumerate(before):
            os.dup2(saved, fd)
            os.close(saved)


class Screen:
    """A terminal with somebody before it, who reads, and types ``keys`` on reading ``prompt``."""

    def __init__(self, prompt: str = "", keys: str = "") -> None:
        self._prompt, self._keys = prompt.encode(), keys
        self._ours, self.theirs = pty.openpty()
        self._said = b""
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def _read(self) -> None:
        with contextlib.suppress(OSError):  # EIO: the other end is closed
            while block := os.read(self._ours, 4096):
                self._said += block
                if self._keys and self._prompt in self._said:
                    self.type(self._keys)
                    self._keys = ""

    def close(self) -> str:
        """Hang up; all that was to be read."""
        os.close(self.theirs)
        self._reader.join()
        os.close(self._ours)
        return self._said.decode()


def job(script: str = "") -> Job:
    return Job(["sh", *(["-c", script] if script else [])], ENVIRONMENT, PLACES.work)


def in_a_terminal(lab: Sandbox, screen: Screen, script: str = "") -> tuple[int, str]:
    try:
        termios.tcsetwinsize(screen.theirs, (33, 111))
        before = termios.tcgetattr(screen.theirs)
        with standard((screen.theirs,) * 3):
            status = attend(lab, job(script))
        assert termios.tcgetattr(screen.theirs) == before
    finally:
        said = screen.close()
    return status, said


def test_a_shell_in_a_terminal_has_job_control_and_what_was_typed_before_it_came(lab: Sandbox) -> None:
    screen = Screen()
    screen.type("tty; set -m && echo job'-'control; exit 3\n")
    status, said = in_a_terminal(lab, screen)
    assert status == 3, said
    assert "job-control" in said
    assert "can't access tty" not in said


def test_the_size_of_the_terminal(lab: Sandbox) -> None:
    status, said = in_a_terminal(lab, Screen(), "stty size")
    assert (status, said.splitlines()[-1]) == (0, "33 111")


def test_a_key_that_interrupts_reaches_the_command_and_not_us(lab: Sandbox) -> None:
    status, said = in_a_terminal(lab, Screen("waits", "\x03"), "echo waits; exec sleep 60")
    assert status == 128 + 2, said


def test_what_is_no_terminal_is_handed_over_as_it_is(lab: Sandbox) -> None:
    (give, typed), (printed, out), (complained, err) = os.pipe(), os.pipe(), os.pipe()
    os.write(typed, b"echo to stdout; echo to stderr >&2; exit 7\n")
    os.close(typed)
    with standard((give, out, err)):
        assert attend(lab, job()) == 7
    for fd in (give, out, err):
        os.close(fd)
    with os.fdopen(printed) as stdout, os.fdopen(complained) as stderr:
        assert (stdout.read(), stderr.read()) == ("to stdout\n", "to stderr\n")


def test_a_signal_is_reported_as_a_shell_does(lab: Sandbox) -> None:
    assert in_a_terminal(lab, Screen(), "kill -TERM $$")[0] == 128 + 15
