import argparse

import pytest

from chaosmod.commands import run
from tests.support.processes import command_in, write

SCENARIO = """
    scenario: passes
    posture: {GOPROXY: "{primary}"}
    faults: [{http: 410, match: {host: primary, module: "{direct}", file: zip}}]
    provoke: go mod download
    expect: {verdict: not-restored}
    recoveries: [{do: {switch-proxy: {to: mirror}}, verdict: restored}]
"""


def arguments(*given, rest=None):
    parser = argparse.ArgumentParser()
    run.arguments(parser)
    return run.pytest_arguments(argparse.Namespace(**vars(parser.parse_args(given)), rest=rest))


def test_every_option_becomes_pytests():
    line = arguments("a.yml", "b", "--runner", "host", "--go", "1.24", "--go=all", "--keep", rest=["-x"])
    assert line[4:] == [
        "--chaos=a.yml", "--chaos=b", "--chaos-runner=host", "--chaos-go=1.24", "--chaos-go=all", "--chaos-keep", "-x",
    ]  # fmt: skip


def test_pytest_has_the_plugin_once():
    assert arguments("a.yml")[:2] == ["-p", run.plugin()]
    assert run.plugin() in ("chaosmod", "chaosmod.plugin")


@pytest.mark.namespaces
def test_a_run_is_pytests_with_its_exit_status(tmp_path):
    write(tmp_path, a=SCENARIO)
    good = command_in(tmp_path, "run", "a.yml", "--", "--junitxml=junit.xml", "-k", "switch")
    assert good.returncode == 0, good.stdout
    assert "1 case: 1 as expected" in good.stdout
    assert sorted(p.name for p in tmp_path.iterdir()) == [".chaosmod", "a.yml", "junit.xml"]
    write(tmp_path, a=SCENARIO.replace("verdict: restored", "verdict: harmed"))
    bad = command_in(tmp_path, "run", "a.yml", "--", "--lf")
    assert bad.returncode == 1


def test_what_runs_nothing_fails(tmp_path):
    write(tmp_path, a=SCENARIO)
    nothing = command_in(tmp_path, "run", "a.yml", "--", "-k", "nothing")
    assert nothing.returncode == 5
    assert nothing.stderr == "chaosmod: no case was run, so nothing was proven\n"
    assert command_in(tmp_path, "run", "missing.yml").returncode == 4
