"""Values that depend on the toolchain, the posture or the runner: ``{"go < 1.24": not-restored, else: restored}``."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, ConfigDict, GetJsonSchemaHandler, RootModel, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from chaosmod.scenario.problem import one_of, show
from chaosmod.scenario.words import RUNNERS

__all__ = ["Condition", "Conditional", "Term", "go_key", "parse_condition", "parse_constraint"]

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
}
_GO = re.compile(r"(?:go)?([0-9]{1,4})\.([0-9]{1,4})(?:\.([0-9]{1,4})|(rc|beta)([0-9]{1,4}))?")
_STAGES = {"beta": 0, "rc": 1, None: 2}
_NEWEST = (1 << 20, 0, 0, 0)


def go_key(label: str) -> tuple[int, int, int, int]:
    """What orders Go releases: ``1.27beta1 < 1.27rc1 < 1.27 = 1.27.0 < 1.27.1`` (go/version.Compare for toolchains).

    A label that is no release (``tip``) is newer than all.
    """
    m = _GO.fullmatch(label.strip())
    if m is None:
        return _NEWEST
    return int(m[1]), int(m[2]), _STAGES[m[4]], int(m[3] or m[5] or 0)


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison of a condition."""

    subject: str
    """``go``, ``posture`` or ``runner``."""
    op: str
    value: str

    def holds(self, go: str, posture: str, runner: str) -> bool:
        """Whether the term is true of this toolchain, posture and runner."""
        if self.subject != "go":
            return (posture if self.subject == "posture" else runner) == self.value
        # "1.24" speaks of the release with all of its patches; "1.24.0" and "1.24rc1" of one of them.
        parts = 2 if re.fullmatch(r"(go)?\d+\.\d+", self.value) else 4
        return _OPERATORS[self.op](go_key(go)[:parts], go_key(self.value)[:parts])


def parse_condition(text: str) -> tuple[Term, ...]:
    """The terms of ``go >= 1.24 and posture comma``, all of which must hold. Raises ValueError for anything else."""
    return tuple(_term(part) for part in text.split(" and "))


def _term(text: str) -> Term:
    m = re.match(r"\s*(go|posture|runner)\b", text)
    if m is None:
        raise ValueError(
            f"{show(text)} is no condition; write for example 'go < 1.24', 'posture NAME' or 'runner sandbox', "
            "joined by ' and '"
        )
    if m[1] == "go":
        return _go_term(text[m.end() :])
    words = text.split()
    if len(words) != 2:
        raise ValueError(f"{show(text)} is no condition; write '{m[1]} NAME'")
    if words[0] == "runner" and words[1] not in RUNNERS:
        raise ValueError(one_of("unknown runner", words[1], RUNNERS))
    return Term(words[0], "==", words[1])


def _go_term(text: str) -> Term:
    m = re.fullmatch(r"\s*(<=|>=|==|!=|<|>)\s*(\S+)\s*", text)
    if m is None:
        raise ValueError(
            f"{show('go' + text)} is no condition; write 'go' and one of {' '.join(_OPERATORS)} and a release"
        )
    if not _GO.fullmatch(m[2]):
        raise ValueError(f"{show(m[2])} is no Go release; write for example 1.24 or 1.24.3")
    return Term("go", m[1], m[2])


def parse_constraint(text: str) -> tuple[Term, ...]:
    """The terms of ``>= 1.22, < 1.26``; a bare ``1.24`` means ``== 1.24``. Raises ValueError for anything else."""
    terms = []
    for part in text.split(","):
        part = part.strip()
        terms.append(_go_term(part if part[:1] in ("<", ">", "=", "!") else f"== {part}"))
    return tuple(terms)


def _checked(text: str) -> str:
    if text != "else":
        parse_condition(text)
    return text


Condition = Annotated[str, AfterValidator(_checked)]
W = TypeVar("W")


class Conditional(RootModel[dict[Condition, W]], Generic[W]):
    """One word, or a mapping from conditions to words that ends with ``else``; the first condition that holds counts."""

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _word_or_mapping(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"else": value}
        if not isinstance(value, dict):
            raise ValueError("a word is expected here, or a mapping from conditions to words that ends with 'else'")
        if list(value)[-1:] != ["else"]:
            raise ValueError("the last key of a conditional value must be 'else'")
        return value

    def resolve(self, go: str, posture: str, runner: str) -> W:
        """The word for this toolchain (``1.26``), posture and runner."""
        for condition, word in self.root.items():
            if condition == "else" or all(t.holds(go, posture, runner) for t in parse_condition(condition)):
                return word
        raise AssertionError("a conditional value ends with 'else'")

    @property
    def always(self) -> W | None:
        """The word, where there is only one whatever the case; else None."""
        words = set(self.root.values())
        return words.pop() if len(words) == 1 else None

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        word = handler.resolve_ref_schema(handler(core)).get("additionalProperties", {})
        return {
            "anyOf": [
                word,
                {"type": "object", "minProperties": 1, "required": ["else"], "additionalProperties": word},
            ]
        }
