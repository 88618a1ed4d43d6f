"""Which files are taken for scenarios, and that nothing is passed over in silence."""

import pytest

from tests.support.collecting import collected, fine
from tests.support.processes import pytest_in, write


def test_nothing_but_python_files_is_collected_by_a_plain_run(tmp_path):
    write(tmp_path, fine=fine(), chaos__other=fine("other"))
    (tmp_path / "test_it.py").write_text("def test_it(): pass\n")
    assert collected(pytest_in(tmp_path, "--co", "-q")) == ["test_it.py::test_it"]


def test_stray_yaml_in_a_named_folder_is_left_alone(tmp_path):
    write(tmp_path, tests__compose="services: {a: b}", tests__molecule="scenario:\n  name: default\nprovoke: x\n")
    write(tmp_path, tests__story="scenario: a tale of mine\nacts: [one]\n")
    (tmp_path / "tests" / "test_it.py").write_text("def test_it(): pass\n")
    run = pytest_in(tmp_path, "tests", "--co", "-q")
    assert collected(run) == ["tests/test_it.py::test_it"]
    assert "chaos:" not in run.stdout


@pytest.mark.parametrize("more", [(), ("-n", "1")])
def test_what_is_much_like_a_scenario_and_none_is_told_and_breaks_nothing(tmp_path, more):
    write(tmp_path, tests__data__bar="scenario: login\nfaults: none\nexpect: ok\n")
    (tmp_path / "tests" / "test_it.py").write_text("def test_it(): pass\n")
    run = pytest_in(tmp_path, "tests", *more)
    assert run.returncode == 0, run.stdout
    assert "\nchaos: 1 YAML file was not taken for a scenario: tests/data/bar.yml\n" in run.stdout


def mistaken(folder):
    """A folder with one sound scenario, others in every state, and files that are none."""
    text = "scenario: a\nfaults: [{http: 410}]\nexpect: {verdict: survived}\n"
    files = {
        "fine.yml": text,
        "typo.yml": text.replace("scenario", "scenaro"),
        "indented.yml": "".join(f"  {line}\n" for line in text.replace(": a", ": b").splitlines()),
        "flow.yml": "{scenario: c, faults: [{http: 410}], expect: {verdict: survived}}\n",
        "empty.yml": "",
        "upper.YML": text.replace(": a", ": d"),
        "compose.yml": "services: {}\n",
        "values.yaml": "a: b\n",
        "notes.txt": text,
    }
    (folder / "s").mkdir()
    for name, content in files.items():
        (folder / "s" / name).write_text(content)


@pytest.mark.parametrize("more", [(), ("-n", "1")])
def test_nothing_in_a_chaos_folder_is_passed_over_in_silence(tmp_path, more):
    mistaken(tmp_path)
    run = pytest_in(tmp_path, "--chaos=s", *(more or ("--co", "-q")), "-p", "no:cacheprovider", columns=200)
    if not more:
        files = [line.partition("::")[0] for line in collected(run)]
        assert files == ["s/fine.yml", "s/flow.yml", "s/indented.yml", "s/upper.YML"]
    assert run.returncode in (1, 2)
    assert "s/typo.yml:1:1: unknown key 'scenaro'; did you mean 'scenario'?" in run.stdout
    assert "s/empty.yml:1:1: the file is empty" in run.stdout
    assert "\nchaos: 2 YAML files were not taken for scenarios: s/compose.yml, s/values.yaml\n" in run.stdout


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("typo.yml", "unknown key 'scenaro'"),
        ("empty.yml", "the file is empty"),
        ("compose.yml", "unknown key 'services'"),
    ],
)
def test_a_file_that_is_named_is_read(tmp_path, file, says):
    mistaken(tmp_path)
    for argument in (f"s/{file}", f"--chaos=s/{file}"):
        run = pytest_in(tmp_path, argument)
        assert run.returncode == 2
        assert f"s/{file}:1:1: {says}" in run.stdout


def test_a_file_of_another_plugin_is_left_to_it(tmp_path):
    write(tmp_path, other="stages: [a]\n")
    (tmp_path / "conftest.py").write_text(
        "import pytest\n"
        "class Stages(pytest.File):\n"
        "    def collect(self): return []\n"
        "def pytest_collect_file(file_path, parent):\n"
        "    if file_path.suffix == '.yml': return Stages.from_parent(parent, path=file_path)\n"
    )
    run = pytest_in(tmp_path, "other.yml")
    assert run.returncode == 5
    said = (run.stdout + run.stderr).splitlines()
    assert not [line for line in said if "chaos" in line and not line.startswith("plugins:")]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--chaos=chaos",),
        ("--chaos=chaos/b.yaml", "--chaos=chaos/a.yml"),
        ("chaos",),
        ("chaos/",),
        ("chaos/a.yml", "chaos/b.yaml"),
    ],
)
def test_every_way_to_name_scenarios(tmp_path, arguments):
    write(tmp_path, chaos__a=fine("a"), chaos__b=fine("b"))
    (tmp_path / "chaos" / "b.yml").rename(tmp_path / "chaos" / "b.yaml")
    (tmp_path / "test_it.py").write_text("def test_it(): pass\n")
    ids = sorted(line.partition("[")[0] for line in collected(pytest_in(tmp_path, *arguments, "--co", "-q")))
    assert ids == [
        "chaos/a.yml::clean-modcache",
        "chaos/a.yml::none",
        "chaos/b.yaml::clean-modcache",
        "chaos/b.yaml::none",
    ]
