from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from chaosmod.lab.gorelease import GoDefaults, GoError, Toolchain
from chaosmod.lab.toolchain import select

HOSTILE = {
    "GOPROXY": "https://evil.example",
    "GOSUMDB": "off",
    "GOFLAGS": "-mod=nonsense",
    "GOTOOLCHAIN": "go9.99",
    "GOROOT": "/nowhere",
    "GOWORK": "/nowhere/go.work",
}


@pytest.fixture
def go() -> Toolchain:
    return select(())[0]


def test_every_release_here_is_the_version_that_it_says() -> None:
    for go in select(["all"]):
        assert f"go version go{go.version} " in go.ask("version")


def test_defaults_are_the_releases_own(go: Toolchain, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither the environment nor the GOENV file of the user has a say."""
    expected = go.defaults()
    assert expected.goproxy
    assert expected.gosumdb
    goenv = tmp_path / "config" / "go" / "env"
    goenv.parent.mkdir(parents=True)
    goenv.write_text("GOPROXY=https://file.example\nGOSUMDB=off\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name, value in HOSTILE.items():
        monkeypatch.setenv(name, value)
    again = Toolchain(go.goroot, go.version, "asked afresh")
    assert again.defaults() == expected


def test_asking_writes_nothing_of_the_users(go: Toolchain, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    go.ask("env", "GOVERSION")
    assert list(tmp_path.iterdir()) == []


def test_settings_are_the_users(go: Toolchain, tmp_path: Path) -> None:
    """From the environment, else from the GOENV file, wherever that is; and nothing is written beside it."""
    default = go.defaults()
    assert go.settings({}) == default
    (tmp_path / ".config" / "go").mkdir(parents=True)
    (tmp_path / ".config" / "go" / "env").write_text("GOPROXY=https://file.example\nGOSUMDB=off\nGOFLAGS=-x\n")
    before = sorted(tmp_path.rglob("*"))
    assert go.settings({"HOME": str(tmp_path)}) == GoDefaults("https://file.example", "off")
    assert go.settings({"XDG_CONFIG_HOME": str(tmp_path / ".config")}).goproxy == "https://file.example"
    assert go.settings({"HOME": str(tmp_path), "GOENV": "off"}) == default
    given = {
        "HOME": str(tmp_path),
        "GOPROXY": "https://given.example",
        "GOFLAGS": "-mod=nonsense",
        "GOROOT": "/nowhere",
    }
    assert go.settings(given) == GoDefaults("https://given.example", "off")
    assert sorted(tmp_path.rglob("*")) == before


def test_an_error_is_gos_own_words(go: Toolchain) -> None:
    with pytest.raises(GoError, match="unknown command"):
        go.ask("frobnicate")


def test_what_cannot_be_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(GoError, match="cannot be run"):
        Toolchain(tmp_path, "1.26.8", "test").ask("version")


def test_a_release_that_never_answers_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go = Toolchain(tmp_path, "1.26.8", "test")
    go.go.parent.mkdir()
    go.go.write_text("#!/bin/sh\nexec sleep 60\n")
    go.go.chmod(0o755)
    monkeypatch.setattr("chaosmod.lab.gorelease._SECONDS", 0.2)
    with pytest.raises(GoError, match="timed out"):
        go.ask("version")


def test_the_command_is_no_script(go: Toolchain) -> None:
    assert go.go.read_bytes()[:4] == b"\x7fELF"
    assert subprocess.run([go.go, "version"], capture_output=True, check=True).stdout.startswith(b"go version")


def test_proxies_of_a_list() -> None:
    listed = GoDefaults("https://a.example,https://b.example|direct", "")
    assert listed.proxies == ("https://a.example", "https://b.example")
    assert GoDefaults("off", "").proxies == ()
