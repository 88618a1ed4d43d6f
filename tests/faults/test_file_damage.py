"""The faults that damage one kind of file: what they concern, and that every word of theirs does something."""

from __future__ import annotations

import typing
from typing import Any

import pytest
from pydantic import ValidationError

from chaosmod.faults.actions import Rewrite
from chaosmod.faults.base import FAULTS
from chaosmod.faults.file_damage import FileDamage

from .acting import acts, asked, fault

KINDS = ["zip", "mod", "info", "list", "latest"]


def words(kind: str) -> list[str]:
    return list(typing.get_args(FAULTS[kind].model_fields["damage"].annotation))


@pytest.mark.parametrize("kind", KINDS)
def test_it_concerns_its_own_file(kind: str) -> None:
    made = fault(kind, words(kind)[0])
    assert isinstance(made, FileDamage)
    assert [file for file in KINDS if made.concerns(asked(file))] == [kind]


@pytest.mark.parametrize(("kind", "word"), [(kind, word) for kind in KINDS for word in words(kind)])
def test_every_word_is_an_edit(kind: str, word: str) -> None:
    action = acts(kind, word, kind)
    assert isinstance(action, Rewrite)
    assert callable(action.edit)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("spec", [None, "broken", {"damage": "empty", "how": "much"}])
def test_no_damages(kind: str, spec: Any) -> None:
    with pytest.raises(ValidationError):
        fault(kind, spec)
