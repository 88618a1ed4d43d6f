from __future__ import annotations

import dataclasses
import os
import subprocess
import sys

import pytest

from chaosmod.lab.holder import Holder


def test_a_name_says_who_holds_it() -> None:
    me = Holder.me()
    assert Holder.of(me.name()) == me
    assert me.state() == "alive"


def test_names_are_never_given_twice() -> None:
    assert len({Holder.me().name() for _ in range(100)}) == 100


def test_a_process_that_has_ended() -> None:
    code = "from chaosmod.lab.holder import Holder; print(Holder.me().name())"
    name = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    holder = Holder.of(name)
    assert holder is not None
    assert holder.state() == "dead"


def test_the_same_number_given_to_another_process() -> None:
    assert dataclasses.replace(Holder.me(), start=1).state() == "dead"


def test_before_a_reboot() -> None:
    assert dataclasses.replace(Holder.me(), boot="00000000").state() == "dead"


def test_in_another_namespace_nothing_is_known() -> None:
    assert dataclasses.replace(Holder.me(), namespace=1).state() == "unknown"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may look at it from another user")
def test_a_process_of_another_user_is_alive() -> None:
    with subprocess.Popen(["sleep", "30"], user=65534) as other:
        from chaosmod.lab import holder

        theirs = dataclasses.replace(Holder.me(), pid=other.pid, start=holder._start(other.pid))
        assert theirs.state() == "alive"
        other.kill()


@pytest.mark.parametrize("name", ["", "lab", "lab-1-2-3-4-5", "x" + Holder(*("0" * 8, 1, 2, 3)).name()])
def test_other_names(name: str) -> None:
    assert Holder.of(name) is None
