"""``protections``: every protection that the posture had on is still on."""

from __future__ import annotations

from typing import ClassVar

from chaosmod.checks.base import CHECKS, Check, Finding
from chaosmod.checks.builds import fingerprint, modules, some
from chaosmod.checks.database import as_postured, own_settings
from chaosmod.checks.gosum import hashes
from chaosmod.checks.patterns import covers
from chaosmod.checks.settings import weakenings
from chaosmod.checks.views import case_of
from chaosmod.history import EnvironmentRead, FilesMeasured, History


def _modules(history: History) -> set[str]:
    """The modules of the build: those it was compiled from, and those that any of its go.sum files names."""
    found: set[str] = set()
    for point in ("steady", "verified"):
        if build := fingerprint(history, point):
            found |= set(modules(build))
    for files in history.of(FilesMeasured):
        found |= {key.split()[0] for key in hashes(files.gosum)}
    return found


class Protections(Check):
    """Settings after the recovery against the posture's own, which is the yardstick: not Go's defaults."""

    name: ClassVar[str] = "protections"
    summary: ClassVar[str] = "no protection of the posture was switched off: checksum database, https, GOVCS, sslVerify"
    example: ClassVar[str] = "a protection of the posture is off: the checksum database is switched off (GOSUMDB=off)"

    def run(self, history: History) -> Finding:
        own = own_settings(history)
        later = [e for when in ("recovered", "verified") if (e := history.last(EnvironmentRead, when=when))]
        if own is None or not later:
            return Finding("n/a", "the settings were not read before and after the recovery")
        case = case_of(history)
        patterns = ",".join(case.public) if case is not None else "*"
        every = _modules(history)
        found: list[str] = []
        for environment in later:
            now = as_postured(environment.values, history)
            found += weakenings(own, now, every, lambda module: covers(patterns, module))
        if found:
            return Finding("fail", f"a protection of the posture is off: {some(dict.fromkeys(found))}", "weakened")
        return Finding("pass", "every protection of the posture is still on")


CHECKS.register(Protections)
