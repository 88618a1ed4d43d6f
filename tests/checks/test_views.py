from __future__ import annotations

import pytest

from chaosmod.checks.views import case_of, happened_in, provoked
from chaosmod.history import BadEntry, BuildMeasured, History, ModCacheCompared

from .story import GONE, OTHER, command, request, restored, survived, tell


def test_a_failed_provoke_has_a_diagnosis() -> None:
    before = provoked(tell(restored()))
    assert before is not None
    assert (before.outcome, before.worked) == ("failed", False)
    assert before.diagnosis is not None
    assert before.diagnosis.name == "proxy-gone"


def test_the_diagnosis_is_read_from_the_commands_that_failed_and_also_from_stdout() -> None:
    quiet = command(1, "provoke", purpose="provoke", stderr=GONE)
    json = command(2, "provoke", purpose="provoke", outcome="failed", exit=1, stdout='"Error": "missing go.sum entry"')
    before = provoked(tell(restored(), json, provoke=quiet))
    assert before is not None
    assert before.diagnosis is not None
    assert before.diagnosis.name == "missing-gosum-entry"


def test_hung_counts_more_than_failed_and_silence_has_a_name() -> None:
    hung = command(2, "provoke", purpose="provoke", outcome="hung", exit=None)
    before = provoked(
        tell(restored(), hung, provoke=command(1, "provoke", purpose="provoke", outcome="failed", exit=1))
    )
    assert before is not None
    assert before.outcome == "hung"
    assert before.diagnosis is not None
    assert before.diagnosis.name == "no-message"


def test_a_failure_that_is_not_known_has_no_diagnosis() -> None:
    failed = command(1, "provoke", purpose="provoke", outcome="failed", exit=1, stderr="who knows")
    before = provoked(tell(restored(), provoke=failed))
    assert before is not None
    assert before.diagnosis is None


def test_provoking_again_in_a_recovery_is_not_provoke() -> None:
    again = command(4, "recover", purpose="provoke")
    before = provoked(tell(restored(), again))
    assert before is not None
    assert before.outcome == "failed"
    assert provoked(tell(restored(), again, provoke=None)) is None


def test_a_right_build_worked() -> None:
    before = provoked(tell(survived()))
    assert before is not None
    assert before.worked


def test_another_build_is_a_wrong_result() -> None:
    other = BuildMeasured(when="provoked", outcome="ok", fingerprint=OTHER, phase="provoke")
    before = provoked(tell(survived(), provoked=other))
    assert before is not None
    assert not before.right
    assert "not the steady-state build" in before.wrong


def test_a_bad_entry_that_provoke_let_in_is_a_wrong_result_and_one_from_before_is_not() -> None:
    for injected in (False, True):
        bad = ModCacheCompared(when="provoked", bad=(BadEntry("x.zip", "differs", injected=injected),), phase="provoke")
        before = provoked(tell(survived(), cache_provoked=bad))
        assert before is not None
        assert before.right is injected


def test_a_provoke_that_fetches_less_than_a_build_is_right_but_nothing_worked() -> None:
    before = provoked(tell(survived(), provoked=BuildMeasured(when="provoked", outcome="failed", phase="provoke")))
    assert before is not None
    assert (before.right, before.worked) == (True, False)


NOT_BUILT = BuildMeasured(when="provoked", outcome="failed", phase="provoke")


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_failure_within_a_command_that_succeeded_is_a_wrong_result(stream: str) -> None:
    piped = command(1, "provoke", purpose="provoke", **{stream: GONE})
    before = provoked(tell(survived(), provoke=piped, provoked=NOT_BUILT))
    assert before is not None
    assert (before.outcome, before.right, before.worked) == ("ok", False, False)
    assert "does not build, and it printed (proxy-gone): go: dep.example/lib@v1.0.0" in before.wrong


def test_what_go_got_over_is_no_wrong_result() -> None:
    before = provoked(tell(survived(), provoke=command(1, "provoke", purpose="provoke", stderr=GONE)))
    assert before is not None
    assert before.worked


def test_a_build_that_was_not_measured_did_not_work() -> None:
    before = provoked(tell(survived(), provoked=None))
    assert before is not None
    assert (before.right, before.worked) == (True, False)


def test_a_request_belongs_to_the_phase_of_its_command() -> None:
    history = tell(restored())
    assert happened_in(history, request("recover", 1)) == "provoke"
    assert happened_in(history, request("recover", 0)) == "recover"
    assert happened_in(history, request("recover", 99)) == "recover"


def test_an_empty_history_has_no_case() -> None:
    assert case_of(History()) is None
