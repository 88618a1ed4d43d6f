"""``proxy-fallback``."""

import pytest
from pydantic import ValidationError

from chaosmod.recovery.base import SetEnv
from chaosmod.recovery.proxy_fallback import ProxyFallback

from .drive import MIRROR, drive


@pytest.mark.parametrize("separator", [",", "|"])
def test_it_puts_the_mirror_behind_the_first_proxy(separator: str) -> None:
    recovery = ProxyFallback.model_validate({"separator": separator})
    assert drive(recovery) == [SetEnv("GOPROXY", f"https://proxy.example{separator}{MIRROR},direct")]


def test_it_takes_an_address() -> None:
    recovery = ProxyFallback(separator="|", to="https://other.example")
    assert drive(recovery) == [SetEnv("GOPROXY", "https://proxy.example|https://other.example,direct")]


@pytest.mark.parametrize("spec", [None, ";", "", {"to": "mirror"}, {"separator": ",", "to": ""}])
def test_what_it_does_not_take(spec: object) -> None:
    with pytest.raises(ValidationError):
        ProxyFallback.model_validate(spec)
