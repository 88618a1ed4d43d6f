"""``dns-address``: whose address is given."""

import random
from typing import Any

import pytest
from pydantic import ValidationError

from chaosmod.faults.dns_actions import Addresses
from chaosmod.faults.dns_address import DnsAddress
from chaosmod.faults.request import Request
from chaosmod.lab.base import ROLE_ADDRESSES


def query(kind: str) -> Request:
    return Request("primary", "proxy.example", method=kind, path=kind, transport="udp")


@pytest.mark.parametrize(
    ("spec", "to"), [("mirror", "mirror"), ({"to": "sumdb"}, "sumdb"), ("203.0.113.7", "203.0.113.7")]
)
def test_it_is_another_address(spec: Any, to: str) -> None:
    assert DnsAddress.model_validate(spec).reply(query("A"), random.Random(0)) == Addresses(to)


def test_only_an_answer_with_an_address_can_be_falsified() -> None:
    fault = DnsAddress.model_validate("mirror")
    assert [fault.concerns(query(kind)) for kind in ("A", "AAAA", "MX")] == [True, False, False]


@pytest.mark.parametrize("spec", [None, "mirorr", "::1", "300.1.1.1", ""])
def test_anything_else_is_refused(spec: Any) -> None:
    with pytest.raises(ValidationError):
        DnsAddress.model_validate(spec)


def test_the_error_says_what_to_write() -> None:
    with pytest.raises(ValidationError, match="a host role \\(primary, mirror, sumdb, vcs\\) or an IPv4 address"):
        DnsAddress.model_validate("mirorr")


def test_its_description_names_the_addresses_at_which_somebody_is() -> None:
    """The only ones of 127.0.0.0/8 (tests/e2e/test_dns_faults.py has one of the others)."""
    told = DnsAddress.model_fields["to"].description or ""
    first, *_, last = sorted(ROLE_ADDRESSES.values())
    assert f"{first} to {last}" in told
