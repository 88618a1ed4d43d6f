"""A lab to measure in: the real thing, with a project of ours in it and no steady state to wait for."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from chaosmod.faults.armed import ArmedFault
from chaosmod.history import CommandFinished, History
from chaosmod.lab.base import Tree
from chaosmod.lab.stage import Stage, set_up
from chaosmod.scenario import Case, expand, load
from chaosmod.session import Session
from tests.bench.project import Project

__all__ = ["case_of", "download", "lab"]

_SCENARIO = """\
scenario: bench
workspace: {workspace}
upstream: snapshot:{served}
posture: {{GOPROXY: "{{primary}}"}}
faults: [{{http: 410, match: {{host: primary}}}}]
expect: {{verdict: survived}}
"""


def case_of(project: Project, session: Session) -> Case:
    """A case over ``project``; its fault is for the model, which wants one: what is armed says :func:`lab`."""
    file = project.workspace.parent / "scenario.yml"
    file.write_text(_SCENARIO.format(workspace=project.workspace, served=project.served))
    return expand(load(file), list(session.config.toolchains)[:1], "sandbox")[0]


@contextlib.contextmanager
def lab(project: Project, session: Session, armed: Sequence[ArmedFault] = ()) -> Iterator[Stage]:
    """A lab with ``project`` in it and empty caches."""
    case = case_of(project, session)
    trees = [Tree("gopath"), Tree("cache"), Tree("work", (session.copy(case),))]
    stage = set_up(case, session, None, History(), armed, trees=trees)
    try:
        yield stage
    finally:
        stage.close()


def download(stage: Stage, proxy: str = "") -> float:
    """Seconds of a cold ``go mod download`` of everything, from ``proxy`` or as the lab is set up."""
    extra = {"GOPROXY": proxy} if proxy else {}
    run(stage, ["go", "clean", "-modcache"])
    return run(stage, ["go", "mod", "download"], extra).seconds


def run(stage: Stage, command: Sequence[str], extra: dict[str, str] | None = None) -> CommandFinished:
    """Run ``command``. Raises RuntimeError where it fails: what comes of it would mean nothing."""
    done = stage.bench.run(command, purpose="measure", timeout=600, extra=extra or {})
    if done.outcome != "ok":
        raise RuntimeError(f"{' '.join(command)}: {done.outcome}\n{done.stdout}{done.stderr}")
    return done


def inside(stage: Stage, name: str) -> tuple[str, Path]:
    """A path of the lab's ``out`` folder, as commands and as the harness see it."""
    place = f"{stage.lab.places.out}/{name}"
    return place, stage.lab.path(place)
