from __future__ import annotations

import pytest

from chaosmod.checks.exit_status import ExitStatus
from chaosmod.history import BuildMeasured, History

from .story import command, failing, restored, survived, tell


def test_a_build_that_succeeds_passes() -> None:
    assert ExitStatus().run(tell(restored())).status == "pass"


@pytest.mark.parametrize(("outcome", "how"), [("failed", "failed"), ("hung", "hung")])
def test_a_build_that_still_fails_or_hangs_is_not_restored(outcome: str, how: str) -> None:
    found = ExitStatus().run(tell(restored() | failing(outcome)))
    assert (found.status, found.grade) == ("fail", "not-restored")
    assert how in found.text
    assert "proxy-gone" in found.text


def test_a_build_that_worked_before_is_harmed() -> None:
    found = ExitStatus().run(tell(survived() | failing()))
    assert (found.status, found.grade) == ("fail", "harmed")


def test_it_did_not_work_before_where_provoke_fetched_only_a_part() -> None:
    part = BuildMeasured(when="provoked", outcome="failed", phase="provoke")
    assert ExitStatus().run(tell(survived() | failing(), provoked=part)).grade == "not-restored"


def test_an_unknown_message_is_quoted() -> None:
    failed = command(3, "verify", outcome="failed", exit=1, stderr="first\nwho knows\n\n")
    assert ExitStatus().run(tell(restored() | failing(), verify=failed)).text.endswith(": who knows")
    silent = command(3, "verify", outcome="failed", exit=1)
    assert ExitStatus().run(tell(restored() | failing(), verify=silent)).text == "the verifying build failed"
    assert ExitStatus().run(tell(restored() | failing(), verify=None)).text == "the verifying build failed"


def test_without_a_verifying_build_it_does_not_know() -> None:
    assert ExitStatus().run(History()).status == "n/a"
