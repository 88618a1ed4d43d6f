"""Each verdict, and each of the two errors, produced by real Go in a real lab."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from chaosmod.checks.verdict import conclude
from chaosmod.engine import run_case
from chaosmod.errors import NotHere, UpstreamError
from chaosmod.history import Concluded, RequestServed, read
from chaosmod.scenario import Case
from chaosmod.session import Config, Session
from chaosmod.upstream.base import Reply, Upstream
from chaosmod.upstream.corpus import workspace_dir
from chaosmod.upstream.dirhash import hash_gomod, hash_zip
from tests.support.lab import cases, run, scenario

pytestmark = pytest.mark.namespaces

GONE = """
    scenario: verdicts
    posture: {GOPROXY: "{primary}"}
    faults:
      - {id: gone, http: 410, match: {host: primary, module: corpus.example/greet, file: [mod, zip]}}
    provoke: {run: ["go build {packages}"]}
    expect: {outcome: failed, verdict: not-restored}
    recoveries:
"""


def only(case_name: str, text: str, folder: Path, session: Session) -> Concluded:
    """What the case of this name came to."""
    (case,) = (c for c in cases(scenario(text, folder), session) if c.name == case_name)
    return run(case, session)[1]


def test_survived(session: Session, tmp_path: Path) -> None:
    text = GONE.replace('"{primary}"', '"{primary},{mirror}"').replace(
        "outcome: failed, verdict: not-restored", "verdict: survived"
    )
    came = only("none", text + "      []", tmp_path, session)
    assert (came.verdict, came.outcome, came.passed) == ("survived", "ok", True), came.reasons


def test_not_restored(session: Session, tmp_path: Path) -> None:
    came = only("none", GONE + "      []", tmp_path, session)
    assert (came.verdict, came.outcome, came.diagnosis) == ("not-restored", "failed", "proxy-gone"), came.reasons
    assert came.passed


def test_restored(session: Session, tmp_path: Path) -> None:
    text = GONE + "      - {do: {switch-proxy: {to: mirror}}, verdict: restored}"
    came = only("switch-proxy", text, tmp_path, session)
    assert came.verdict == "restored", came.reasons


DOWNGRADE = (
    GONE
    + """
      - {name: downgrade, do: {run: "go get corpus.example/greet@v1.1.0"}, %s verdict: altered}
"""
)


def test_altered(session: Session, tmp_path: Path) -> None:
    text = DOWNGRADE.replace("file: [mod, zip]", "version: v1.2.0, file: zip")
    came = only("downgrade", text % "changes: [go.mod, go.sum],", tmp_path, session)
    assert came.verdict == "altered", came.reasons


def test_a_change_that_nobody_declared_is_harm(session: Session, tmp_path: Path) -> None:
    text = DOWNGRADE.replace("file: [mod, zip]", "version: v1.2.0, file: zip")
    came = only("downgrade", text % "", tmp_path, session)
    assert came.verdict == "harmed", came.reasons
    assert any("go.mod" in reason for reason in came.reasons)


SEVERAL = """
    scenario: several
    workspace: corpus:multi
    posture: {GOPROXY: "{primary}"}
    faults:
      - {id: gone, http: 503, match: {host: primary, module: "{direct}", file: [mod, zip]}, heals: before-recovery}
    provoke: {run: ["go build {packages}"], timeout: 60s}
    expect: {outcome: failed, verdict: restored}
    recoveries:
      - {name: lost, do: {run: "rm service/go.sum"}, verdict: harmed}
      - {name: merged, do: {run: "cat */go.sum > go.work.sum; rm */go.sum"}, verdict: harmed}
      - name: swapped
        do: {run: "mv service/go.sum kept; mv tool/go.sum service/go.sum; mv kept tool/go.sum"}
        verdict: harmed
      - {name: added, do: {run: "cat tool/go.sum >> service/go.sum; cat */go.sum > go.work.sum"}, verdict: restored}
      - {name: fetched, do: {run: "go mod download"}, verdict: restored}
      - name: made-anew
        do: {run: {command: "rm service/go.sum && cd service && GOWORK=off go mod tidy", changes: [go.sum]}}
        verdict: restored
"""


@pytest.mark.parametrize("name", ["none", "lost", "merged", "swapped", "added", "fetched", "made-anew"])
def test_each_module_of_a_workspace_keeps_its_own_go_sum(session: Session, tmp_path: Path, name: str) -> None:
    """A build of the workspace needs a line in any of them, and fetches what it misses into go.work.sum."""
    came = only(name, SEVERAL, tmp_path, session)
    assert came.passed, came.reasons


FOR_TESTS = """
    scenario: for-tests
    workspace: ./project
    upstream: corpus
    posture: {GOPROXY: "{primary}"}
    faults:
      - {id: gone, http: 503, match: {host: primary, module: corpus.example/stack/v2, file: [mod, zip]}}
    provoke: {run: ["go mod download && go vet {packages}"], timeout: 60s}
    expect: {outcome: failed, verdict: restored}
    recoveries:
      - name: tidy
        do: {run: {command: "go mod tidy -e", changes: [go.mod, go.sum]}}
        verdict: harmed
      - name: drop-what-is-gone
        do:
          run:
            command: "go mod download || { go mod edit -droprequire=corpus.example/stack/v2; rm main_test.go; }"
            changes: [go.mod, go.sum, sources]
        verdict: harmed
      - name: drop-it-anyway
        do:
          run:
            command: "go mod edit -droprequire=corpus.example/stack/v2; rm main_test.go"
            changes: [go.mod, go.sum, sources]
        verdict: altered
      - name: exclude
        do: {run: {command: "go mod edit -exclude=corpus.example/greet@v1.1.0", changes: go.mod}}
        verdict: altered
"""
_USES = 'package main\n\nimport %s "corpus.example/%s"\n'


@pytest.mark.parametrize("name", ["none", "tidy", "drop-what-is-gone", "drop-it-anyway", "exclude"])
def test_declared_changes_are_those_of_the_healthy_lab_though_no_package_differs(
    session: Session, tmp_path: Path, name: str
) -> None:
    """A module that only tests use is in go.mod and go.sum, and in no build."""
    project = tmp_path / "project"
    shutil.copytree(workspace_dir("app"), project)
    uses = [_USES % ("_", module) for module in ("Upper/Case", "greet", "stack/v2")]
    (project / "main.go").write_text(uses[0] + "\nfunc main() {}\n")
    (project / "other.go").write_text(uses[1])
    (project / "main_test.go").write_text(uses[2])
    came = only(name, FOR_TESTS, tmp_path, session)
    assert came.passed, came.reasons


PIPED = GONE.replace("go build {packages}", "go build {packages} 2>&1 | tee build.log").replace(
    "zip]}}", "zip]}, heals: before-recovery}"
)


def test_a_failure_that_provoke_hides_is_not_survived(session: Session, tmp_path: Path) -> None:
    text = PIPED.replace("outcome: failed, verdict: not-restored", "outcome: ok, verdict: restored")
    came = only("none", text + "      []", tmp_path, session)
    assert (came.verdict, came.outcome, came.passed) == ("restored", "ok", True), came.reasons
    assert "does not build, and it printed (proxy-gone)" in came.reasons[0]


def test_a_provoke_that_fetches_less_than_a_build_needs_survives(session: Session, tmp_path: Path) -> None:
    text = PIPED.replace("go build {packages}", "go mod download corpus.example/words")
    text = text.replace("heals: before", "fires: never, heals: before")
    came = only("none", text.replace("outcome: failed, verdict: not-restored", "verdict: survived") + "      []",
                tmp_path, session)  # fmt: skip
    assert came.passed, came.reasons
    assert came.reasons[0].endswith("right after provoke there was none to compare.")


def test_weakened(session: Session, tmp_path: Path) -> None:
    """`go env -w` writes a file that no environment shows: the settings in force are what counts."""
    text = (
        GONE
        + """
      - {name: off, do: [{run: "go env -w GOSUMDB=off"}, {switch-proxy: {to: mirror}}], verdict: weakened}
"""
    )
    came = only("off", text, tmp_path, session)
    assert came.verdict == "weakened", came.reasons


def test_harmed_by_throwing_away_the_only_good_copy(session: Session, tmp_path: Path) -> None:
    text = """
        scenario: warm
        posture: {GOPROXY: "{primary}"}
        cache: warm
        faults:
          - {id: gone, http: 410, match: {host: primary}, fires: any}
        provoke: {run: ["go build {packages}"]}
        expect: {outcome: ok, verdict: survived}
        recoveries:
          - {do: clean-modcache, verdict: harmed}
    """
    came = only("clean-modcache", text, tmp_path, session)
    assert (came.verdict, came.outcome) == ("harmed", "ok"), came.reasons
    assert came.passed


def test_the_same_warm_cache_without_the_remedy_survives(session: Session, tmp_path: Path) -> None:
    text = """
        scenario: warm
        posture: {GOPROXY: "{primary}"}
        cache: warm
        faults:
          - {id: gone, http: 410, match: {host: primary}, fires: never}
        provoke: {run: ["go build {packages}"]}
        expect: {outcome: ok, verdict: survived}
    """
    came = only("none", text, tmp_path, session)
    assert (came.verdict, came.outcome) == ("survived", "ok"), came.reasons


class Tampered:
    """The corpus, but for one module version: validly zipped, consistently hashed, and different."""

    name, blocking = "tampered", False

    def __init__(self, honest: Upstream, folder: Path) -> None:
        self._honest = honest
        self.public = honest.public
        original = zipfile.ZipFile(io.BytesIO(honest.fetch("/corpus.example/greet/@v/v1.2.0.zip").read()))
        self._zip = folder / "tampered.zip"
        with zipfile.ZipFile(self._zip, "w") as out:
            for info in original.infolist():
                out.writestr(info.filename, original.read(info).replace(b'"hello,"', b'"jello,"'))
        assert self._zip.read_bytes().count(b"jello"), "the module must differ in what it builds"

    def digest(self) -> str:
        return self._honest.digest()

    def fetch(self, path: str) -> Reply:
        if path == "/corpus.example/greet/@v/v1.2.0.zip":
            return Reply(200, file=self._zip)
        return self._honest.fetch(path)

    def sums(self, module: str, version: str) -> tuple[str, str] | None:
        if (module, version) == ("corpus.example/greet", "v1.2.0"):
            return hash_zip(self._zip), hash_gomod(self._honest.fetch("/corpus.example/greet/@v/v1.2.0.mod").read())
        return self._honest.sums(module, version)


class TamperedSession(Session):
    """A session whose mirror has been taken over."""

    folder: Path

    def served(self, case: Case) -> Mapping[str, Upstream]:
        honest = self.upstream(case)
        return {"primary": honest, "mirror": Tampered(honest, self.folder)}


@pytest.fixture
def tampered(session: Session, tmp_path: Path) -> Iterator[Session]:
    made = TamperedSession(Config(toolchains=session.config.toolchains), session.state)
    made.folder = tmp_path
    yield made
    made.close()


@pytest.mark.parametrize("sumdb", ["off", "{sumdb}"])
def test_a_different_module_is_never_restored(tampered: Session, tmp_path: Path, sumdb: str) -> None:
    """Its go.sum line removed: with the database off Go builds what it is given; with it, it refuses."""
    text = f"""
        scenario: tampered
        posture: {{GOPROXY: "{{primary}}", GOSUMDB: "{sumdb}"}}
        faults:
          - {{id: gone, http: 410, match: {{host: primary, module: corpus.example/greet, version: v1.2.0}}}}
        provoke: {{run: ["go build {{packages}}"]}}
        expect: {{outcome: failed, verdict: not-restored}}
        recoveries:
          - name: forget-the-hash
            do: [{{run: "sed -i /greet/d go.sum && GOPROXY={{mirror}} go mod tidy"}}, {{switch-proxy: {{to: mirror}}}}]
            changes: [go.sum]
            verdict: inconsistent
    """
    came = only("forget-the-hash", text, tmp_path, tampered)
    assert came.verdict == ("inconsistent" if sumdb == "off" else "not-restored"), came.reasons


def test_vacuous_says_what_was_requested_instead(session: Session, tmp_path: Path) -> None:
    text = GONE.replace("corpus.example/greet,", "corpus.example/no-such-module,").replace(
        "outcome: failed, verdict: not-restored", "verdict: survived"
    )
    came = only("none", text + "      []", tmp_path, session)
    assert (came.verdict, came.passed) == ("vacuous", False)
    assert any("corpus.example/greet" in reason or "zip" in reason for reason in came.reasons), came.reasons


class BrokenSession(Session):
    """A session whose mirror breaks down, with no fault to blame."""

    def served(self, case: Case) -> Mapping[str, Upstream]:
        honest = self.upstream(case)

        class Broken(Tampered):
            def fetch(self, path: str) -> Reply:
                raise UpstreamError("the disk is on fire")

        return {"primary": honest, "mirror": Broken(honest, self.folder)}

    folder: Path


def test_broken_lab(session: Session, tmp_path: Path) -> None:
    broken = BrokenSession(Config(toolchains=session.config.toolchains), session.state)
    broken.folder = tmp_path
    try:
        came = only(
            "switch-proxy", GONE + "      - {do: {switch-proxy: {to: mirror}}, verdict: restored}", tmp_path, broken
        )
    finally:
        broken.close()
    assert (came.verdict, came.passed) == ("broken-lab", False)
    assert any("the disk is on fire" in reason for reason in came.reasons), came.reasons


def test_a_verdict_can_be_computed_again_from_disk(session: Session, tmp_path: Path) -> None:
    keeping = Session(Config(toolchains=session.config.toolchains, runs=tmp_path / "runs"), session.state)
    try:
        (case,) = cases(scenario(GONE + "      []", tmp_path), keeping)
        history, concluded = run(case, keeping)
    finally:
        keeping.close()
    (file,) = (tmp_path / "runs").rglob("*.jsonl")
    again = read(file)
    assert list(again) == list(history)
    _, recomputed = conclude(again)
    assert (recomputed.verdict, recomputed.reasons) == (concluded.verdict, concluded.reasons)
    assert again.of(RequestServed, fired="gone"), "the fault's work is in the history"


def test_a_role_that_the_workspace_lacks_is_a_reason_to_skip(session: Session, tmp_path: Path) -> None:
    text = GONE.replace("corpus.example/greet", "'{direct:9}'").replace("match:", "match: ")
    with pytest.raises(NotHere, match=r"no module for \{direct:9\}"):
        only("none", text + "      []", tmp_path, session)


MOVED = """
      - name: other
        verdict: %s
        do:
          run: |
            set -e
            go build ./... && go mod download corpus.example/greet@v1.0.0
            cache=$(go env GOMODCACHE) && cd $cache/cache/download/corpus.example/greet/@v && chmod -R u+w $cache
            %s
            mv $cache $HOME/m && ln -s $HOME/m $cache
"""


@pytest.mark.parametrize(
    ("damage", "verdict"),
    [("true", "restored"), ("for x in zip ziphash mod; do cp v1.2.0.$x v1.0.0.$x; done", "inconsistent")],
)
def test_a_module_cache_behind_a_link_is_judged_as_any_other(
    session: Session, tmp_path: Path, damage: str, verdict: str
) -> None:
    text = GONE.replace("file: [mod, zip]}", "file: [mod, zip]}, heals: before-recovery")
    text = text.replace("verdict: not-restored", "verdict: restored") + MOVED % (verdict, damage)
    came = only("other", text, tmp_path, session)
    assert came.verdict == verdict, came.reasons


def test_a_source_file_whose_name_is_not_utf8_is_work_that_nobody_declared(session: Session, tmp_path: Path) -> None:
    text = GONE.replace("file: [mod, zip]}", "file: [mod, zip]}, heals: before-recovery")
    text = text.replace("verdict: not-restored", "verdict: restored")
    text += """
      - name: other
        verdict: harmed
        do: {run: "go build ./... && echo package main > $(printf 'bad\\\\377.go')"}
"""
    (case,) = (c for c in cases(scenario(text, tmp_path), session) if c.name == "other")
    keeping = Session(Config(toolchains=session.config.toolchains, runs=tmp_path / "runs"), session.state)
    try:
        history, kept = run_case(case, keeping)
    finally:
        keeping.close()
    came = history.last(Concluded)
    assert came is not None
    assert came.verdict == "harmed", came.reasons
    assert kept.history is not None
    assert list(read(kept.history)) == list(history)
