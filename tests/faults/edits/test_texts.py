"""Edits of the small files."""

from __future__ import annotations

import io
import json

import pytest

from chaosmod.faults.actions import Edit
from chaosmod.faults.edits.texts import RenameModule, other_version, stale_list


def edit(how: Edit, body: str) -> tuple[str, str]:
    target = io.BytesIO()
    words = how(io.BytesIO(body.encode()), target)
    return target.getvalue().decode(), words


@pytest.mark.parametrize(
    ("version", "other"),
    [
        ("v1.2.3", "v1.2.102"),
        ("v2.0.0+incompatible", "v2.0.99"),
        ("v0.0.0-20240305112233-5f3c9a1e7b42", "v0.0.99"),
    ],
)
def test_another_version_and_all_else_as_it_was(version: str, other: str) -> None:
    body, words = edit(other_version, json.dumps({"Version": version, "Time": "2024-01-01T00:00:00Z"}))
    assert json.loads(body) == {"Version": other, "Time": "2024-01-01T00:00:00Z"}
    assert words == f"named version {other} in the place of {version}"


@pytest.mark.parametrize("body", ["", "<html>", "[]", "{}", '{"Version": 7}', '{"Version": "master"}'])
def test_no_version_to_be_changed(body: str) -> None:
    with pytest.raises(ValueError, match=r"cannot be read|is no version"):
        edit(other_version, body)


def test_stale_goes_by_precedence_and_not_by_place() -> None:
    body, words = edit(stale_list, "v1.10.0\nv1.9.0\nv1.10.0-rc.1\n")
    assert body == "v1.9.0\nv1.10.0-rc.1\n"
    assert words == "left v1.10.0 out of the list"


def test_an_empty_list_cannot_become_staler() -> None:
    assert edit(stale_list, "\n") == ("", "")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("module example.test/lib\n\ngo 1.21\n", "module example.test/lib-new\n\ngo 1.21\n"),
        ('// a module\nmodule "example.test/lib" // here\n', '// a module\nmodule "example.test/lib-new" // here\n'),
    ],
)
def test_another_module(before: str, after: str) -> None:
    assert edit(RenameModule("-new"), before) == (after, "named another module in the module line")


def test_no_module_line() -> None:
    with pytest.raises(ValueError, match="has no module line"):
        edit(RenameModule("-new"), "go 1.21\n")
