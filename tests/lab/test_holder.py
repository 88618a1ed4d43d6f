from __future__ import annotations

import dataclasses
import os
import subprocess
import sys

import pytest

from chaosmod.lab import holder
from chaosmod.lab.holder import Holder
from tests.support.users import as_ordinary_user


def test_a_name_says_who_holds_it() -> None:
    me = Holder.me()
    assert Holder.of(me.name()) == me
    assert me.state() == "alive"


def test_names_are_never_given_twice() -> None:
    assert len({Holder.me().name() for _ in range(100)}) == 100


def test_a_process_that_has_ended() -> None:
    code = "from chaosmod.lab.holder import Holder; print(Holder.me().name())"
    name = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    ended = Holder.of(name)
    assert ended is not None
    assert ended.state() == "dead"


def test_the_same_number_given_to_another_process() -> None:
    assert dataclasses.replace(Holder.me(), start=1).state() == "dead"


def test_before_a_reboot() -> None:
    assert dataclasses.replace(Holder.me(), boot="00000000").state() == "dead"


def test_in_another_namespace_nothing_is_known() -> None:
    assert dataclasses.replace(Holder.me(), namespace=1).state() == "unknown"


def test_a_process_of_another_user_is_alive() -> None:
    """Process 1 is root's, and an ordinary user may not send it anything."""

    def check() -> None:
        assert dataclasses.replace(Holder.me(), pid=1, start=holder._stat(1)[1]).state() == "alive"

    as_ordinary_user(check)


@pytest.mark.parametrize("name", ["", "lab", "lab-1-2-3-4-5", "xlab-00000000-1-2-3-957180f9"])
def test_other_names(name: str) -> None:
    assert Holder.of(name) is None


def test_a_zombie_holds_nothing() -> None:
    child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    try:
        held = dataclasses.replace(Holder.me(), pid=child.pid, start=holder._stat(child.pid)[1])
        assert held.state() == "alive"
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and is still there
        assert held.state() == "dead"
    finally:
        child.communicate()


def test_the_prefix_is_the_holders_own() -> None:
    me = Holder.me()
    assert me.name().startswith(me.prefix)
    assert not me.name().startswith(dataclasses.replace(me, pid=me.pid * 10).prefix)
