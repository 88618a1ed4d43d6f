"""What every fault can rely on, and what every fault in the catalogue has to keep to."""

from __future__ import annotations

from typing import ClassVar

import pytest
from pydantic import ValidationError

from chaosmod.faults.base import FAULTS, DnsFault, Fault, HttpFault, LinkFault, TlsFault
from chaosmod.faults.match import Match
from chaosmod.lab.base import ABILITIES


class Late(HttpFault):
    """A fault with a shorthand."""

    kind: ClassVar[str] = "late"
    shorthand: ClassVar[str | None] = "by"
    by: int = 1
    words: str = ""


@pytest.mark.parametrize(
    ("written", "by"), [(7, 7), ({"by": 7}, 7), (None, 1), ({}, 1)], ids=["bare", "whole", "nothing", "empty"]
)
def test_a_bare_value_is_the_shorthand(written: object, by: int) -> None:
    assert Late.model_validate(written).by == by


@pytest.mark.parametrize("written", [{"bye": 7}, "seven", [7]])
def test_what_it_does_not_know_is_refused(written: object) -> None:
    with pytest.raises(ValidationError):
        Late.model_validate(written)


def test_a_fault_does_not_lie_unless_it_says_so() -> None:
    assert not Late().lies


def test_without_a_shorthand_a_bare_value_is_refused() -> None:
    class Plain(Late):
        shorthand: ClassVar[str | None] = None

    with pytest.raises(ValidationError):
        Plain.model_validate(7)


def test_a_fault_cannot_be_changed_once_declared() -> None:
    with pytest.raises(ValidationError):
        Late().by = 2


@pytest.mark.parametrize(
    ("base", "layer"), [(HttpFault, "http"), (LinkFault, "link"), (TlsFault, "tls"), (DnsFault, "dns")]
)
def test_only_http_knows_more_than_the_host(base: type[Fault], layer: str) -> None:
    assert base.layer == layer
    assert base.match_keys == (set(Match.model_fields) if layer == "http" else {"host"})


@pytest.mark.parametrize("fault", FAULTS.values(), ids=list(FAULTS))
def test_the_catalogue_is_complete(fault: type[Fault]) -> None:
    assert fault.summary
    assert fault.example
    assert not fault.summary.endswith(".")
    assert fault.needs <= ABILITIES
    assert fault.match_keys <= set(Match.model_fields)
    assert fault.shorthand is None or fault.shorthand in fault.model_fields
