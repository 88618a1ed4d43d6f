"""The kinds of values of a scenario: what each takes, and what it refuses in which words."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from chaosmod.scenario import fields


@pytest.mark.parametrize(
    ("kind", "given", "made"),
    [
        (fields.Word, "gone-410", "gone-410"),
        (fields.Line, "The proxy answers 410", "The proxy answers 410"),
        (fields.Need, "direct", "direct"),
        (fields.Need, "direct:2", "direct:2"),
        (fields.Setting, "GOPROXY", "GOPROXY"),
        (fields.SettingValue, "{primary},{mirror}|direct", "{primary},{mirror}|direct"),
        (fields.SettingValue, "{sumdb} {sumdb-address}", "{sumdb} {sumdb-address}"),
        (fields.SafePath, ".config/go/env", ".config/go/env"),
        (fields.Commands, "go build ./...", ("go build ./...",)),
        (fields.Commands, ["a", "b"], ("a", "b")),
    ],
)
def test_what_is_taken(kind: Any, given: object, made: object) -> None:
    assert TypeAdapter(kind).validate_python(given) == made


@pytest.mark.parametrize(
    ("kind", "given", "words"),
    [
        (fields.Word, "Gone!", "is no name"),
        (fields.Word, "x" * 65, "is no name"),
        (fields.Line, "two\nlines", "one line"),
        (fields.Line, "x" * 1001, "at most 1000"),
        (fields.Need, "miror", "mirror"),
        (fields.Setting, "GOMODCACHE", "belongs to the lab"),
        (fields.Setting, "GOPROXXY", "GOPROXY"),
        (fields.SettingValue, "{primery}", "primary"),
        (fields.SettingValue, "a\nb", "one line"),
        (fields.SafePath, "/etc/passwd", "below HOME"),
        (fields.SafePath, "../up", "below HOME"),
        (fields.SafePath, "~/x", "below HOME"),
        (fields.SafePath, "", "below HOME"),
        (fields.Commands, " ", "cannot be empty"),
        (fields.Commands, "a\0b", "NUL"),
        (fields.Commands, "x" * 20_001, "20000"),
    ],
)
def test_what_is_refused(kind: Any, given: object, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        TypeAdapter(kind).validate_python(given)


@pytest.mark.parametrize("text", ["corpus", "live", "snapshot:/srv/modules"])
def test_upstreams(text: str) -> None:
    assert fields.upstream(text) == text


@pytest.mark.parametrize("text", ["copus", "snapshot:", "/srv/modules", ""])
def test_what_is_no_upstream(text: str) -> None:
    with pytest.raises(ValueError, match="unknown upstream"):
        fields.upstream(text)


def test_a_time_limit_is_more_than_nothing() -> None:
    assert fields.positive(0.1) == 0.1
    with pytest.raises(ValueError, match="more than 0"):
        fields.positive(0.0)


def test_a_constraint_is_one_on_go_releases() -> None:
    assert fields.constraint(">= 1.21") == ">= 1.21"
    with pytest.raises(ValueError, match="no condition"):
        fields.constraint("python 3")
