"""Which lines of go.sum were taken on trust, after Go had refused what it was told or given."""

from __future__ import annotations

from collections.abc import Iterable

from chaosmod.checks.database import asks_database, own_settings, passing_by
from chaosmod.checks.gosum import hashes, is_gosum, target
from chaosmod.checks.lookups import lookups
from chaosmod.checks.views import case_of
from chaosmod.diagnose.matcher import alarms
from chaosmod.history import CommandFinished, FilesMeasured, History, RequestServed

__all__ = ["taken_on_trust"]


def taken_on_trust(history: History, keys: Iterable[str]) -> list[str]:
    """Each of the go.sum ``keys`` that nothing vouches for any more, as a phrase that says why.

    A SECURITY ERROR about a module, or a lie of the checksum database, puts what go.sum says of it in doubt. What removes
    the doubt: a true answer of the database to a later command; its earlier one, if no command since has passed the
    database by; the line having been in go.sum all the time; or a step of the recovery that put it back without asking
    anybody about the module, which is the user's own copy.
    """
    own, case, told, refused = own_settings(history), case_of(history), lookups(history), _refused(history)
    found: list[str] = []
    for key in keys:
        module, version = target(key)
        if own is not None and not asks_database(own, case, module):
            continue
        last, alarm = told.get((module, version)), max(refused.get((module, version), 0), refused.get(("", ""), 0))
        if last is not None and last.word == "proof" and last.command > alarm:
            continue
        since = max(alarm, last.command if last is not None and last.word != "proof" else 0)
        if not since or _put_back(history, key, since):
            continue
        if last is not None and last.word == "lie":
            found.append(f"what the checksum database last said of {key} was a lie")
        elif not _kept(history, key, since):
            careless = next((c for c in passing_by(history, module) if c.n >= since), None)
            if careless is not None:
                what = "the SECURITY ERROR about it" if alarm else "false tiles"
                found.append(f"{key} was accepted after {what} by {careless.argv[-1]!r}, past the checksum database")
    return found


def _refused(history: History) -> dict[tuple[str, str], int]:
    """Module and version -> the last command in which Go called it a SECURITY ERROR; both empty: it named no module."""
    return {
        (alarm.module, alarm.version): command.n
        for command in history.of(CommandFinished)
        if command.purpose != "measure"
        for alarm in alarms((command.stderr, command.stdout))
    }


def _measured(history: History, since: int) -> list[tuple[int, FilesMeasured]]:
    """The measurements of go.sum after command ``since``, each with the last command before it."""
    found: list[tuple[int, FilesMeasured]] = []
    command = 0
    for event in history:
        if isinstance(event, CommandFinished) and event.purpose != "measure":
            command = event.n
        elif isinstance(event, FilesMeasured) and command >= since and event.when != "healthy":
            found.append((command, event))
    return found


def _put_back(history: History, key: str, since: int) -> bool:
    """Whether ``key`` came back into go.sum in a step after ``since`` that asked nobody about its module.

    Nor may the step have passed the database by: what it needs, a warm cache may hold.
    """
    before: bool | None = None
    came = 0
    for command, files in _measured(history, since):
        has = key in hashes(files.gosum)
        if has and before is False:
            came = command
        before = has
    module, _ = target(key)
    if came <= since or history.of(RequestServed, invocation=came, module=module):
        return False
    return all(command.n != came for command in passing_by(history, module))


def _kept(history: History, key: str, since: int) -> bool:
    """Whether ``key`` was in go.sum at every look from ``since`` on, and no command declares that it writes go.sum."""
    case = case_of(history)
    if case is not None and any(is_gosum(path) for path in case.changes):
        return False
    return all(key in hashes(files.gosum) for _, files in _measured(history, since))
