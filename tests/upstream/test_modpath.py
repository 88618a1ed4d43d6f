from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaosmod.upstream import modpath
from chaosmod.upstream.modpath import escape, match_prefix_patterns, unescape


@given(st.text("abzABZ019-._~/"))
def test_escaping_round_trips(name: str) -> None:
    assert unescape(escape(name)) == name
    assert escape(name) == escape(name).lower()
    assert modpath.canonical_escape(escape(name))


@pytest.mark.parametrize("path", ["/a.example/Up", "/a.example/!", "/a.example/!U", "/a.example/!!u", "/a.example/!1"])
def test_other_spellings_are_refused(path: str) -> None:
    assert not modpath.canonical_escape(path)


@pytest.mark.parametrize(
    ("version", "valid", "canonical", "pseudo", "release"),
    [
        ("v1.2.3", True, True, False, True),
        ("v1.2.3-rc.1", True, True, False, False),
        ("v2.0.0+incompatible", True, True, False, True),
        ("v1.2.3+meta", True, False, False, True),
        ("v0.0.0-20240305112233-5f3c9a1e7b42", True, True, True, False),
        ("v1.2.4-0.20240305112233-5f3c9a1e7b42", True, True, True, False),
        ("v1.2.3-rc.1.0.20240305112233-5f3c9a1e7b42", True, True, True, False),
        ("v1.2.4-0.20240305-5f3c9a1e7b42", True, True, False, False),
        ("v1.2.4-20240305112233-5f3c9a1e7b42", True, True, False, False),
        ("v1.2", False, False, False, False),
        ("v1", False, False, False, False),
        ("1.2.3", False, False, False, False),
        ("v01.2.3", False, False, False, False),
        ("v1.2.3-01", False, False, False, False),
        ("v1.2.3-", False, False, False, False),
        ("v1.2.3\n", False, False, False, False),
        ("master", False, False, False, False),
        ("", False, False, False, False),
    ],
)
def test_kinds_of_version(version: str, valid: bool, canonical: bool, pseudo: bool, release: bool) -> None:
    assert modpath.is_version(version) == valid
    assert modpath.is_canonical(version) == canonical
    assert modpath.is_pseudo(version) == pseudo
    assert modpath.is_release(version) == release


def test_order_is_that_of_semver_2() -> None:
    ascending = [
        "bad",
        "v0.9.9",
        "v1.0.0-0",
        "v1.0.0-2",
        "v1.0.0-11",
        "v1.0.0-alpha",
        "v1.0.0-alpha.1",
        "v1.0.0-alpha.beta",
        "v1.0.0-beta.2",
        "v1.0.0-beta.11",
        "v1.0.0-rc.1",
        "v1.0.0",
        "v1.9.0",
        "v1.10.0",
    ]
    shuffled = random.Random(1).sample(ascending, len(ascending))
    assert sorted(shuffled, key=modpath.version_key) == ascending


@pytest.mark.parametrize(
    ("versions", "latest"),
    [
        (["v1.0.0", "v1.2.0", "v1.3.0-rc.1"], "v1.2.0"),
        (["v1.3.0-rc.1", "v0.0.0-20240305112233-5f3c9a1e7b42"], "v1.3.0-rc.1"),
        (
            ["v0.0.0-20230305112233-5f3c9a1e7b42", "v0.0.0-20240305112233-aaaaaaaaaaaa"],
            "v0.0.0-20240305112233-aaaaaaaaaaaa",
        ),
        (["v1.0.0", "v2.1.0+incompatible"], "v1.0.0"),
        (["v2.1.0+incompatible", "v1.0.0-rc.1"], "v2.1.0+incompatible"),
        ([], None),
    ],
)
def test_latest(versions: list[str], latest: str | None) -> None:
    assert modpath.latest(versions) == latest


@pytest.mark.parametrize(
    ("patterns", "path", "matches"),
    [
        ("corp.example", "corp.example/a/b", True),
        ("corp.example/", "corp.example/a/b", True),
        ("corp.example", "corp.example", True),
        ("corp.example", "corp.example.test/a", False),
        ("*.corp.example", "git.corp.example/a", True),
        ("*.corp.example", "corp.example/a", False),
        ("*", "anything.example/a/b", True),
        ("corp.example/*/secret", "corp.example/team/secret/x", True),
        ("corp.example/*/secret", "corp.example/team/open", False),
        ("corp.example/team", "corp.example", False),
        (",,other.example,corp.example", "corp.example/a", True),
        ("", "corp.example/a", False),
        ("corp.example/?", "corp.example/a", True),
        ("corp.example/?", "corp.example/ab", False),
        ("corp.example/[a-c]x", "corp.example/bx", True),
        ("corp.example/[^a-c]x", "corp.example/bx", False),
        ("corp.example/[^a-c]x", "corp.example/dx", True),
        (r"corp.example/[\]x]", "corp.example/]", True),
        (r"corp.example/\*", "corp.example/*", True),
        (r"corp.example/\*", "corp.example/a", False),
        ("corp.example/[c-a]", "corp.example/b", False),
        ("corp.example/[", "corp.example/[", False),
        ("corp.example/[-a]", "corp.example/a", False),
        ("corp.example/[a-]", "corp.example/a", False),
        ("corp.example/a\\", "corp.example/a", False),
        ("corp.example/a+b", "corp.example/a+b", True),
        (("one.example", "corp.example"), "corp.example/a", True),
    ],
)
def test_goprivate_patterns(patterns: str | tuple[str, ...], path: str, matches: bool) -> None:
    assert match_prefix_patterns(patterns, path) == matches
