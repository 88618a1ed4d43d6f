"""``tls-version``: which one is spoken."""

import random
from typing import Any

import pytest
from pydantic import ValidationError

from chaosmod.faults.request import Request
from chaosmod.faults.tls_actions import Speak
from chaosmod.faults.tls_version import OldTlsVersion

CONNECTION = Request("primary", "proxy.example", method="", path="")


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2"])
def test_each_version(version: str) -> None:
    assert (
        str(OldTlsVersion.model_validate(version).handshake(CONNECTION, random.Random(0)))
        == f"spoke TLS {version} only"
    )
    assert OldTlsVersion.model_validate({"only": version}).only == version


@pytest.mark.parametrize("spec", [None, "1.3", "TLS1.1", 1.1])
def test_anything_else_is_refused(spec: Any) -> None:
    with pytest.raises(ValidationError):
        OldTlsVersion.model_validate(spec)


def test_the_action_is_data() -> None:
    assert OldTlsVersion.model_validate("1.1").handshake(CONNECTION, random.Random(0)) == Speak("1.1")
