"""What cannot be computed again. A real history is in tests/test_items.py."""

import pytest

from chaosmod.cli import main
from chaosmod.history import to_json
from tests.checks.story import request
from tests.report.stories import case, failed


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is no history of a case"),
        ("{}\n", "not a line of a chaosmod history"),
        (to_json(request("provoke")) + "\n", "is no history of a case"),
        (b"\xff", "cannot be read"),
    ],
)
def test_what_is_no_history(tmp_path, capsys, text, says):
    file = tmp_path / "x.jsonl"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert main(["verdict", str(file)]) == 2
    assert says in capsys.readouterr().err


def test_a_history_that_a_crash_cut_short_proves_nothing(tmp_path, capsys):
    file = tmp_path / "x.jsonl"
    file.write_text(to_json(case(file="gone.yml")) + "\n")
    assert main(["verdict", str(file)]) == 1
    out = capsys.readouterr().out
    assert out.startswith("broken-lab, so nothing was proven\n")
    assert "pytest 'gone.yml::clean-modcache[go1.26]'" in out


def test_the_facts_of_a_history_are_told(tmp_path, capsys):
    file = tmp_path / "x.jsonl"
    file.write_text("".join(to_json(event) + "\n" for event in failed()))
    assert main(["verdict", str(file)]) == 1
    captured = capsys.readouterr()
    assert "410  zip dep.example/lib@v1.0.0  ← gone" in captured.out
    assert "the history itself says not-restored" in captured.err, "this one lacks most of what a verdict rests on"
