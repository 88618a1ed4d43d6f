"""``certificate``: one flaw, by its name."""

import random
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from chaosmod.faults.request import Request
from chaosmod.faults.tls_actions import Flaw, Present
from chaosmod.faults.tls_certificate import BadCertificate

CONNECTION = Request("primary", "proxy.example", method="", path="")


@pytest.mark.parametrize("flaw", get_args(Flaw))
def test_each_flaw(flaw: Flaw) -> None:
    for spec in (flaw, {"flaw": flaw}):
        assert BadCertificate.model_validate(spec).handshake(CONNECTION, random.Random(0)) == Present(flaw)


@pytest.mark.parametrize("spec", [None, "revoked", ["expired"], {"flaw": "expired", "days": "3"}])
def test_anything_else_is_refused(spec: Any) -> None:
    with pytest.raises(ValidationError):
        BadCertificate.model_validate(spec)
