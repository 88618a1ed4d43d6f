"""What happened, line by line: commands, requests with their statuses, and what the faults did."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from chaosmod.history import (
    BuildMeasured,
    CommandFinished,
    ConnectionSeen,
    DnsAnswered,
    Event,
    FaultArmed,
    FaultHealed,
    History,
    ModCacheCompared,
    Note,
    RequestServed,
)
from chaosmod.report.roles import by_role, shortened

__all__ = ["command_line", "timeline"]

_MANY = 3
"""Healthy requests to one host in a row that are still told one by one."""
_BUILDS = {
    "provoked": "the build after provoke",
    "verified": "the verifying build",
    "offline": "the offline build",
    "fresh": "the offline build with an empty GOCACHE",
}


@dataclass(frozen=True, slots=True)
class _Line:
    at: float
    phase: str
    text: str
    wire: RequestServed | None = None
    """The request that the line tells of, where it is one that other such lines can join."""
    invocation: int = 0
    """The command that had it happen on the wire; 0 for what happened elsewhere."""


def timeline(history: History, width: int = 100, roles: dict[str, str] | None = None) -> list[str]:
    """The lines, in order of time, each with the seconds since the case began; phases have a heading each.

    What went well is told in few words: name servers that answered, and requests in a row that were answered 200.
    """
    told = sorted(_told(history, width - 10, roles or {}), key=lambda line: line.at)
    lines: list[str] = []
    for phase, in_phase in groupby(told, key=lambda line: line.phase):
        lines.append(phase)
        for line in _joined(_counted(list(in_phase), width - 10), width - 10):
            lines.append(f"{line.at:8.2f}  {line.text}")
    return lines


def command_line(command: CommandFinished) -> str:
    """The command as it was written: without the ``sh -c`` that runs it."""
    argv = command.argv
    return argv[2] if argv[:2] == ("sh", "-c") and len(argv) == 3 else " ".join(argv)


def _told(history: History, width: int, roles: dict[str, str]) -> Iterator[_Line]:
    environment: dict[str, str] = {}
    phases = {command.n: command.phase for command in history.of(CommandFinished)}
    for event in history:
        if isinstance(event, CommandFinished):
            start = max(0.0, event.at - event.seconds)
            tells = event.phase in ("recover", "verify")
            changed = {k: v for k, v in event.environment.items() if tells and environment.get(k) != v}
            environment |= changed
            for name, value in changed.items():
                yield _Line(start, event.phase, shortened(by_role(f"set {name}={value}", roles), width))
            if event.purpose != "measure":
                yield _Line(start, event.phase, f"$ {shortened(by_role(command_line(event), roles), width - 2)}")
                yield _Line(event.at, event.phase, "  " + _ended(event))
        else:
            for text in _words(event, width):
                wire = event if isinstance(event, RequestServed) and _healthy(event) else None
                at, phase = _asked(event, phases)
                seen = event if isinstance(event, (RequestServed, DnsAnswered, ConnectionSeen)) else None
                yield _Line(at, phase, text, wire, seen.invocation if seen else 0)


def _asked(event: Event, phases: Mapping[int, str]) -> tuple[float, str]:
    """When ``event`` is told of: where a request outlived the phase of its command, that is when it was asked."""
    if isinstance(event, (RequestServed, ConnectionSeen)):
        phase = phases.get(event.invocation, event.phase)
        if phase != event.phase:
            return max(0.0, event.at - event.seconds), phase
    return event.at, event.phase


def _words(event: Event, width: int) -> Iterator[str]:
    if isinstance(event, FaultArmed):
        verb = "applied" if event.layer == "local" else "armed"
        text = f"{verb} {event.fault}: {event.spec or event.kind}"
        yield text if len(text) <= width else f"{text[: width - 1]}…"
        yield from (shortened(f"  {change}", width) for change in event.applied)
    elif isinstance(event, FaultHealed):
        yield f"healed {event.fault}"
    elif isinstance(event, RequestServed):
        yield _request(event, width)
    elif isinstance(event, DnsAnswered):
        if event.fired or event.rcode != "NOERROR" or not event.role:
            yield _marked(f"  dns      {event.rcode or 'no answer'} {event.name} {event.qtype}", event, width)
    elif isinstance(event, ConnectionSeen):
        if event.fired or event.tls not in ("", "established"):
            said = event.tls or f"{event.received} bytes in, {event.sent} out"
            yield _marked(f"  {event.role:<8} connection to port {event.port}: {said}", event, width)
    elif isinstance(event, BuildMeasured) and event.when in _BUILDS:
        yield f"{_BUILDS[event.when]}: {event.outcome}"
    elif isinstance(event, ModCacheCompared):
        yield from (shortened(f"module cache: {bad.path} {bad.problem}", width) for bad in event.bad)
    elif isinstance(event, Note):
        yield shortened(event.text, width)


def _request(event: RequestServed, width: int) -> str:
    what = f"{event.file} {event.module}@{event.version}" if event.version else event.path
    method = "" if event.method == "GET" else f"{event.method} "
    head = f"  {event.role:<8} {event.status or '---'}  {method}"
    mark = _mark(event)
    return f"{head}{shortened(what, max(24, width - len(head) - len(mark)))}{mark}"


def _mark(event: RequestServed | DnsAnswered | ConnectionSeen) -> str:
    fired = [event.fired] if isinstance(event.fired, str) else list(event.fired or ())
    mark = ""
    if fired:
        status = event.status if isinstance(event, RequestServed) else None
        told = event.effect if event.effect != f"answered {status}" else ""
        mark = f"  ← {', '.join(fired)}" + (f": {told}" if told else "")
    if isinstance(event, RequestServed) and event.error:
        mark += f"  ! {event.error}"
    return mark


def _marked(text: str, event: DnsAnswered | ConnectionSeen, width: int) -> str:
    mark = _mark(event)
    return shortened(text, max(24, width - len(mark))) + mark


def _healthy(event: RequestServed) -> bool:
    return event.status == 200 and not event.fired and not event.error


def _ended(command: CommandFinished) -> str:
    if command.outcome == "hung":
        return f"stopped at its time limit, after {command.seconds:.1f} s"
    exit = f"exit {command.exit}" if (command.exit or 0) >= 0 else f"ended by signal {-(command.exit or 0)}"
    return f"{exit} after {command.seconds:.1f} s"


def _counted(lines: Sequence[_Line], width: int) -> list[_Line]:
    """``lines`` with what a command met several times told where it first did: Go's own repeats come interleaved."""
    times = Counter((line.invocation, line.text) for line in lines)
    told: list[_Line] = []
    known: set[tuple[int, str]] = set()
    for line in lines:
        key = line.invocation, line.text
        if not line.invocation or line.wire is not None or times[key] == 1:
            told.append(line)
        elif key not in known:
            known.add(key)
            told.append(dataclasses.replace(line, text=_times(line.text, times[key], width)))
    return told


def _joined(lines: Sequence[_Line], width: int) -> Iterator[_Line]:
    """``lines`` with what repeats told once: healthy requests to one host, and equal lines."""
    for (role, text), same in groupby(lines, key=lambda x: (x.wire.role, "") if x.wire else ("", x.text)):
        group = list(same)
        if role and len(group) > _MANY:
            files = Counter(line.wire.file for line in group if line.wire is not None)
            count = ", ".join(f"{n} {file}" for file, n in files.most_common())
            joined = f"  {role:<8} 200  {len(group)} requests: {count}"
            yield _Line(group[0].at, group[0].phase, shortened(joined, width), None)
        elif role or len(group) == 1:
            yield from group
        else:
            yield _Line(group[0].at, group[0].phase, _times(text, len(group), width))


def _times(text: str, count: int, width: int) -> str:
    mark = f" ({count}×)"
    return shortened(text, width - len(mark)) + mark
