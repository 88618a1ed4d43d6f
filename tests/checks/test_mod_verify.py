from __future__ import annotations

from chaosmod.checks.mod_verify import ModVerify
from chaosmod.history import ModVerified

from .story import GONE, failing, restored, tell


def said(text: str, ok: bool = False) -> ModVerified:
    return ModVerified(when="verified", ok=ok, text=text)


def test_all_modules_verified_passes() -> None:
    assert ModVerify().run(tell(restored())).text == "all modules verified"
    assert ModVerify().run(tell(restored(), modverify=said("", ok=True))).status == "pass"


def test_a_modified_module_is_inconsistent() -> None:
    text = "dep.example/lib v1.0.0: dir has been modified ($GOPATH/pkg/mod/dep.example/lib@v1.0.0)"
    found = ModVerify().run(tell(restored(), modverify=said(text)))
    assert (found.status, found.grade) == ("fail", "inconsistent")
    assert text in found.text


def test_a_complaint_that_is_not_known_is_inconsistent() -> None:
    assert ModVerify().run(tell(restored(), modverify=said("who knows"))).grade == "inconsistent"


def test_what_it_could_not_fetch_says_nothing_of_the_cache() -> None:
    for text in (GONE, "go: dep.example/two@v1.2.0: module lookup disabled by GOPROXY=off"):
        found = ModVerify().run(tell(restored(), modverify=said(text)))
        assert (found.status, found.grade) == ("n/a", None)


def test_where_it_was_not_run_it_does_not_know() -> None:
    assert ModVerify().run(tell(restored() | failing())).status == "n/a"
