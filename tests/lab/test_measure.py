"""Measurements of a real lab: each kind sees a change that it is there to see."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chaosmod.history import History
from chaosmod.lab.measure import Measure
from chaosmod.lab.stage import Stage, set_up
from chaosmod.session import Session
from chaosmod.steady_builder import steady_state
from tests.support.lab import cases, scenario

pytestmark = pytest.mark.namespaces

TEXT = """
    scenario: measure
    posture: {GOPROXY: "{primary}"}
    cache: warm
    faults: [{http: 410, match: {host: primary}}]
    expect: {verdict: survived}
"""


@pytest.fixture
def stage(session: Session, tmp_path: Path) -> Iterator[Stage]:
    case = cases(scenario(TEXT, tmp_path), session)[0]
    made = set_up(case, session, steady_state(case, session), History(), ())
    yield made
    made.close()


@pytest.fixture
def measure(stage: Stage) -> Measure:
    return stage.measure


def shell(stage: Stage, script: str) -> None:
    assert stage.bench.run(script, purpose="measure", timeout=60).outcome == "ok"


def test_a_build_has_the_same_fingerprint_each_time_and_offline(measure: Measure) -> None:
    first, offline, fresh = (measure.build(when).fingerprint for when in ("verified", "offline", "fresh"))  # type: ignore[arg-type]
    assert first is not None
    assert first == offline == fresh


def test_another_source_is_another_fingerprint(stage: Stage, measure: Measure) -> None:
    before = measure.build("verified").fingerprint
    shell(stage, "sed -i 's/names.Mirror()//' main.go")
    after = measure.build("verified").fingerprint
    assert before is not None
    assert after is not None
    assert before.binaries != after.binaries
    changed = {p for p in before.packages if before.packages[p] != after.packages[p]}
    assert changed == {"app.example"}


def test_a_build_that_fails_has_no_fingerprint(stage: Stage, measure: Measure) -> None:
    shell(stage, "echo nonsense >> main.go")
    built = measure.build("verified")
    assert (built.outcome, built.fingerprint) == ("failed", None)


def test_the_posture_cannot_take_the_build_flags_away(stage: Stage, measure: Measure) -> None:
    before = measure.build("verified").fingerprint
    shell(stage, "go env -w GOFLAGS=")
    assert measure.build("offline").fingerprint == before


@pytest.mark.parametrize("where", ["go env -w", "environment"])
def test_flags_of_the_linker_are_those_in_force(stage: Stage, measure: Measure, where: str) -> None:
    before = measure.build("verified").fingerprint
    if where == "environment":
        stage.bench.set("GOFLAGS", "-ldflags=-X=main.Mode=evil")
    else:
        shell(stage, "go env -w GOFLAGS=-ldflags=-X=main.Mode=evil")
    after, offline = measure.build("verified").fingerprint, measure.build("offline").fingerprint
    assert before is not None
    assert after is not None
    assert (before.packages, before.binaries) != (after.packages, after.binaries)
    assert before.packages == after.packages, "the packages know nothing of it"
    assert offline == after


def test_programs_of_the_same_name_are_told_apart(stage: Stage, measure: Measure) -> None:
    shell(stage, "for f in a b; do mkdir -p $f/app.example; sed s/ame/ame$f/g main.go > $f/app.example/main.go; done")
    before = measure.build("verified").fingerprint
    shell(stage, "sed -i 's/name[a-z]*\\.Mirror()//' b/app.example/main.go")
    after = measure.build("verified").fingerprint
    assert before is not None
    assert after is not None
    assert set(before.binaries) == {"app.example", "app.example/a/app.example", "app.example/b/app.example"}
    changed = {program for program in before.binaries if before.binaries[program] != after.binaries[program]}
    assert changed == {"app.example/b/app.example"}


def test_one_of_two_programs_of_the_same_name_that_cannot_be_built(stage: Stage, measure: Measure) -> None:
    shell(
        stage,
        "mkdir -p b/app.example; printf 'package main\\nfunc f()\\nfunc main() { f() }\\n' > b/app.example/main.go",
    )
    shell(stage, "touch b/app.example/empty.s")  # without a body it compiles, and does not link
    built = measure.build("verified")
    assert (built.outcome, built.fingerprint) == ("failed", None)


def test_verify_sees_an_edited_tree(stage: Stage, measure: Measure) -> None:
    assert measure.verify("verified").ok
    shell(stage, "chmod -R u+w $GOMODCACHE && echo >> $GOMODCACHE/corpus.example/greet@v1.2.0/greet.go")
    verified = measure.verify("verified")
    assert not verified.ok
    assert "greet" in verified.text


def test_what_was_bad_before_provoke_is_marked(stage: Stage, measure: Measure) -> None:
    assert measure.cache("injected").bad == ()
    shell(stage, "chmod -R u+w $GOMODCACHE && echo >> $GOMODCACHE/corpus.example/greet@v1.2.0/greet.go")
    assert [b.injected for b in measure.cache("verified").bad] == [False]
    measure.cache("injected")
    assert [(b.module, b.injected) for b in measure.cache("verified").bad] == [("corpus.example/greet", True)]


def test_a_cache_that_was_moved_is_compared(stage: Stage, measure: Measure) -> None:
    shell(stage, "chmod -R u+w $GOMODCACHE && mv $GOMODCACHE $HOME/m && ln -s $HOME/m $GOMODCACHE")
    entries = measure.cache("provoked").entries
    assert (entries > 0, measure.cache("provoked").bad) == (True, ())
    shell(stage, "echo >> $HOME/m/corpus.example/greet@v1.2.0/greet.go")
    found = measure.cache("verified")
    assert ([b.path for b in found.bad], found.entries) == (["corpus.example/greet@v1.2.0"], entries)


def test_no_entries_are_no_good_news_where_the_build_has_used_some(stage: Stage, measure: Measure) -> None:
    shell(stage, "chmod -R u+w $GOMODCACHE && mv $GOMODCACHE $HOME/m")
    assert measure.cache("injected").bad == ()  # nothing was built
    shell(stage, "mv $HOME/m $GOMODCACHE")
    measure.build("verified")
    measure.files("verified")
    shell(stage, "rm -r $GOMODCACHE")
    (entry,) = measure.cache("verified").bad
    assert (entry.path, entry.problem) == ("GOMODCACHE", "holds no version of a module, and the build has used some")


def test_a_vendored_build_needs_no_entries(stage: Stage, measure: Measure) -> None:
    shell(stage, "go mod vendor && chmod -R u+w $GOMODCACHE && rm -r $GOMODCACHE")
    assert measure.build("verified").outcome == "ok"
    measure.files("verified")
    found = measure.cache("verified")
    assert (found.bad, found.entries) == ((), 0)


def test_a_build_from_local_replacements_needs_no_entries(stage: Stage, measure: Measure) -> None:
    shell(
        stage,
        "set -e; for m in $(go list -m -f '{{.Path}}@{{.Version}}={{.Dir}}' all | grep @v | grep =/); do "
        "d=$(mktemp -d $HOME/copy-XXXX); cp -r ${m#*=}/. $d; chmod -R u+w $d; "
        "[ -f $d/go.mod ] || echo module ${m%%@*} > $d/go.mod; go mod edit -replace=${m%%=*}=$d; done",
    )
    built = measure.build("verified")
    assert built.outcome == "ok"
    assert built.fingerprint is not None
    assert any(" => /" in package.version for package in built.fingerprint.packages.values())
    measure.files("verified")
    shell(stage, "chmod -R u+w $GOMODCACHE && rm -r $GOMODCACHE")
    found = measure.cache("verified")
    assert (found.bad, found.entries) == ((), 0)


def test_files_that_go_reads(stage: Stage, measure: Measure) -> None:
    before = measure.files("injected")
    shell(stage, "echo hi > NOTES.txt; echo // >> main.go; sed -i 1d go.sum")
    after = measure.files("verified")
    assert {f for f in after.digests if after.digests[f] != before.digests.get(f)} == {"main.go", "go.sum"}
    assert len(after.gosum) == len(before.gosum) - 1


def test_settings_whoever_made_them(stage: Stage, measure: Measure) -> None:
    before = measure.settings("injected").values
    assert before["GOSUMDB"].startswith("sumdb.chaosmod.test+")
    assert before["http.sslVerify"] == ""
    shell(stage, "go env -w GOSUMDB=off GOINSECURE=corpus.example")
    stage.bench.set("GOPROXY", "off")
    shell(stage, "git config --global http.sslVerify false")
    after = measure.settings("verified").values
    assert (after["GOSUMDB"], after["GOINSECURE"], after["GOPROXY"]) == ("off", "corpus.example", "off")
    assert after["http.sslVerify"] == "false"


def test_git_can_be_told_of_a_url(stage: Stage, measure: Measure) -> None:
    shell(stage, "git config --global http.https://git.example/.sslVerify no")
    values = measure.settings("verified").values
    assert {k: v for k, v in values.items() if k.endswith("sslVerify")} == {
        "http.sslVerify": "",
        "http.https://git.example/.sslVerify": "false",
    }


@pytest.mark.parametrize("value", ["1", ""])
def test_git_can_be_told_by_the_environment(stage: Stage, measure: Measure, value: str) -> None:
    stage.bench.set("GIT_SSL_NO_VERIFY", value)
    assert measure.settings("verified").values["http.sslVerify"] == "false"


def test_checksums_of_lines(measure: Measure) -> None:
    lines = ["corpus.example/greet v1.2.0 h1:wrong", "corpus.example/greet v1.2.0/go.mod h1:x", "no.such/m v1.0.0 h1:x"]
    records = measure.checksums(lines).records
    assert set(records) == {"corpus.example/greet v1.2.0", "corpus.example/greet v1.2.0/go.mod"}
    assert all(value.startswith("h1:") and value != "h1:wrong" for value in records.values())
