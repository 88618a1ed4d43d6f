"""What the history says of a lie."""

from typing import get_args

from chaosmod.faults.sumdb_actions import TILE_LIES, Lie, Told


def test_words() -> None:
    assert str(Lie("forked-tree")) == "the checksum database lied: forked-tree"


def test_lies_about_tiles_are_lies() -> None:
    assert set(get_args(Told)) > TILE_LIES
