"""netem's own grammar, as ``tc qdisc … netem`` takes it, so that a line of a runbook can be pasted. Pure.

Source: iproute2, tc/q_netem.c, and tc-netem(8). The abbreviations that tc allows (``dist``) are not taken: a slip would
become another word.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias, cast, get_args

from chaosmod.faults.link_actions import Distribution, Pace
from chaosmod.faults.netem_units import parse_integer, parse_percent, parse_rate, parse_time

__all__ = ["Netem", "NetemError", "Token", "parse"]

DISTRIBUTIONS: tuple[str, ...] = get_args(Distribution)
OPTIONS = (
    *("delay", "latency", "distribution", "loss", "drop", "rate"),
    *("limit", "corrupt", "duplicate", "reorder", "gap", "ecn", "slot", "seed"),
)

Read: TypeAlias = Callable[[str], float]


class NetemError(ValueError):
    """A line that tc would not take, or that cannot be expressed. ``offset``: where in the line, from 0."""

    def __init__(self, offset: int, message: str) -> None:
        super().__init__(f"column {offset + 1} of the netem line: {message}")
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the line, with its place in it, from 0."""

    text: str
    offset: int


@dataclass(frozen=True, slots=True)
class Netem:
    """What a line asks for."""

    line: str
    """The options alone, as tc takes them after the word netem."""
    pace: Pace
    kernel_only: tuple[Token, ...] = ()
    """Options that only the kernel has: they act on packets, and user space has a stream."""


def parse(text: str) -> Netem:
    """What ``text`` asks for: netem's options, or a whole ``tc qdisc … netem`` command. Raises NetemError."""
    words = [Token(m[0], m.start()) for m in re.finditer(r"\S+", text)]
    tokens = words[_head(words, len(text)) :]
    if not tokens:
        raise NetemError(len(text), f"nothing is asked for; use one of: {', '.join(OPTIONS)}")
    return _Reader(tokens, len(text)).read(" ".join(t.text for t in tokens))


def _head(tokens: list[Token], end: int) -> int:
    """How many words come before netem's options: none, ``netem``, or a command in whatever order tc takes it
    (tc_qdisc_modify in tc/tc_qdisc.c)."""
    texts = [token.text for token in tokens]
    at = int(texts[:1] == ["sudo"])
    if texts[at : at + 1] == ["tc"]:
        at += 1
        if texts[at : at + 1] != ["qdisc"] or texts[at + 1 : at + 2] not in (["add"], ["change"], ["replace"]):
            raise _no_command(tokens, at + (texts[at : at + 1] == ["qdisc"]), end)
        at += 2
        said = set()
        while at < len(texts) and texts[at] in ("dev", "handle", "parent", "root"):
            word = "parent" if texts[at] == "root" else texts[at]
            if word in said:
                raise NetemError(tokens[at].offset, f"{texts[at]!r} is said twice")
            said.add(word)
            at += 1 if texts[at] == "root" else 2
        if not {"dev", "parent"} <= said or texts[at : at + 1] != ["netem"]:
            raise _no_command(tokens, at, end)
    elif at:
        raise _no_command(tokens, at, end)
    return at + (texts[at : at + 1] == ["netem"])


def _no_command(tokens: list[Token], at: int, end: int) -> NetemError:
    offset = tokens[at].offset if at < len(tokens) else end
    return NetemError(offset, "this is no 'tc qdisc add dev NAME root netem OPTIONS'")


class _Reader:
    def __init__(self, tokens: list[Token], end: int) -> None:
        self._tokens = tokens
        self._end = end
        self._next = 0
        self._said: dict[str, Token] = {}
        self._pace = Pace()
        self._kernel_only: list[Token] = []

    def read(self, line: str) -> Netem:
        while self._next < len(self._tokens):
            token = self._take()
            if token.text not in OPTIONS:
                raise NetemError(token.offset, _one_of("unknown word", token.text, OPTIONS))
            name = {"latency": "delay", "drop": "loss"}.get(token.text, token.text)
            if name in self._said:
                raise NetemError(token.offset, f"{token.text!r} is said twice")
            self._said[name] = token
            getattr(self, f"_{name}")(token)
        pace = self._pace
        if "distribution" in self._said and not pace.jitter:
            raise NetemError(self._said["distribution"].offset, "a distribution needs a delay with a jitter")
        if "reorder" in self._said and not pace.delay:
            raise NetemError(self._said["reorder"].offset, "reorder needs a delay")
        if "gap" in self._said and "reorder" not in self._said:
            raise NetemError(self._said["gap"].offset, "gap needs reorder")
        if not (pace.delay or pace.jitter or pace.rate or pace.loss or self._kernel_only):
            raise NetemError(self._tokens[0].offset, "this changes nothing: all that it asks for is 0")
        return Netem(line, pace, tuple(self._kernel_only))

    # -- options --------------------------------------------------------------------------------------------------

    def _delay(self, token: Token) -> None:
        delay, jitter, correlation = self._numbers(token, parse_time, parse_time, parse_percent)
        self._pace = replace(self._pace, delay=delay, jitter=jitter, jitter_correlation=correlation)

    def _distribution(self, token: Token) -> None:
        word = self._argument(token)
        if word.text not in DISTRIBUTIONS:
            raise NetemError(word.offset, _one_of("unknown distribution", word.text, DISTRIBUTIONS))
        self._pace = replace(self._pace, distribution=cast(Distribution, word.text))

    def _loss(self, token: Token) -> None:
        model = self._word("random", "state", "gemodel")
        if model is None or model.text == "random":
            loss, correlation = self._numbers(token, parse_percent, parse_percent)
            self._pace = replace(self._pace, loss=loss, loss_correlation=correlation)
            return
        self._kernel_only.append(model)
        self._numbers(model, *[parse_percent] * (5 if model.text == "state" else 4))

    def _rate(self, token: Token) -> None:
        (rate,) = self._numbers(token, parse_rate)
        self._pace = replace(self._pace, rate=rate)
        if self._number_follows():
            self._kernel_only.append(self._tokens[self._next])
            self._numbers(token, parse_integer, parse_integer, parse_integer)

    def _limit(self, token: Token) -> None:
        self._kernel_only.append(token)
        self._numbers(token, parse_integer)

    _gap = _seed = _limit

    def _corrupt(self, token: Token) -> None:
        self._kernel_only.append(token)
        self._numbers(token, parse_percent, parse_percent)

    _duplicate = _reorder = _corrupt

    def _ecn(self, token: Token) -> None:
        if "loss" not in self._said:
            raise NetemError(token.offset, "ecn needs loss before it")
        self._kernel_only.append(token)

    def _slot(self, token: Token) -> None:
        self._kernel_only.append(token)
        self._numbers(token, parse_time, parse_time)
        while word := self._word("packets", "bytes"):
            self._numbers(word, parse_integer)

    # -- words ----------------------------------------------------------------------------------------------------

    def _take(self) -> Token:
        token = self._tokens[self._next]
        self._next += 1
        return token

    def _argument(self, of: Token) -> Token:
        if self._next == len(self._tokens):
            raise NetemError(self._end, f"{of.text!r} needs a value")
        return self._take()

    def _word(self, *words: str) -> Token | None:
        if self._next < len(self._tokens) and self._tokens[self._next].text in words:
            return self._take()
        return None

    def _number_follows(self) -> bool:
        return self._next < len(self._tokens) and self._tokens[self._next].text[0] in "0123456789."

    def _numbers(self, of: Token, first: Read, *more: Read) -> list[float]:
        """The value of ``of``, and those that may follow it (0 where they do not), each read by its own function."""
        values: list[float] = []
        for i, read in enumerate((first, *more)):
            if i and not self._number_follows():
                values.append(0.0)
                continue
            token = self._argument(of)
            try:
                values.append(read(token.text))
            except ValueError as e:
                raise NetemError(token.offset, str(e)) from e
        return values


def _one_of(what: str, word: str, words: Iterable[str]) -> str:
    words = list(words)
    near = difflib.get_close_matches(word[:100], words, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"use one of: {', '.join(words)}"
    return f"{what} {word[:60]!r}; {hint}"
