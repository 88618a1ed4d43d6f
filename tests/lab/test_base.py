"""The contract of runners: where things are, and who has which address."""

from __future__ import annotations

import ipaddress

from chaosmod.lab.base import NAMESERVER, PLACES, ROLE_ADDRESSES, Places


def test_every_place_has_a_folder_of_its_own_below_the_root() -> None:
    here = Places.under("/tmp/x")
    named = {here.home, here.work, here.gopath, here.cache, here.tmp, here.out}
    assert named == {f"/tmp/x/{name}" for name in ("home", "work", "gopath", "cache", "tmp", "out")}
    assert Places.under("/lab") == PLACES


def test_addresses_tell_the_roles_apart_and_never_leave_the_machine() -> None:
    addresses = [*ROLE_ADDRESSES.values(), NAMESERVER]
    assert len(set(addresses)) == len(addresses)
    assert all(ipaddress.ip_address(address).is_loopback for address in addresses)
