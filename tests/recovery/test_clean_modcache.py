"""``clean-modcache``."""

from chaosmod.recovery.base import Run
from chaosmod.recovery.clean_modcache import CleanModcache

from .drive import drive


def test_it_runs_gos_own_command() -> None:
    assert drive(CleanModcache()) == [Run(("go", "clean", "-modcache"))]
    assert CleanModcache().changes == frozenset()
