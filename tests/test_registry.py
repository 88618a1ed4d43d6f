"""The catalogues: how they fill themselves, and what every entry must have."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from chaosmod.faults.base import FAULTS, LAYERS
from chaosmod.lab.base import ABILITIES
from chaosmod.recovery.base import RECOVERIES
from chaosmod.registry import Registry
from chaosmod.scenario import loads


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package ``plants`` with a registry, and two modules that register."""
    folder = tmp_path / "plants"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "base.py").write_text("from chaosmod.registry import Registry\nPLANTS = Registry('plants', 'name')\n")
    for name in ("oak", "ash"):
        (folder / f"{name}.py").write_text(
            f"from plants.base import PLANTS\nclass {name.title()}:\n    name = {name!r}\nPLANTS.register({name.title()})\n"
        )
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    for module in [m for m in sys.modules if m.partition(".")[0] == "plants"]:
        del sys.modules[module]


def plants() -> Registry[Any]:
    from plants.base import PLANTS  # type: ignore[import-not-found]

    found: Registry[Any] = PLANTS
    return found


def test_it_fills_itself_when_it_is_asked(package: Path) -> None:
    registry = plants()
    assert "plants.oak" not in sys.modules
    assert list(registry) == ["ash", "oak"]
    assert len(registry) == 2
    assert registry["oak"].name == "oak"
    assert "elm" not in registry
    with pytest.raises(KeyError):
        registry["elm"]


def test_a_new_entry_is_one_file(package: Path) -> None:
    (package / "elm.py").write_text(
        "from plants.base import PLANTS\nclass Elm:\n    name = 'elm'\nPLANTS.register(Elm)\n"
    )
    assert list(plants()) == ["ash", "elm", "oak"]


def test_a_name_is_taken_once(package: Path) -> None:
    (package / "zzz.py").write_text(
        "from plants.base import PLANTS\nclass Other:\n    name = 'oak'\nPLANTS.register(Other)\n"
    )
    with pytest.raises(ValueError, match="'oak' is registered twice"):
        list(plants())


def test_the_same_class_may_register_again(package: Path) -> None:
    registry = plants()
    assert registry.register(registry["oak"]) is registry["oak"]


def test_a_catalogue_with_a_broken_module_never_looks_complete(package: Path) -> None:
    (package / "bad.py").write_text("raise RuntimeError('broken')\n")
    for _ in range(2):
        with pytest.raises(RuntimeError, match="broken"):
            list(plants())
    (package / "bad.py").unlink()
    assert list(plants()) == ["ash", "oak"]


@pytest.mark.parametrize("kind", list(FAULTS))
def test_faults(kind: str) -> None:
    cls = FAULTS[kind]
    assert cls.kind == kind
    assert cls.summary == cls.summary.strip()
    assert "\n" not in cls.summary
    assert cls.layer in LAYERS
    assert cls.needs <= ABILITIES
    assert cls.shorthand is None or cls.shorthand in cls.model_fields
    scenario = loads(f"scenario: a\nfaults:\n- {kind}: {cls.example}\nexpect: {{verdict: restored}}\n")
    assert type(scenario.faults[0].fault) is cls


@pytest.mark.parametrize("name", list(RECOVERIES))
def test_recoveries(name: str) -> None:
    cls = RECOVERIES[name]
    assert cls.name == name
    assert cls.summary == cls.summary.strip()
    assert "\n" not in cls.summary
    assert cls.shorthand is None or cls.shorthand in cls.model_fields
    assert yaml.safe_load(cls.example) == name or list(yaml.safe_load(cls.example)) == [name]
    recovery = f"{{do: {cls.example}, verdict: restored}}"
    scenario = loads(f"scenario: a\nfaults:\n- http: 410\nexpect: {{verdict: restored}}\nrecoveries:\n- {recovery}\n")
    assert type(scenario.recoveries[0].do[0]) is cls
