"""Nothing is left on the machine, however a run ends: no process, no mount, no directory, no temporary file."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from chaosmod.lab.holder import Holder
from chaosmod.lab.state import VARIABLE, StateDir
from tests.support.processes import command_in, write
from tests.support.watched import Known, Watched, until

pytestmark = pytest.mark.namespaces

SOON = 7.5
"""Seconds that a run has to be gone after SIGINT or SIGTERM."""
KILLED = 15.0
"""The same after a SIGKILL, of which nobody but the janitor can know."""

HANGS = """
    scenario: hangs
    posture: {GOPROXY: "{primary}"}
    faults:
      - {id: silent, hang: {}, match: {host: primary, file: zip}}
    provoke: {run: ["sleep 1000 & sleep 1001 & echo > alive; exec go build {packages}"], timeout: 10m}
    expect: {outcome: hung, verdict: not-restored}
    recoveries:
      - {name: a, do: retry, verdict: not-restored}
      - {name: b, do: retry, verdict: not-restored}
      - {name: c, do: retry, verdict: not-restored}
"""

ENDS = """
    scenario: ends
    posture: {GOPROXY: "{primary}"}
    faults:
      - {id: gone, http: 410, match: {host: primary, file: zip}}
    provoke: {run: ["sleep 1000 & echo > alive; go build {packages}"], timeout: 60s}
    expect: {outcome: failed, verdict: %s}
    recoveries:
      - {do: {switch-proxy: {to: mirror}}, verdict: restored}
"""

Start = Callable[..., Watched]


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> StateDir:
    return StateDir(tmp_path_factory.mktemp("state"))


@pytest.fixture
def start(tmp_path: Path, state: StateDir) -> Iterator[Start]:
    """Start pytest on a scenario."""
    started: list[Watched] = []

    def start(text: str, *arguments: str, environment: Mapping[str, str] | None = None) -> Watched:
        write(tmp_path, scenario=text)
        watched = Watched(tmp_path, state, ["--chaos=scenario.yml", *arguments], environment or {})
        started.append(watched)
        return watched

    yield start
    for watched in started:
        watched.close()


WORKERS = pytest.mark.parametrize("workers", [0, 2], ids=["alone", "xdist"])


def many(workers: int) -> list[str]:
    return ["-n", str(workers)] if workers else []


@WORKERS
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda s: s.name)
def test_a_signal_to_pytest(start: Start, number: signal.Signals, workers: int) -> None:
    run = start(HANGS, *many(workers))
    run.await_labs(workers or 1)
    run.send(number)
    run.gone_within(KILLED if number == signal.SIGKILL else SOON)


@WORKERS
def test_ctrl_c_in_a_terminal_reaches_the_whole_group(start: Start, workers: int) -> None:
    run = start(HANGS, *many(workers))
    run.await_labs(workers or 1)
    run.send(signal.SIGINT, group=True)
    assert run.gone_within(SOON) == pytest.ExitCode.INTERRUPTED, run.output


def test_ctrl_c_twice(start: Start) -> None:
    run = start(HANGS)
    run.await_labs()
    run.send(signal.SIGINT, group=True)
    run.send(signal.SIGINT, group=True)
    run.gone_within(SOON)


def test_a_worker_that_is_killed_takes_its_labs_with_it(start: Start) -> None:
    run = start(HANGS, "-n", "2", "--max-worker-restart=0")
    run.await_labs(2)
    holder = Holder.of(run.labs()[0].name)
    assert holder is not None
    os.kill(holder.pid, signal.SIGKILL)
    until(lambda: len(run.labs()) < 2, SOON, "the killed worker's lab is removed")
    run.send(signal.SIGINT)
    run.gone_within(SOON)


@pytest.mark.parametrize("verdict", ["not-restored", "restored"], ids=["success", "failure"])
@WORKERS
def test_a_run_that_ends_by_itself(start: Start, verdict: str, workers: int) -> None:
    """What its commands have left running in the background is gone too."""
    run = start(ENDS % verdict, *many(workers))
    passes = verdict == "not-restored"
    assert run.process.wait(120) == (pytest.ExitCode.OK if passes else pytest.ExitCode.TESTS_FAILED), run.output
    run.gone_within(SOON)


def test_a_run_that_stops_at_the_first_failure(start: Start) -> None:
    run = start(ENDS % "restored", "-x")
    assert run.process.wait(120) == pytest.ExitCode.TESTS_FAILED, run.output
    assert "1 failed" in run.output
    assert "passed" not in run.output.splitlines()[-1]
    run.gone_within(SOON)


def test_a_lab_is_kept_on_demand_until_it_is_cleaned(start: Start, state: StateDir) -> None:
    run = start(ENDS % "restored", "--chaos-keep")
    assert run.process.wait(120) == pytest.ExitCode.TESTS_FAILED, run.output
    run.gone_within(SOON)  # but for the directory, which nothing holds any more
    (kept,) = state.leftovers()
    assert str(kept) in run.output
    assert (kept / "upper" / "work" / "alive").exists()
    again = start(ENDS % "not-restored")
    assert again.process.wait(120) == pytest.ExitCode.OK, again.output
    assert kept.exists(), "the next run leaves it alone"
    assert [entry.path for entry in state.clean(["labs"]).removed] == [kept]
    assert not kept.exists()


def spawner_of(run: Watched) -> Known:
    """The parent of the lab's keeper: the process of a session of its own that pytest itself has started."""
    (found,) = [
        k
        for k in run.look()
        if k.pid != run.process.pid and os.getsid(k.pid) == k.pid and parent(k.pid) == run.process.pid
    ]
    return found


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def test_a_spawner_that_is_killed(start: Start) -> None:
    """The kernel ends its labs; the case is no verdict, the next one runs, and nothing is left."""
    run = start(HANGS, "-x")
    run.await_labs()
    below = {k for k in run.look() if k.pid != run.process.pid}
    os.kill(spawner_of(run).pid, signal.SIGKILL)
    until(lambda: not any(k.runs for k in below), SOON, "the lab's processes are gone")
    assert run.process.wait(60) == pytest.ExitCode.TESTS_FAILED, run.output
    assert "broken-lab" in run.output
    run.gone_within(SOON)


def test_a_new_spawner_takes_the_place_of_a_killed_one(start: Start) -> None:
    run = start(HANGS)
    run.await_labs()
    (first,) = run.labs()
    os.kill(spawner_of(run).pid, signal.SIGKILL)
    until(lambda: first not in run.labs(), SOON, "the harness itself removes the directory")
    run.await_labs()
    run.send(signal.SIGINT)
    run.gone_within(SOON)


@pytest.mark.parametrize("how", ["the next run", "chaosmod clean"])
def test_what_is_left_when_nobody_could_clean_up(start: Start, state: StateDir, tmp_path: Path, how: str) -> None:
    run = start(HANGS)
    run.await_labs()
    for process in (spawner_of(run).pid, run.process.pid):
        os.kill(process, signal.SIGKILL)
    until(lambda: not run.look(), KILLED, "all processes are gone: the kernel sees to that")
    (left,) = run.labs()
    assert state.leftovers() == [left]
    if how == "chaosmod clean":
        done = command_in(tmp_path, "clean", **{VARIABLE: str(state.root)})
        assert str(left) in done.stdout, done
    else:
        again = start(ENDS % "not-restored")
        assert again.process.wait(120) == pytest.ExitCode.OK, again.output
    run.gone_within(0.1)


def test_an_upstream_that_never_answers_holds_nobody_back(start: Start) -> None:
    """What fetches for the proxy waits in threads of its own: they must not keep the interpreter from ending."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(120)
        run = start(
            HANGS, "--chaos-upstream=live", environment={"GOPROXY": f"http://127.0.0.1:{server.getsockname()[1]}"}
        )
        asked, _ = server.accept()
        with asked:
            run.look()
            run.send(signal.SIGINT)
            run.gone_within(SOON)
