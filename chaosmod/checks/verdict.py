"""From the history of a case to its verdict.

    history ──▶ every check ──▶ findings ──▶ the worst grade counts ──▶ verdict ──▶ against what the scenario expects

A check that crashes makes the case ``broken-lab``: a defect of chaosmod must never pass for a verdict on Go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from chaosmod.checks.base import CHECKS, ERRORS, ORDER, Check, Finding, Grade, worst
from chaosmod.checks.views import Provoked, case_of, provoked
from chaosmod.history import CaseStarted, Checked, Concluded, Event, History

__all__ = ["conclude", "judge"]


@dataclass(frozen=True, slots=True)
class _Result:
    check: str
    finding: Finding | None
    """None where the check crashed."""
    error: str = ""

    @property
    def grade(self) -> Grade | None:
        return self.finding.grade if self.finding is not None else "broken-lab"

    def event(self) -> Checked:
        if self.finding is None:
            return Checked(check=self.check, status="error", text=self.error, grade="broken-lab")
        finding = self.finding
        return Checked(check=self.check, status=finding.status, text=finding.text, grade=finding.grade or "")


def judge(before: Provoked | None, grades: Iterable[Grade | None]) -> Grade:
    """The verdict: what provoke allows at best, or the worst that a check found."""
    best: Grade = "survived" if before is not None and before.right else "restored"
    return worst(best, *grades)


def conclude(history: History, checks: Mapping[str, type[Check]] = CHECKS) -> tuple[list[Checked], Concluded]:
    """What every check says, and the verdict. Events of an earlier conclusion in ``history`` are ignored.

    Never raises: what goes wrong in a check is in its result.
    """
    history = History.replay(_measured(history))
    results = [_run(name, checks[name], history) for name in checks]
    before, case = provoked(history), case_of(history) or CaseStarted(scenario="", case="")
    verdict = judge(before, (r.grade for r in results))
    outcome = before.outcome if before is not None else ""
    diagnosis = before.diagnosis.name if before is not None and before.diagnosis is not None else ""
    missed = list(_missed(case, verdict, outcome, diagnosis, results))
    return [r.event() for r in results], Concluded(
        verdict=verdict,
        reasons=(*_reasons(verdict, before, results), *missed),
        expected=case.expected_verdict,
        outcome=outcome,
        expected_outcome=case.expected_outcome,
        diagnosis=diagnosis,
        expected_diagnosis=case.expected_diagnosis,
        passed=verdict not in ERRORS and not missed,
    )


def _measured(history: History) -> Iterator[Event]:
    return (event for event in history if not isinstance(event, (Checked, Concluded)))


def _run(name: str, check: type[Check], history: History) -> _Result:
    try:
        return _Result(name, check().run(history))
    except Exception as e:  # any crash is a result of its own, whatever it is
        return _Result(name, None, f"the check crashed: {type(e).__name__}: {e}")


def _missed(case: CaseStarted, verdict: str, outcome: str, diagnosis: str, results: list[_Result]) -> Iterator[str]:
    """What the scenario states and the case does not keep. What it does not state cannot be missed."""
    for what, expected, observed in (
        ("the verdict", case.expected_verdict, verdict),
        ("the outcome of provoke", case.expected_outcome, outcome),
        ("the diagnosis", case.expected_diagnosis, diagnosis),
    ):
        if expected and expected != observed:
            yield f"The scenario expects {what} {expected}, and observed was {observed or 'none'}."
    for result in results:
        if result.finding is not None and result.finding.status == "fail" and result.grade is None:
            yield _sentence(result.finding.text)


def _reasons(verdict: Grade, before: Provoked | None, results: list[_Result]) -> Iterator[str]:
    """What the verdict rests on, the worst first; a good verdict rests on provoke and on the absence of findings."""
    graded = [r for r in results if r.grade is not None]
    for grade in sorted({r.grade for r in graded if r.grade is not None}, key=ORDER.index, reverse=True):
        for result in graded:
            if result.grade == grade:
                yield _sentence(result.finding.text if result.finding else f"{result.check}: {result.error}")
    if before is None:
        return
    if before.outcome != "ok":
        said = f" ({before.diagnosis.name}: {before.diagnosis.text})" if before.diagnosis is not None else ""
        yield _sentence(f"provoke {before.outcome}{said}")
    elif before.wrong:
        yield _sentence(f"provoke succeeded with a wrong result: {before.wrong}")
    if verdict == "survived":
        yield (
            "Provoke succeeded, and the build was and is the steady state's."
            if before.built
            else "Provoke succeeded, and the build is the steady state's; right after provoke there was none to compare."
        )
    elif verdict == "restored":
        yield "Afterwards the build is the steady state's again."


def _sentence(text: str) -> str:
    text = text.rstrip()
    return (text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")) if text else text
