"""``run``."""

import pytest
from pydantic import ValidationError

from chaosmod.recovery.base import Run
from chaosmod.recovery.run import RunCommand

from .drive import drive


def test_it_runs_the_command_by_the_shell() -> None:
    assert drive(RunCommand.model_validate("./fix.sh && go mod tidy")) == [Run("./fix.sh && go mod tidy")]


def test_it_declares_what_it_is_told_to_declare() -> None:
    recovery = RunCommand.model_validate({"command": "x", "changes": ["go.mod", "go.sum"], "timeout": "2m"})
    assert recovery.changes == {"go.mod", "go.sum"}
    assert drive(recovery) == [Run("x", 120.0)]
    assert RunCommand.model_validate({"command": "x", "changes": "vendor"}).changes == {"vendor"}


@pytest.mark.parametrize(
    "spec",
    [None, "", " \n", "a\0b", "x" * 20_001, {"command": "x", "changes": ["go.smu"]}, {"command": "x", "timeout": "2"}],
)
def test_what_it_does_not_take(spec: object) -> None:
    with pytest.raises(ValidationError):
        RunCommand.model_validate(spec)
