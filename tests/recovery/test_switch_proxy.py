"""``switch-proxy``."""

import pytest
from pydantic import ValidationError

from chaosmod.recovery.base import Client, SetEnv
from chaosmod.recovery.switch_proxy import SwitchProxy

from .drive import MIRROR, drive


def test_it_puts_the_mirror_in_place_of_the_first_proxy() -> None:
    assert drive(SwitchProxy()) == [SetEnv("GOPROXY", f"{MIRROR},direct")]


def test_it_takes_an_address_or_a_role() -> None:
    assert drive(SwitchProxy.model_validate("https://other.example")) == [
        SetEnv("GOPROXY", "https://other.example,direct")
    ]
    assert drive(SwitchProxy(to="{mirror}")) == drive(SwitchProxy(to="mirror"))
    assert drive(SwitchProxy(to="primary")) == [SetEnv("GOPROXY", "https://proxy.example,direct")]


def test_a_client_that_has_no_proxy_gets_one() -> None:
    assert drive(SwitchProxy(), Client(roles={"mirror": MIRROR})) == [SetEnv("GOPROXY", MIRROR)]


def test_it_needs_a_proxy() -> None:
    for to in ("", "miror"):
        with pytest.raises(ValidationError):
            SwitchProxy(to=to)
