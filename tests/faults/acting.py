"""What the tests of faults on requests share."""

from __future__ import annotations

import random
from typing import Any

from chaosmod.faults.actions import HttpAction
from chaosmod.faults.base import FAULTS, HttpFault
from chaosmod.faults.request import Request, parse_target


def fault(kind: str, spec: Any = None) -> HttpFault:
    """The fault as a scenario declares it."""
    made = FAULTS[kind].model_validate(spec)
    assert isinstance(made, HttpFault)
    return made


def asked(file: str = "zip", protocol: Any = "h2") -> Request:
    """A request for one file of a module."""
    name = {"list": "@v/list", "latest": "@latest"}.get(file, f"@v/v1.2.3.{file}")
    path = f"/example.test/lib/{name}"
    return Request("primary", "proxy.test", "GET", path, protocol=protocol, target=parse_target(path))


def acts(kind: str, spec: Any = None, file: str = "zip") -> HttpAction:
    """What it does to a request."""
    return fault(kind, spec).act(asked(file), random.Random(0))
