"""The kinds of values that a scenario is made of, each with the check that it must pass."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field

from chaosmod.scenario import placeholders
from chaosmod.scenario.conditional import parse_constraint
from chaosmod.scenario.problem import one_of, show
from chaosmod.scenario.words import MODULE_ROLE, NEEDS, SETTINGS, WORD

__all__ = [
    "Commands",
    "HomeText",
    "Line",
    "Need",
    "OneOrMore",
    "SafePath",
    "Setting",
    "SettingValue",
    "Word",
    "constraint",
    "positive",
    "upstream",
]

_LAB_SETTINGS = ("GOMODCACHE", "GOCACHE", "GOPATH", "GOTMPDIR", "GOROOT", "HOME", "PATH", "GOBIN")

T = TypeVar("T")


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def positive(seconds: float) -> float:
    """A time limit: more than nothing. Raises ValueError."""
    if seconds <= 0:
        raise ValueError("a time limit must be more than 0")
    return seconds


def constraint(text: str) -> str:
    """A constraint on Go releases. Raises ValueError where ``parse_constraint`` does."""
    parse_constraint(text)
    return text


def upstream(text: str) -> str:
    """``corpus``, ``live`` or ``snapshot:DIR``. Raises ValueError for anything else."""
    if text in ("corpus", "live") or (text.startswith("snapshot:") and len(text) > len("snapshot:")):
        return text
    raise ValueError(one_of("unknown upstream", text, ("corpus", "live", "snapshot:DIR")))


def _word(text: str) -> str:
    if not WORD.fullmatch(text):
        raise ValueError(f"{show(text)} is no name: use up to 64 of a-z, 0-9, '-', '_' and '.', as in 'gone-410'")
    return text


def _line(text: str) -> str:
    if len(text) > 1000 or not text.isprintable():
        raise ValueError("must be one line of at most 1000 printable characters")
    return text


def _need(word: str) -> str:
    if word not in NEEDS and not MODULE_ROLE.fullmatch("{" + word + "}"):
        raise ValueError(one_of("unknown need", word, NEEDS))
    return word


def _setting(name: str) -> str:
    if name in _LAB_SETTINGS:
        raise ValueError(f"{name} belongs to the lab; a posture cannot set it")
    if name not in SETTINGS:
        raise ValueError(one_of("unknown setting", name, SETTINGS))
    return name


def _setting_value(text: str) -> str:
    placeholders.only(text, placeholders.IN_SETTINGS, "host role")
    if "\0" in text or "\n" in text:
        raise ValueError("a setting is one line")
    return text


def _command(text: str) -> str:
    if not text.strip():
        raise ValueError("a command cannot be empty")
    if "\0" in text or len(text) > 20_000:
        raise ValueError("a command is at most 20000 characters, none of them NUL")
    placeholders.check_text(text, placeholders.IN_COMMANDS)
    return text


def _in_home(text: str) -> str:
    placeholders.check_text(text, placeholders.IN_HOME)
    return text


def _safe_path(text: str) -> str:
    path = PurePosixPath(text)
    if path.is_absolute() or ".." in path.parts or not path.parts or "\0" in text or text.startswith("~"):
        raise ValueError(f"{show(text)} must be a path below HOME, without '..'")
    return text


Word = Annotated[str, AfterValidator(_word)]
"""A name in an item id, a marker or a file name."""

Line = Annotated[str, AfterValidator(_line)]
"""Free text on one line."""

Need = Annotated[str, AfterValidator(_need)]
Setting = Annotated[str, AfterValidator(_setting)]
SettingValue = Annotated[str, AfterValidator(_setting_value), Field(max_length=10_000)]
HomeText = Annotated[str, AfterValidator(_in_home)]
"""What is in a file in HOME."""

SafePath = Annotated[str, AfterValidator(_safe_path)]
Command = Annotated[str, AfterValidator(_command)]
OneOrMore = Annotated[tuple[T, ...], BeforeValidator(_as_list)]
"""A list; a single word stands for a list of it."""

Commands = OneOrMore[Command]
