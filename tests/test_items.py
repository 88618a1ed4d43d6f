"""Cases as pytest runs them: real Go in real labs, in processes of their own."""

import json
import os
import re
import shlex
import xml.etree.ElementTree as ET

import pytest

from chaosmod.history import CaseStarted, Concluded, read
from tests.support.processes import command_in, pytest_in, write

pytestmark = pytest.mark.namespaces

GONE = """
    scenario: gone
    title: A version is gone
    severity: P1
    tags: [network]
    posture: {GOPROXY: "{primary}"}
    faults:
      - id: gone
        http: 410
        match: {host: primary, module: "{direct}", file: zip}
    provoke: go mod download
    expect: {outcome: failed, diagnosis: proxy-gone, verdict: not-restored}
    recoveries:
      - {do: clean-modcache, verdict: restored}     # wrong on purpose
      - {do: {switch-proxy: {to: mirror}}, verdict: restored}
"""
MISSED = """
    scenario: missed
    severity: P0
    faults: [{http: 410, match: {module: nothing.example/at/all}}]
    provoke: go mod download
    expect: {verdict: survived}
"""
OLD = """
    scenario: old
    go: "< 1.20"
    faults: [{http: 410}]
    expect: {verdict: survived}
"""
NOWHERE = """
    scenario: nowhere
    workspace: ./is-not-there
    faults: [{http: 410}]
    expect: {verdict: survived}
"""
SUITE = {"gone": GONE, "missed": MISSED, "nowhere": NOWHERE, "old": OLD}


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    """One run of the whole suite, and its folder."""
    folder = tmp_path_factory.mktemp("suite")
    write(folder, **{f"chaos__{name}": text for name, text in SUITE.items()})
    run = pytest_in(folder, "--chaos=chaos", "--junitxml=junit.xml", "-rA", "-v")
    return folder, run


def short_ids(text):
    return re.sub(r"\[go[^]]*\]", "", text)


def test_failed_error_skipped_and_passed_are_told_apart(suite):
    _, run = suite
    assert run.returncode == 1
    said = [line for line in short_ids(run.stdout).splitlines() if re.match(r"chaos/\S+ [A-Z]+", line)]
    assert [line.split()[:2] for line in said] == [
        ["chaos/gone.yml::none", "PASSED"],
        ["chaos/gone.yml::clean-modcache", "FAILED"],
        ["chaos/gone.yml::switch-proxy", "PASSED"],
        ["chaos/missed.yml::none", "ERROR"],
        ["chaos/nowhere.yml::none", "ERROR"],
        ["chaos/old.yml::none", "SKIPPED"],
    ]
    assert "1 failed, 2 passed, 1 skipped" in run.stdout
    assert "2 errors" in run.stdout


def test_a_file_outside_the_root_directory_has_a_name_of_its_own(tmp_path):
    write(tmp_path, chaos__gone=GONE)
    (tmp_path / "root").mkdir()
    run = pytest_in(tmp_path / "root", "--chaos=../chaos", "--rootdir=.", "--co", "-q")
    assert "../chaos/gone.yml::none" in short_ids(run.stdout).splitlines()


def test_scenarios_of_one_name_have_histories_of_their_own(tmp_path):
    write(tmp_path, a__gone=GONE, b__gone=GONE)
    for more in ((), ("-n", "2")):
        run = pytest_in(tmp_path, "--chaos=a", "--chaos=b", "-k", "none", *more)
        assert "2 cases: 2 as expected" in run.stdout, run.stdout
        assert re.search(r"^gone \(P1\)  b/gone\.yml$", run.stdout, re.MULTILINE)
        histories = {path.parent.name: read(path) for path in (tmp_path / ".chaosmod/runs/latest").rglob("*.jsonl")}
        assert {name: history.last(CaseStarted).file for name, history in histories.items()} == {
            "gone": "a/gone.yml",
            "gone~2": "b/gone.yml",
        }


def test_the_short_summary_has_the_reasons(suite):
    _, run = suite
    text = short_ids(run.stdout).partition("short test summary info")[2]
    assert "FAILED chaos/gone.yml::clean-modcache - verdict not-restored, expected res" in text
    assert "ERROR chaos/missed.yml::none - vacuous, so nothing was proven" in text
    assert "ERROR chaos/nowhere.yml::none - chaos/nowhere.yml:3: workspace /" in text
    assert "SKIPPED [1] chaos/old.yml:5: the scenario is about go < 1.20" in text


def section(run, title):
    return re.split(r"\n_{3,}|\n={3,}", run.stdout.partition(title)[2])[0]


def test_the_failure_text_tells_it_all(suite):
    _, run = suite
    text = section(run, "_ gone: clean-modcache").partition("\n")[2]
    assert text.startswith("verdict not-restored, expected restored\n")
    for part in (
        r"verdict +restored +not-restored   ✗",
        r"diagnosis +proxy-gone +proxy-gone\n",
        r"  > +14  +- \{do: clean-modcache, verdict: restored\}",
        r" +8  +- id: gone",
        r"\$ go mod download",
        r"primary +410  zip corpus\.example/Upper/Case@v1\.1\.0  ← gone",
        r"\$ go clean -modcache",
        r"the verifying build: failed",
        r"Go said \(go mod download: exit 1\)\n  go: .*410 Gone",
        r"gone: fired \d+ of \d+ eligible in provoke, \d+ of \d+ eligible afterwards",
        r"history   \.chaosmod/runs/\S+/gone/clean-modcache\[go[^]]*\]\.jsonl",
        r"  pytest 'chaos/gone\.yml::clean-modcache\[go[^]]*\]'",
    ):
        assert re.search(part, text), part
    assert "Traceback" not in run.stdout


def test_errors_have_a_clean_text(suite):
    _, run = suite
    assert "nothing at all was requested" in " ".join(run.stdout.split()) or "requested were" in run.stdout
    text = section(run, "ERROR at setup of nowhere: none")
    assert re.search(r"workspace \S*/is-not-there: \S+ does not exist", text)
    assert "Run again\n  pytest 'chaos/nowhere.yml::none[go" in text
    assert "chaosmod/session.py" not in text


def test_the_summary_lists_every_case(suite):
    _, run = suite
    lines = short_ids(section(run, "= chaos =")).splitlines()
    assert [line.rstrip() for line in lines if line.strip(" =")] == [
        "gone (P1)",
        "  none            not-restored",
        "  clean-modcache  not-restored   expected restored",
        "  switch-proxy    restored",
        "missed (P0)",
        "  none            vacuous   expected survived",
        "nowhere (P2)",
        "  none            error   expected survived",
        "old (P2)",
        "  none            skipped",
        "6 cases: 2 as expected, 1 not as expected, 2 proved nothing, 1 skipped",
        f"histories: {os.path.join('.chaosmod', 'runs', (suite[0] / '.chaosmod/runs/latest').resolve().name)}",
    ]


def test_junit_has_kinds_and_properties(suite):
    folder, _ = suite
    cases = {
        f"{c.get('classname')} {short_ids(c.get('name'))}": c for c in ET.parse(folder / "junit.xml").iter("testcase")
    }
    kinds = {name: [child.tag for child in case if child.tag != "properties"] for name, case in cases.items()}
    assert kinds == {
        "chaos.gone.yml none": [],
        "chaos.gone.yml clean-modcache": ["failure"],
        "chaos.gone.yml switch-proxy": [],
        "chaos.missed.yml none": ["error"],
        "chaos.nowhere.yml none": ["error"],
        "chaos.old.yml none": ["skipped"],
    }
    case = cases["chaos.gone.yml clean-modcache"]
    properties = {p.get("name"): p.get("value") for p in case.iter("property")}
    history = read(folder / properties.pop("history"))
    assert history.last(Concluded).verdict == "not-restored"
    assert float(properties.pop("seconds")) > 0
    assert properties.pop("toolchain")
    assert properties == {
        "scenario": "gone",
        "recovery": "clean-modcache",
        "severity": "P1",
        "posture": "default",
        "expected": "restored",
        "verdict": "not-restored",
        "outcome": "failed",
        "diagnosis": "proxy-gone",
    }
    assert case.find("failure").get("message").startswith("verdict not-restored, expected restored: ")


def test_the_run_folder(suite):
    folder, _ = suite
    runs = folder / ".chaosmod" / "runs"
    assert re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{4}", os.readlink(runs / "latest"))
    assert (folder / ".chaosmod" / ".gitignore").read_text() == "*\n"
    assert {p.parent.name for p in (runs / "latest").rglob("*.jsonl")} == {"gone", "missed"}


def test_the_verdict_can_be_computed_again(suite):
    folder, _ = suite
    (history,) = (folder / ".chaosmod/runs/latest/gone").glob("clean-modcache*.jsonl")
    run = command_in(folder, "verdict", str(history))
    assert run.returncode == 1
    assert run.stdout.startswith("verdict not-restored, expected restored\n")
    (history,) = (folder / ".chaosmod/runs/latest/gone").glob("switch-proxy*.jsonl")
    run = command_in(folder, "verdict", "--json", str(history))
    assert run.returncode == 0
    assert json.loads(run.stdout)["verdict"]["verdict"] == "restored"
    lines = history.read_text().replace('"event":"verdict","at"', '"event":"verdict","expected":"x","at"')
    changed = folder / "changed.jsonl"
    changed.write_text(lines.replace('"verdict":"restored","reasons"', '"verdict":"harmed","reasons"'))
    assert "the history itself says harmed" in command_in(folder, "verdict", "changed.jsonl").stderr


def test_the_command_to_run_it_again_does(suite):
    folder, run = suite
    command = re.search(r"  pytest ('chaos/gone.yml::clean-modcache\S+')", run.stdout)[1]
    again = pytest_in(folder, *shlex.split(command), "--tb=short", CI="1")
    assert again.returncode == 1
    assert "1 failed" in again.stdout
    summary = again.stdout.partition("short test summary info")[2].strip().splitlines()
    assert len(summary) == 3, "on CI pytest does not cut the reason; it must be one line all the same"


def test_workers_and_last_failed(suite):
    folder, _ = suite
    run = pytest_in(
        folder, "--chaos=chaos", "--lf", "-n", "2", "--chaos-runs=elsewhere/runs", "-o", "console_output_style=classic"
    )
    assert run.returncode == 1
    assert re.search(r"= 1 failed, (\d+ warnings, )?2 errors in", run.stdout)
    assert "3 cases: 1 not as expected, 2 proved nothing" in run.stdout
    assert "\nverdict not-restored, expected restored\n" in section(run, "_ gone: clean-modcache")
    runs = folder / "elsewhere" / "runs"
    assert sorted(p.name for p in runs.iterdir()) == sorted([os.readlink(runs / "latest"), "latest"])
    assert {p.parent.name for p in runs.rglob("*.jsonl")} == {"gone", "missed"}
    assert not (folder / "elsewhere" / ".gitignore").exists(), "only a .chaosmod folder is ours to hide"


def test_a_failing_run_stops_where_it_is_asked_to(suite):
    folder, _ = suite
    run = pytest_in(folder, "chaos/gone.yml", "-x", "-k", "clean or switch", "-p", "no:cacheprovider")
    assert "stopping after 1 failures" in run.stdout
    assert "1 case: 1 not as expected" in run.stdout


def test_colour_is_the_terminals(suite):
    folder, _ = suite
    for more in ((), ("-n", "1")):
        run = pytest_in(folder, "chaos/gone.yml", "-k", "clean", "--color=yes", "-p", "no:cacheprovider", *more)
        assert "\x1b[31m\x1b[1mverdict not-restored, expected restored\x1b[0m" in run.stdout
        assert "\x1b[1mWhat happened" in run.stdout


def test_keep_leaves_the_lab_of_a_case_that_failed_and_says_where(suite):
    folder, _ = suite
    run = pytest_in(folder, "chaos/gone.yml", "-k", "clean or switch", "--chaos-keep", "-p", "no:cacheprovider")
    (lab,) = re.findall(r"lab       (/\S+)", run.stdout)
    assert os.path.isdir(lab)
    assert lab in command_in(folder, "clean").stdout
    assert not os.path.exists(lab)


def test_options_that_matter_are_in_the_command_to_run_it_again(suite):
    folder, _ = suite
    options = ("--chaos-workspace=corpus:lib", "--chaos-seed=7", "--chaos-runs=other")
    run = pytest_in(folder, "chaos/gone.yml", "-k", "clean", *options, "-p", "no:cacheprovider")
    (again,) = re.findall(r"Run again\n  pytest \S+ (.*)", run.stdout)
    assert again == "--chaos-workspace=corpus:lib --chaos-seed=7"


def test_a_dead_worker_does_not_take_the_summary_with_it(suite):
    folder, _ = suite
    (folder / "conftest.py").write_text(
        "import os, signal\n"
        "def pytest_runtest_call(item):\n"
        "    if 'clean' in item.name and os.environ.get('DIE') and 'PYTEST_XDIST_WORKER' in os.environ:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    try:
        run = pytest_in(folder, "chaos/gone.yml", "-n", "1", "-p", "no:cacheprovider", DIE="1")
    finally:
        (folder / "conftest.py").unlink()
    assert "crashed while running" in run.stdout
    assert "2 cases: 2 as expected" in run.stdout
    assert run.returncode == 1


def test_an_interrupted_run_says_what_it_has(suite):
    folder, _ = suite
    (folder / "conftest.py").write_text(
        "import os, signal\ndef pytest_runtest_teardown(item):\n    os.kill(os.getpid(), signal.SIGINT)\n"
    )
    try:
        run = pytest_in(folder, "chaos/gone.yml", "-p", "no:cacheprovider")
    finally:
        (folder / "conftest.py").unlink()
    assert run.returncode == 2
    assert "1 case: 1 as expected" in run.stdout
