"""Which files of a run are scenarios, and which YAML files were passed over: over all processes of it.

Like the plugin it may import nothing but pytest and the standard library.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chaosmod import sniff

__all__ = ["Selection"]

_NAMED = 10
"""Files that are named where many were passed over."""


class Selection:
    """Takes the scenarios that the user has pointed at, by themselves or by a folder that they are in.

    Where the user has pointed with --chaos, a file with mistakes must show them. Elsewhere a file of another program must
    not be run as a test. What is passed over without being told would be a gate that is green for want of a test.
    """

    def __init__(self, config: pytest.Config, chaos: tuple[str, ...]) -> None:
        """``chaos``: the paths of --chaos, as given. Raises UsageError where there is no scenario at one."""
        self._config = config
        self._base = config.invocation_params.dir
        self._passed_over: set[str] = set()
        self._chaos = [self._usable(path) for path in chaos]

    def _usable(self, path: str) -> Path:
        file = self._file_of(path)
        if not file.exists():
            raise pytest.UsageError(f"--chaos: no such file or folder: {path}")
        if file.is_dir() and next(sniff.scenarios_beneath(file), None) is None:
            raise pytest.UsageError(f"--chaos: no scenario in {path}: no .yml or .yaml file in it is like one")
        return file

    def _file_of(self, argument: str) -> Path:
        return Path(os.path.abspath(self._base / argument.partition("::")[0]))

    @property
    def _arguments(self) -> list[Path]:
        """What pytest was told to run; nothing where it was told nothing."""
        if self._config.args_source is pytest.Config.ArgsSource.INVOCATION_DIR:
            return []
        return [self._file_of(argument) for argument in self._config.args]

    def is_empty(self) -> bool:
        """Whether no scenario will be collected, as far as that can be told without collecting."""
        for path in self._arguments:
            files = sniff.scenarios_beneath(path) if path.is_dir() else [path]
            if any(self.takes(file, wanted=True) for file in files):
                return False
        return True

    def takes(self, file: Path, *, wanted: bool) -> bool:
        """Whether ``file`` is to be read as a scenario; ``wanted`` says that another plugin collects it."""
        yaml = sniff.is_yaml(file)
        for named in self._chaos:
            if file == named:
                return True
            if yaml and named in file.parents:
                return self._taken(file, sniff.Likeness.SOME, told=not wanted)
        if not yaml or not (arguments := self._arguments):
            return False
        if file in arguments:
            return not wanted or sniff.likeness(file) >= sniff.Likeness.MUCH
        return self._taken(file, sniff.Likeness.FULL, told=sniff.likeness(file) is sniff.Likeness.MUCH)

    def _taken(self, file: Path, least: sniff.Likeness, *, told: bool) -> bool:
        if sniff.likeness(file) >= least:
            return True
        if told:
            self._passed_over.add(os.path.relpath(file, self._base))
        return False

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Tell the controller of xdist what this worker, which is what collects, has passed over."""
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["chaosmod_passed_over"] = sorted(self._passed_over)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take it from the worker; one that crashed has nothing to say."""
        self._passed_over.update(getattr(node, "workeroutput", {}).get("chaosmod_passed_over", ()))

    def complaint(self) -> Iterator[str]:
        """The line that names what was passed over, where anything was."""
        if not self._passed_over:
            return
        many = len(self._passed_over)
        what = (
            "1 YAML file was not taken for a scenario"
            if many == 1
            else f"{many} YAML files were not taken for scenarios"
        )
        names = [*sorted(self._passed_over)[:_NAMED], *(["…"] if many > _NAMED else [])]
        yield f"chaos: {what}: {', '.join(names)}"
