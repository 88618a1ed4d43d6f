import pytest

from chaosmod.sniff import claims, is_scenario, scenarios_beneath

FINE = "scenario: a\nfaults: []\n"


@pytest.mark.parametrize(
    ("text", "claim", "certain"),
    [
        (FINE, True, True),
        ("# comment\n---\nscenario: a\nexpect: {verdict: survived}\n", True, True),
        ("\ufeffscenario: a\nfaults: []\n", True, True),
        ("'scenario': a\n\"faults\": []\n", True, True),
        ("title: x\nscenario:   a\nprovoke: go build\n", True, True),
        ("scenario: a\n", True, False),
        ("scenario:\n", True, False),
        ("scenario:\n  name: default\nprovoke: x\n", True, False),
        ("scenario: [a]\nfaults: []\n", True, False),
        ("scenarios: a\nfaults: []\n", False, False),
        ("  scenario: a\nfaults: []\n", False, False),
        ("x: 'scenario: a'\nfaults: []\n", False, False),
        ("", False, False),
    ],
)
def test_what_is_told_from_the_text(tmp_path, text, claim, certain):
    file = tmp_path / "x.yml"
    file.write_text(text, encoding="utf-8")
    assert (claims(file), is_scenario(file)) == (claim, certain)


def test_what_cannot_be_read_is_none(tmp_path):
    assert not claims(tmp_path)
    assert not is_scenario(tmp_path / "missing.yml")


def test_scenarios_beneath_a_folder(tmp_path):
    for name in ("b.yml", "a/x.yaml", ".hidden/x.yml", "a/x.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(FINE)
    (tmp_path / "c.yml").write_text("services: {}\n")
    assert [p.relative_to(tmp_path).as_posix() for p in scenarios_beneath(tmp_path)] == ["b.yml", "a/x.yaml"]
