"""``files-unchanged``: no work was lost or changed that nobody declared."""

from __future__ import annotations

from typing import ClassVar

from chaosmod.checks.base import CHECKS, Check, Finding
from chaosmod.checks.builds import amount, some
from chaosmod.checks.gosum import is_gosum
from chaosmod.checks.gosum_loss import lost_entries, lost_lines
from chaosmod.checks.views import case_of
from chaosmod.history import FilesMeasured, History


def word_for(path: str) -> str:
    """The word by which a recovery declares that it may change ``path``."""
    parts = path.split("/")
    if "vendor" in parts[:-1]:
        return "vendor"
    return {"go.mod": "go.mod", "go.sum": "go.sum", "go.work": "go.work", "go.work.sum": "go.sum"}.get(
        parts[-1], "sources"
    )


_ITSELF = frozenset({"go.mod", "go.work"})
"""Files that say what the build is: where one changed as declared, it is another build, though it be of the same packages."""


class FilesUnchanged(Check):
    """Each file is as in the steady state, or as after injection, or as declared.

    go.sum files are compared by their lines, each file with itself. Lines that were added do no harm here, and whether
    a hash can be trusted is the question of ``gosum-trust``; what counts here is lines that were lost.
    """

    name: ClassVar[str] = "files-unchanged"
    summary: ClassVar[str] = (
        "go.mod, go.sum, go.work, vendor/ and sources are as they were, or as the recovery declares"
    )
    example: ClassVar[str] = "work was changed that nobody declared: go.mod was changed"

    def run(self, history: History) -> Finding:
        steady, now = history.last(FilesMeasured, when="steady"), history.last(FilesMeasured, when="verified")
        if steady is None or now is None:
            return Finding("n/a", "the files were not measured before and after")
        injected, healthy = history.last(FilesMeasured, when="injected"), history.last(FilesMeasured, when="healthy")
        allowed = [steady] if injected is None else [steady, injected]
        case = case_of(history)
        declared = frozenset(case.changes) if case is not None else frozenset()
        found, altered = [], []
        for path in sorted(steady.digests.keys() | now.digests.keys()):
            digest = now.digests.get(path)
            if is_gosum(path) or any(files.digests.get(path) == digest for files in allowed):
                continue
            if word_for(path) not in declared:
                found.append(self._phrase(path, steady, now))
            elif healthy is not None and healthy.digests.get(path) != digest:
                found.append(
                    f"{path} is not what {case.recovery if case else 'the recovery'} makes of it in a healthy lab"
                )
            elif healthy is not None and word_for(path) in _ITSELF:
                altered.append(path)
        if "go.sum" not in declared:
            # What the recovery lost, the verifying build may have fetched again: into go.work.sum, or with -mod=mod.
            recovered = history.last(FilesMeasured, when="recovered") or now
            lost, where = lost_lines(now, allowed) | lost_lines(recovered, allowed), ""
        else:
            lost = lost_entries(now, [*allowed, healthy]) if healthy is not None else {}
            where = ", as it does not in a healthy lab"
        found += (f"{path} lost {some(lines, 2)}{where}" for path, lines in lost.items())
        if found:
            return Finding("fail", f"work was changed that nobody declared: {some(found)}", "harmed")
        if altered:
            return Finding("pass", f"changed just as declared and as in a healthy lab: {some(altered)}", "altered")
        return Finding("pass", f"{amount(len(now.digests), 'file')}, all as they were or as declared")

    @staticmethod
    def _phrase(path: str, steady: FilesMeasured, now: FilesMeasured) -> str:
        if path not in now.digests:
            return f"{path} is gone"
        return f"{path} was changed" if path in steady.digests else f"{path} is new, and Go reads it"


CHECKS.register(FilesUnchanged)
