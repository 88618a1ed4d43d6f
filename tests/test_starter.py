import pytest

from chaosmod.scenario import loads
from chaosmod.starter import suite

MODULES = [f"dep.example/{name}@v1.{n}.0" for n, name in enumerate("abcdefg")]


@pytest.mark.parametrize("count", [1, 2, 7])
def test_every_file_is_a_scenario_that_says_what_it_is_about(count):
    files = suite(MODULES[:count], "..", "chaos")
    assert list(files) == ["410.yml", "503.yml", "outage.yml"]
    for name, text in files.items():
        scenario = loads(text, name)
        assert scenario.workspace == ".."
        assert scenario.recoveries
        assert "pytest chaos/" in text


def test_releases_are_declared_where_they_have_to_be():
    assert {loads(text, name).go for name, text in suite(MODULES, "..", "chaos").items()} == {None}
    assert {loads(text, name).go for name, text in suite(MODULES, "..", "chaos", ">= 1.27").items()} == {">= 1.27"}


def test_the_projects_own_requirements_are_named():
    assert f"    #   {MODULES[0]}\n    # A module path" in suite(MODULES[:1], "..", "chaos")["410.yml"]
    many = suite(MODULES, "..", "chaos")["410.yml"]
    assert [m for m in MODULES if m in many] == MODULES[:5]
    assert "    #   … and 2 more\n" in many
    assert 'module: "dep.example/a"' in many
