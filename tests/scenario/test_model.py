"""What a loaded scenario holds."""

import pytest
from pydantic import ValidationError

from chaosmod.faults.http_status import HttpStatus
from chaosmod.scenario import Cache, DeclaredFault, Provoke, Scenario, Within, default_upstream, loads

from .samples import FULL, SMALL


def test_defaults() -> None:
    s = loads(SMALL)
    assert (s.name, s.title, s.severity, s.tags, s.needs, s.go) == ("small", "", "P2", (), (), None)
    assert (s.workspace, s.upstream, s.cache, s.seed) == ("corpus:app", None, Cache(kind="cold"), 0)
    assert s.postures == {"default": {}}
    assert s.provoke == Provoke(run=("go mod download", "go build {packages}"), parallel=(), timeout=60.0)
    assert (s.recoveries, s.within, s.home, s.reference, s.requires, s.constraint) == ((), None, {}, (), (), ())
    fault = s.faults[0]
    assert (fault.id, fault.kind, fault.fault) == ("http", "http", HttpStatus(status=410))
    assert (fault.heals, fault.fires, fault.line, fault.source) == ("never", "provoke", 3, "{http: 410}")
    assert s.expect.outcome is None


def test_everything() -> None:
    s = loads(FULL)
    assert s.tags == ("network", "proxy")
    assert s.go == ">= 1.21"
    assert s.postures["pipe"] == {"GOPROXY": "{primary}|{mirror}", "GOSUMDB": "{sumdb}", "GOFLAGS": ""}
    assert s.cache == Cache(kind="warm", without=("{direct}",))
    assert s.home[".config/x"] == ""
    assert s.provoke == Provoke(run=("go build ./...",), parallel=("go vet {direct}",), timeout=20.0)
    assert s.within == Within(time=20.0, requests=200)
    assert (s.seed, s.reference) == (7, ("golang/go#53572",))
    gone, other = s.faults
    assert gone.fault == HttpStatus(status=410, headers={"Retry-After": "120"}, body="gone")
    assert (gone.heals, gone.fires) == ("before-recovery", "any")
    assert (gone.schedule.first, gone.schedule.duration, gone.schedule.per) == (3, 5.0, "attempt")
    assert gone.match.file == ("mod", "zip")
    assert (other.id, other.line) == ("http", 22)
    assert [r.name for r in s.recoveries] == ["clean-modcache", "switch-proxy", "both", "run", "proxy-fallback"]
    assert s.recoveries[1].changes == {"go.sum"}
    assert [step.name for step in s.recoveries[2].do] == ["clean-modcache", "retry"]
    assert s.recoveries[2].line == 30
    assert s.recoveries[1].source == "{do: {switch-proxy: {to: mirror}}, verdict: restored, changes: go.sum}"


@pytest.mark.parametrize(
    ("short", "provoke"),
    [
        ("go build ./...", Provoke(run=("go build ./...",))),
        ("[go vet, go build]", Provoke(run=("go vet", "go build"))),
        ("{parallel: [a, b]}", Provoke(run=(), parallel=("a", "b"))),
        ("{timeout: 5s}", Provoke(run=("go mod download", "go build {packages}"), timeout=5.0)),
    ],
)
def test_short_forms_of_provoke(short: str, provoke: Provoke) -> None:
    assert loads(SMALL + f"provoke: {short}").provoke == provoke


@pytest.mark.parametrize(("text", "cache"), [("cold", Cache(kind="cold")), ("warm", Cache(kind="warm"))])
def test_caches(text: str, cache: Cache) -> None:
    assert loads(SMALL + f"cache: {text}").cache == cache


def test_one_posture_is_called_default() -> None:
    assert loads(SMALL + "posture: {GOPROXY: off}").postures == {"default": {"GOPROXY": "off"}}
    assert loads(SMALL + "posture:").postures == {"default": {}}


def test_what_is_required_without_being_written() -> None:
    text = SMALL.replace("http: 410", 'http: 410\n    match: {module: ["{direct:2}", x/*], host: [primary, vcs]}')
    text += 'cache: {warm-without: "{indirect}"}\nprovoke: go get {direct}\nposture: {GOPROXY: "{primary}|{mirror}"}\n'
    assert loads(text + "needs: h2").requires == ("h2", "direct:2", "vcs", "indirect", "direct", "mirror")


def test_where_it_was_written() -> None:
    lines = loads(FULL).lines
    assert lines["expect.verdict"] == 26
    assert lines["recoveries.3.verdict"] == 31
    assert lines["faults.1"] == 22


def test_the_default_upstream_follows_the_workspace() -> None:
    assert default_upstream("corpus:app") == "corpus"
    assert default_upstream("./my/project") == "live"


def test_a_scenario_cannot_be_changed() -> None:
    s = loads(SMALL)
    with pytest.raises(ValidationError, match="frozen"):
        s.name = "other"  # type: ignore[misc]
    with pytest.raises(ValidationError, match="frozen"):
        s.faults[0].id = "other"  # type: ignore[misc]


def test_a_scenario_can_be_built_without_a_file() -> None:
    fault = DeclaredFault(id="a", kind="http", fault=HttpStatus(status=410))
    s = Scenario.model_validate({"scenario": "a", "faults": (fault,), "expect": {"verdict": "harmed"}})
    assert s.faults[0].fault is fault.fault
    assert (s.file, s.text) == (None, "")
