"""The environment of a lab: from nothing, and as a user would have set it."""

from __future__ import annotations

import pytest

from chaosmod.lab.base import PLACES
from chaosmod.lab.environment import Client, environment, expand, goenv

CLIENT = Client("/opt/go")


def test_nothing_of_the_machine_is_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before = environment(CLIENT, PLACES, {})
    for name in ("GOFLAGS", "GOPROXY", "HTTPS_PROXY", "GIT_DIR", "SSH_AUTH_SOCK", "LD_PRELOAD", "NETRC", "GODEBUG"):
        monkeypatch.setenv(name, "hostile")
    assert environment(CLIENT, PLACES, {}) == before
    assert "hostile" not in before.values()


def test_everything_lies_in_the_lab() -> None:
    env = environment(CLIENT, PLACES, {})
    for name in ("HOME", "TMPDIR", "GOPATH", "GOMODCACHE", "GOCACHE", "GOENV", "SSL_CERT_FILE", "GIT_CONFIG_GLOBAL"):
        assert env[name].startswith("/lab/"), name
    assert env["PATH"].startswith("/opt/go/bin:")


def test_what_go_env_w_can_set_is_in_the_file_so_that_go_env_w_can_change_it() -> None:
    posture = {"GOPROXY": "https://a.test", "GODEBUG": "http2client=0", "HTTPS_PROXY": "http://b.test"}
    env, file = environment(CLIENT, PLACES, posture), goenv("key", posture).splitlines()
    assert "GOPROXY=https://a.test" in file
    assert "GOPROXY" not in env
    assert (env["GODEBUG"], env["HTTPS_PROXY"]) == ("http2client=0", "http://b.test")


def test_the_labs_checksum_database_unless_the_posture_says_otherwise() -> None:
    assert "GOSUMDB=name+hash+key" in goenv("name+hash+key", {}).splitlines()
    assert "GOSUMDB=off" in goenv("name+hash+key", {"GOSUMDB": "off"}).splitlines()


def test_the_postures_flags_are_added_to_the_labs() -> None:
    assert "GOFLAGS=-trimpath -buildvcs=false" in goenv("k", {}).splitlines()
    assert "GOFLAGS=-trimpath -buildvcs=false -mod=vendor" in goenv("k", {"GOFLAGS": "-mod=vendor"}).splitlines()


def test_expand_leaves_other_braces_alone() -> None:
    assert expand("{primary},${HOME} {x}", {"{primary}": "https://a.test"}) == "https://a.test,${HOME} {x}"
