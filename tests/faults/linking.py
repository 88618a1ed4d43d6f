"""What the tests of link faults share."""

from __future__ import annotations

import random
from typing import Any

import pytest
from pydantic import ValidationError

from chaosmod.faults.actions import LinkAction
from chaosmod.faults.base import FAULTS, LinkFault
from chaosmod.faults.request import Request

CONNECTION = Request(role="primary", host="primary", method="", path="")


def shaped(kind: str, spec: Any) -> LinkAction:
    """What the fault of this kind does with a connection."""
    fault = FAULTS[kind].model_validate(spec)
    assert isinstance(fault, LinkFault)
    assert fault.kind == kind
    return fault.shape(CONNECTION, random.Random(0))


def refused(kind: str, spec: Any) -> str:
    """Why ``spec`` is no fault of this kind."""
    with pytest.raises(ValidationError) as e:
        FAULTS[kind].model_validate(spec)
    return str(e.value)
