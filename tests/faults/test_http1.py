"""``http1``: no HTTP/2."""

import random

import pytest
from pydantic import ValidationError

from chaosmod.faults.base import FAULTS
from chaosmod.faults.http1 import Http1Only
from chaosmod.faults.tls_actions import Http1

from .acting import asked


def test_offers_one_protocol() -> None:
    made = FAULTS["http1"].model_validate(None)
    assert isinstance(made, Http1Only)
    action = made.handshake(asked(), random.Random(0))
    assert action == Http1()
    assert str(action) == "offered HTTP/1.1 only"


def test_it_takes_nothing() -> None:
    with pytest.raises(ValidationError):
        FAULTS["http1"].model_validate({"version": "1.0"})
