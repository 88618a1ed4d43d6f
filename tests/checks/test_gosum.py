from __future__ import annotations

from chaosmod.checks.gosum import hashes, is_gosum, target


def test_lines_become_keys_and_hashes() -> None:
    lines = ["dep.example/a v1.0.0 h1:x", "dep.example/a v1.0.0 h1:y", "dep.example/a v1.0.0/go.mod h1:z", "garbage"]
    assert hashes(lines) == {
        "dep.example/a v1.0.0": frozenset({"h1:x", "h1:y"}),
        "dep.example/a v1.0.0/go.mod": frozenset({"h1:z"}),
    }


def test_both_lines_of_a_version_have_one_record() -> None:
    assert target("dep.example/a v1.0.0") == target("dep.example/a v1.0.0/go.mod") == ("dep.example/a", "v1.0.0")


def test_files_of_gosum_lines() -> None:
    assert is_gosum("go.sum")
    assert is_gosum("tools/go.sum")
    assert is_gosum("go.work.sum")
    assert not is_gosum("vendor/x/mygo.sum.txt")
