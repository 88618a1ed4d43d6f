"""What is wrong with a scenario file, and where."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from chaosmod.errors import ChaosmodError

__all__ = ["Problem", "ScenarioError", "one_of", "show"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake. Lines and columns count from 1, as editors do."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class ScenarioError(ChaosmodError):
    """A scenario file that cannot be used. Its text has one line for each problem, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (p.line, p.column)))
        super().__init__("\n".join(str(p) for p in self.problems))

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[tuple[Problem, ...]]]:
        # The default would hand the text to the constructor when a worker process sends the error to its controller.
        return type(self), (self.problems,)


def show(text: str, limit: int = 60) -> str:
    """``text`` quoted, on one line, cut to ``limit`` characters."""
    return repr(text if len(text) <= limit else text[: limit - 1] + "…")


def one_of(what: str, word: str, words: Iterable[str]) -> str:
    """The message for a ``word`` that is none of ``words``: with the nearest of them, or else all of them."""
    words = list(words)
    near = _begun(word, words) or difflib.get_close_matches(word[:100], words, n=1, cutoff=0.6)
    hint = f"use one of: {', '.join(words)}" if words else "nothing can be written here"
    return f"{what} {show(word)}; " + (f"did you mean {near[0]!r}?" if near else hint)


def _begun(word: str, words: Iterable[str]) -> list[str]:
    """The shortest first of ``words`` that begin with ``word``, where it is long enough to say something."""
    return sorted((w for w in words if len(word) > 2 and w.lower().startswith(word.lower())), key=len)
