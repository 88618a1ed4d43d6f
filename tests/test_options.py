import argparse
import os
from pathlib import Path

import pytest

from chaosmod.options import OPTIONS, RUNS, Option, Options, flags

HERE, INI = Path("/here"), Path("/ini")


def options(given=None, ini=None):
    empty = {"chaos": [], "chaos_go": [], "chaos_keep": False}
    return Options.of(
        {o.ini: None for o in OPTIONS} | (given or {}), {o.ini: "" for o in OPTIONS} | empty | (ini or {}), HERE, INI
    )


def test_nothing_given():
    assert options() == Options(runs=INI / RUNS, base=HERE)


def test_flags_come_before_ini_entries_and_those_before_defaults():
    ini = {"chaos_runner": "host", "chaos_seed": "7", "chaos_keep": True, "chaos_go": ["1.24"], "chaos": ["a.yml"]}
    of_ini = options(None, ini)
    assert (of_ini.runner, of_ini.seed, of_ini.keep, of_ini.go, of_ini.paths) == (
        "host", 7, True, ("1.24",), ("/ini/a.yml",),
    )  # fmt: skip
    given = {"chaos_runner": "sandbox", "chaos_seed": 0, "chaos_go": ["1.26"], "chaos": ["b.yml"]}
    both = options(given, ini)
    assert (both.runner, both.seed, both.keep, both.go, both.paths) == ("sandbox", 0, True, ("1.26",), ("b.yml",))


@pytest.mark.parametrize(
    ("name", "value", "flag", "ini"),
    [
        ("chaos_workspace", "app", "/here/app", "/ini/app"),
        ("chaos_workspace", "corpus:app", "corpus:app", "corpus:app"),
        ("chaos_workspace", "/app", "/app", "/app"),
        ("chaos_upstream", "snapshot:mods", "snapshot:/here/mods", "snapshot:/ini/mods"),
        ("chaos_upstream", "live", "live", "live"),
        ("chaos_upstream", "snapshot:", "snapshot:", "snapshot:"),
    ],
)
def test_relative_paths_are_relative_to_where_they_are_written(name, value, flag, ini):
    field = name.removeprefix("chaos_")
    assert getattr(options({name: value}), field) == flag
    assert getattr(options(None, {name: value}), field) == ini


def test_paths_to_go_in_an_ini_file_are_relative_to_it():
    assert options(None, {"chaos_go": ["./go", "1.24", ">=1.22"]}).go == ("/ini/./go", "1.24", ">=1.22")


def test_a_home_folder_is_expanded():
    assert options({"chaos_workspace": "~/app"}).workspace == os.path.expanduser("~/app")


def test_runs():
    assert options({"chaos_runs": "x"}).runs == HERE / "x"
    assert options(None, {"chaos_runs": "x"}).runs == INI / "x"


@pytest.mark.parametrize(
    ("ini", "says"),
    [({"chaos_runner": "moon"}, "chaos_runner = moon: choose from"), ({"chaos_seed": "-1"}, "write a whole number")],
)
def test_ini_entries_without_meaning(ini, says):
    with pytest.raises(ValueError, match=says):
        options(None, ini)


def test_flags_as_they_are_written():
    parser = argparse.ArgumentParser()
    for option in OPTIONS:
        parser.add_argument(option.flag, **option.keywords)
    line = ["--chaos=a", "--chaos=b", "--chaos-runner=host", "--chaos-keep", "--chaos-seed=0"]
    given = vars(parser.parse_args(line))
    assert flags(given, [o.name for o in OPTIONS]) == line
    assert flags(given, ["runner"]) == ["--chaos-runner=host"]


@pytest.mark.parametrize("option", OPTIONS, ids=lambda o: o.flag)
def test_every_option_follows_pytests_customs(option: Option):
    assert option.flag.startswith("--chaos")
    assert option.help[0].isupper()
    assert not option.help.endswith(".")
    assert option.keywords["default"] is None
