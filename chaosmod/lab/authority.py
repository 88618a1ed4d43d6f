"""The lab's certificate authority: a key per worker, and a server certificate per name, made when first asked for."""

from __future__ import annotations

import datetime
import ipaddress
import threading
from dataclasses import dataclass, field
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from chaosmod.faults.tls_actions import Flaw

__all__ = ["Authority", "Credentials"]

_DAY = datetime.timedelta(days=1)

_OTHER = "other.chaosmod.test"
"""Whose name a wrongly named certificate bears: nobody's."""

_VALIDITY = {"expired": (-10, -1), "not-yet-valid": (1, 90)}
"""Days from now on which a flawed certificate begins and ceases to be valid."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """A certificate and its key, with the chain up to but without the root."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common[:64])])


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


@dataclass
class Authority:
    """A certificate authority. EC keys: one takes a fraction of a millisecond to make, an RSA key 130 ms."""

    common_name: str = "chaosmod lab"
    root: Credentials = field(init=False)
    _issued: dict[tuple[str, str], Credentials] = field(init=False, default_factory=dict)
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)

    def __post_init__(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.datetime.now(datetime.UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(_name(self.common_name))
            .issuer_name(_name(self.common_name))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 30 * _DAY)
            .not_valid_after(now + 365 * _DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(sign_certificates=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        self.root = Credentials(certificate, key)

    def pem(self) -> bytes:
        """The root certificate, for SSL_CERT_FILE."""
        return self.root.certificate.public_bytes(serialization.Encoding.PEM)

    def issue(self, name: str) -> Credentials:
        """The server certificate for ``name``: a DNS name or an address."""
        return self._once("", name)

    def flawed(self, flaw: Flaw, name: str) -> Credentials:
        """A certificate for ``name`` that is right but for ``flaw``."""
        return self._once(flaw, name)

    def _once(self, flaw: Flaw | Literal[""], name: str) -> Credentials:
        with self._lock:
            if (flaw, name) not in self._issued:
                self._issued[flaw, name] = self._make(flaw, name)
            return self._issued[flaw, name]

    def _make(self, flaw: Flaw | Literal[""], name: str) -> Credentials:
        key = ec.generate_private_key(ec.SECP256R1())
        if flaw == "wrong-name":
            name = _OTHER
        issuer = self.root
        if flaw == "unknown-authority":
            issuer = Authority("an authority that nobody trusts").root
        subject = _name(name)
        signer = key if flaw == "self-signed" else issuer.key
        first, last = _VALIDITY.get(flaw, (-1, 90))
        now = datetime.datetime.now(datetime.UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject if flaw == "self-signed" else issuer.certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + first * _DAY)
            .not_valid_after(now + last * _DAY)
            .add_extension(x509.SubjectAlternativeName([_alternative(name)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(sign_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
            .sign(signer, hashes.SHA256())
        )
        return Credentials(certificate, key)


def _usage(*, sign_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not sign_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=sign_certificates,
        crl_sign=sign_certificates,
        encipher_only=False,
        decipher_only=False,
    )
