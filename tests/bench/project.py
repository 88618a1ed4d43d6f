"""A Go project with many requirements and the modules that it requires, the same bytes on every machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from chaosmod.upstream.gosum import go_sum
from chaosmod.upstream.proxytree import ProxyTree
from chaosmod.upstream.zipping import write_zip

__all__ = ["VERSION", "Project", "make"]

VERSION = "v1.0.0"
_TIME = "2020-01-02T03:04:05Z"


@dataclass(frozen=True)
class Project:
    """Where they are."""

    workspace: Path
    served: Path
    """A folder of the shape of a GOPROXY, and of a module cache's ``cache/download``."""
    modules: tuple[str, ...]


def make(root: Path, count: int, size: int) -> Project:
    """``count`` modules with a file of ``size`` bytes each, and a program that imports them all, below ``root``."""
    served, workspace = root / "served", root / "workspace"
    names = tuple(f"bench.example/m{i:03}" for i in range(count))
    for name in names:
        _publish(served / name / "@v", name, size)
    workspace.mkdir(parents=True)
    requires = "".join(f"\t{name} {VERSION}\n" for name in names)
    gomod = f"module workspace.example\n\ngo 1.21\n\nrequire (\n{requires})\n"
    imports = "".join(f'\t_ "{name}"\n' for name in names)
    (workspace / "go.mod").write_text(gomod)
    (workspace / "go.sum").write_text(go_sum(gomod, ProxyTree(served).sums))
    (workspace / "main.go").write_text(f"package main\n\nimport (\n{imports})\n\nfunc main() {{}}\n")
    return Project(workspace, served, names)


def _publish(folder: Path, name: str, size: int) -> None:
    folder.mkdir(parents=True)
    gomod = f"module {name}\n\ngo 1.21\n".encode()
    data = folder / "data"
    with data.open("wb") as file:
        file.truncate(size)  # zeros, which take no room on the disk; a zip of ours is not compressed
    files: dict[str, Path | bytes] = {"go.mod": gomod, "m.go": f"package {name[-4:]}\n".encode(), "data.bin": data}
    write_zip(folder / f"{VERSION}.zip", name, VERSION, files)
    data.unlink()
    (folder / f"{VERSION}.mod").write_bytes(gomod)
    (folder / f"{VERSION}.info").write_text(f'{{"Version":"{VERSION}","Time":"{_TIME}"}}')
    (folder / "list").write_text(f"{VERSION}\n")
