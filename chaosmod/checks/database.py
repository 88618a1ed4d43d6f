"""Whether Go asks the checksum database about a module, by the settings and by what a command says for itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from chaosmod.checks.patterns import covers
from chaosmod.checks.views import case_of
from chaosmod.history import CaseStarted, CommandFinished, EnvironmentRead, History

__all__ = ["as_postured", "asks_database", "own_settings", "passing_by"]

_SETTING = re.compile(r"""\b(GOSUMDB|GONOSUMDB|GOPRIVATE)=(?:'([^']*)'|"([^"]*)"|([^\s;&|'"]*))""")


def own_settings(history: History) -> Mapping[str, str] | None:
    """The settings of the posture, None where they were not read."""
    own = history.last(EnvironmentRead, when="steady") or history.last(EnvironmentRead, when="injected")
    return own.values if own is not None else None


def as_postured(settings: Mapping[str, str], history: History) -> Mapping[str, str]:
    """``settings``, with the lab's database in the place of Go's own default, where the posture has left it at that.

    ``go env -u GOSUMDB`` takes the user back to where the posture is; in a lab that has a database of its own it does not.
    """
    case, own = case_of(history), own_settings(history)
    if case is None or own is None or "GOSUMDB" in case.environment:
        return settings
    if case.own_database in ("", "off") or settings.get("GOSUMDB") != case.own_database:
        return settings
    return {**settings, "GOSUMDB": own.get("GOSUMDB", "")}


def asks_database(settings: Mapping[str, str], case: CaseStarted | None, module: str) -> bool:
    """Whether ``settings`` have ``module`` verified (cmd/go/internal/modfetch, useSumDB), or the upstream calls it public."""
    if settings.get("GOSUMDB", "") == "off":
        return False
    exempt = settings.get("GONOSUMDB", "") or settings.get("GOPRIVATE", "")
    return not covers(exempt, module) and (case is None or covers(",".join(case.public), module))


def passing_by(history: History, module: str) -> Iterator[CommandFinished]:
    """The commands of provoke and recovery that had ``module`` pass by the posture's own checksum database.

    A setting may be in force only while a command runs: ``GOSUMDB=off go mod tidy`` leaves nothing behind that could be
    read afterwards. So the command's own words count as well as the settings that were read last before it. Of a value
    that the shell is yet to work out the worst is taken. What a script says to itself is not known.
    """
    own, case = own_settings(history), case_of(history)
    if own is None:
        return
    current = own
    for event in history:
        if isinstance(event, EnvironmentRead):
            current = event.values
        elif isinstance(event, CommandFinished) and event.purpose != "measure":
            given = {**current, **event.environment}
            said = [(name, "".join(quoted)) for name, *quoted in _SETTING.findall(" ".join(event.argv))]
            states = [as_postured(s, history) for s in (given, *({**given, name: value} for name, value in said))]
            if any("$" in value for _, value in said) or any(
                not asks_database(state, case, module) or _verifier(state) != _verifier(own) for state in states
            ):
                yield event


def _verifier(settings: Mapping[str, str]) -> str:
    """The key of GOSUMDB, without the address that may follow it."""
    return settings.get("GOSUMDB", "").partition(" ")[0]
