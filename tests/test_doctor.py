import os

import pytest

from chaosmod import doctor
from chaosmod.doctor import Finding, examine
from chaosmod.faults.base import FAULTS
from chaosmod.lab.state import VARIABLE, StateDir


def of(report, name):
    return next(f for f in report.findings if f.name == name)


@pytest.mark.namespaces
def test_where_everything_works_it_says_so_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "state"))
    report = examine()
    assert report.usable
    for name in ("python", "mitmproxy", "go", "sandbox", "host", "state"):
        assert of(report, name).status == "works", of(report, name)
    assert "overlay" in of(report, "sandbox").text
    assert set(report.faults) == set(FAULTS)
    assert StateDir.default().entries() == []
    assert "overlay" in report.abilities["sandbox"]
    assert "names" not in report.abilities["host"]
    assert report.faults["dns"] == {"sandbox": "", "host": "names"}


def test_without_go(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "state"))
    nothing = doctor.toolchain.Survey((), ("it is broken",))
    monkeypatch.setattr(doctor.toolchain, "survey", lambda: nothing)
    report = examine()
    assert not report.usable
    assert of(report, "go") == Finding(
        "go", "missing", "it is broken", "pip install 'chaosmod[go]', or CHAOSMOD_GO=GOROOT"
    )
    assert of(report, "live upstream").status == "info"


def test_without_a_sandbox_the_host_runner_is_left(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor, "_sandbox", lambda state: (Finding("sandbox", "missing", "not allowed"), None))
    report = examine(StateDir(tmp_path / "state"))
    assert report.usable
    assert set(report.abilities) == {"host"}
    assert "it cannot express attempts, disk, " in of(report, "host").text


def test_a_state_directory_that_is_not_ours(tmp_path):
    (tmp_path / "state").write_text("a file")
    report = examine(StateDir(tmp_path / "state"))
    assert not report.usable
    assert of(report, "state").status == "missing"
    assert VARIABLE in of(report, "state").remedy
    assert of(report, "sandbox").status == of(report, "host").status == "missing"
    assert report.abilities == {}


def test_a_proxy_that_does_not_answer_costs_little_and_breaks_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("GOENV", "off")
    monkeypatch.setenv("GOPROXY", "http://127.0.0.1:9/nothing")
    found = of(examine(StateDir(tmp_path)), "live upstream")
    assert (found.status, found.text.startswith("http://127.0.0.1:9/nothing: ")) == ("info", True)
    monkeypatch.setenv("GOPROXY", "off")
    assert of(examine(StateDir(tmp_path)), "live upstream").text == "`go env GOPROXY` names no proxy"


def test_programs_that_are_not_there(tmp_path, monkeypatch):
    go = doctor.toolchain.survey()
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    monkeypatch.setattr(doctor.toolchain, "survey", lambda: go)
    report = examine(StateDir(tmp_path / "state"))
    assert (of(report, "git").status, of(report, "docker").status) == ("info", "info")
