from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def make(*args: str) -> subprocess.CompletedProcess[str]:
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(["make", *args], cwd=ROOT, env=outside | {"LC_ALL": "C"}, capture_output=True, text=True)


def test_every_target_is_listed() -> None:
    listed = {line.split()[1].rstrip(":") for line in make("help").stdout.splitlines()}
    assert listed == {"help", "venv", "chaos", "test", "suite", "lint", "format", "bench", "soak", "clean"}


@pytest.mark.parametrize(
    ("python", "words"),
    [
        ("", "found none. Name one: make PYTHON="),
        ("import sys; sys.exit('version_info' in sys.argv[2])", "is older than Python 3.11"),
        ("import sys; sys.exit('venv' in sys.argv[2])", "On Debian and Ubuntu: apt-get install python3-venv"),
    ],
)
def test_a_python_that_will_not_do_is_an_error_with_the_remedy(tmp_path: Path, python: str, words: str) -> None:
    """Each stand-in for Python refuses one of the questions that make asks (``python -c QUESTION``)."""
    stand_in = ""
    if python:
        (tmp_path / "python").write_text(f"#!/usr/bin/env python3\n{python}\n")
        (tmp_path / "python").chmod(0o755)
        stand_in = str(tmp_path / "python")
    done = make("venv", f"PYTHON={stand_in}", f"VENV={tmp_path}/venv")
    assert done.returncode != 0
    assert words in done.stderr
    assert not (tmp_path / "venv").exists()


def test_clean_leaves_no_cache_of_chaosmod(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "chaosmod").touch(mode=0o755)
    assert "chaosmod clean --all" in make("--dry-run", "clean", f"VENV={tmp_path}").stdout


def test_what_is_set_up_is_not_set_up_again(tmp_path: Path) -> None:
    (tmp_path / "venv").mkdir()
    (tmp_path / "venv" / ".installed").touch()
    done = make("venv", f"VENV={tmp_path}/venv")
    assert (done.returncode, done.stdout) == (0, "make: Nothing to be done for 'venv'.\n")
