from __future__ import annotations

import pytest

from chaosmod.checks.evidence import Evidence
from chaosmod.history import BuildMeasured

from .story import STEADY, failing, restored, survived, tell


@pytest.mark.parametrize("pieces", [restored(), survived(), restored() | failing(), survived() | failing("hung")])
def test_a_whole_history_passes(pieces: dict) -> None:  # type: ignore[type-arg]
    assert Evidence().run(tell(pieces)).status == "pass"


@pytest.mark.parametrize(
    "piece",
    [
        "case",
        "steady",
        "provoke",
        "verified",
        "files-steady",
        "files",
        "settings-injected",
        "cache",
        "modverify",
        "offline",
    ],
)
def test_a_gap_breaks_the_lab(piece: str) -> None:
    found = Evidence().run(tell(restored() | {piece: None}))
    assert (found.status, found.grade) == ("fail", "broken-lab")


def test_settings_after_the_recovery_are_enough() -> None:
    assert Evidence().run(tell(restored(), settings=None)).status == "pass"
    assert Evidence().run(tell(restored(), settings=None, settings_recovered=None)).grade == "broken-lab"


def test_a_fresh_build_stands_for_the_offline_one() -> None:
    fresh = BuildMeasured(when="fresh", outcome="ok", fingerprint=STEADY)
    assert Evidence().run(tell(restored(), fresh, offline=None)).status == "pass"


def test_a_build_that_succeeded_must_have_given_something() -> None:
    found = Evidence().run(tell(restored(), verified=BuildMeasured(when="verified", outcome="ok")))
    assert found.grade == "broken-lab"
    assert "what the verifying build gave" in found.text
