import pytest

from chaosmod.sniff import Likeness, is_yaml, likeness, scenarios_beneath

FINE = "scenario: a\nfaults: [http: 410]\nexpect: {verdict: survived}\n"
INDENTED = "".join(f"  {line}\n" for line in FINE.splitlines())
BLOCK = "scenario: a\nfaults:\n\n# one\n- http: 410\nexpect:   # so\n  verdict: survived\n"
FLOW = "{scenario: a, faults: [http: 410], expect: {verdict: survived}}\n"
NONE, SOME, MUCH, FULL = Likeness


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (FINE, FULL),
        ("# comment\n---\n" + FINE, FULL),
        ("%YAML 1.2\n--- # begins\n" + FINE, FULL),
        ("\ufeff" + FINE, FULL),
        (FINE.replace("\n", "\r\n"), FULL),
        (FINE.replace("scenario", "'scenario'").replace("faults", '"faults"'), FULL),
        ("title: x\nscenario:   a\nprovoke: go build\nfaults:\n  - http: 410\nexpect:\n  verdict: x\n", FULL),
        (BLOCK, FULL),
        (INDENTED, FULL),
        ("---\n\n" + INDENTED, FULL),
        (FLOW, FULL),
        ("--- " + FLOW, FULL),
        ('{"scenario": "a", "faults":[{"http":410}], "expect":{"verdict":"x"}}', FULL),
        ("scenario: login\nfaults: none\nexpect: ok\n", MUCH),
        ("scenario: a\nfaults: []\n", MUCH),
        ("scenario: a\nfaults: [http: 410]\nexpect: ok\n", MUCH),
        ("scenario: a\nfaults: none\nexpect: {verdict: survived}\n", MUCH),
        ("scenario: a\nfaults: [http: 410]\nexpcet: {verdict: survived}\n", MUCH),
        ("scenario: a\nexpect: {verdict: survived}\n", MUCH),
        (FINE.replace("scenario", "scenaro"), SOME),
        ("scenaro: a\n", SOME),
        ("Scenario: a\n", SOME),
        ("scenario: a\n", SOME),
        ("scenario:\n", SOME),
        ("scenario:\n  name: default\nprovoke: x\n", SOME),
        ("scenario: [a]\nfaults: []\n", SOME),
        ("scenarios: a\nfaults: []\n", SOME),
        ("  scenaro: a\n", SOME),
        ("{faults: []}", SOME),
        ("", SOME),
        ("# to be written\n\n---\n", SOME),
        ("# to be written", SOME),
        ("x: 'scenario: a'\ny: {faults: []}\n", NONE),
        ("x:\n  scenario: a\n  faults: []\n", NONE),
        ("- scenario: a\n- faults: []\n", NONE),
        ("services: {}\nsteps: [a]\n", NONE),
        ("scenario:a\n", NONE),
        ("just words", NONE),
    ],
)
def test_what_is_told_from_the_text(tmp_path, text, told):
    file = tmp_path / "x.yml"
    file.write_bytes(text.encode())
    assert likeness(file) is told


def test_what_cannot_be_read_is_told_as_an_empty_file_is(tmp_path):
    assert likeness(tmp_path) is SOME
    assert likeness(tmp_path / "missing.yml") is SOME


@pytest.mark.parametrize(("name", "yaml"), [("a.yml", True), ("a.YAML", True), ("a.Yml", True), ("a.yml.txt", False)])
def test_what_is_yaml(tmp_path, name, yaml):
    assert is_yaml(tmp_path / name) is yaml


def test_scenarios_beneath_a_folder(tmp_path):
    for name in ("b.yml", "a/x.yaml", "a/y.YML", ".hidden/x.yml", "a/x.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(FINE)
    (tmp_path / "c.yml").write_text("services: {}\n")
    beneath = [p.relative_to(tmp_path).as_posix() for p in scenarios_beneath(tmp_path)]
    assert beneath == ["b.yml", "a/x.yaml", "a/y.YML"]


def test_looking_at_a_large_file_takes_no_time_that_grows_with_the_square_of_its_size(tmp_path):
    file = tmp_path / "x.yml"
    for line in ("# x\n", "\n", " " * 50 + "\n", "a: b\n", "{,", "scenario: a\nfaults:\n\n", "key :"):
        file.write_text(line * (300_000 // len(line)))
        likeness(file)
