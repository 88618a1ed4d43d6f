from __future__ import annotations

import pytest

from chaosmod.checks.modcache import ModCache
from chaosmod.history import BadEntry, ModCacheCompared

from .story import failing, restored, tell


def test_good_entries_pass() -> None:
    assert ModCache().run(tell(restored())).status == "pass"


@pytest.mark.parametrize("injected", [False, True])
def test_a_bad_entry_is_inconsistent_whoever_put_it_there(injected: bool) -> None:
    bad = BadEntry("cache/download/x.zip", "differs from the upstream's zip", injected=injected)
    found = ModCache().run(tell(restored(), cache=ModCacheCompared(when="verified", bad=(bad,), entries=2)))
    assert (found.status, found.grade) == ("fail", "inconsistent")
    assert "cache/download/x.zip differs" in found.text
    assert ("before provoke" in found.text) is injected


def test_with_a_build_that_fails_a_bad_entry_is_no_more_than_not_restored() -> None:
    bad = ModCacheCompared(when="verified", bad=(BadEntry("x.zip", "differs", injected=True),))
    assert ModCache().run(tell(restored() | failing(), cache=bad)).grade == "not-restored"


def test_what_was_bad_and_is_no_more_passes() -> None:
    was = ModCacheCompared(when="injected", bad=(BadEntry("x.zip", "differs", injected=True),))
    assert ModCache().run(tell(restored(), was)).status == "pass"


def test_without_a_comparison_it_does_not_know() -> None:
    assert ModCache().run(tell(restored() | failing())).status == "n/a"
