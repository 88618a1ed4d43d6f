"""Options and collection. Nothing here runs a case; what a case is to pytest is in test_items.py."""

import json
from pathlib import Path

import pytest

from tests.support.collecting import collected, fine
from tests.support.processes import pytest_in, python, write

HEAVY = ("mitmproxy", "docker", "jinja2", "hypothesis", "pydantic", "yaml", "dns", "cryptography")


def test_importing_the_plugin_imports_nothing_heavy(tmp_path):
    script = "import sys, json; before = set(sys.modules); import chaosmod.plugin; print(json.dumps(sorted(set(sys.modules) - before)))"
    loaded = json.loads(python(tmp_path, "-c", "import pytest\n" + script).stdout)
    assert [m for m in loaded if m.split(".")[0] in HEAVY] == []
    assert [m for m in loaded if m.startswith("chaosmod")] == [
        "chaosmod",
        "chaosmod.errors",
        "chaosmod.options",
        "chaosmod.plugin",
        "chaosmod.runfolder",
        "chaosmod.selection",
        "chaosmod.sniff",
        "chaosmod.tally",
    ]


def test_a_plain_run_of_pytest_imports_nothing_heavy(tmp_path):
    (tmp_path / "conftest.py").write_text(
        "import sys\n"
        "def pytest_sessionfinish():\n"
        f"    heavy = [m for m in {HEAVY} if m in sys.modules and m != 'hypothesis']\n"
        "    print('heavy:', heavy)\n"
    )
    (tmp_path / "test_it.py").write_text("def test_it(): pass\n")
    run = pytest_in(tmp_path, "-s", "-p", "no:hypothesispytest")
    assert "heavy: []" in run.stdout


def test_collection_leaves_nothing_behind(tmp_path):
    write(tmp_path, a=fine("a"))
    pytest_in(tmp_path, "--chaos=a.yml", "--co", "-p", "no:cacheprovider")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.yml"]


def test_chaos_beside_explicit_paths_and_in_the_place_of_testpaths(tmp_path):
    write(tmp_path, a=fine("a"))
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_it.py").write_text("def test_it(): pass\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\ntestpaths = tests\n")
    assert len(collected(pytest_in(tmp_path, "--chaos=a.yml", "--co", "-q"))) == 2
    assert len(collected(pytest_in(tmp_path, "--chaos=a.yml", "tests", "--co", "-q"))) == 3


def test_node_ids_names_and_markers_select(tmp_path):
    write(tmp_path, a=fine("a"))
    every = collected(pytest_in(tmp_path, "--chaos=a.yml", "--co", "-q"))
    assert collected(pytest_in(tmp_path, every[1], "--co", "-q")) == [every[1]]
    assert collected(pytest_in(tmp_path, f"--chaos={every[1]}", "--co", "-q")) == [every[1]]
    assert collected(pytest_in(tmp_path, "a.yml", "-k", "clean", "--co", "-q")) == [every[1]]
    for expression, count in (("network and P1", 2), ("chaos", 2), ("P0", 0), ("not slow", 0)):
        run = pytest_in(tmp_path, "a.yml", "-m", expression, "--co", "-q", "--strict-markers", "-W", "error")
        assert len(collected(run)) == count, run.stdout


def test_go_releases_are_in_the_ids(tmp_path):
    write(tmp_path, a=fine("a"))
    for version in ("1.22.1", "1.24.0"):
        goroot = tmp_path / "releases" / version
        for name in ("VERSION", "bin/go"):
            (goroot / name).parent.mkdir(parents=True, exist_ok=True)
            (goroot / name).write_text(f"go{version}\n")
        (goroot / "bin" / "go").chmod(0o755)
    run = pytest_in(tmp_path, "--chaos=a.yml", "--chaos-go=releases/1.24.0", "--chaos-go=releases/1.22.1", "--co", "-q")
    assert collected(run)[:2] == ["a.yml::none[go1.24]", "a.yml::none[go1.22]"]
    write(tmp_path, b=fine("b") + '    go: "< 1.24"\n', c=fine("c") + '    go: "< 1.20"\n')
    here = {"CHAOSMOD_GO": f"{tmp_path}/releases/1.24.0:{tmp_path}/releases/1.22.1"}
    run = pytest_in(tmp_path, "--chaos=a.yml", "--chaos=b.yml", "--chaos=c.yml", "--co", "-q", "-k", "none", **here)
    assert collected(run) == ["a.yml::none[go1.24]", "b.yml::none[go1.22]", "c.yml::none[go1.24]"], (
        "without --chaos-go each takes the first release that it is about, or is skipped on the first of all"
    )
    run = pytest_in(tmp_path, "--chaos=a.yml", "--chaos-go=9.9", "--co", "-q")
    assert run.returncode == 4
    assert run.stderr.startswith("ERROR: no Go release fits --chaos-go=9.9")


@pytest.mark.parametrize("way", [("--chaos=a.yml", "--chaos=b.yml"), ("a.yml", "b.yml")])
@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("workspace=nowhere", "nowhere is no Go project"),
        ("upstream=foo", "unknown upstream 'foo': write corpus, live or snapshot:DIR"),
        ("replay=nowhere", "nowhere: cannot be read"),
        ("runs=a.yml", "a.yml is no folder"),
    ],
)
def test_a_mistake_in_an_option_is_told_once_and_not_for_every_case(tmp_path, given, says, way):
    write(tmp_path, a=fine("a"), b=fine("b"))
    run = pytest_in(tmp_path, *way, f"--chaos-{given}")
    assert run.returncode == 4
    assert says in run.stderr
    assert run.stderr.count("ERROR") == 1
    assert "collected" not in run.stdout


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_in_an_ini_file_too(tmp_path, workers):
    write(tmp_path, a=fine("a"), b=fine("b"))
    (tmp_path / "test_it.py").write_text("def test_it(): pass\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\nchaos_upstream = foo\n")
    for named in (("a.yml", "b.yml"), (".",)):
        run = pytest_in(tmp_path, *named, *workers)
        assert run.returncode == 4
        assert run.stderr.count("unknown upstream 'foo'") == 1
    assert pytest_in(tmp_path, *workers).returncode == 0, "what runs no scenario has nothing to do with it"


def test_a_replay_of_no_selected_case_is_a_usage_error(tmp_path):
    write(tmp_path, a=fine("a"))
    head = {"kind": "chaosmod-replay", "scenario": "other", "case": "none[go1.0]", "seed": 1, "decisions": []}
    (tmp_path / "replay.json").write_text(json.dumps(head))
    run = pytest_in(tmp_path, "--chaos=a.yml", "--chaos-replay=replay.json")
    assert run.returncode == 4
    assert "--chaos-replay: the file is of none[go1.0] of other, which is not among the cases" in run.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--chaos=nowhere.yml",), "--chaos: no such file or folder: nowhere.yml"),
        (("--chaos=empty",), "--chaos: no scenario in empty"),
        (("--chaos=a.yml", "--chaos-runner=moon"), "invalid choice: 'moon'"),
        (("--chaos=a.yml", "--chaos-seed=x"), "invalid int value: 'x'"),
        (("--chaos=a.yml", "-o", "chaos_runner=moon"), "chaos_runner = moon: choose from sandbox, host"),
        (("--chaos=a.yml", "-o", "chaos_seed=x"), "chaos_seed = x: write a whole number"),
    ],
)
def test_mistakes_in_options_are_usage_errors(tmp_path, arguments, says):
    write(tmp_path, a=fine("a"), empty__compose="services: {}")
    run = pytest_in(tmp_path, *arguments)
    assert run.returncode == 4
    assert says in run.stderr
    assert "Traceback" not in run.stderr + run.stdout


def test_mistakes_in_a_scenario_are_told_with_their_places_and_nothing_else(tmp_path):
    write(tmp_path, bad="scenario: bad\nfaults: [{htp: 410}]\nexpect: {verdict: surived}\n")
    run = pytest_in(tmp_path, "--chaos=bad.yml")
    assert run.returncode == 2
    section = run.stdout.partition("ERROR collecting")[2].partition("short test summary")[0].splitlines()[1:-1]
    assert section == [
        "bad.yml:2:11: unknown fault or key 'htp'; did you mean 'http'?",
        "bad.yml:3:19: unknown word 'surived'; did you mean 'survived'?",
    ]


def test_a_tag_may_not_be_a_marker_of_pytest(tmp_path):
    write(tmp_path, a=fine("a").replace("slow", "skip"))
    run = pytest_in(tmp_path, "--chaos=a.yml", "--co", "-q")
    assert "a.yml:3:1: the tag 'skip' is a marker of pytest itself" in run.stdout


def test_two_suites_may_have_a_name_in_common(tmp_path):
    write(tmp_path, **{"my proj__chaos__a": fine("same"), "other__chaos__a": fine("same")})
    run = pytest_in(tmp_path, "my proj/chaos", "--chaos=other/chaos", "--co", "-q")
    assert run.returncode == 0, run.stdout
    assert sorted({line.partition("::")[0] for line in collected(run)}) == ["my proj/chaos/a.yml", "other/chaos/a.yml"]


def test_two_scenarios_of_one_folder_may_not_share_a_name(tmp_path):
    write(tmp_path, a=fine("same"), b=fine("same"))
    run = pytest_in(tmp_path, "--chaos=a.yml", "--chaos=b.yml", "--co", "-q")
    assert run.returncode == 2
    assert "b.yml:2:1: the name 'same' is that of a.yml already" in run.stdout


def test_ini_entries_are_the_twins_of_the_flags(tmp_path):
    write(tmp_path, suite__a=fine("a"), other__b=fine("b"))
    (tmp_path / "test_it.py").write_text("def test_it(): pass\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\nchaos = suite\n")
    plain = collected(pytest_in(tmp_path, "--co", "-q"))
    assert [i.partition("::")[0] for i in plain] == ["suite/a.yml", "suite/a.yml", "test_it.py"]
    assert collected(pytest_in(tmp_path, "test_it.py", "--co", "-q")) == ["test_it.py::test_it"]
    flag = collected(pytest_in(tmp_path, "--chaos=other", "--co", "-q"))
    assert [i.partition("::")[0] for i in flag] == ["other/b.yml", "other/b.yml"]


def test_help_has_one_group_with_every_flag(tmp_path):
    text = pytest_in(tmp_path, "--help").stdout
    group = text.partition("fault injection for Go modules (chaosmod):")[2].partition("\n\n")[0]
    words = ("", "-runner", "-go", "-workspace", "-upstream", "-keep", "-seed", "-replay", "-runs")
    assert [line.split()[0].split("=")[0] for line in group.splitlines() if line.startswith("  --")] == [
        f"--chaos{word}" for word in words
    ]


def test_the_plugin_costs_a_plain_run_next_to_nothing(tmp_path):
    script = "import pytest, sys; was = set(sys.modules); import chaosmod.plugin; print(*(set(sys.modules) - was))"
    loaded = {name.partition(".")[0] for name in python(tmp_path, "-c", script).stdout.split()}
    assert loaded & {"chaosmod", "mitmproxy", "pydantic", "yaml", "cryptography", "dns", "asyncio"} == {"chaosmod"}


def test_slow_can_be_left_out_where_nothing_is_slow(tmp_path):
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers\n")
    (tmp_path / "410.yml").write_text((Path(__file__).parents[1] / "scenarios" / "410.yml").read_text())
    ran = pytest_in(tmp_path, "--chaos=410.yml", "-m", "not slow", "--co", "-q")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "6 tests collected" in ran.stdout
