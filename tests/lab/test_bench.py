"""A case's hands: settings, commands at once, and what is written down."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chaosmod.history import CommandFinished, History
from chaosmod.lab.base import PLACES, Tree
from chaosmod.lab.bench import Bench
from chaosmod.lab.sandbox.sandbox import Sandbox
from chaosmod.lab.world import World
from chaosmod.session import Session

pytestmark = pytest.mark.namespaces


@pytest.fixture
def bench(session: Session) -> Iterator[Bench]:
    history = History()
    lab = Sandbox(session.spawner, session.state.new_lab(), [Tree("work")])
    yield Bench(lab, World(history, {}, {}), history, {"PATH": "/usr/bin:/bin", "A": "posture"}, PLACES.work)
    lab.close()


def test_a_string_is_for_the_shell_and_a_vector_is_not(bench: Bench) -> None:
    assert bench.run("echo $A | tr a-z A-Z", purpose="measure", timeout=30).stdout == "POSTURE\n"
    assert bench.run(["echo", "$A"], purpose="measure", timeout=30).stdout == "$A\n"


def test_settings_last_until_they_are_changed_again(bench: Bench) -> None:
    bench.set("A", "changed")
    assert bench.run("echo $A", purpose="recover", timeout=30).stdout == "changed\n"
    bench.set("A", None)
    assert bench.run("echo ${A-unset}", purpose="recover", timeout=30).stdout == "unset\n"
    last = bench.run("echo $A$B", purpose="recover", timeout=30, extra={"B": "once"})
    assert (last.stdout, last.environment, last.own) == ("once\n", {"A": ""}, {"B": "once"})
    assert bench.run("echo ${B-gone}", purpose="recover", timeout=30).stdout == "gone\n"


def test_every_command_is_written_down_with_its_number(bench: Bench) -> None:
    bench.run("exit 3", purpose="provoke", timeout=30)
    bench.run_all(["echo a", "no-such-program-at-all", ["no-such-program"]], purpose="provoke", timeout=30)
    events = bench.history.of(CommandFinished)
    assert [e.n for e in events] == [1, 2, 3, 4]
    assert [e.exit for e in events] == [3, 0, 127, 127]
    assert "no-such-program: No such file or directory" in events[3].stderr


def test_requests_belong_to_the_first_of_several_commands_at_once(bench: Bench) -> None:
    bench.run("true", purpose="provoke", timeout=30)
    bench.run_all(["true", "true"], purpose="provoke", timeout=30)
    assert bench.world.invocation == 2


def test_a_command_past_its_limit_has_no_exit_status(bench: Bench) -> None:
    ended = bench.run("sleep 1000", purpose="provoke", timeout=0.1)
    assert (ended.outcome, ended.exit) == ("hung", None)


def test_another_directory(bench: Bench) -> None:
    assert bench.run("pwd", purpose="measure", timeout=30, directory=PLACES.tmp).stdout == f"{Path(PLACES.tmp)}\n"
