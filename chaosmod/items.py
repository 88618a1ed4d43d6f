"""A scenario file and its cases, as pytest collects and runs them.

A case is lived in pytest's *setup* phase and judged in its *call* phase. So pytest itself tells the two apart that must
never be confused, in its letters, its counts, its JUnit file and every other report: a verdict other than the expected
one is a failure, and a case that proves nothing (``vacuous``, ``broken-lab``, or an error of the user's) is an error.
"""

from __future__ import annotations

import os
import shlex
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from chaosmod import runfolder
from chaosmod.diagnose.matcher import known
from chaosmod.engine import Kept, run_case
from chaosmod.errors import ChaosmodError, NotHere
from chaosmod.faults.decisions import Replay
from chaosmod.history import Concluded, History
from chaosmod.lab import toolchain
from chaosmod.lab.runners import abilities
from chaosmod.options import Options, flags
from chaosmod.report.failure import Failure, longrepr
from chaosmod.report.text import Again, explain, headline, reason
from chaosmod.scenario import Case, Scenario, expand, load
from chaosmod.scenario.problem import Problem, ScenarioError
from chaosmod.session import Config, Session
from chaosmod.upstream.corpus import workspaces
from chaosmod.worker import Lifeline, channel_of

__all__ = ["ChaosItem", "ScenarioFile"]

_TOOLCHAINS = pytest.StashKey["dict[str, toolchain.Toolchain]"]()
_NAMES = pytest.StashKey["dict[str, dict[Path, Path]]"]()
"""Name of a scenario -> folders that have one of this name -> its file, in the order of collection."""
_SESSION = pytest.StashKey[Session]()
_LIFELINE = pytest.StashKey[Lifeline]()

_PYTESTS_OWN = frozenset(
    {"skip", "skipif", "xfail", "parametrize", "usefixtures", "filterwarnings", "tryfirst", "trylast"}
)
"""Markers that would change what pytest does with a case."""


class NotProven(Exception):  # noqa: N818 - what is reported, not what went wrong
    """The case ended ``vacuous`` or ``broken-lab``: nothing can be said about Go."""


class Failed(Exception):  # noqa: N818 - likewise
    """The case did not end as the scenario says."""


class ScenarioFile(pytest.File):
    """One scenario file; its children are its cases."""

    chaos: Options
    run: Path
    histories: str = ""
    """The folder of the histories in that of the run. Every worker of xdist collects the same, and so calls it the same."""

    @classmethod
    def beneath(cls, parent: pytest.Collector, path: Path, chaos: Options, run: Path) -> ScenarioFile:
        """The collector of the file at ``path``."""
        root = parent.config.rootpath
        named: dict[str, Any] = {}
        if not path.is_relative_to(root):  # pytest's own id for such a file is empty, the same for all of them
            named["nodeid"] = Path(os.path.relpath(path, root)).as_posix()
        file = cls.from_parent(parent, path=path, **named)
        file.chaos, file.run = chaos, run
        return file

    def collect(self) -> Iterator[ChaosItem]:
        """The cases, in the order of the file. Reads files and nothing else."""
        try:
            scenario = load(Path(_seen_from(self.path, self.chaos.base)), known(), workspaces())
            self._register(scenario.name, scenario.tags, scenario.lines)
            cases = expand(scenario, self._releases(scenario), self.chaos.runner)
        except ChaosmodError as e:
            raise self.CollectError(str(e)) from None
        for case in cases:
            # Named here: the id that pytest 9.2 makes of a name with brackets is not the one that --lf reads back.
            item = ChaosItem.from_parent(self, name=case.id, nodeid=f"{self.nodeid}::{case.id}")
            item.case = case
            for marker in ("chaos", scenario.severity, *scenario.tags):
                item.add_marker(marker)
            yield item

    def _register(self, name: str, tags: tuple[str, ...], lines: Any) -> None:
        stash = self.config.stash
        named = stash.setdefault(_NAMES, {}).setdefault(name, {})
        first = named.setdefault(self.path.parent, self.path)
        problems = []
        if first != self.path:
            other = _seen_from(first, self.chaos.base)
            problems.append(("scenario", f"the name {name!r} is that of {other} already; names are unique in a folder"))
        # Two suites may well have a name in common. No name has a tilde, so no two of the folders are the same.
        number = list(named).index(self.path.parent) + 1
        self.histories = name if number == 1 else f"{name}~{number}"
        problems += [("tags", f"the tag {tag!r} is a marker of pytest itself") for tag in tags if tag in _PYTESTS_OWN]
        if problems:
            file = _seen_from(self.path, self.chaos.base)
            raise ScenarioError(Problem(file, lines.get(key, 1), 1, text) for key, text in problems)
        for severity in ("P0", "P1", "P2", "P3"):
            self.config.addinivalue_line("markers", f"{severity}: severity of a chaosmod scenario")
        for tag in tags:
            self.config.addinivalue_line("markers", f"{tag}: tag of a chaosmod scenario")

    def _releases(self, scenario: Scenario) -> list[str]:
        """Those that were asked for; else the first one found that the scenario is about, if there is one."""
        labels = list(self._toolchains())
        if self.chaos.go:
            return labels
        fit = (go for go in labels if all(term.holds(go, "", self.chaos.runner) for term in scenario.constraint))
        return [next(fit, labels[0])]

    def _toolchains(self) -> dict[str, toolchain.Toolchain]:
        if _TOOLCHAINS not in self.config.stash:
            asked, base = self.chaos.go, self.chaos.base
            chosen = toolchain.select(asked, project=base) if asked else toolchain.ranked(project=base)
            self.config.stash[_TOOLCHAINS] = {go.label: go for go in chosen}
        return self.config.stash[_TOOLCHAINS]

    def session_of_process(self) -> Session:
        """The session that all cases of this process share, made with the first of them."""
        stash = self.config.stash
        if _SESSION not in stash:
            runfolder.create(self.run)
            stash[_SESSION] = Session(
                Config(
                    toolchains=self._toolchains(),
                    runner=self.chaos.runner,
                    workspace=self.chaos.workspace,
                    upstream=self.chaos.upstream,
                    keep=self.chaos.keep,
                    runs=self.run,
                    seed=self.chaos.seed,
                    replay=Replay.read(self.chaos.replay) if self.chaos.replay else None,
                    base=self.chaos.base,
                )
            )
            self.config.add_cleanup(stash[_SESSION].close)
            stash[_LIFELINE] = Lifeline(channel_of(self.config))
        return stash[_SESSION]


class ChaosItem(pytest.Item):
    """One case."""

    case: Case
    history: History | None = None
    kept: Kept = Kept()

    def setup(self) -> None:
        """Live the case. Raises NotProven where it proves nothing, and what the engine raises."""
        file = cast("ScenarioFile", self.parent)
        self.user_properties += self._declared()
        start = time.monotonic()
        try:
            session = file.session_of_process()
            with self.config.stash[_LIFELINE].case():
                self.history, self.kept = run_case(self.case, session, file.histories)
        except NotHere as e:
            pytest.skip(str(e))
        finally:
            self.user_properties.append(("seconds", f"{time.monotonic() - start:.2f}"))
        concluded = self._concluded()
        self.user_properties += [
            ("verdict", concluded.verdict),
            ("outcome", concluded.outcome),
            ("diagnosis", concluded.diagnosis),
            ("history", _seen_from(self.kept.history, file.chaos.base) if self.kept.history else ""),
        ]
        if concluded.verdict in ("vacuous", "broken-lab"):
            raise NotProven(headline(concluded))

    def runtest(self) -> None:
        """Compare with what the scenario says."""
        concluded = self._concluded()
        if not concluded.passed:
            raise Failed(headline(concluded))

    def reportinfo(self) -> tuple[Path, int, str]:
        """The line of the recovery, and the head of the failure's text."""
        return self.path, self._line() - 1, f"{self.case.scenario.name}: {self.case.id}"

    def chaos_report(self, error: BaseException, report: pytest.TestReport) -> None:
        """Put this case's own words into ``report``, which says that ``error`` was raised."""
        if isinstance(error, pytest.skip.Exception):
            report.longrepr = (str(self.path), self._line(), f"Skipped: {error.msg}")
        elif self.history is not None and isinstance(error, (NotProven, Failed)):
            width = self.config.get_terminal_writer().fullwidth
            text = explain(self.history, self._again(), max(80, min(width, 120)))
            report.longrepr = longrepr(Failure(reason(self.history), text, str(self.path), self._line()))
        elif isinstance(error, ChaosmodError):
            text = f"{error}\n\nRun again\n  {self._again().command}"
            report.longrepr = longrepr(Failure(str(error).partition("\n")[0], text, str(self.path), self._line()))

    def _concluded(self) -> Concluded:
        concluded = self.history.last(Concluded) if self.history is not None else None
        assert concluded is not None, "every history ends in a conclusion"
        return concluded

    def _declared(self) -> list[tuple[str, object]]:
        case = self.case
        return [
            ("scenario", case.scenario.name),
            ("recovery", case.name),
            ("severity", case.scenario.severity),
            ("toolchain", case.toolchain),
            ("posture", case.posture),
            ("expected", case.expected_verdict),
        ]

    def _line(self) -> int:
        return self.case.recovery.line if self.case.recovery else self.case.scenario.lines.get("expect", 1)

    def _again(self) -> Again:
        chaos = cast("ScenarioFile", self.parent).chaos
        given = {name: getattr(self.config.option, name) for name in vars(self.config.option) if "chaos" in name}
        matter = flags(given, ("runner", "go", "workspace", "upstream", "seed"))
        file = _seen_from(self.path, chaos.base)
        return Again(
            command=" ".join(["pytest", shlex.quote(f"{file}::{self.name}"), *map(shlex.quote, matter)]),
            file=file,
            line=self._line(),
            source=self.case.scenario.text,
            history=_seen_from(self.kept.history, chaos.base) if self.kept.history else "",
            replay=_seen_from(self.kept.replay, chaos.base) if self.kept.replay else "",
            lab=str(self.kept.lab or ""),
            enter=self._enter(),
        )

    def _enter(self) -> str:
        if self.kept.lab is None or "overlay" not in abilities(self.case.runner):
            return ""
        return f"chaosmod enter {shlex.quote(str(self.kept.lab))}"


def _seen_from(path: Path, base: Path) -> str:
    """``path`` relative to ``base`` where it is beneath it: as the user would type it."""
    relative = os.path.relpath(path, base)
    return str(path) if relative.startswith("..") else relative
