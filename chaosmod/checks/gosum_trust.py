"""``gosum-trust``: every hash in go.sum is one that was trusted before, or one with an authenticated record behind it."""

from __future__ import annotations

from collections.abc import Set
from typing import ClassVar

from chaosmod.checks.base import CHECKS, Check, Finding
from chaosmod.checks.builds import amount, some
from chaosmod.checks.database import asks_database, own_settings
from chaosmod.checks.gosum import hashes, target
from chaosmod.checks.lookups import Key, lookups, records_held
from chaosmod.checks.views import case_of
from chaosmod.checks.vouching import taken_on_trust
from chaosmod.history import ChecksumsRecorded, FilesMeasured, History


class GosumTrust(Check):
    """A hash that equals the steady state's needs no look-up, however it came back: it is the one the user had.

    But where Go had refused the module, or was lied to about it, and nothing has vouched for it since, it has been taken on
    trust: Go was told not to ask again, or believed the lie (:mod:`chaosmod.checks.vouching`).
    """

    name: ClassVar[str] = "gosum-trust"
    summary: ClassVar[str] = "no go.sum hash changed for a version that stayed, and no new one lacks a database record"
    example: ClassVar[str] = (
        "go.sum cannot be trusted: dep.example/new v1.0.0 was added and the checksum database has no record of it"
    )

    def run(self, history: History) -> Finding:
        steady, after = history.last(FilesMeasured, when="steady"), history.last(FilesMeasured, when="verified")
        if steady is None or after is None:
            return Finding("n/a", "go.sum was not measured before and after")
        before, now = hashes(steady.gosum), hashes(after.gosum)
        found = [
            f"the hash of {key} changed to {', '.join(sorted(now[key] - before[key]))}"
            for key in sorted(now.keys() & before.keys())
            if now[key] - before[key]
        ]
        injected = history.last(FilesMeasured, when="injected")
        given = hashes(injected.gosum).keys() if injected is not None else set()
        new = sorted(now.keys() - before.keys() - given)
        records = {k: v for event in history.of(ChecksumsRecorded) for k, v in event.records.items()}
        proven = lookups(history).keys() | records_held(history)
        for key in new:
            if reason := self._unproven(history, key, now[key], records.get(key), proven):
                found.append(f"{key} was added {reason}")
        found += taken_on_trust(history, sorted(now))
        if found:
            return Finding("fail", f"go.sum cannot be trusted: {some(found)}", "weakened")
        added = (
            f", but for {len(new)} that were added, with a database record where the posture asks for one"
            if new
            else ""
        )
        return Finding("pass", f"{amount(len(now), 'go.sum entry', 'go.sum entries')}, the steady state's{added}")

    @staticmethod
    def _unproven(history: History, key: str, added: frozenset[str], record: str | None, proven: Set[Key]) -> str:
        """Why the new hash of ``key`` has no authenticated record behind it; empty where it has, or needs none."""
        module, version = target(key)
        case = case_of(history)
        own = own_settings(history)
        if own is not None and not asks_database(own, case, module):
            return ""
        if record is None:
            return "and the checksum database has no record of it"
        if added != {record}:
            return f"with {', '.join(sorted(added - {record}))}, where the checksum database has {record}"
        return "" if (module, version) in proven else "without a look-up in the checksum database that proved it"


CHECKS.register(GosumTrust)
