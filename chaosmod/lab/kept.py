"""A lab that was kept: what has to be known to enter it again, in a file beside what it left."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from chaosmod.errors import LabError, UsageError
from chaosmod.lab.base import Job, Tree
from chaosmod.lab.sandbox.sandbox import Sandbox, Spawner
from chaosmod.lab.sandbox.terminal import attend
from chaosmod.lab.trees import remove_tree

__all__ = ["KeptLab"]

_FILE = "lab.json"


@dataclass(frozen=True)
class KeptLab:
    """How the commands of a sandbox saw their world."""

    trees: tuple[Tree, ...]
    visible: tuple[Path, ...]
    """Paths of the machine that the lab sees although they lie below a masked one."""
    environment: Mapping[str, str]
    work: str
    """The directory in which commands ran."""

    def write(self, lab: Path) -> None:
        """Write it into the directory of the lab."""
        data = {
            "trees": [[t.name, [str(p) for p in t.lower], t.limit] for t in self.trees],
            "visible": [str(p) for p in self.visible],
            "environment": dict(self.environment),
            "work": self.work,
        }
        (lab / _FILE).write_text(json.dumps(data, indent=1), encoding="utf-8")

    @classmethod
    def read(cls, lab: Path) -> KeptLab:
        """What the directory ``lab`` says. Raises UsageError where it is no kept lab."""
        try:
            data = json.loads((lab / _FILE).read_text(encoding="utf-8"))
            trees = tuple(Tree(name, tuple(map(Path, lower)), limit) for name, lower, limit in data["trees"])
            return cls(trees, tuple(map(Path, data["visible"])), data["environment"], data["work"])
        except (OSError, ValueError, KeyError, TypeError) as e:
            raise UsageError(
                f"{lab} is no lab that can be entered; --chaos-keep makes one of a case that does not pass in a sandbox, "
                "and its failure text names the directory"
            ) from e

    def enter(self, lab: Path, argv: Sequence[str]) -> int:
        """Run ``argv`` in the lab at ``lab`` with our own terminal, and return its exit status.

        Files, caches and settings are those that the case left, and what is changed stays changed. There is no network:
        the servers were the case's. Raises LabError where the lab cannot be made or what it lay on is gone.
        """
        if gone := [str(p) for tree in self.trees for p in tree.lower if not p.is_dir()]:
            raise LabError(f"the lab lies on caches that `chaosmod clean --all` has removed: {', '.join(gone)}")
        # Scratch space of the overlays, which also says that they were not written to disk in the end.
        remove_tree(lab / "work")
        spawner = Spawner()
        try:
            sandbox = Sandbox(spawner, lab, self.trees, self.visible)
            try:
                return attend(sandbox, Job(argv, self.environment, self.work, offline=True))
            finally:
                sandbox.close(keep=True)
        finally:
            spawner.close()
