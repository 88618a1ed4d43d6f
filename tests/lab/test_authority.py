"""Certificates: the right ones, and those that are wrong in one way."""

from __future__ import annotations

import datetime
import ipaddress

import pytest
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from chaosmod.faults.tls_actions import Flaw
from chaosmod.lab.authority import Authority, Credentials

HOST = "proxy.example"


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


def verify(authority: Authority, made: Credentials, name: str = HOST, days: int = 0) -> None:
    """As a client would, so many days from now. Raises VerificationError."""
    moment = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days)
    policy = PolicyBuilder().store(Store([authority.root.certificate])).time(moment)
    policy.build_server_verifier(x509.DNSName(name)).verify(made.certificate, [])


def test_a_certificate_is_for_its_name_and_signed_by_the_authority(authority: Authority) -> None:
    made = authority.issue(HOST)
    verify(authority, made)
    with pytest.raises(VerificationError):
        verify(authority, made, "other.example")


def test_an_address_is_named_as_one(authority: Authority) -> None:
    names = authority.issue("127.0.1.1").certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    assert names.value.get_values_for_type(x509.IPAddress) == [ipaddress.ip_address("127.0.1.1")]


def test_each_is_made_once(authority: Authority) -> None:
    assert authority.issue(HOST) is authority.issue(HOST)
    assert authority.flawed("expired", HOST) is authority.flawed("expired", HOST)
    assert authority.flawed("expired", HOST) is not authority.issue(HOST)


@pytest.mark.parametrize("flaw", ["unknown-authority", "self-signed", "expired", "not-yet-valid", "wrong-name"])
def test_no_flawed_certificate_is_trusted(authority: Authority, flaw: Flaw) -> None:
    with pytest.raises(VerificationError):
        verify(authority, authority.flawed(flaw, HOST))


@pytest.mark.parametrize(("flaw", "days"), [("expired", -5), ("not-yet-valid", 5)])
def test_a_flaw_of_time_is_one_of_time_only(authority: Authority, flaw: Flaw, days: int) -> None:
    verify(authority, authority.flawed(flaw, HOST), days=days)


def test_a_wrong_name_is_a_name_of_nobody(authority: Authority) -> None:
    verify(authority, authority.flawed("wrong-name", HOST), "other.chaosmod.test")


def test_self_signed_is_signed_by_its_own_key(authority: Authority) -> None:
    made = authority.flawed("self-signed", HOST).certificate
    made.verify_directly_issued_by(made)
    authority.issue(HOST).certificate.verify_directly_issued_by(authority.root.certificate)
    with pytest.raises(ValueError, match="subject does not match"):
        made.verify_directly_issued_by(authority.root.certificate)


def test_an_unknown_authority_is_another_one(authority: Authority) -> None:
    stranger = authority.flawed("unknown-authority", HOST).certificate
    assert stranger.issuer != authority.root.certificate.subject
    assert stranger.issuer != stranger.subject


def test_the_root_is_what_clients_are_given(authority: Authority) -> None:
    assert x509.load_pem_x509_certificate(authority.pem()) == authority.root.certificate
