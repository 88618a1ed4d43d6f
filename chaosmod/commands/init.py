"""``chaosmod init``: write a first suite into a Go project."""

from __future__ import annotations

import argparse
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from chaosmod.errors import UsageError, WorkspaceError

if TYPE_CHECKING:
    from chaosmod.lab.workspace import Workspace

__all__ = ["arguments", "run"]

_FOLDER = "chaos"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The project."""
    parser.add_argument("project", nargs="?", default=".", type=Path, metavar="DIR", help="Go project (default: .)")
    parser.add_argument(
        "--go",
        metavar="RELEASE",
        help="Go release to write it for: 1.26, 1.26.8, '>=1.24' or a GOROOT (default: the first found that can build it)",
    )
    parser.add_argument("--force", action="store_true", help="write over files that are there already")


def run(given: argparse.Namespace) -> int:
    """Write the files, and say how to run them."""
    from chaosmod.starter import suite

    project: Path = given.project
    if not any((project / name).is_file() for name in ("go.mod", "go.work")):
        above = next((p for p in project.absolute().parents if (p / "go.mod").is_file()), None)
        hint = f"; there is one above: chaosmod init {above}" if above is not None else ""
        raise WorkspaceError(f"{project.absolute()} is no Go project: it has no go.mod and no go.work{hint}")
    workspace, release = _for_named(project, given.go) if given.go else _for_first(project)
    direct = [f"{r.path}@{r.version}" for r in workspace.requirements if not r.indirect]
    if not direct:
        raise WorkspaceError(
            f"{project.absolute()} requires no other module directly: there is nothing that a proxy could take from it"
        )
    folder = project / _FOLDER
    files = {folder / name: text for name, text in suite(direct, "..", _FOLDER, release.constraint).items()}
    taken = [str(file) for file in files if file.exists()]
    if taken and not given.force:
        raise UsageError(f"{', '.join(taken)}: there already; --force writes over")
    try:
        folder.mkdir(exist_ok=True)
        for file, text in files.items():
            file.write_text(text, encoding="utf-8")
            print(f"wrote {file}")
    except OSError as e:
        raise UsageError(f"{e.filename} cannot be written: {e.strerror}; is something else in its place?") from e
    if workspace.has_vendor:
        print("Go builds this project from vendor/, and asks no proxy for its modules: some cases will be skipped")
    option = f" --chaos-go={shlex.quote(release.option)}" if release.option else ""
    print(
        f"run it with: pytest {folder}/{option}   (the first run builds everything once, and asks the public module proxy)"
    )
    return 0


@dataclass(frozen=True)
class _Release:
    """How the suite comes to run on the release that it is written for."""

    constraint: str = ""
    """What the files have to say of it; empty where it is the default anyway."""
    option: str = ""
    """For ``--chaos-go``, where it can only be named."""


def _for_first(project: Path) -> tuple[Workspace, _Release]:
    """The project as the first release reads it that is new enough."""
    from chaosmod.lab import toolchain
    from chaosmod.lab.gomod import NewerGoError
    from chaosmod.lab.workspace import Workspace

    found = toolchain.ranked()
    needs = ""
    for go in found:
        try:
            workspace = Workspace.open(str(project), Path.cwd(), go)
        except NewerGoError as e:
            needs = e.needs
        else:
            return workspace, _Release(f">= {go.label}" if go is not found[0] else "")
    names = ", ".join(f"{go.version} ({go.source})" for go in found)
    raise WorkspaceError(f"{needs}. Found: {names}. Install a newer one, or name it: chaosmod init --go=GOROOT")


def _for_named(project: Path, wanted: str) -> tuple[Workspace, _Release]:
    """The project as the release reads it that was asked for."""
    from chaosmod.lab import toolchain
    from chaosmod.lab.workspace import Workspace

    go = toolchain.select([wanted])[0]
    workspace = Workspace.open(str(project), Path.cwd(), go)
    found = toolchain.ranked() if toolchain.survey().toolchains else []
    same = next((f for f in found if f.goroot == go.goroot), None)
    if same is None:
        return workspace, _Release(option=str(go.goroot))
    return workspace, _Release(f"== {same.label}" if same is not found[0] else "")
