import json

from chaosmod.cli import main
from chaosmod.scenario.schema import text


def test_the_schema_is_printed(capsys):
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "chaosmod scenario"


def test_what_is_shipped_is_the_present_one(capsys):
    assert main(["schema", "--check"]) == 0
    assert capsys.readouterr().out == ""


def test_a_file_is_compared(tmp_path, capsys):
    file = tmp_path / "schema.json"
    assert main(["schema", "--check", str(file)]) == 2
    file.write_text(text())
    assert main(["schema", "--check", str(file)]) == 0
    file.write_text(text().replace("scenario", "story"))
    assert main(["schema", "--check", str(file)]) == 1
    assert f"write it with: chaosmod schema > {file}" in capsys.readouterr().err
