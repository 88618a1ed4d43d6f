"""The package: importing it is cheap, and its names are where it says."""

import subprocess
import sys

import pytest

import chaosmod.scenario


def test_all_names_are_there() -> None:
    for name in chaosmod.scenario.__all__:
        assert getattr(chaosmod.scenario, name).__module__.startswith("chaosmod.scenario.")


def test_another_name_is_not() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'lode'"):
        chaosmod.scenario.lode  # noqa: B018


def test_importing_it_imports_neither_pydantic_nor_yaml() -> None:
    code = "import sys, chaosmod.scenario; print({'pydantic', 'yaml', 'mitmproxy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
