"""Real Go projects for tests: fetched by a real go command into directories of its own, and laid out as workspaces."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from chaosmod.history import CaseStarted, Concluded, History, read
from chaosmod.lab.gorelease import Toolchain
from chaosmod.lab.toolchain import VARIABLE, select

_HANDED_OVER = ("GOPROXY", "GOSUMDB", "GONOSUMDB", "GOPRIVATE", "GONOPROXY", "GOINSECURE")
"""What the machine says about where modules come from; everything else is the client's own."""


def release() -> Toolchain:
    """The Go release that a run in a folder of its own takes: CHAOSMOD_GO is not handed on to it."""
    return select((), {k: v for k, v in os.environ.items() if k != VARIABLE}, Path(os.sep))[0]


def private_environment(home: Path) -> Mapping[str, str]:
    """An environment in which Go knows nothing of this machine's user, and cannot reach a network through a proxy."""
    telemetry = home / ".config" / "go" / "telemetry"
    telemetry.mkdir(parents=True, exist_ok=True)
    (telemetry / "mode").write_text("off")  # GOTELEMETRY itself is read-only: x/telemetry reads this file
    return {
        "PATH": os.defpath,
        "HOME": str(home),
        "GOENV": "off",
        "GOTOOLCHAIN": "local",
        "GOFLAGS": "",
        "GOWORK": "off",
        "GOPATH": str(home / "go"),
        "GOCACHE": str(home / "cache"),
    }


@dataclass(frozen=True)
class Client:
    """A user of Go with a home and caches of their own, beside the lab."""

    folder: Path

    @property
    def modcache(self) -> Path:
        """GOMODCACHE."""
        return self.folder / "gopath" / "pkg" / "mod"

    def environment(self) -> dict[str, str]:
        """For this client's commands."""
        go = release().go
        machine = subprocess.run([go, "env", "-json", *_HANDED_OVER], capture_output=True, text=True, check=True)
        return {
            **{k: v for k, v in os.environ.items() if not k.startswith("GO")},
            **json.loads(machine.stdout),
            "HOME": str(self.folder),
            "GOENV": "off",
            "GOPATH": str(self.folder / "gopath"),
            "GOCACHE": str(self.folder / "build"),
            "GOTOOLCHAIN": "local",
            "GOTELEMETRY": "off",
        }

    def go(self, where: Path, *arguments: str) -> str:
        """What ``go ARGUMENTS`` prints in ``where``; AssertionError with what it says where it fails."""
        command = [release().go, *arguments]
        run = subprocess.run(command, cwd=where, env=self.environment(), capture_output=True, text=True, timeout=300)
        assert run.returncode == 0, f"go {' '.join(arguments)}: {run.stderr}"
        return run.stdout

    def source(self, module: str, dest: Path) -> Path:
        """The source of ``path@version`` as a project of one's own in ``dest``: a module zip is a whole module."""
        told = json.loads(self.go(self.folder, "mod", "download", "-json", module))
        shutil.copytree(told["Dir"], dest)
        for path in (dest, *dest.rglob("*")):
            path.chmod(path.stat().st_mode | 0o200)
        return dest

    def workspace(self, modules: Sequence[str], dest: Path) -> Path:
        """The project of one module, or a go.work over several."""
        if len(modules) == 1:
            return self.source(modules[0], dest)
        dest.mkdir()
        names = [module.partition("@")[0].rpartition("/")[2] for module in modules]
        for name, module in zip(names, modules, strict=True):
            self.source(module, dest / name)
        # Not by `go work init`: that writes the release which happens to be here.
        (dest / "go.work").write_text("go 1.22\n\nuse (\n" + "".join(f"\t./{name}\n" for name in names) + ")\n")
        self.go(dest, "build", *(f"./{name}/..." for name in names))  # writes go.work.sum where one is needed
        self.go(dest, "mod", "download")
        return dest


def histories(runs: Path) -> Mapping[str, History]:
    """The histories of the latest run below ``runs``, by scenario and case."""
    found = {}
    for file in sorted((runs / "latest").rglob("*.jsonl")):
        history = read(file)
        case = history.last(CaseStarted)
        assert case is not None
        found[f"{case.scenario}::{case.case}"] = history
    return found


def verdicts(runs: Path) -> Mapping[str, str]:
    """What each case of the latest run came to."""
    return {
        name: concluded.verdict
        for name, history in histories(runs).items()
        if (concluded := history.last(Concluded)) is not None
    }
