"""``zip``: where the damage is."""

import pytest
from pydantic import ValidationError

from chaosmod.faults.actions import Rewrite
from chaosmod.faults.edits import zips
from chaosmod.faults.edits.common import Flip, Truncate
from chaosmod.faults.extent import Extent

from .acting import acts

HALF = Extent(50, percent=True)


def test_half_way_unless_a_place_is_given() -> None:
    assert acts("zip", "truncated") == Rewrite(Truncate(HALF))
    assert acts("zip", {"damage": "truncated", "at": 100}) == Rewrite(Truncate(Extent(100)))
    assert acts("zip", "flipped-at") == Rewrite(Flip(HALF))
    assert acts("zip", {"damage": "flipped-at", "at": "99%"}) == Rewrite(Flip(Extent(99, percent=True)))


def test_the_others_know_where_they_act() -> None:
    assert acts("zip", "flipped") == Rewrite(zips.flip_data)
    with pytest.raises(ValidationError, match="at means nothing for flipped"):
        acts("zip", {"damage": "flipped", "at": 100})
