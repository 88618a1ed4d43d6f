"""Exit statuses of runs in which cases are skipped, seen from the reports; whole runs are in test_plugin and e2e."""

from types import SimpleNamespace

import pytest

from chaosmod.tally import Tally

OK, FAILED, NOTHING = (
    pytest.ExitCode.OK,
    pytest.ExitCode.TESTS_FAILED,
    pytest.ExitCode.NO_TESTS_COLLECTED,
)


def report(outcome, when="call", *, case=True, **more):
    said = ("a.yml", 1, "Skipped: not here") if outcome == "skipped" else None
    properties = [("scenario", "a")] if case else []
    base = {"outcome": outcome, "when": when, "user_properties": properties, "longrepr": said}
    return SimpleNamespace(**base, failed=outcome == "failed", skipped=outcome == "skipped", **more)


def finished(*reports, status=OK, asked=False, deselected=()):
    """The exit status after ``reports``, and the complaint."""
    tally, session = Tally(asked=asked), SimpleNamespace(exitstatus=status)
    tally.pytest_deselected(deselected)
    for each in reports:
        tally.pytest_runtest_logreport(each)
    tally.pytest_sessionfinish(session, status)
    return session.exitstatus, list(tally.complaint(status))


SKIP = (report("skipped", "setup"), report("passed", "teardown"))
PASS = (report("passed", "setup"), report("passed", "call"), report("passed", "teardown"))
HEAD = "chaosmod: no case was run, so nothing was proven"


def test_all_skipped_is_no_success():
    assert finished(*SKIP, *SKIP) == (NOTHING, [HEAD, "  2 skipped: not here"])


@pytest.mark.parametrize(
    "more",
    [
        PASS,
        [report("passed", case=False)],
        [report("failed", "setup", case=False)],
        [report("skipped", case=False, wasxfail="known")],
    ],
    ids=["a case", "a test", "an error", "an expected failure"],
)
def test_where_anything_ran_pytests_own_status_stands(more):
    assert finished(*SKIP, *more) == (OK, [])


def test_a_status_that_is_no_success_stands():
    assert finished(*SKIP, status=FAILED) == (FAILED, [])


def test_skipped_tests_that_are_no_cases_are_none_of_ours():
    assert finished(report("skipped", "setup", case=False)) == (OK, [])
    assert finished(status=NOTHING) == (NOTHING, [])


def test_what_was_asked_for_and_not_selected_is_told():
    case = SimpleNamespace(chaos_report=None)
    assert finished(status=NOTHING, asked=True) == (NOTHING, [HEAD])
    assert finished(status=NOTHING, deselected=[case]) == (NOTHING, [HEAD])
    assert finished(status=NOTHING, deselected=[SimpleNamespace()]) == (NOTHING, [])
