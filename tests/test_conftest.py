"""The root conftest.py, which lies above the shipped scenarios, in a run of somebody else's."""

import pytest

from tests.support.processes import ROOT, command_in, pytest_in


@pytest.mark.parametrize("suite", ["scenarios/410.yml", "scenarios/dns"])
@pytest.mark.parametrize("strict", [(), ("-W", "error")], ids=["plain", "strict"])
def test_the_shipped_suite_is_for_the_users_own_project(tmp_path, suite, strict):
    (tmp_path / "go.mod").write_text("module own.example\n\ngo 1.21\n")
    run = pytest_in(tmp_path, f"--chaos={ROOT / suite}", "--chaos-workspace=.", "--co", "-q", *strict)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "::none[go" in run.stdout


def test_by_the_command_too(tmp_path):
    (tmp_path / "go.mod").write_text("module own.example\n\ngo 1.21\n")
    run = command_in(tmp_path, "run", str(ROOT / "scenarios" / "410.yml"), "--workspace=.", "--", "--co", "-q")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "::none[go" in run.stdout


def test_named_by_itself_too(tmp_path):
    run = pytest_in(tmp_path, str(ROOT / "scenarios" / "410.yml"), "--co", "-q")
    assert run.returncode == 0, run.stdout + run.stderr
