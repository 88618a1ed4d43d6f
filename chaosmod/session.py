"""What a worker process keeps between cases: the spawner, the loop, the authority, upstreams and steady states."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from chaosmod.errors import UpstreamError, UsageError, WorkspaceError
from chaosmod.faults.decisions import Replay
from chaosmod.lab import inputs, workcopy
from chaosmod.lab.gorelease import Toolchain
from chaosmod.lab.shelf import Shelf
from chaosmod.lab.state import StateDir
from chaosmod.lab.trees import publish, remove_tree
from chaosmod.lab.workcopy import Part
from chaosmod.lab.workspace import Workspace
from chaosmod.steady import key_of
from chaosmod.upstream.base import Upstream

if TYPE_CHECKING:
    from chaosmod.lab.authority import Authority
    from chaosmod.lab.proxy.loop import LoopThread
    from chaosmod.lab.sandbox.sandbox import Spawner
    from chaosmod.scenario import Case
    from chaosmod.steady import Steady

__all__ = ["Config", "Session"]

_COPIES = 2
"""Copies of one project that are kept on disk for runs to come."""


@dataclass(frozen=True)
class Config:
    """What the options of a run say, for pytest and the command alike."""

    toolchains: Mapping[str, Toolchain]
    """Label -> release."""
    runner: str = "sandbox"
    workspace: str | None = None
    """Put in the place of every scenario's own."""
    upstream: str | None = None
    """Put in the place of every scenario's own."""
    keep: bool = False
    """Keep the lab's directory of a case that did not pass."""
    runs: Path | None = None
    """The folder of this run; None: histories stay in memory."""
    seed: int | None = None
    replay: Replay | None = None
    """The decisions to take again, in the case that they are of."""
    base: Path = field(default_factory=Path.cwd)
    """What relative paths given by option are relative to."""


class Session:
    """The long-lived parts. Each is made when first needed and ended by :meth:`close`."""

    def __init__(self, config: Config, state: StateDir | None = None) -> None:
        self.config = config
        self.state = state or StateDir.default()
        self.state.reap()
        self.steady: dict[str, Steady | WorkspaceError] = {}
        """Steady states of this process by key, and why there is none: a build that fails is not tried for each case."""
        self._spawner: Spawner | None = None
        self._loop: LoopThread | None = None
        self._authority: Authority | None = None
        self._upstreams: dict[str, Upstream] = {}
        self._workspaces: dict[tuple[str, str], Workspace] = {}
        self._copies: dict[tuple[Part, ...], Path] = {}
        self._inputs: dict[tuple[Path, tuple[str, ...], str], str] = {}
        self.shelf = Shelf(self.state)
        """Steady states and copies of workspaces on disk."""
        self._lock = threading.Lock()

    @property
    def spawner(self) -> Spawner:
        """The process that forks labs. Where it was killed, or left in mid-sentence, a new one takes its place."""
        if self._spawner is None or not self._spawner.alive:
            from chaosmod.lab.sandbox.sandbox import Spawner

            if self._spawner is not None:
                self._spawner.close()
            self._spawner = Spawner(self.state.held())
        return self._spawner

    @property
    def loop(self) -> LoopThread:
        """The thread that serves all labs."""
        if self._loop is None:
            from chaosmod.lab.proxy.loop import LoopThread

            self._loop = LoopThread()
        return self._loop

    @property
    def authority(self) -> Authority:
        """The certificate authority of all labs of this worker."""
        if self._authority is None:
            from chaosmod.lab.authority import Authority

            self._authority = Authority()
        return self._authority

    def toolchain(self, case: Case) -> Toolchain:
        """The release of ``case``."""
        return self.config.toolchains[case.toolchain]

    def workspace(self, case: Case) -> Workspace:
        """The Go project of ``case``: the option's, else the scenario's."""
        spec, base = self._choose(self.config.workspace, case.scenario.workspace, case.scenario.file)
        go = self.toolchain(case)
        key = (f"{base}:{spec}", go.version)
        if key not in self._workspaces:
            with _blaming(case, "workspace" if self.config.workspace is None else ""):
                self._workspaces[key] = Workspace.open(self._resolve(spec, base), base, go)
        return self._workspaces[key]

    def copy(self, case: Case) -> Path:
        """The copy of the workspace that all its cases of this session begin with; nobody may write to it.

        Made once: what happens to the project during a run touches no case. Raises WorkspaceError and LabError.
        """
        workspace = self.workspace(case)
        with self._lock:
            if workspace.layout not in self._copies:
                self._copies[workspace.layout] = self._copy(workspace)
            return self._copies[workspace.layout]

    def _copy(self, workspace: Workspace) -> Path:
        group = key_of("copy", workspace.modules, workspace.folders)[:12]
        path = self.shelf.hold(group, workspace.plan.digest()[:12]) / "work"
        if path.is_dir():
            return path
        with self.state.lock(f"copy-{group}"):
            made = self.state.folder("steady") / f"copy-{group}"
            remove_tree(made)  # of one that was killed while it copied
            workspace.copy_to(made / "work")
            # The project may have changed since we looked: the name says what has been copied.
            path = self.shelf.hold(group, workcopy.plan([Part(made / "work", ".")]).digest()[:12])
            publish(made, path)
        self.shelf.prune(group, _COPIES)
        return path / "work"

    def inputs(self, case: Case) -> tuple[str, ...]:
        """The identity of all that a build of ``case``'s workspace can depend on. Raises WorkspaceError and LabError."""
        workspace = self.workspace(case)
        scenario = case.scenario
        settings = " ".join([*scenario.postures[case.posture].values(), *scenario.home.values()])
        key = self.copy(case), workspace.folders, settings
        if key not in self._inputs:
            self._inputs[key] = inputs.digest(*key)
        # What is not copied is read where it is: what counts is what it is now.
        return workspace.main, self._inputs[key], *(f"{f}:{inputs.digest(f)}" for f in workspace.in_place)

    def workspace_name(self, case: Case) -> str:
        """The workspace as the user named it."""
        return self._choose(self.config.workspace, case.scenario.workspace, case.scenario.file)[0]

    @staticmethod
    def _resolve(spec: str, base: Path) -> str:
        if not spec.startswith("corpus:"):
            return str(base / Path(spec).expanduser())
        from chaosmod.upstream.corpus import workspace_dir

        return str(workspace_dir(spec.removeprefix("corpus:")))

    def upstream(self, case: Case) -> Upstream:
        """What serves modules to ``case``."""
        default = "corpus" if self.workspace_name(case).startswith("corpus:") else "live"
        wanted = case.scenario.upstream
        if self.config.workspace is not None and wanted == "corpus":
            wanted = None  # the scenario spoke of its own workspace, which the option has replaced
        spec, base = self._choose(self.config.upstream, wanted or default, case.scenario.file)
        with self._lock:
            key = spec if not spec.startswith("snapshot:") else f"{base}:{spec}"
            if key not in self._upstreams:
                with _blaming(case, "upstream" if wanted and self.config.upstream is None else ""):
                    self._upstreams[key] = self._open(spec, base, self.toolchain(case))
            return self._upstreams[key]

    def served(self, case: Case) -> Mapping[str, Upstream]:
        """Host role -> what a host in it serves before any fault: the mirror has all that the primary proxy has."""
        upstream = self.upstream(case)
        return {"primary": upstream, "mirror": upstream}

    def _open(self, spec: str, base: Path, go: Toolchain) -> Upstream:
        if spec == "corpus":
            from chaosmod.upstream.corpus import Corpus

            return Corpus(self.state.folder("corpus"))
        if spec == "live":
            return _live(go, self.state.folder("live"))
        if spec.startswith("snapshot:"):
            from chaosmod.upstream.snapshot import Snapshot

            return Snapshot(base / Path(spec.removeprefix("snapshot:")).expanduser())
        raise UsageError(f"unknown upstream {spec!r}: write corpus, live or snapshot:DIR")

    def _choose(self, option: str | None, scenario: str, file: Path | None) -> tuple[str, Path]:
        if option is not None:
            return option, self.config.base
        return scenario, file.parent.resolve() if file is not None else self.config.base

    def close(self) -> None:
        """End the spawner (with all its labs) and the loop."""
        self.shelf.close()
        if self._spawner is not None:
            self._spawner.close()
        if self._loop is not None:
            self._loop.close()


@contextlib.contextmanager
def _blaming(case: Case, key: str) -> Iterator[None]:
    """Have an error name the line of ``key`` in the scenario's file, where there is one; no ``key``: an option has it."""
    try:
        yield
    except (WorkspaceError, UpstreamError) as e:
        line = case.scenario.lines.get(key)
        if line is None or case.scenario.file is None:
            raise
        raise type(e)(f"{case.scenario.file}:{line}: {e}") from None


def _live(go: Toolchain, cache: Path) -> Upstream:
    """The upstream that the user's own ``go`` would use, with its checksum database: never read for a lab's settings."""
    from chaosmod.upstream.live import Live

    settings = go.settings(os.environ)
    sumdb = re.split(r"[+ ]", settings.gosumdb)[0]
    # What one private proxy serves is not what another one would: each list of proxies has a cache of its own.
    own = cache / hashlib.sha256(settings.goproxy.encode()).hexdigest()[:16]
    return Live(settings.goproxy, own, sumdb if sumdb not in ("", "off") else None)
