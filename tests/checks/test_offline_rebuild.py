from __future__ import annotations

from chaosmod.checks.offline_rebuild import OfflineRebuild
from chaosmod.history import BuildMeasured, CaseStarted

from .story import OTHER, failing, restored, tell


def test_the_same_again_passes() -> None:
    assert OfflineRebuild().run(tell(restored())).status == "pass"


def test_something_else_is_inconsistent() -> None:
    found = OfflineRebuild().run(
        tell(restored(), offline=BuildMeasured(when="offline", outcome="ok", fingerprint=OTHER))
    )
    assert (found.status, found.grade) == ("fail", "inconsistent")
    assert "something else" in found.text


def test_a_second_build_that_fails_is_inconsistent() -> None:
    found = OfflineRebuild().run(tell(restored(), offline=BuildMeasured(when="offline", outcome="failed")))
    assert (found.status, found.grade) == ("fail", "inconsistent")


def test_the_build_with_a_fresh_cache_decides() -> None:
    fresh = BuildMeasured(when="fresh", outcome="ok", fingerprint=OTHER)
    found = OfflineRebuild().run(tell(restored(), fresh))
    assert (found.status, found.grade) == ("fail", "inconsistent")
    assert "fresh build cache" in found.text


def test_it_is_compared_with_the_verifying_build_and_not_with_the_steady_state() -> None:
    same = {
        "verified": BuildMeasured(when="verified", outcome="ok", fingerprint=OTHER),
        "offline": BuildMeasured(when="offline", outcome="ok", fingerprint=OTHER),
    }
    assert OfflineRebuild().run(tell(restored() | same)).status == "pass"


def test_without_a_second_build_it_does_not_know() -> None:
    assert OfflineRebuild().run(tell(restored() | failing())).status == "n/a"
    assert OfflineRebuild().run(tell(restored(), offline=None)).status == "n/a"


def test_it_says_what_was_done_to_the_network() -> None:
    case = CaseStarted(scenario="gone-410", case="none", runner="host")
    assert "with the network gone" in OfflineRebuild().run(tell(restored())).text
    assert "with no server in reach" in OfflineRebuild().run(tell(restored(), case=case)).text
