import pytest

from chaosmod import __version__
from chaosmod.cli import COMMANDS, main
from tests.support.processes import command_in, python


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name, capsys):
    with pytest.raises(SystemExit) as stop:
        main([name, "--help"])
    assert stop.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: chaosmod {name}")


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["clean", "--nothing"], ["clean", "--", "-x"], ["run"]])
def test_mistakes_are_usage_errors(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert "usage: chaosmod" in capsys.readouterr().err


def test_errors_of_the_user_are_one_line(capsys):
    assert main(["verdict", "missing.jsonl"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("chaosmod: missing.jsonl cannot be read: ")
    assert error.count("\n") == 1


def test_help_imports_nothing_heavy(tmp_path):
    script = (
        "import sys\nfrom chaosmod.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "print([m for m in ('pytest', 'mitmproxy', 'pydantic', 'yaml') if m in sys.modules])"
    )
    assert python(tmp_path, "-c", script).stdout.endswith("[]\n")


def test_as_a_module(tmp_path):
    run = command_in(tmp_path, "--version")
    assert (run.returncode, run.stdout) == (0, f"chaosmod {__version__}\n")


def test_a_reader_that_has_seen_enough(tmp_path):
    script = (
        "import os, subprocess, sys\n"
        "p = subprocess.Popen([sys.executable, '-u', '-m', 'chaosmod', 'diagnoses'], stdout=subprocess.PIPE, stderr=subprocess.PIPE)\n"
        "p.stdout.read(1); p.stdout.close(); print(p.stderr.read().decode()); print(p.wait())"
    )
    assert python(tmp_path, "-c", script).stdout == "\n0\n"
