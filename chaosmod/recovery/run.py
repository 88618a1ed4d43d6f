"""``run``: the user's own command."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field, field_validator

from chaosmod.faults.schedule import Duration
from chaosmod.recovery.base import RECOVERIES, Change, Client, Recovery, Run, Steps
from chaosmod.scenario import placeholders


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class RunCommand(Recovery):
    """Run a command in the workspace, as ``sh -c`` does: the recovery that a project really has in its CI.

    Whether it succeeds is not asked: what counts is the state that it leaves.
    """

    name: ClassVar[str] = "run"
    summary: ClassVar[str] = "run a command of your own in the workspace"
    example: ClassVar[str] = "{run: {command: ./ci/recover.sh, changes: [go.sum], timeout: 2m}}"
    shorthand: ClassVar[str | None] = "command"

    command: str = Field(max_length=20_000, description="the command, for sh -c")
    changes: Annotated[frozenset[Change], BeforeValidator(_as_list)] = Field(
        frozenset(), description="workspace files that it may change"
    )
    timeout: Duration | None = Field(None, description="time limit; default: that of provoke")

    @field_validator("command")
    @classmethod
    def _sound(cls, command: str) -> str:
        if not command.strip() or "\0" in command:
            raise ValueError("a command cannot be empty, nor hold a NUL")
        placeholders.check_text(command, placeholders.IN_COMMANDS)
        return command

    def steps(self, client: Client) -> Steps:
        yield Run(self.command, self.timeout)


RECOVERIES.register(RunCommand)
