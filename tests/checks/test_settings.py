from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaosmod.checks.settings import weakenings

from .story import LIB, SETTINGS

CORP = "corp.test/secret"
GIT, OTHER = "http.https://git.example/.sslVerify", "http.https://b.example/x.y.sslVerify"


def found(was: dict[str, str], now: dict[str, str]) -> list[str]:
    return weakenings(SETTINGS | was, SETTINGS | now, [CORP, LIB], lambda module: module == LIB)


@pytest.mark.parametrize(
    ("was", "now", "phrase"),
    [
        ({}, {"GOSUMDB": "off"}, "GOSUMDB=off"),
        ({}, {"GOSUMDB": "sumdb.example+ffff+other"}, "another checksum database"),
        ({"GOSUMDB": ""}, {"GOSUMDB": "other+1+k"}, "instead of none named"),
        ({}, {"GONOSUMDB": "*"}, f"newly exempts {LIB}"),
        ({"GONOSUMDB": "corp.test"}, {"GONOSUMDB": "corp.test,dep.example"}, f"newly exempts {LIB}"),
        ({}, {"GOPRIVATE": "dep.example/*"}, f"GOPRIVATE=dep.example/* newly exempts {LIB}"),
        ({}, {"GONOSUMCHECK": "1"}, "GONOSUMCHECK newly has 1"),
        ({"GOINSECURE": "a.test"}, {"GOINSECURE": "a.test, b.test"}, "GOINSECURE newly has b.test"),
        ({}, {"GOPROXY": "http://primary.example|direct"}, "plain http from http://primary.example"),
        ({}, {"GOPROXY": "http://127.0.0.1.example"}, "plain http from http://127.0.0.1.example"),
        ({}, {"GOFLAGS": "-trimpath -insecure"}, "-insecure"),
        ({}, {"GOFLAGS": "--insecure=true"}, "-insecure"),
        ({}, {"GOVCS": "*:all"}, "GOVCS newly allows bzr, fossil, svn for dep.example/lib"),
        ({"GOVCS": "*:off"}, {}, "GOVCS newly allows git, hg for dep.example/lib"),
        ({}, {"GOVCS": "dep.example:svn,public:git"}, "newly allows svn for dep.example/lib"),
        ({}, {"http.sslVerify": "False"}, "certificates (http.sslVerify=false)"),
        ({}, {GIT: "false"}, f"certificates of https://git.example/ ({GIT}=false)"),
        ({GIT: "false"}, {GIT: "false", OTHER: "false"}, f"certificates of https://b.example/x.y ({OTHER}=false)"),
        ({GIT: "false"}, {"http.sslVerify": "false"}, "certificates (http.sslVerify=false)"),
        ({"http.sslVerify": "false", GIT: "true"}, {"http.sslVerify": "false", GIT: "false"}, f"({GIT}=false)"),
        (
            {"http.sslVerify": "false", GIT: "true"},
            {"http.sslVerify": "false"},
            "certificates of https://git.example/ (http.sslVerify=false)",
        ),
    ],
)  # fmt: skip
def test_a_protection_that_is_off_is_named(was: dict[str, str], now: dict[str, str], phrase: str) -> None:
    assert any(phrase in text for text in found(was, now))


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ({}, {}),
        ({"GOSUMDB": "off"}, {"GOSUMDB": "off"}),
        ({"GOSUMDB": "off"}, {"GONOSUMDB": "*"}),
        ({"GOSUMDB": "off"}, {"GOSUMDB": "sumdb.example+abcd+key"}),
        ({}, {"GOSUMDB": SETTINGS["GOSUMDB"] + " https://elsewhere.example"}),
        ({}, {"GONOSUMDB": "corp.test"}),
        ({"GOPRIVATE": "*"}, {"GOPRIVATE": "dep.example"}),
        ({"GONOSUMDB": "*"}, {"GONOSUMDB": "dep.example"}),
        ({"GOINSECURE": "a.test,b.test"}, {"GOINSECURE": "b.test"}),
        ({"GOPROXY": "http://primary.example"}, {"GOPROXY": "http://primary.example,https://mirror.example"}),
        ({}, {"GOPROXY": "https://mirror.example|direct"}),
        ({}, {"GOPROXY": "file:///cache"}),
        ({}, {"GOPROXY": "http://127.0.0.1:8080,http://localhost|HTTP://[::1]:80/x"}),
        ({}, {"GOFLAGS": "-mod=mod -modcacherw"}),
        ({"GOFLAGS": "-insecure"}, {"GOFLAGS": "-insecure=1"}),
        ({"GOVCS": "*:all"}, {"GOVCS": "public:git"}),
        ({}, {"GOVCS": "public:git|hg"}),
        ({}, {"GOVCS": "nothing.test:all"}),
        ({"http.sslVerify": "false"}, {"http.sslVerify": "0"}),
        ({}, {"http.sslVerify": "true"}),
        ({}, {"http.sslVerify": "maybe", GIT: "true"}),
        ({GIT: "false"}, {GIT: "false"}),
        ({GIT: "false"}, {}),
        ({"http.sslVerify": "false"}, {"http.sslVerify": "false", GIT: "false"}),
        ({"http.sslVerify": "false"}, {"http.sslVerify": "true"}),
    ],
)  # fmt: skip
def test_what_takes_no_protection_away_is_none(was: dict[str, str], now: dict[str, str]) -> None:
    assert found(was, now) == []


@given(st.dictionaries(st.sampled_from(sorted(SETTINGS)), st.text(alphabet="abct:*,|/. -=off", max_size=20)))
def test_no_setting_weakens_itself(settings: dict[str, str]) -> None:
    assert found(settings, settings) == []
