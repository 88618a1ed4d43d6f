"""What a person is told of a case that did not end as its scenario says: enough to understand it without opening a file."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chaosmod.checks.views import happened_in
from chaosmod.history import (
    BuildMeasured,
    CaseStarted,
    CommandFinished,
    Concluded,
    ConnectionSeen,
    DnsAnswered,
    FaultArmed,
    History,
    RequestServed,
)
from chaosmod.report.roles import by_role, shortened
from chaosmod.report.timeline import command_line, timeline

__all__ = ["Again", "explain", "headline", "reason"]

_LINES = 28
"""Of the timeline."""
_OUTPUT = 12
"""Lines of Go's output, for each command that is shown."""
_BLOCK = 8
"""Lines of one fault in the excerpt of the scenario."""
_IN_TABLE = "The scenario expects "
"""How a reason begins that the table of what was expected and observed says already."""
_NOISE = ("go: downloading ", "go: finding ", "go: extracting ")


@dataclass(frozen=True, slots=True)
class Again:
    """What lies outside the history: where the case is written, and how to come back to it."""

    command: str
    """Runs exactly this case again."""
    file: str = ""
    """The scenario file, as the user would type it."""
    line: int = 0
    """Where it states what is expected of this case."""
    source: str = ""
    """Its text."""
    history: str = ""
    replay: str = ""
    """The file with the decisions of the faults."""
    lab: str = ""
    """The directory that was kept."""
    enter: str = ""
    """Enters it; empty where its runner has nothing to enter."""


def headline(concluded: Concluded) -> str:
    """The case in one line, which begins with the verdict (or ``vacuous``, ``broken-lab``)."""
    verdict, expected = concluded.verdict, concluded.expected
    if verdict in ("vacuous", "broken-lab"):
        return f"{verdict}, so nothing was proven"
    if expected and expected != verdict:
        return f"verdict {verdict}, expected {expected}"
    said = f"verdict {verdict} as expected" if expected else f"verdict {verdict}"
    if concluded.expected_outcome and concluded.expected_outcome != concluded.outcome:
        return f"{said}, but provoke {_was(concluded.outcome)}, expected {concluded.expected_outcome}"
    if concluded.expected_diagnosis and concluded.expected_diagnosis != concluded.diagnosis:
        return (
            f"{said}, but the diagnosis is {concluded.diagnosis or 'unknown'}, expected {concluded.expected_diagnosis}"
        )
    return (
        said if concluded.passed else f"{said}, but {concluded.reasons[-1] if concluded.reasons else 'it did not pass'}"
    )


def reason(history: History) -> str:
    """Headline and main reason on one line, for a summary."""
    concluded, case = _ends(history)
    why = next(iter(concluded.reasons), "")
    line = headline(concluded)
    return _printable(by_role(f"{line}: {why}" if why and why not in line else line, case.roles))


def explain(history: History, again: Again, width: int = 100) -> str:
    """The whole text; its first line is the headline. What can be folded is folded to ``width``; Go's words never are."""
    concluded, case = _ends(history)
    roles = dict(case.roles)
    why = [by_role(reason, roles) for reason in concluded.reasons if not reason.startswith(_IN_TABLE)]
    lines = [by_role(headline(concluded), roles), ""]
    for title, body in (
        ("", list(_facts(history, case, concluded, width))),
        ("Why", [line for reason in why for line in _folded(reason, width - 2, "- ")]),
        (again.file, list(_excerpt(history, again, width))),
        ("What happened (seconds since the case began)", _cut(timeline(history, width - 2, roles))),
        *_outputs(history),
        ("Faults", list(_faults(history))),
        ("Kept", list(_places(again))),
        ("Run again", [again.command]),
    ):
        if body:
            lines += [title] if title else []
            lines += [f"  {line}".rstrip() for line in body]
            lines.append("")
    return _printable("\n".join(lines))


def _printable(text: str) -> str:
    """``text`` as a terminal, JUnit and a worker of xdist can take it: a name that is not UTF-8 has lone surrogates."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _ends(history: History) -> tuple[Concluded, CaseStarted]:
    """How a case ended and how it began, also where a crash has left the history without one of them."""
    concluded = history.last(Concluded) or Concluded(verdict="broken-lab", reasons=("The case was not concluded.",))
    return concluded, history.last(CaseStarted) or CaseStarted(scenario="", case="")


def _facts(history: History, case: CaseStarted, concluded: Concluded, width: int) -> Iterator[str]:
    rows = [
        ("verdict", concluded.expected, concluded.verdict),
        ("outcome", concluded.expected_outcome, concluded.outcome),
        ("diagnosis", concluded.expected_diagnosis, concluded.diagnosis),
    ]
    wide = max(len("expected"), *(len(expected) for _, expected, _ in rows)) + 3
    yield f"{'':<11}{'expected':<{wide}}observed"
    for what, expected, observed in rows:
        mark = "   ✗" if expected and expected != observed else ""
        yield f"{what:<11}{expected or '-':<{wide}}{observed or '-'}{mark}"
    yield ""
    yield from _fact("scenario", f"{case.scenario} ({case.severity}){': ' + case.title if case.title else ''}", width)
    on = f"{case.case}: go {case.toolchain} in the {case.runner}, {case.cache} cache, workspace {case.workspace}"
    yield from _fact("case", f"{on} from {case.upstream}" if case.upstream else on, width)
    roles = dict(case.roles)
    posture = " ".join(f"{k}={shortened(by_role(v, roles), 60)}" for k, v in case.environment.items())
    yield from _fact("posture", f"{case.posture}{': ' + posture if posture else ''}", width)
    met = {e.role for e in history if isinstance(e, (RequestServed, DnsAnswered, ConnectionSeen))}
    hosts = ", ".join(f"{{{role}}} is {host}" for role, host in roles.items() if role in met)
    yield from _fact("hosts", hosts, width) if hosts else ()


def _fact(name: str, text: str, width: int) -> list[str]:
    first, *more = textwrap.wrap(text, width - 13, break_on_hyphens=False) or [""]
    return [f"{name:<11}{first}", *(f"{'':<11}{line}" for line in more)]


def _folded(text: str, width: int, bullet: str) -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=bullet,
        subsequent_indent=" " * len(bullet),
        break_on_hyphens=False,
        break_long_words=False,
    )


def _excerpt(history: History, again: Again, width: int) -> Iterator[str]:
    """The faults and the line with the expectation, with their numbers."""
    text = again.source.splitlines()
    wanted = {n for fault in history.of(FaultArmed) for n in _block(text, fault.line)}
    if 0 < again.line <= len(text):
        wanted.add(again.line)
    before = 0
    for n in sorted(wanted):
        if before and n > before + 1:
            yield f"{'…':>6}"
        yield shortened(f"{'>' if n == again.line else ' '} {n:>4}  {text[n - 1]}", width - 2)
        before = n


def _block(text: list[str], line: int) -> list[int]:
    """The line numbers of the YAML item that begins at ``line``: all that is indented deeper."""
    if not 0 < line <= len(text):
        return []
    indent = len(text[line - 1]) - len(text[line - 1].lstrip())
    block = [line]
    for n in range(line + 1, min(line + _BLOCK, len(text) + 1)):
        content = text[n - 1]
        if not content.strip() or len(content) - len(content.lstrip()) <= indent:
            break
        block.append(n)
    return block


def _cut(lines: list[str]) -> list[str]:
    """A timeline in few lines: every phase keeps its heading, its beginning and its end, however long another one is."""
    phases: list[list[str]] = []
    for line in lines:
        if not line.startswith(" "):
            phases.append([])
        phases[-1].append(line)
    shares = _shares([len(phase) for phase in phases], _LINES)
    return [line for phase, share in zip(phases, shares, strict=True) for line in _ends_of(phase, share)]


def _shares(sizes: Sequence[int], budget: int) -> list[int]:
    """How many of ``budget`` lines each one has: the same for all, but that none has more than it needs."""
    shares = [0] * len(sizes)
    while budget > 0 and shares != list(sizes):
        for i, size in enumerate(sizes):
            if shares[i] < size and budget > 0:
                shares[i] += 1
                budget -= 1
    return shares


def _ends_of(phase: list[str], share: int) -> list[str]:
    if len(phase) <= share:
        return phase
    end = max(1, share - 3)  # besides its heading, its first line and the one that says what is left out
    return [*phase[:2], f"{'':10}… {len(phase) - 2 - end} lines are in the history", *phase[-end:]]


def _outputs(history: History) -> Iterator[tuple[str, list[str]]]:
    """What Go itself said: at provoke, and at the end where that differs."""
    commands = {c.n: c for c in history.of(CommandFinished)}
    provoked = [c for c in commands.values() if c.purpose == "provoke"]
    recovered = [c for c in commands.values() if c.purpose == "recover" and c.outcome != "ok"]
    builds = [b for b in history.of(BuildMeasured) if b.outcome != "ok" and b.command in commands]
    shown: list[str] = []
    for command in (provoked[-1:] + recovered[-1:]) + [commands[b.command] for b in builds[-1:]]:
        said = []
        for line in _said(command):
            if not any(line.endswith(other) for other in shown):  # `go list` says each again, with a package before it
                said.append(line)
                shown.append(line)
        if said:
            what = "the verifying build" if command.purpose == "measure" else command_line(command)
            ended = "hung" if command.outcome == "hung" else f"exit {command.exit}"
            yield f"Go said ({what}: {ended})", said


def _said(command: CommandFinished) -> list[str]:
    text = command.stderr if command.stderr.strip() or command.purpose == "measure" else command.stdout
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith(_NOISE)]
    left = len(lines) - _OUTPUT
    return [f"… {left} earlier lines", *lines[-_OUTPUT:]] if left > 0 else lines


def _faults(history: History) -> Iterator[str]:
    wire = [e for e in history if isinstance(e, (RequestServed, DnsAnswered, ConnectionSeen))]
    for fault in history.of(FaultArmed):
        if fault.layer == "local":
            yield f"{fault.fault}: {'; '.join(fault.applied) or 'changed nothing on disk'}"
            continue
        counts = []
        for title, provoke in (("in provoke", True), ("afterwards", False)):
            events = [e for e in wire if (happened_in(history, e) == "provoke") is provoke]
            fired = sum(fault.fault in ([e.fired] if isinstance(e.fired, str) else e.fired or ()) for e in events)
            eligible = sum(fault.fault in e.eligible for e in events)
            counts.append(f"{fired} of {max(eligible, fired)} eligible {title}")
        yield f"{fault.fault}: fired {', '.join(counts)}"


def _places(again: Again) -> Iterator[str]:
    if again.history:
        yield f"history   {again.history}"
    if again.replay:
        yield f"replay    --chaos-replay={shlex.quote(again.replay)} has the faults decide the same again"
    if again.lab:
        yield f"lab       {again.lab}"
        yield "          what was written is in its upper/, the rest in its lab/; chaosmod clean removes it"
        if again.enter:
            yield f"          to enter it: {again.enter}"


def _was(outcome: str) -> str:
    return "was ok" if outcome == "ok" else outcome or "did not run"
