"""netem's own grammar, as ``tc qdisc … netem`` takes it, so that a line of a runbook can be pasted. Pure.

Source: iproute2, tc/q_netem.c (options), lib/utils_math.c and tc/tc_util.c (units), and tc-netem(8). The abbreviations
that tc allows (``dist``) are not taken: a slip would become another word.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, cast, get_args

from chaosmod.faults.link_actions import Distribution

__all__ = ["Netem", "NetemError", "Token", "parse", "parse_percent", "parse_rate", "parse_time"]

DISTRIBUTIONS: tuple[str, ...] = get_args(Distribution)
OPTIONS = (
    *("delay", "latency", "distribution", "loss", "drop", "rate"),
    *("limit", "corrupt", "duplicate", "reorder", "gap", "ecn", "slot", "seed"),
)

_TIMES = {"s": 1.0, "sec": 1.0, "secs": 1.0, "ms": 1e-3, "msec": 1e-3, "msecs": 1e-3}
_TIMES |= {"us": 1e-6, "usec": 1e-6, "usecs": 1e-6, "ns": 1e-9, "nsec": 1e-9, "nsecs": 1e-9, "": 1e-6}
_PREFIXES = {
    "": 1.0,
    "k": 1e3,
    "m": 1e6,
    "g": 1e9,
    "t": 1e12,
    "ki": 2.0**10,
    "mi": 2.0**20,
    "gi": 2.0**30,
    "ti": 2.0**40,
}
_RATES = {p + "bit": f / 8 for p, f in _PREFIXES.items()} | {p + "bps": f for p, f in _PREFIXES.items()} | {"": 1 / 8}
_NUMBER = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)([a-zA-Z%]*)")
_LONGEST = 24 * 3600.0
"""Seconds: as long as any other duration of a scenario."""
_FASTEST = 2.0**64
"""Bytes a second that netem has room for (TCA_NETEM_RATE64)."""

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


@dataclass
class Netem:
    """What a line asks for. Times in seconds, rate in bytes a second, shares from 0 to 1."""

    line: str = ""
    """The options alone, as tc takes them after the word netem."""
    delay: float = 0.0
    jitter: float = 0.0
    jitter_correlation: float = 0.0
    distribution: Distribution = "uniform"
    rate: float | None = None
    loss: float = 0.0
    loss_correlation: float = 0.0
    kernel_only: list[Token] = field(default_factory=list)
    """Options that only the kernel has: they act on packets, and user space has a stream."""


def _measure(text: str, units: Mapping[str, float], what: str) -> float:
    match = _NUMBER.fullmatch(text)
    if match is None or match[2].lower() not in units:
        raise ValueError(f"{text!r} is not {what}")
    return float(match[1]) * units[match[2].lower()]


def parse_time(text: str) -> float:
    """Seconds of a time as tc writes it; a bare number is microseconds (get_time). Raises ValueError, also above one day.

    >>> parse_time("300ms")
    0.3
    """
    seconds = _measure(text, _TIMES, "a time: write for example 300ms")
    if seconds > _LONGEST:
        raise ValueError(f"{text[:40]!r} is too long: a time must be between 0 and 24h")
    return seconds


def parse_rate(text: str) -> float:
    """Bytes a second of a rate as tc writes it: ``bit`` and its multiples, ``bps`` is bytes; a bare number is bits
    (get_rate64). Raises ValueError.

    >>> parse_rate("8kbit"), parse_rate("1kbps"), parse_rate("1Kibps")
    (1000.0, 1000.0, 1024.0)
    """
    rate = _measure(text, _RATES, "a rate: write for example 50kbit, or 50kbps for bytes")
    if not 0 < rate < _FASTEST:
        raise ValueError("a rate must be more than 0, and less than 2^64 bytes a second")
    return rate


def parse_percent(text: str) -> float:
    """The share of a percentage, with or without the sign (parse_percent). Raises ValueError.

    >>> parse_percent("25%")
    0.25
    """
    share = _measure(text, {"%": 0.01, "": 0.01}, "a percentage: write for example 1%")
    if share > 1:
        raise ValueError(f"{text!r} is more than 100%")
    return share


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

    def read(self, line: str) -> Netem:
        made = Netem(line)
        while self._next < len(self._tokens):
            token = self._take()
            if token.text not in OPTIONS:
                raise NetemError(token.offset, _one_of("unknown word", token.text, OPTIONS))
            name = {"latency": "delay", "drop": "loss"}.get(token.text, token.text)
            if name in self._said:
                raise NetemError(token.offset, f"{token.text!r} is said twice")
            self._said[name] = token
            getattr(self, f"_{name}")(made, token)
        if "distribution" in self._said and not made.jitter:
            raise NetemError(self._said["distribution"].offset, "a distribution needs a delay with a jitter")
        if "reorder" in self._said and not made.delay:
            raise NetemError(self._said["reorder"].offset, "reorder needs a delay")
        if "gap" in self._said and "reorder" not in self._said:
            raise NetemError(self._said["gap"].offset, "gap needs reorder")
        if not (made.delay or made.jitter or made.rate or made.loss or made.kernel_only):
            raise NetemError(self._tokens[0].offset, "this changes nothing: all that it asks for is 0")
        return made

    # -- options --------------------------------------------------------------------------------------------------

    def _delay(self, made: Netem, token: Token) -> None:
        made.delay, made.jitter, made.jitter_correlation = self._numbers(token, parse_time, parse_time, parse_percent)

    def _distribution(self, made: Netem, token: Token) -> None:
        word = self._argument(token)
        if word.text not in DISTRIBUTIONS:
            raise NetemError(word.offset, _one_of("unknown distribution", word.text, DISTRIBUTIONS))
        made.distribution = cast(Distribution, word.text)

    def _loss(self, made: Netem, token: Token) -> None:
        model = self._word("random", "state", "gemodel")
        if model is None or model.text == "random":
            made.loss, made.loss_correlation = self._numbers(token, parse_percent, parse_percent)
            return
        made.kernel_only.append(model)
        self._numbers(model, *[parse_percent] * (5 if model.text == "state" else 4))

    def _rate(self, made: Netem, token: Token) -> None:
        (made.rate,) = self._numbers(token, parse_rate)
        if self._number_follows():
            made.kernel_only.append(self._tokens[self._next])
            self._numbers(token, _integer, _integer, _integer)

    def _limit(self, made: Netem, token: Token) -> None:
        made.kernel_only.append(token)
        self._numbers(token, _integer)

    _gap = _seed = _limit

    def _corrupt(self, made: Netem, token: Token) -> None:
        made.kernel_only.append(token)
        self._numbers(token, parse_percent, parse_percent)

    _duplicate = _reorder = _corrupt

    def _ecn(self, made: Netem, token: Token) -> None:
        if "loss" not in self._said:
            raise NetemError(token.offset, "ecn needs loss before it")
        made.kernel_only.append(token)

    def _slot(self, made: Netem, token: Token) -> None:
        made.kernel_only.append(token)
        self._numbers(token, parse_time, parse_time)
        while word := self._word("packets", "bytes"):
            self._numbers(word, _integer)

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


def _integer(text: str) -> float:
    if not re.fullmatch("[0-9]{1,9}", text):
        raise ValueError(f"{text!r} is not a whole number")
    return int(text)


def _one_of(what: str, word: str, words: Iterable[str]) -> str:
    words = list(words)
    near = difflib.get_close_matches(word[:100], words, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"use one of: {', '.join(words)}"
    return f"{what} {word[:60]!r}; {hint}"
