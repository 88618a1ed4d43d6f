"""Conditions on the toolchain, the posture and the runner."""

from typing import Literal

import pytest
from pydantic import ValidationError

from chaosmod.scenario.conditional import Conditional, go_key, parse_condition, parse_constraint

By = Conditional[Literal["yes", "no"]]


@pytest.mark.parametrize(
    ("condition", "go", "holds"),
    [
        ("go < 1.24", "1.23", True),
        ("go < 1.24", "1.23.12", True),
        ("go < 1.24", "1.24", False),
        ("go < 1.24", "1.24.3", False),
        ("go < 1.24", "1.24rc1", False),
        ("go <= 1.24", "1.24.3", True),
        ("go <= 1.24", "1.25", False),
        ("go == 1.24", "1.24.3", True),
        ("go == 1.24", "1.2", False),
        ("go != 1.24", "1.24.3", False),
        ("go != 1.24", "1.26", True),
        ("go >= 1.24", "1.24.3", True),
        ("go >= 1.24", "1.9", False),
        ("go > 1.24", "1.24.3", False),
        ("go > 1.24", "1.25rc1", True),
        ("go < 1.24.3", "1.24.2", True),
        ("go < 1.24.3", "1.24.10", False),
        ("go < 1.24.3", "1.24", True),
        ("go == 1.24.0", "1.24", True),
        ("go < 1.27rc2", "1.27rc1", True),
        ("go < 1.27rc1", "1.27beta2", True),
        ("go < 1.27.0", "1.27rc2", True),
        ("go < 1.27rc2", "1.27", False),
        ("go >= go1.24", "go1.24", True),
        ("go>=1.24", "1.24", True),
        ("go > 1.27", "tip", True),
    ],
)
def test_go_releases(condition: str, go: str, holds: bool) -> None:
    assert all(term.holds(go, "default", "sandbox") for term in parse_condition(condition)) is holds


def test_posture_and_runner() -> None:
    value = By.model_validate({"posture comma and runner docker": "yes", "else": "no"})
    assert value.resolve("1.26", "comma", "docker") == "yes"
    assert value.resolve("1.26", "comma", "sandbox") == "no"
    assert value.resolve("1.26", "pipe", "docker") == "no"


def test_the_first_condition_that_holds_counts() -> None:
    value = By.model_validate({"go < 1.24": "yes", "go < 1.26": "no", "else": "yes"})
    assert [value.resolve(go, "default", "sandbox") for go in ("1.23", "1.25", "1.26")] == ["yes", "no", "yes"]
    assert value.always is None


def test_a_word_alone_holds_always() -> None:
    value = By.model_validate("yes")
    assert value.resolve("1.1", "any", "host") == value.always == "yes"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"go < 1.24": "yes"}, "the last key of a conditional value must be 'else'"),
        ({"else": "yes", "go < 1.24": "no"}, "the last key of a conditional value must be 'else'"),
        ({}, "the last key of a conditional value must be 'else'"),
        ([], "a word is expected here, or a mapping from conditions to words that ends with 'else'"),
        ({"os linux": "yes", "else": "no"}, "'os linux' is no condition; write for example"),
        ({"": "yes", "else": "no"}, "'' is no condition; write for example"),
        ({"go ~ 1.24": "yes", "else": "no"}, "'go ~ 1.24' is no condition; write 'go' and one of < <= == != >= > and"),
        ({"go < 1.x": "yes", "else": "no"}, "'1.x' is no Go release; write for example 1.24 or 1.24.3"),
        ({"posture": "yes", "else": "no"}, "'posture' is no condition; write 'posture NAME'"),
        ({"posture a b": "yes", "else": "no"}, "'posture a b' is no condition; write 'posture NAME'"),
        ({"runner sandbx": "yes", "else": "no"}, "unknown runner 'sandbx'; did you mean 'sandbox'?"),
        ({"go < 1.24 and ": "yes", "else": "no"}, "'' is no condition"),
    ],
)
def test_what_is_no_condition(value: object, message: str) -> None:
    with pytest.raises(ValidationError) as e:
        By.model_validate(value)
    assert message in str(e.value)


def test_order_of_releases() -> None:
    releases = ["1.9", "1.21.13", "1.24", "1.24.3", "1.24.11", "1.27beta1", "1.27rc1", "1.27", "1.27.1", "tip"]
    assert sorted(releases, key=go_key) == releases


@pytest.mark.parametrize(
    ("constraint", "go", "holds"),
    [
        (">= 1.22, < 1.26", "1.24", True),
        (">= 1.22, < 1.26", "1.26.1", False),
        (">=1.22,<1.26", "1.21", False),
        ("1.24", "1.24.3", True),
        ("1.20", "1.2", False),
        ("!= 1.25", "1.25.1", False),
    ],
)
def test_constraints(constraint: str, go: str, holds: bool) -> None:
    assert all(term.holds(go, "", "") for term in parse_constraint(constraint)) is holds


@pytest.mark.parametrize("text", ["", ">= ", "new", ">= 1.22,", "~1.22", "1.22 1.23"])
def test_no_constraints(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no (Go release|condition)"):
        parse_constraint(text)
