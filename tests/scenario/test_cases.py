"""From a scenario to its cases."""

from chaosmod.scenario import expand, loads

from .samples import FULL, SMALL


def test_the_case_without_a_recovery_comes_first() -> None:
    s = loads(SMALL + "recoveries: [{do: retry, verdict: restored}]")
    cases = expand(s, ["1.26"], "sandbox")
    assert [c.id for c in cases] == ["none[go1.26]", "retry[go1.26]"]
    assert [c.name for c in cases] == ["none", "retry"]
    assert [c.expected_verdict for c in cases] == ["not-restored", "restored"]
    assert (cases[0].recovery, cases[0].expected_outcome, cases[0].expected_diagnosis) == (None, "", "")


def test_toolchains_and_postures_multiply_in_order() -> None:
    ids = [c.id for c in expand(loads(FULL), ["1.23", "1.26.8"], "sandbox")]
    assert ids[:6] == [
        "none[go1.23-comma]",
        "none[go1.23-pipe]",
        "none[go1.26.8-comma]",
        "none[go1.26.8-pipe]",
        "clean-modcache[go1.23-comma]",
        "clean-modcache[go1.23-pipe]",
    ]
    assert len(ids) == len(set(ids)) == 6 * 2 * 2


def test_expectations_are_resolved_for_the_case() -> None:
    by_id = {c.id: c for c in expand(loads(FULL), ["1.23", "1.26"], "sandbox")}
    assert by_id["none[go1.23-comma]"].expected_outcome == "failed"
    assert by_id["none[go1.26-comma]"].expected_outcome == "ok"
    assert by_id["none[go1.26-comma]"].expected_verdict == "not-restored"
    assert by_id["none[go1.26-pipe]"].expected_verdict == "survived"
    assert by_id["run[go1.23-pipe]"].expected_verdict == "not-restored"
    assert by_id["run[go1.26-pipe]"].expected_verdict == "restored"


def test_the_runner_is_part_of_the_condition() -> None:
    s = loads(SMALL.replace("verdict: not-restored", "verdict: {runner host: harmed, else: restored}"))
    assert expand(s, ["1.26"], "host")[0].expected_verdict == "harmed"
    assert expand(s, ["1.26"], "sandbox")[0].expected_verdict == "restored"


def test_changes_are_those_of_the_recovery() -> None:
    cases = {c.name: c.changes for c in expand(loads(FULL), ["1.26"], "sandbox")}
    assert cases["none"] == cases["clean-modcache"] == frozenset()
    assert cases["switch-proxy"] == {"go.sum"}


def test_a_toolchain_that_the_scenario_is_not_about_is_skipped_with_the_reason() -> None:
    old, new = expand(loads(SMALL + "go: '>= 1.24'"), ["1.23", "1.26"], "sandbox")
    assert old.skip == "the scenario is about go >= 1.24, this is go 1.23"
    assert new.skip is None


def test_what_provoke_changes_may_change_in_every_case() -> None:
    text = "provoke: {run: go get example.test/a@latest, changes: [go.mod, go.sum]}\nrecoveries: [{do: retry, verdict: altered}]"
    assert [sorted(c.changes) for c in expand(loads(SMALL + text), ["1.26"], "sandbox")] == [["go.mod", "go.sum"]] * 2


def test_a_provoke_that_is_to_be_ok_has_no_diagnosis() -> None:
    text = SMALL.replace("expect: {", "expect: {outcome: {go < 1.24: failed, else: ok}, diagnosis: proxy-gone, ")
    old, new = expand(loads(text), ["1.23", "1.26"], "sandbox")
    assert (old.expected_diagnosis, new.expected_diagnosis) == ("proxy-gone", "")
