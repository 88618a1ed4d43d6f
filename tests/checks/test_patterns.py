from __future__ import annotations

import pytest

from chaosmod.checks.patterns import covers


@pytest.mark.parametrize(
    ("patterns", "path", "expected"),
    [
        ("*", "dep.example/lib", True),
        ("dep.example", "dep.example/lib/v2", True),
        ("dep.example/", "dep.example/lib", True),
        ("dep.example/lib", "dep.example/library", False),
        ("dep.example/lib", "dep.example", False),
        ("*.example", "dep.example/lib", True),
        ("*.example", "example/lib", False),
        ("dep.example/*", "dep.example/lib/sub", True),
        ("dep.example/*/sub", "dep.example/lib/other", False),
        ("dep.?xample", "dep.example/lib", True),
        ("dep.[a-f]xample", "dep.example/lib", True),
        ("dep.[^e]xample", "dep.example/lib", False),
        ("dep\\.example", "dep.example/lib", True),
        ("dep.[example", "dep.example/lib", False),
        ("dep.[z-a]xample", "dep.example/lib", False),
        (",other.example,,dep.example", "dep.example/lib", True),
        ("", "dep.example/lib", False),
        ("depXexample", "dep.example/lib", False),
    ],
)
def test_patterns_match_as_in_go(patterns: str, path: str, expected: bool) -> None:
    assert covers(patterns, path) is expected
