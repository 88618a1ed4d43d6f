from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaosmod.diagnose.matcher import NO_MESSAGE, OUT_OF_REACH, alarms, diagnose, known
from chaosmod.diagnose.signatures import signatures

ZIP_410 = """go: downloading dep.example/lib v1.0.0
main.go:3:8: dep.example/lib@v1.0.0: reading https://proxy.example/dep.example/lib/@v/v1.0.0.zip: 410 Gone
\tserver response: not found: temporarily unavailable
"""


def test_reads_the_decisive_line() -> None:
    found = diagnose([ZIP_410])
    assert found is not None
    assert found.name == "proxy-gone"
    assert found.text.startswith("main.go:3:8: dep.example/lib@v1.0.0: reading https://proxy.example/")
    assert found.text.endswith("410 Gone")
    assert (found.module, found.version, found.status) == ("dep.example/lib", "v1.0.0", 410)
    assert found.url == "https://proxy.example/dep.example/lib/@v/v1.0.0.zip"


@pytest.mark.parametrize(
    ("text", "module", "version"),
    [
        ("go: dep.example/Lib@v1.0.0-rc.1: reading https://p.example/dep.example/!lib/@v/v1.0.0-rc.1.mod: 404 Not Found",
         "dep.example/Lib", "v1.0.0-rc.1"),
        ("go: module dep.example/lib: reading https://p.example/dep.example/lib/@v/list: 410 Gone", "dep.example/lib", ""),
        ("go: reading https://p.example/dep.example/!lib/@v/v2.0.0+incompatible.zip: 403 Forbidden",
         "dep.example/Lib", "v2.0.0+incompatible"),
        ("dep.example/lib/v2 v2.1.0: dir has been modified ($GOPATH/pkg/mod/dep.example/lib/v2@v2.1.0)",
         "dep.example/lib/v2", "v2.1.0"),
        ("main.go:3:8: unzip $GOPATH/pkg/mod/cache/download/dep.example/!lib/@v/v1.0.0.zip: zip: not a valid zip file",
         "dep.example/Lib", "v1.0.0"),
        ("go: reading dep.example/lib/go.mod at revision v1.0.0: unknown revision v1.0.0", "dep.example/lib", "v1.0.0"),
        ("go: zip: not a valid zip file", "", ""),
    ],
)  # fmt: skip
def test_names_module_and_version_where_the_message_does(text: str, module: str, version: str) -> None:
    found = diagnose([text])
    assert found is not None
    assert (found.module, found.version) == (module, version)


@pytest.mark.parametrize(
    ("printed", "status"),
    [
        ("reading https://p.example/dep.example/lib/@v/v1.0.0.zip: 503 Service Unavailable", 503),
        ("reading https://p.example/dep.example/lib/@v/v1.0.0.zip: 599 ", 599),
        ('Get "https://p.example:443/": dial tcp 127.0.0.1:443: connect: connection refused', None),
        ('Get "https://p.example/": net/http: HTTP/1.x transport connection broken: bad Content-Length "404"', None),
    ],
)
@pytest.mark.parametrize("after", ["", "\n", "\n\tserver response: 410 Gone", "\ngo: and more: 410"])
def test_a_status_has_words_after_it_or_ends_the_line(printed: str, status: int | None, after: str) -> None:
    found = diagnose([f"go: dep.example/lib@v1.0.0: {printed}{after}"])
    assert found is not None
    assert found.status == status


def test_percent_escapes_in_an_address_are_undone() -> None:
    found = diagnose(["go: reading https://p.example/dep.example/%21lib/@v/v1.0.0.mod: 429 Too Many Requests"])
    assert found is not None
    assert (found.name, found.module) == ("proxy-rate-limited", "dep.example/Lib")


def test_the_more_telling_message_counts_whatever_the_order() -> None:
    reset = 'go: dep.example/a@v1.0.0: Get "https://p.example/": read tcp: read: connection reset by peer'
    mismatch = "verifying dep.example/lib@v1.0.0: checksum mismatch"
    for texts in ([reset, mismatch], [mismatch, reset], [f"{reset}\n{mismatch}"], [f"{mismatch}\n{reset}"]):
        found = diagnose(texts)
        assert found is not None
        assert found.name == "checksum-mismatch"
        assert found.text == mismatch


@pytest.mark.parametrize("texts", [[], [""], ["\n \n"], ["go: downloading dep.example/lib v1.0.0\n"], ["all is well"]])
def test_unknown_text_is_none(texts: list[str]) -> None:
    assert diagnose(texts) is None


def test_windows_line_ends_are_no_obstacle() -> None:
    found = diagnose([ZIP_410.replace("\n", "\r\n")])
    assert found is not None
    assert found.name == "proxy-gone"
    assert found.text.endswith("410 Gone")


def test_known_names_are_those_of_the_signatures_and_no_message() -> None:
    assert known() == {s.name for s in signatures()} | {NO_MESSAGE.name}
    assert {"proxy-gone", "proxy-not-found", "missing-gosum-entry", "checksum-mismatch", "no-message"} <= known()


def test_a_mismatch_is_not_out_of_reach() -> None:
    found = diagnose(["verifying dep.example/lib@v1.0.0: checksum mismatch"])
    assert found is not None
    assert found.family not in OUT_OF_REACH


def test_every_security_error_is_an_alarm_and_nothing_else_is() -> None:
    one = "main.go:3:8: dep.example/one@v1.0.0: verifying module: checksum mismatch"
    two = "\tdep.example/two: dep.example/two@v1.1.0: verifying go.mod: checksum mismatch"
    found = alarms([f"{one}\r\n{two}\n{ZIP_410}", "", "verifying dep.example/lib@v1.2.0/go.mod: checksum mismatch"])
    assert [(a.name, a.module, a.version) for a in found] == [
        ("sumdb-mismatch", "dep.example/one", "v1.0.0"),
        ("sumdb-mismatch", "dep.example/two", "v1.1.0"),
        ("checksum-mismatch", "dep.example/lib", "v1.2.0"),
    ]
    assert alarms([ZIP_410]) == ()


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_is_read_without_a_crash(before: str, after: str) -> None:
    found = diagnose([f"{before}\n{ZIP_410}\n{after}"])
    assert found is not None
    assert found.name in known()
