"""``mod-verify``: ``go mod verify`` has no complaint."""

from __future__ import annotations

from typing import ClassVar

from chaosmod.checks.base import CHECKS, Check, Finding
from chaosmod.diagnose.matcher import OUT_OF_REACH, diagnose
from chaosmod.history import History, ModVerified


class ModVerify(Check):
    """What the user's own tool says of the cache. It compares the cache with itself, ``modcache`` with the truth."""

    name: ClassVar[str] = "mod-verify"
    summary: ClassVar[str] = "go mod verify finds no modified module"
    example: ClassVar[str] = (
        "go mod verify: dep.example/lib v1.0.0: dir has been modified (/home/lab/go/pkg/mod/dep.example/lib@v1.0.0)"
    )

    def run(self, history: History) -> Finding:
        said = history.last(ModVerified, when="verified")
        if said is None:
            return Finding("n/a", "go mod verify was not run")
        if said.ok:
            return Finding("pass", said.text.strip() or "all modules verified")
        found = diagnose((said.text,))
        if found is not None and found.family in OUT_OF_REACH:
            # It loads the module graph first, and asks the network for go.mod files that no build needed.
            return Finding("n/a", f"go mod verify came to no result ({found.name}): {found.text}")
        return Finding("fail", f"go mod verify: {found.text if found else said.text.strip()}", "inconsistent")


CHECKS.register(ModVerify)
