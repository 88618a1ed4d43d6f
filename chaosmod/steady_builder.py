"""Making a steady state: a healthy lab, one build, and what it leaves on disk."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from chaosmod.errors import LabError, WorkspaceError
from chaosmod.history import CommandFinished, History, RequestServed
from chaosmod.lab.base import Tree
from chaosmod.lab.environment import BUILD_FLAGS
from chaosmod.lab.stage import Stage, set_up
from chaosmod.lab.trees import freeze, publish, remove_tree
from chaosmod.steady import Steady, key_of

if TYPE_CHECKING:
    from chaosmod.scenario import Case
    from chaosmod.session import Session

__all__ = ["steady_state"]

_LIMIT = 1800.0
"""Seconds for a healthy build of a user's project, its downloads included."""

_KEPT = 6
"""Steady states of one project and posture that are kept on disk: enough for going to and fro between branches."""


def steady_state(case: Case, session: Session) -> Steady:
    """The steady state of ``case``'s workspace, made now where it is not on disk.

    Raises WorkspaceError where the workspace does not build in a healthy lab.
    """
    go = session.toolchain(case)
    workspace = session.workspace(case)
    # Two clones of a project share its steady states: it is known by its modules, not by where it is.
    group = key_of(
        workspace.modules,
        workspace.folders,
        go.version,
        str(go.goroot),
        case.runner,
        session.upstream(case).digest(),
        dict(case.scenario.postures[case.posture]),
        dict(case.scenario.home),
    )[:12]
    key = key_of(group, session.inputs(case))[:12]
    name = f"{group}-{key} {workspace.root}"  # an error names the project
    if name not in session.steady:
        try:
            session.steady[name] = _on_disk(case, session, group, key)
        except WorkspaceError as e:
            session.steady[name] = e
    known = session.steady[name]
    if isinstance(known, WorkspaceError):
        raise known
    return known


def _on_disk(case: Case, session: Session, group: str, key: str) -> Steady:
    directory = session.shelf.hold(group, key)
    with session.state.lock(f"steady-{directory.name}"):
        steady = Steady.load(directory, session.state.folder("std")) or _make(case, session, directory)
    session.shelf.prune(group, _KEPT)
    return steady


def _make(case: Case, session: Session, directory: Path) -> Steady:
    remove_tree(directory)
    std = _standard_library(case, session)
    history = History()
    trees = [Tree("gopath"), Tree("cache", (std,)), Tree("fresh", (std,)), _work(case, session)]
    stage = set_up(case, session, None, history, (), trees=trees)
    try:
        files = stage.measure.files("steady")
        settings = stage.measure.settings("steady")
        stage.measure.timeout = _LIMIT
        build = stage.measure.build("steady")
        if build.outcome != "ok":
            raise _does_not_build(case, session, history)
        zips = _zips(history)
        seconds = sum(c.seconds for c in history.of(CommandFinished))
        # What the usual provoke commands fetch beyond the build, so that a warm cache need not ask for it.
        stage.bench.run(["go", "mod", "download"], purpose="measure", timeout=_LIMIT)
        _must_be_unchanged(stage, files.digests)
        records = tuple(r.decode() for r in stage.sumdb.records())
    except BaseException:
        stage.close()
        raise
    kept = stage.close(keep=True)
    assert kept is not None
    for name in ("gopath", "cache"):
        (kept / "upper" / name).rename(_below(session, kept, "steady") / name)
    freeze(kept / "steady" / "cache")
    steady = Steady(directory, std, build, files, settings, zips, seconds, records)
    dataclasses.replace(steady, directory=kept / "steady").save()
    publish(kept / "steady", directory)
    remove_tree(kept)
    return steady


def _below(session: Session, kept: Path, name: str) -> Path:
    folder = kept / name
    folder.mkdir(exist_ok=True)
    return folder


def _work(case: Case, session: Session) -> Tree:
    return Tree("work", (session.copy(case),))


def _zips(history: History) -> tuple[str, ...]:
    served = history.of(RequestServed, file="zip", status=200)
    return tuple(sorted({f"{r.module}@{r.version}" for r in served}))


def _must_be_unchanged(stage: Stage, before: object) -> None:
    if stage.measure.files("steady").digests != before:
        raise WorkspaceError(
            "building the workspace changes its files even in a healthy lab; run `go mod tidy` in it and commit the result"
        )


def _build_standard(stage: Stage, packages: Sequence[str]) -> None:
    # In an empty directory: the workspace's go.mod or vendor/ has no say in the standard library, nor have the posture's
    # flags, which can speak of them.
    built = stage.bench.run(
        ["go", "build", *packages],
        purpose="measure",
        timeout=_LIMIT,
        extra={"GOFLAGS": BUILD_FLAGS, "GOWORK": "off"},
        directory=stage.lab.places.tmp,
    )
    if built.outcome != "ok":
        raise LabError(f"the standard library cannot be built in a healthy lab: {built.stderr.strip()}")


def _does_not_build(case: Case, session: Session, history: History) -> WorkspaceError:
    last = history.last(CommandFinished, purpose="measure")
    said = (last.stderr.strip() or last.stdout.strip()) if last is not None else ""
    name = session.workspace_name(case)  # `..` in a scenario says little to who reads of it elsewhere
    where = name if name.startswith("corpus:") else session.workspace(case).root
    return WorkspaceError(
        f"the workspace {where} does not build in a healthy lab, so no fault can be judged. Go says:\n{said}"
    )


def _standard_library(case: Case, session: Session) -> Path:
    """A build cache with the packages of the standard library that the workspace needs, built with the lab's flags.

    A cold case starts from it: compiling the standard library again would cost seconds and tell nothing of modules.
    """
    history = History()
    stage = set_up(case, session, None, history, (), trees=[Tree("gopath"), Tree("cache"), _work(case, session)])
    kept: Path | None = None
    try:
        listed = stage.bench.run(
            ["go", "list", "-deps", "-f", "{{if .Standard}}{{.ImportPath}}{{end}}", *stage.workspace.packages],
            purpose="measure",
            timeout=_LIMIT,
        )
        if listed.outcome != "ok":
            raise _does_not_build(case, session, history)
        packages = sorted(set(listed.stdout.split()))
        go = session.toolchain(case)
        cgo = stage.bench.environment().get("CGO_ENABLED", "")
        key = key_of("std", go.version, str(go.goroot), case.runner, packages, cgo)
        directory = session.state.folder("std") / key
        with session.state.lock(f"std-{key}"):
            if directory.is_dir():
                return directory
            if packages:  # else Go would look for packages in the directory
                _build_standard(stage, packages)
            kept = stage.close(keep=True)
            assert kept is not None
            freeze(kept / "upper" / "cache")
            publish(kept / "upper" / "cache", directory)
            return directory
    finally:
        if kept is None:
            stage.close()
        else:
            remove_tree(kept)
