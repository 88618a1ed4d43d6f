"""Run part of a test as an ordinary user, also where the tests run as root."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chaosmod.lab.trees import remove_tree

ORDINARY_UID = 65534
"""``nobody``; any number that is not 0 would do."""


def as_ordinary_user(check: Callable[[], None]) -> None:
    """Call ``check`` in a forked child without root's powers; AssertionError with its traceback where it raises."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(read)
            if os.geteuid() == 0:
                os.setgroups([])
                os.setresgid(ORDINARY_UID, ORDINARY_UID, ORDINARY_UID)
                os.setresuid(ORDINARY_UID, ORDINARY_UID, ORDINARY_UID)
            check()
            status = 0
        except BaseException:
            os.write(write, traceback.format_exc().encode()[:60_000])
        finally:
            sys.stdout.flush()
            os._exit(status)
    os.close(write)
    with os.fdopen(read) as report:
        text = report.read()
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0, text


@pytest.fixture
def ordinary_dir() -> Iterator[Path]:
    """An empty directory that belongs to the ordinary user and that it can reach (``tmp_path`` of root is 0700)."""
    path = Path(tempfile.mkdtemp(prefix="chaosmod-test-"))
    try:
        if os.geteuid() == 0:
            os.chown(path, ORDINARY_UID, ORDINARY_UID)
        yield path
    finally:
        remove_tree(path)
