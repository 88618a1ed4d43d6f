"""What pydantic says, put into plain words with the place in the file: on small models of our own."""

from __future__ import annotations

from typing import Annotated, Literal

import pytest
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from chaosmod.scenario.decode import Decoder, keys
from chaosmod.scenario.document import parse


class OffsetError(ValueError):
    offset = 3


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")

    size: int = Field(default=1, ge=1, le=9)
    mode: Literal["slow", "fast"] = "slow"


def _odd(number: int) -> int:
    if number % 2 == 0:
        raise ValueError("must be odd")
    return number


def _tagged(text: str) -> str:
    if not text.startswith("#"):
        raise PydanticCustomError("form", "a tag (#…)")
    return text


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1)]
    loud: bool = False
    inner: Inner = Inner()
    parts: tuple[Inner, ...] = ()
    kind: str = Field(default="", alias="type")
    own: str = ""
    owned: tuple[str, ...] = ()
    count: Literal["none", "many"] | Annotated[int, Field(le=9), AfterValidator(_odd)] = "none"
    label: Literal["plain"] | Annotated[str, AfterValidator(_tagged)] = "plain"
    tag: Annotated[str, AfterValidator(_tagged)] = "#"

    @field_validator("own")
    @classmethod
    def _grammar(cls, text: str) -> str:
        if text == "one tow":
            raise OffsetError("unknown word 'w'")
        return text


def decoded(text: str) -> tuple[Outer | None, list[str]]:
    node, problems = parse(text, "file.yml")
    assert node is not None, problems
    decoder = Decoder("file.yml")
    made = decoder.model(Outer, node)
    return made, [f"{p.line}:{p.column}: {p.message}" for p in decoder.problems]


def test_what_is_right_becomes_the_model() -> None:
    made, problems = decoded("name: x\nloud: true\ninner: {size: 3}\nparts: [{mode: fast}]\ntype: y\n")
    assert not problems
    assert made == Outer(name="x", loud=True, inner=Inner(size=3), parts=(Inner(mode="fast"),), type="y")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("loud: true\n", "1:1: the key 'name' is missing"),
        ("name: x\nluod: true\n", "2:1: unknown key 'luod'; did you mean 'loud'?"),
        ("name: x\ninner:\n  szie: 3\n", "3:3: unknown key 'szie'; did you mean 'size'?"),
        ("name: x\nparts: [{size: 2}, {size: 12}]\n", "2:27: must be at most 9"),
        ("name: x\nparts: [{size: 0}]\n", "2:16: must be at least 1"),
        ("name: x\nparts: {size: 2}\n", "2:8: a list is expected here"),
        ("name: x\ninner: [1]\n", "2:8: a mapping is expected here (KEY: VALUE)"),
        ("name: x\ninner: {mode: fsat}\n", "2:15: unknown word 'fsat'; did you mean 'fast'?"),
        ("name: x\ninner: {mode: [fast]}\n", "2:15: one of these words is expected here: slow, fast"),
        ("name: ''\n", "1:7: must have at least 1 characters"),
        # What pydantic would take for true, five and a field's own name.
        ("name: x\nloud: yes\n", "2:7: 'yes' is neither true nor false"),
        ("name: x\ninner: {size: 5.0}\n", "2:15: '5.0' is not a whole number"),
        ("name: x\nkind: y\n", "2:1: unknown key 'kind'"),
        # A text with a grammar of its own says where in it: behind the quote, where there is one.
        ("name: x\nown: one tow\n", "2:9: unknown word 'w'"),
        ("name: x\nown: 'one tow'\n", "2:10: unknown word 'w'"),
        ('name: x\nown: "one tow"\n', "2:10: unknown word 'w'"),
        # Where it is not written as it is read, at its beginning.
        ("name: x\nown: one\n  tow\n", "2:6: unknown word 'w'"),
        ("name: x\nown: >-\n  one\n  tow\n", "2:6: unknown word 'w'"),
        ("name: x\nown: |-\n  one tow\n", "2:6: unknown word 'w'"),
        ('name: x\nown: "one\\x20tow"\n', "2:6: unknown word 'w'"),
        ('name: x\nown: "one \\\n  tow"\n', "2:6: unknown word 'w'"),
        # {primary} without quotes.
        ("name: {primary}\n", '1:7: in YAML {primary} is a mapping; write "{primary}"'),
        ("name: x\nparts: {direct:2}\n", '2:8: in YAML {direct:2} is a mapping; write "{direct:2}"'),
        ("name: x\nowned: [a, {direct}]\n", '2:12: in YAML {direct} is a mapping; write "{direct}"'),
        ("name: {primary: x}\n", "1:7: a word is expected here"),
        ("name: {a: , b: }\n", "1:7: a word is expected here"),
        ("name: x\ninner: {speed}\n", "2:9: unknown key 'speed'"),
        # The members of a union: all of them in one sentence, or the one that is meant.
        ("name: x\ncount: few\n", "2:8: unknown word 'few'; use one of: none, many, a whole number"),
        ("name: x\ncount: 1.5\n", "2:8: unknown word '1.5'; use one of: none, many, a whole number"),
        ("name: x\ncount: mayn\n", "2:8: unknown word 'mayn'; did you mean 'many'?"),
        ("name: x\ncount: 4\n", "2:8: must be odd"),
        ("name: x\ncount: 11\n", "2:8: must be at most 9"),
        ("name: x\ncount: [1]\n", "2:8: one of these is expected here: none, many, a whole number"),
        ("name: x\nlabel: a\n", "2:8: unknown word 'a'; use one of: plain, a tag (#…)"),
        ("name: x\nlabel: [a]\n", "2:8: one of these is expected here: plain"),
        ("name: x\ntag: a\n", "2:6: a tag (#…) is expected here"),
    ],
)
def test_what_is_wrong_is_told_in_plain_words_with_its_place(text: str, problem: str) -> None:
    made, problems = decoded(text)
    assert made is None
    assert [p[: len(problem)] for p in problems] == [problem]


def test_everything_is_told_at_once() -> None:
    _, problems = decoded("loud: on\ninner: {size: 0, mode: x}\nmore: 1\n")
    assert [p.partition(": ")[0] for p in sorted(problems)] == ["1:1", "1:7", "2:15", "2:24", "3:1"]


def test_what_is_known_already_is_not_told_again() -> None:
    node, _ = parse("name: x\ninner: 1\n", "file.yml")
    assert node is not None
    decoder = Decoder("file.yml")
    assert decoder.build(Outer, node, {"name": "x", "inner": 1}, given=("inner",)) is None
    assert not decoder.problems


def test_keys_are_those_of_the_file() -> None:
    assert list(keys(Inner)) == ["size", "mode"]
    assert list(keys(Outer))[:5] == ["name", "loud", "inner", "parts", "type"]
