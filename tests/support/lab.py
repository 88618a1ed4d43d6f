"""Running scenarios in real labs from tests: one session a worker, its caches kept between runs of the suite."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from chaosmod.engine import run_case
from chaosmod.history import Concluded, History, from_json, to_json
from chaosmod.lab.state import StateDir
from chaosmod.lab.toolchain import select
from chaosmod.scenario import Case, Scenario, expand, load
from chaosmod.session import Config, Session

CACHE = Path(__file__).parents[2] / ".chaosmod" / "test-cache"
"""Beside the sources and ignored by git: building the standard library once for all runs, never in the user's own."""


@pytest.fixture(scope="session")
def session() -> Iterator[Session]:
    """The worker's session, with every Go release that can be found."""
    made = Session(Config(toolchains={go.label: go for go in select(["all"])}), StateDir(CACHE))
    try:
        yield made
    finally:
        made.close()


def scenario(text: str, folder: Path) -> Scenario:
    """The scenario of ``text``, as if it lay in ``folder``."""
    file = folder / "scenario.yml"
    file.write_text(textwrap.dedent(text))
    return load(file)


def cases(of: Scenario, session: Session, *, all_releases: bool = False) -> list[Case]:
    """The cases of a scenario, with the first Go release or with all."""
    labels = list(session.config.toolchains)
    return expand(of, labels if all_releases else labels[:1], "sandbox")


def run(case: Case, session: Session) -> tuple[History, Concluded]:
    """The history of a case, as it would be read back from disk, and its conclusion."""
    history, _ = run_case(case, session)
    history = History.replay(from_json(to_json(event)) for event in history)
    concluded = history.last(Concluded)
    assert concluded is not None
    return history, concluded


def run_all(of: Scenario, session: Session, *, all_releases: bool = False) -> dict[str, Concluded]:
    """What each case of a scenario came to, by its id."""
    return {case.id: run(case, session)[1] for case in cases(of, session, all_releases=all_releases)}
