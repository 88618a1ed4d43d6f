"""``chaosmod init``: write a first suite into a Go project."""

from __future__ import annotations

import argparse
from pathlib import Path

from chaosmod.errors import UsageError, WorkspaceError

__all__ = ["arguments", "run"]

_FOLDER = "chaos"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The project."""
    parser.add_argument("project", nargs="?", default=".", type=Path, metavar="DIR", help="Go project (default: .)")
    parser.add_argument("--force", action="store_true", help="write over files that are there already")


def run(given: argparse.Namespace) -> int:
    """Write the files, and say how to run them."""
    from chaosmod.lab import toolchain
    from chaosmod.lab.workspace import Workspace
    from chaosmod.starter import suite

    project: Path = given.project
    if not any((project / name).is_file() for name in ("go.mod", "go.work")):
        above = next((p for p in project.absolute().parents if (p / "go.mod").is_file()), None)
        hint = f"; there is one above: chaosmod init {above}" if above is not None else ""
        raise WorkspaceError(f"{project.absolute()} is no Go project: it has no go.mod and no go.work{hint}")
    workspace = Workspace.open(str(project), Path.cwd(), toolchain.select([])[0])
    direct = [f"{r.path}@{r.version}" for r in workspace.requirements if not r.indirect]
    if not direct:
        raise WorkspaceError(
            f"{project.absolute()} requires no other module directly: there is nothing that a proxy could take from it"
        )
    folder = project / _FOLDER
    files = {folder / name: text for name, text in suite(direct, "..", _FOLDER).items()}
    taken = [str(file) for file in files if file.exists()]
    if taken and not given.force:
        raise UsageError(f"{', '.join(taken)}: there already; --force writes over")
    folder.mkdir(exist_ok=True)
    for file, text in files.items():
        file.write_text(text, encoding="utf-8")
        print(f"wrote {file}")
    if workspace.has_vendor:
        print("Go builds this project from vendor/, and asks no proxy for its modules: some cases will be skipped")
    print(f"run it with: pytest {folder}/   (the first run builds everything once, and asks the public module proxy)")
    return 0
