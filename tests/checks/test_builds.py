from __future__ import annotations

from chaosmod.checks.builds import amount, differences, fingerprint, modules, some
from chaosmod.history import BuildMeasured, Fingerprint, History, Package

from .story import LIB, OTHER, STEADY, TWO


def test_a_build_is_the_same_as_itself() -> None:
    assert differences(STEADY, STEADY) == []


def test_a_change_of_version_names_package_and_versions_and_comes_before_its_importers() -> None:
    found = differences(STEADY, OTHER)
    assert found[0] == f"package {LIB} comes from {LIB}@v0.9.0 and came from {LIB}@v1.0.0"
    assert found[1] == "package app.example/app was compiled from other content"
    assert found[-1] == "binary app differs"


def test_a_change_of_hash_content_or_home_is_named() -> None:
    def other(package: Package) -> list[str]:
        return differences(STEADY, Fingerprint({**STEADY.packages, LIB: package}, STEADY.binaries))

    assert other(Package(LIB, "v1.0.0", "", "lib")) == [
        f"package {LIB} of {LIB}@v1.0.0 has the go.sum hash (none), where it was h1:lib"
    ]
    assert other(Package(LIB, "v1.0.0", "h1:lib", "bad")) == [
        f"package {LIB} of {LIB}@v1.0.0 was compiled from other content"
    ]
    assert other(Package(content="lib")) == [f"package {LIB} comes from no module@ and came from {LIB}@v1.0.0"]


def test_packages_and_binaries_come_and_go() -> None:
    less = Fingerprint({k: v for k, v in STEADY.packages.items() if k != LIB}, {})
    assert differences(STEADY, less) == [f"package {LIB} of {LIB}@v1.0.0 is missing", "binary app is missing"]
    assert differences(less, STEADY) == [f"package {LIB} of {LIB}@v1.0.0 is new", "binary app is new"]


def test_modules_are_those_of_the_packages() -> None:
    assert modules(STEADY) == {LIB: ("v1.0.0", "h1:lib"), TWO: ("v1.2.0", "h1:two")}


def test_the_fingerprint_is_that_of_a_build_that_succeeded() -> None:
    failed = BuildMeasured(when="verified", outcome="failed")
    assert fingerprint(History.replay([failed]), "verified") is None
    good = BuildMeasured(when="steady", outcome="ok", fingerprint=STEADY)
    assert fingerprint(History.replay([failed, good]), "verified", "steady") == STEADY


def test_only_some_phrases_are_told() -> None:
    assert some(["a", "b"]) == "a; b"
    assert some(["a", "b", "c", "d", "e"]) == "a; b; c; and 2 more"


def test_amounts_agree_with_their_word() -> None:
    assert amount(1, "binary", "binaries") == "1 binary"
    assert amount(2, "binary", "binaries") == "2 binaries"
    assert amount(0, "request") == "0 requests"
