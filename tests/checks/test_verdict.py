"""The rules of the verdict, and that nothing bad ever makes it better."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaosmod.checks.base import CHECKS, ORDER, VERDICTS, Check, Finding, Grade
from chaosmod.checks.verdict import conclude, judge
from chaosmod.checks.views import Provoked
from chaosmod.history import (
    BadEntry,
    BuildMeasured,
    CaseStarted,
    Concluded,
    EnvironmentRead,
    Event,
    FaultArmed,
    FilesMeasured,
    History,
    JsonLines,
    ModCacheCompared,
    ModVerified,
    read,
)

from .story import FILES, GONE, GOSUM, LIB, OTHER, SETTINGS, command, failing, request, restored, survived, tell
from .test_same_build import HEALTHY, NOW, declaring

ALTERED: dict[str, Event | None] = {
    "case": declaring("go.mod", "go.sum"),
    "verified": NOW,
    "healthy": HEALTHY,
    "offline": BuildMeasured(when="offline", outcome="ok", fingerprint=OTHER),
    "files": FilesMeasured(when="verified", digests=FILES | {"go.mod": "down"}, gosum=GOSUM),
    "files-healthy": FilesMeasured(when="healthy", digests=FILES | {"go.mod": "down"}, gosum=GOSUM),
}
NOT_BUILT = BuildMeasured(when="provoked", outcome="failed", phase="provoke")
BAD: dict[str, dict[str, Event | None]] = {
    "sumdb-off": {"settings": EnvironmentRead(when="verified", values=SETTINGS | {"GOSUMDB": "off"})},
    "hash": {"files": FilesMeasured(when="verified", digests=FILES, gosum=(f"{LIB} v1.0.0 h1:evil", *GOSUM))},
    "fails": failing(),
    "hangs": failing("hung"),
    "cache": {"cache": ModCacheCompared(when="verified", bad=(BadEntry("x.zip", "differs"),))},
    "offline": {"offline": BuildMeasured(when="offline", outcome="failed")},
    "verify": {"modverify": ModVerified(when="verified", ok=False, text=f"{LIB} v1.0.0: dir has been modified (x)")},
    "build": {"verified": NOW},
    "lost": {"files": FilesMeasured(when="verified", digests={}, gosum=())},
    "silent-fault": {"request": None},
    "harness": {"request": request("provoke", status=502, eligible=("gone",), fired="gone", error="broken")},
    "gap": {"cache": None},
}


def verdict(pieces: dict[str, Event | None], *more: Event) -> str:
    return conclude(tell(pieces, *more))[1].verdict


TABLE: dict[str, tuple[dict[str, Event | None], str]] = {
    "provoke withstood the fault": (survived(), "survived"),
    "provoke failed, and afterwards all is well": (restored(), "restored"),
    "provoke hung, and afterwards all is well": (
        restored() | {"provoke": command(1, "provoke", purpose="provoke", outcome="hung", exit=None)}, "restored"),
    "provoke built something else, and afterwards all is well": (
        survived() | {"provoked": BuildMeasured(when="provoked", outcome="ok", fingerprint=OTHER)}, "restored"),
    "provoke let in a bad entry, and afterwards it is gone": (
        survived() | {"cache-provoked": ModCacheCompared(when="provoked", bad=(BadEntry("x", "y"),))}, "restored"),
    "another build, declared, and as in a healthy lab": (restored() | ALTERED, "altered"),
    "the same after a provoke that worked": (survived() | ALTERED, "altered"),
    "altered, and the database is off": (restored() | ALTERED | BAD["sumdb-off"], "weakened"),
    "the database is off": (restored() | BAD["sumdb-off"], "weakened"),
    "the database is off, though provoke worked": (survived() | BAD["sumdb-off"], "weakened"),
    "a hash changed": (restored() | BAD["hash"], "weakened"),
    "provoke hid its failure, and afterwards all is well": (
        survived() | {"provoke": command(1, "provoke", purpose="provoke", stdout=GONE), "provoked": NOT_BUILT}, "restored"),
    "provoke fetched less than a build needs": (survived() | {"provoked": NOT_BUILT}, "survived"),
    "the same packages by another go.mod, declared": (
        restored() | {name: ALTERED[name] for name in ("case", "files", "files-healthy")}, "altered"),
    "still failing": (restored() | failing(), "not-restored"),
    "still hanging": (restored() | failing("hung"), "not-restored"),
    "still failing over a bad entry": (restored() | failing() | BAD["cache"], "not-restored"),
    "failing with the database off": (restored() | BAD["sumdb-off"] | failing(), "not-restored"),
    "another build that nobody declared": (restored() | BAD["build"] | {"healthy": HEALTHY}, "inconsistent"),
    "a declared build that does not rebuild": (restored() | ALTERED | BAD["offline"], "inconsistent"),
    "a declared build that is not the healthy one": (
        restored() | ALTERED | {"healthy": BuildMeasured(when="healthy", outcome="failed")}, "inconsistent"),
    "a bad entry stays": (survived() | BAD["cache"], "inconsistent"),
    "a bad entry that a fault put there stays": (
        survived() | {"cache": ModCacheCompared(when="verified", bad=(BadEntry("x", "y", injected=True),))},
        "inconsistent"),
    "the second build fails": (restored() | BAD["offline"], "inconsistent"),
    "a build that worked no longer does": (survived() | failing(), "harmed"),
    "work was lost": (restored() | BAD["lost"], "harmed"),
    "work was lost, and it still fails": (restored() | failing() | BAD["lost"], "harmed"),
    "the fault did not fire": (restored() | BAD["silent-fault"], "vacuous"),
    "the fault did not fire, and the build is harmed": (survived() | failing() | BAD["silent-fault"], "vacuous"),
    "the harness failed": (restored() | BAD["harness"], "broken-lab"),
    "something was not measured": (restored() | BAD["gap"], "broken-lab"),
    "nothing was measured": ({}, "broken-lab"),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLE)
def test_verdicts(name: str) -> None:
    pieces, expected = TABLE[name]
    assert verdict(pieces) == expected


def test_the_table_has_every_verdict_and_error() -> None:
    assert {expected for _, expected in TABLE.values()} == set(ORDER)


@pytest.mark.parametrize("base", [restored, survived])
@given(names=st.lists(st.sampled_from(sorted(BAD)), max_size=4), one=st.sampled_from(sorted(BAD)))
def test_no_bad_finding_improves_the_verdict(base: Any, names: list[str], one: str) -> None:
    pieces = base()
    for name in names:
        pieces |= BAD[name]
    if any(set(BAD[one]) & set(BAD[name]) for name in names) or one in ("fails", "hangs"):
        return  # it would replace another bad finding rather than come on top of it
    before, after = verdict(pieces), verdict(pieces | BAD[one])
    assert ORDER.index(after) >= ORDER.index(before)  # type: ignore[arg-type]


@given(
    before=st.sampled_from([None, Provoked("ok"), Provoked("ok", "wrong"), Provoked("failed"), Provoked("hung")]),
    grades=st.lists(st.none() | st.sampled_from(ORDER)),
    one=st.none() | st.sampled_from(ORDER),
)
def test_the_verdict_is_never_better_than_a_grade(
    before: Provoked | None, grades: list[Grade | None], one: Grade | None
) -> None:
    assert ORDER.index(judge(before, [*grades, one])) >= ORDER.index(judge(before, grades))
    assert judge(before, [*grades, one]) == judge(before, [one, *reversed(grades)])


class Crash(Check):
    name = "crash"
    summary = "crashes"

    def run(self, history: History) -> Finding:
        raise KeyError("oops")


def test_a_crash_in_a_check_is_an_error_and_never_a_verdict() -> None:
    checked, concluded = conclude(tell(survived() | failing()), {**CHECKS, "crash": Crash})
    crash = next(c for c in checked if c.check == "crash")
    assert (crash.status, concluded.verdict, concluded.passed) == ("error", "broken-lab", False)
    assert "KeyError" in crash.text
    assert "Crash: the check crashed" in concluded.reasons[0]


def expecting(**fields: Any) -> CaseStarted:
    case = restored()["case"]
    assert isinstance(case, CaseStarted)
    return dataclasses.replace(case, **fields)


@pytest.mark.parametrize(
    ("fields", "passes"),
    [
        ({}, True),
        ({"expected_verdict": "restored"}, True),
        ({"expected_verdict": "survived"}, False),
        ({"expected_verdict": "restored", "expected_outcome": "failed", "expected_diagnosis": "proxy-gone"}, True),
        ({"expected_verdict": "restored", "expected_outcome": "ok"}, False),
        ({"expected_verdict": "restored", "expected_diagnosis": "proxy-not-found"}, False),
        ({"expected_verdict": "restored", "within_time": 10.0, "within_requests": 5}, True),
        ({"expected_verdict": "restored", "within_time": 0.1}, False),
        ({"expected_verdict": "restored", "within_requests": 0}, False),
    ],
)
def test_a_case_passes_when_all_that_is_stated_holds(fields: dict[str, Any], passes: bool) -> None:
    concluded = conclude(tell(restored(), case=expecting(**fields)))[1]
    assert concluded.verdict == "restored"
    assert concluded.passed is passes
    assert passes or concluded.reasons[-1].startswith(("The scenario expects", "Over budget"))


@pytest.mark.parametrize("expected", ["vacuous", ""])
def test_vacuous_never_passes(expected: str) -> None:
    pieces = restored() | BAD["silent-fault"] | {"case": expecting(expected_verdict=expected)}
    assert not conclude(tell(pieces))[1].passed


@pytest.mark.parametrize("expected", VERDICTS)
def test_a_bad_verdict_that_is_expected_passes(expected: str) -> None:
    name = next(n for n, (_, e) in TABLE.items() if e == expected)
    pieces = TABLE[name][0]
    case = pieces["case"]
    assert isinstance(case, CaseStarted)
    concluded = conclude(tell(pieces, case=dataclasses.replace(case, expected_verdict=expected)))[1]
    assert concluded.passed


def test_reasons_begin_with_the_worst_and_are_sentences() -> None:
    reasons = conclude(tell(survived() | BAD["sumdb-off"] | failing() | BAD["lost"]))[1].reasons
    assert "worked before" in reasons[0]
    assert "Work was changed" in reasons[1]
    assert "GOSUMDB=off" in reasons[2]
    assert all(r[0].isupper() and r.endswith(".") for r in reasons)


@pytest.mark.parametrize(
    ("pieces", "phrase"),
    [
        (survived(), "the build was and is the steady state's"),
        (survived() | {"provoked": NOT_BUILT}, "the build is the steady state's; right after provoke there was none"),
        (restored(), "Provoke failed (proxy-gone: go: dep.example/lib@v1.0.0: reading"),
        (restored(), "Afterwards the build is the steady state's again."),
        (survived() | {"provoked": BuildMeasured(when="provoked", outcome="ok", fingerprint=OTHER)}, "wrong result"),
    ],
)
def test_a_good_verdict_has_reasons_too(pieces: dict[str, Event | None], phrase: str) -> None:
    assert any(phrase in reason for reason in conclude(tell(pieces))[1].reasons)


def test_the_verdict_is_computed_again_from_disk(tmp_path: Path) -> None:
    for n, (pieces, _) in enumerate(TABLE.values()):
        sink = JsonLines(tmp_path / f"{n}.jsonl")
        recorded = tell(pieces)
        checked, concluded = conclude(recorded)
        for event in (*recorded, *checked, concluded):
            sink(event)
        sink.close()
        again = read(sink.path)
        assert again.last(Concluded) == concluded
        assert conclude(again) == (checked, concluded)


def test_an_earlier_conclusion_is_ignored() -> None:
    lie = Concluded(verdict="survived", passed=True)
    assert conclude(tell(restored() | failing(), lie)) == conclude(tell(restored() | failing()))


def test_a_second_fault_that_did_not_fire_is_vacuous() -> None:
    assert verdict(restored(), FaultArmed(fault="other", kind="http", layer="http", phase="inject")) == "vacuous"
