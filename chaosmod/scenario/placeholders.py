"""The words in braces that the lab fills in, and which of them a text may hold: ``{mirror}``, ``{direct:2}``, ``{packages}``.

A setting has no other use for braces. A command and a file in HOME have: ``${HOME}``, ``{a,b}``, ``awk '{print}'``,
``go list -f '{{.Dir}}'``, JSON. Nothing else in them may be refused than what can hardly be anything but a slip.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from chaosmod.faults.request import ROLES
from chaosmod.scenario.problem import one_of

__all__ = ["IN_COMMANDS", "IN_HOME", "IN_SETTINGS", "check_text", "only"]

IN_SETTINGS = (*ROLES, "sumdb-address")
"""``{sumdb}`` is what a user would leave as the default: the name and key of the database. Its address may follow."""

IN_HOME = IN_SETTINGS
IN_COMMANDS = (*ROLES, "packages", "direct", "indirect")

_NUMBERED = ("direct", "indirect")
_ALL = tuple(dict.fromkeys((*IN_SETTINGS, *IN_COMMANDS)))
_ALONE = re.compile(r"(?<![$%@#{])\{([A-Za-z][A-Za-z0-9_-]*)(:[A-Za-z0-9_-]*)?\}(?!\})")
"""A word that is alone between single braces, and not behind what gives braces a meaning to the shell, curl or git."""
_NEAR = 0.82
"""difflib's ratio from which a word is a slip: ``miror`` and ``package`` are, ``error``, ``print`` and ``sum`` are not."""


def only(text: str, known: Sequence[str], what: str) -> None:
    """Raise ValueError where anything stands in braces that is not ``known``; ``what`` is what is known, for the message."""
    for word in re.findall(r"\{([^{}]*)\}", text):
        if word not in known:
            raise ValueError(one_of(f"unknown {what}", word, known))


def check_text(text: str, known: Sequence[str]) -> None:
    """Raise ValueError where ``text`` holds ``{word}`` or ``{word:N}`` that is nearly ``known``, or known elsewhere only.

    Near is what difflib finds near, in whatever case, and what has the same letters in another order. Every other brace
    is left to the program that reads the text.
    """
    for word, number in _ALONE.findall(text):
        right = word in known and (not number or (word in _NUMBERED and re.fullmatch(":[1-9][0-9]?", number)))
        if not right and _slip(word.lower()):
            raise ValueError(one_of("unknown placeholder", f"{{{word}{number}}}", [f"{{{k}}}" for k in known]))


def _slip(word: str) -> bool:
    letters = sorted(word)
    return bool(difflib.get_close_matches(word, _ALL, n=1, cutoff=_NEAR)) or any(sorted(k) == letters for k in _ALL)
