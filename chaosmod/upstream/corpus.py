"""``corpus``: the bundled modules and the bundled workspaces that use them (see ``corpus/README.md``).

``python -m chaosmod.upstream.corpus`` writes the go.sum files of the workspaces anew.
"""

from __future__ import annotations

import difflib
import sys
import tempfile
from pathlib import Path

from chaosmod.errors import WorkspaceError
from chaosmod.upstream import corpus_build
from chaosmod.upstream.base import Reply
from chaosmod.upstream.gosum import go_sum
from chaosmod.upstream.proxytree import ProxyTree

__all__ = ["Corpus", "workspace_dir", "workspaces", "write_go_sums"]

_WORKSPACES = Path(__file__).parent / "corpus" / "workspaces"


class Corpus:
    """The bundled corpus as a module proxy, built once into ``cache_dir``."""

    name = "corpus"
    blocking = False
    public: tuple[str, ...] = ("corpus.example",)

    def __init__(self, cache_dir: Path) -> None:
        self._digest = corpus_build.sources_digest()
        self._tree = ProxyTree(corpus_build.build(cache_dir))

    def digest(self) -> str:
        return self._digest

    def fetch(self, path: str) -> Reply:
        return self._tree.fetch(path)

    def sums(self, module: str, version: str) -> tuple[str, str] | None:
        return self._tree.sums(module, version)

    def modules(self) -> list[tuple[str, str]]:
        """Every (module, version) that is served, in a fixed order: a checksum database can begin with them all."""
        return corpus_build.sources()


def workspaces() -> list[str]:
    """The names of the bundled workspaces: what may follow ``corpus:``."""
    return sorted(d.name for d in _WORKSPACES.iterdir() if d.is_dir())


def workspace_dir(name: str) -> Path:
    """The folder of the bundled workspace ``name``, for copying. Raises WorkspaceError for a name that there is not."""
    if name not in workspaces():
        near = difflib.get_close_matches(name, workspaces(), n=1)
        hint = f"; did you mean corpus:{near[0]}?" if near else f"; there are {', '.join(workspaces())}"
        raise WorkspaceError(f"the corpus has no workspace {name!r}{hint}")
    return _WORKSPACES / name


def write_go_sums(root: Path, corpus: Corpus) -> list[Path]:
    """Write the go.sum beside each go.mod below ``root`` that requires anything; returns those that changed."""
    changed = []
    for gomod in sorted(root.rglob("go.mod")):
        text = go_sum(gomod.read_text(encoding="utf-8"), corpus.sums)
        file = gomod.with_name("go.sum")
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        if text != before:
            file.write_text(text, encoding="utf-8")
            changed.append(file)
    return changed


def main() -> None:
    """Write the go.sum files and say which changed."""
    with tempfile.TemporaryDirectory() as folder:
        for file in write_go_sums(_WORKSPACES, Corpus(Path(folder))):
            sys.stdout.write(f"wrote {file}\n")


if __name__ == "__main__":
    main()
