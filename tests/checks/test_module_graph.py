from __future__ import annotations

import pytest

from chaosmod.checks.module_graph import ModuleGraph
from chaosmod.history import BuildMeasured, Fingerprint, Package

from .story import LIB, OTHER, STEADY, TWO, failing, restored, tell
from .test_same_build import HEALTHY, NOW, declaring


def test_the_same_modules_pass() -> None:
    assert ModuleGraph().run(tell(restored())).status == "pass"


@pytest.mark.parametrize(
    ("packages", "phrase"),
    [
        (OTHER.packages, f"{LIB} went from v1.0.0 to v0.9.0"),
        ({k: v for k, v in STEADY.packages.items() if k != TWO}, f"{TWO}@v1.2.0 is gone"),
        (STEADY.packages | {"x": Package("x.example/x", "v0.1.0")}, "x.example/x@v0.1.0 is new"),
        (STEADY.packages | {LIB: Package(LIB, "v1.0.0", "h1:bad", "lib")}, "hash h1:bad instead of h1:lib"),
        (STEADY.packages | {LIB: Package(LIB, "v1.0.0", "", "lib")}, "hash (none) instead of h1:lib"),
    ],
)
def test_other_modules_are_inconsistent(packages: dict[str, Package], phrase: str) -> None:
    now = BuildMeasured(when="verified", outcome="ok", fingerprint=Fingerprint(packages, STEADY.binaries))
    found = ModuleGraph().run(tell(restored(), verified=now))
    assert (found.status, found.grade) == ("fail", "inconsistent")
    assert phrase in found.text


def test_declared_modules_are_altered() -> None:
    found = ModuleGraph().run(tell(restored(), case=declaring("go.mod"), verified=NOW, healthy=HEALTHY))
    assert (found.status, found.grade) == ("pass", "altered")


def test_declared_modules_without_a_healthy_run_are_inconsistent() -> None:
    assert ModuleGraph().run(tell(restored(), case=declaring("go.mod"), verified=NOW)).grade == "inconsistent"


def test_without_two_builds_it_does_not_know() -> None:
    assert ModuleGraph().run(tell(restored() | failing())).status == "n/a"
