"""The door from pytest: options, and which files are scenarios. What a case is to pytest is in ``items.py``.

Every project in which chaosmod is installed imports this module whenever pytest starts: it may import nothing but pytest
and the standard library, and what it needs for a scenario it imports when there is one.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import pytest

from chaosmod import runfolder, sniff
from chaosmod.options import OPTIONS, Options
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
_NAMED = 10
"""Files that are named where there are many."""
_PASSED_OVER = pytest.StashKey["set[str]"]()


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
    config.stash[_PASSED_OVER] = set()
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
    if not options.paths:
        return
    for path in options.paths:
        _usable(base, path)
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


def _usable(base: Path, path: str) -> None:
    file = base / path.partition("::")[0]
    if not file.exists():
        raise pytest.UsageError(f"--chaos: no such file or folder: {path}")
    if file.is_dir() and next(sniff.scenarios_beneath(file), None) is None:
        raise pytest.UsageError(f"--chaos: no scenario in {path}: no .yml or .yaml file in it is like one")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of xdist which folder this run has; a controller collects nothing, so this is where it looks ahead."""
    if any(_ours(node.config, file, wanted=True) for file in _named(node.config)):
        _look_ahead(node.config)
    node.workerinput["chaosmod_run"] = str(node.config.stash[_RUN])


def _named(config: pytest.Config) -> Iterator[Path]:
    """The files among the arguments and beneath them that may be scenarios."""
    if config.args_source is pytest.Config.ArgsSource.INVOCATION_DIR:
        return
    for arg in config.args:
        path = _file_of(config.invocation_params.dir, arg)
        yield from sniff.scenarios_beneath(path) if path.is_dir() else [path]


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """A scenario that the user has pointed at, by itself or by a folder that it is in."""
    collectors = yield
    config = parent.config
    if not _ours(config, file_path, wanted=bool(collectors)):
        return collectors
    from chaosmod.items import ScenarioFile

    mine = ScenarioFile.beneath(parent, file_path, config.stash[_CHAOS], config.stash[_RUN])
    return [*collectors, mine]


def _ours(config: pytest.Config, file: Path, *, wanted: bool) -> bool:
    """Whether ``file`` is to be read as a scenario; ``wanted`` says that another plugin collects it.

    Where the user has pointed with --chaos, a file with mistakes must show them. Elsewhere a file of another program must
    not be run as a test. What is passed over without being told would be a gate that is green for want of a test.
    """
    base = config.invocation_params.dir
    yaml = sniff.is_yaml(file)
    for path in config.stash[_CHAOS].paths:
        named = _file_of(base, path)
        if file == named:
            return True
        if yaml and named in file.parents:
            return _taken(config, file, sniff.Likeness.SOME, told=not wanted)
    if not yaml or config.args_source is pytest.Config.ArgsSource.INVOCATION_DIR:
        return False
    if any(file == _file_of(base, arg) for arg in config.args):
        return not wanted or sniff.likeness(file) >= sniff.Likeness.MUCH
    return _taken(config, file, sniff.Likeness.FULL, told=sniff.likeness(file) is sniff.Likeness.MUCH)


def _file_of(base: Path, argument: str) -> Path:
    return Path(os.path.abspath(base / argument.partition("::")[0]))


def _taken(config: pytest.Config, file: Path, least: sniff.Likeness, *, told: bool) -> bool:
    if sniff.likeness(file) >= least:
        return True
    if told:
        config.stash[_PASSED_OVER].add(os.path.relpath(file, config.invocation_params.dir))
    return False


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell the controller of xdist what this worker, which is what collects, has passed over."""
    if hasattr(session.config, "workeroutput"):
        passed_over = session.config.stash[_PASSED_OVER]
        session.config.workeroutput["chaosmod_passed_over"] = sorted(passed_over)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take it from the worker; one that crashed has nothing to say."""
    node.config.stash[_PASSED_OVER].update(getattr(node, "workeroutput", {}).get("chaosmod_passed_over", ()))


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
    passed_over = config.stash[_PASSED_OVER]
    if many := len(passed_over):
        what = (
            "1 YAML file was not taken for a scenario"
            if many == 1
            else f"{many} YAML files were not taken for scenarios"
        )
        names = ", ".join([*sorted(passed_over)[:_NAMED], *(["…"] if many > _NAMED else [])])
        terminalreporter.write_line(f"chaos: {what}: {names}")
    for line in config.stash[_TALLY].complaint(exitstatus):
        terminalreporter.write_line(line, red=True)
