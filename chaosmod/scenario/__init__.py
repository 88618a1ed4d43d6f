"""Scenario files: YAML with positions, a validated model, and the cases that it expands to.

The names below are imported when they are first used, so that importing the package (as the pytest plugin does) costs
nothing where no scenario is run.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chaosmod.scenario.cases import Case, expand
    from chaosmod.scenario.conditional import Conditional
    from chaosmod.scenario.loader import load, loads
    from chaosmod.scenario.model import (
        Cache,
        DeclaredFault,
        DeclaredRecovery,
        Expect,
        Provoke,
        Scenario,
        Within,
        default_upstream,
    )
    from chaosmod.scenario.problem import Problem, ScenarioError
    from chaosmod.scenario.schema import json_schema

__all__ = [
    "Cache",
    "Case",
    "Conditional",
    "DeclaredFault",
    "DeclaredRecovery",
    "Expect",
    "Problem",
    "Provoke",
    "Scenario",
    "ScenarioError",
    "Within",
    "default_upstream",
    "expand",
    "json_schema",
    "load",
    "loads",
]

_MODULES = {
    "Case": "cases",
    "Conditional": "conditional",
    "Problem": "problem",
    "ScenarioError": "problem",
    "expand": "cases",
    "json_schema": "schema",
    "load": "loader",
    "loads": "loader",
}
"""Where a name lives; what is not listed lives in ``model``."""


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_MODULES.get(name, 'model')}"), name)
