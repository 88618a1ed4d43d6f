import argparse
import signal

import pytest

from chaosmod.commands import run
from chaosmod.lab.state import StateDir
from tests.support.lab import CACHE
from tests.support.processes import command_in, write
from tests.support.watched import Watched

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
    assert "\nchaosmod: no case was run, so nothing was proven\n" in nothing.stdout
    assert command_in(tmp_path, "run", "missing.yml").returncode == 4


def test_it_runs_where_every_warning_is_an_error(tmp_path):
    write(tmp_path, a=SCENARIO)
    (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    run = command_in(tmp_path, "run", "a.yml", "--", "--co", "-q")
    assert (run.returncode, run.stderr) == (0, "")
    assert "warning" not in run.stdout.lower()


def test_pytests_own_arguments_go_behind_two_dashes(tmp_path):
    write(tmp_path, a=SCENARIO)
    run = command_in(tmp_path, "run", "a.yml", "-k", "a or b")
    assert run.returncode == 2
    assert run.stderr.endswith("what is for pytest goes behind --: chaosmod run a.yml -- -k 'a or b'\n")


@pytest.mark.namespaces
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda s: s.name)
def test_a_signal_to_the_command_is_one_to_pytest(tmp_path, number):
    """Its process becomes pytest: there is nobody in between to pass it on."""
    write(tmp_path, a=SCENARIO.replace("provoke: go mod download", "provoke: {run: [echo > alive; sleep 1000]}"))
    watched = Watched(tmp_path, StateDir(CACHE), ["run", "a.yml"], command="chaosmod")
    try:
        watched.await_labs()
        watched.send(number)
        watched.gone_within(7.5)
    finally:
        watched.close()
