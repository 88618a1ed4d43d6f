"""The door from pytest: its hooks. Which files are scenarios is in ``selection.py``, what a case is in ``items.py``.

Every project in which chaosmod is installed imports this module whenever pytest starts: it may import nothing but pytest
and the standard library, and what it needs for a scenario it imports when there is one.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any, Literal

import pytest

from chaosmod import runfolder
from chaosmod.options import OPTIONS, Options
from chaosmod.selection import Selection
from chaosmod.tally import Tally

_INI_TYPES: dict[str, Literal["string", "bool", "linelist"]] = {
    "text": "string",
    "number": "string",
    "switch": "bool",
    "list": "linelist",
}
_CHAOS = pytest.StashKey[Options]()
_RUN = pytest.StashKey[Path]()
_TALLY = pytest.StashKey[Tally]()
_SELECTION = pytest.StashKey[Selection]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """One group, and for each flag an entry of the ini file."""
    group = parser.getgroup("chaos", "fault injection for Go modules (chaosmod)")
    for option in OPTIONS:
        group.addoption(option.flag, **option.keywords)
        parser.addini(option.ini, option.help, type=_INI_TYPES[option.kind])


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Put the scenario paths among pytest's own arguments, so that everything that works on those works on them."""
    given = {o.ini: config.getoption(o.ini) for o in OPTIONS}
    ini = {o.ini: config.getini(o.ini) for o in OPTIONS}
    base = config.invocation_params.dir
    try:
        options = Options.of(given, ini, base, config.inipath.parent if config.inipath else base)
    except ValueError as e:
        raise pytest.UsageError(str(e)) from None
    config.stash[_CHAOS] = options
    worker = getattr(config, "workerinput", {})
    if not worker:
        config.stash[_TALLY] = Tally(asked=bool(options.paths))
        config.pluginmanager.register(config.stash[_TALLY], "chaosmod-tally")
        if options.paths or any(value is not None for value in given.values()):
            _look_ahead(config)
    config.stash[_RUN] = Path(worker["chaosmod_run"]) if "chaosmod_run" in worker else runfolder.new(options.runs)
    config.addinivalue_line(
        "markers", "chaos: a case of a chaosmod scenario; its tags and its severity are markers too"
    )
    # What scenarios carry is registered where they are collected; these can be asked for where none carries them.
    config.addinivalue_line("markers", "slow: a scenario that waits for a timer of Go's own")
    config.stash[_SELECTION] = Selection(config, options.paths)
    config.pluginmanager.register(config.stash[_SELECTION], "chaosmod-selection")
    if not options.paths:
        return
    explicit = config.args_source is pytest.Config.ArgsSource.ARGS
    if given["chaos"]:
        config.args = [*(config.args if explicit else ()), *options.paths]
    elif not explicit:  # an ini entry adds to what plain `pytest` runs, as testpaths does
        config.args = [*config.args, *options.paths]


def _look_ahead(config: pytest.Config, cases: Sequence[tuple[str, str]] | None = None) -> None:
    from chaosmod import preflight
    from chaosmod.errors import ChaosmodError

    options = config.stash[_CHAOS]
    try:
        preflight.check(options, keeps=not config.option.collectonly)
        if cases is not None:
            preflight.replayed(options, cases)
    except ChaosmodError as e:
        raise pytest.UsageError(str(e)) from None


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of xdist which folder this run has; a controller collects nothing, so this is where it looks ahead."""
    if not node.config.stash[_SELECTION].is_empty():
        _look_ahead(node.config)
    node.workerinput["chaosmod_run"] = str(node.config.stash[_RUN])


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """A scenario that the user has pointed at, by itself or by a folder that it is in."""
    collectors = yield
    config = parent.config
    if not config.stash[_SELECTION].takes(file_path, wanted=bool(collectors)):
        return collectors
    from chaosmod.items import ScenarioFile

    mine = ScenarioFile.beneath(parent, file_path, config.stash[_CHAOS], config.stash[_RUN])
    return [*collectors, mine]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[Any]) -> None:
    """Look ahead where it is only now known that there are cases; and a replay has to be of one that is selected."""
    cases = [(i.case.scenario.name, i.case.id) for i in items if hasattr(i, "chaos_report")]
    if cases and _TALLY in config.stash:  # a worker of xdist has no say: its controller has looked
        _look_ahead(config, cases)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let a case say in its own words what came of it."""
    report = yield
    if call.excinfo is not None and hasattr(item, "chaos_report"):
        item.chaos_report(call.excinfo.value, report)
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Colour the text of a case: workers of xdist send it without."""
    if any(name == "scenario" for name, _ in report.user_properties):
        from chaosmod.report.failure import coloured

        coloured(report)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, exitstatus: int, config: pytest.Config) -> None:
    """Every case with its verdict, where the histories are, what was no scenario; and where nothing was proven, why."""
    rows: list[tuple[float, dict[str, str]]] = []
    for status in ("passed", "skipped", "failed", "error"):
        for report in terminalreporter.stats.get(status, ()):
            known = {name: str(value) for name, value in getattr(report, "user_properties", ())}
            if "scenario" in known:
                file = report.nodeid.partition("::")[0]
                rows.append((report.start, {**known, "status": status, "file": file}))
    if rows:
        from chaosmod.report import summary

        folder = os.path.relpath(config.stash[_RUN], config.stash[_CHAOS].base)
        summary.write(terminalreporter, [row for _, row in sorted(rows, key=lambda r: r[0])], folder)
    for line in config.stash[_SELECTION].complaint():
        terminalreporter.write_line(line)
    for line in config.stash[_TALLY].complaint(exitstatus):
        terminalreporter.write_line(line, red=True)
