"""Signed notes and their keys (C2SP signed-note; golang.org/x/mod/sumdb/note), with Ed25519."""

from __future__ import annotations

import base64
import hashlib
import re

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

__all__ = ["Signer", "tree_text"]

_ED25519 = b"\x01"
"""The algorithm byte in front of a key (C2SP signed-note, "Signature types")."""


class Signer:
    """A name with a private key. Made from a seed of 32 bytes it is always the same; without one it is new."""

    def __init__(self, name: str, seed: bytes | None = None) -> None:
        """Raises ValueError for a name that a note cannot carry, or a seed of another length."""
        if not re.fullmatch(r"[^\s+]+", name):
            raise ValueError(f"{name!r} cannot name a key: it is empty or has a space or a plus sign in it")
        self.name = name
        self._key = Ed25519PrivateKey.generate() if seed is None else Ed25519PrivateKey.from_private_bytes(seed)
        self._public = _ED25519 + self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self._id = hashlib.sha256(name.encode() + b"\n" + self._public).digest()[:4]

    @property
    def verifier_key(self) -> str:
        """What GOSUMDB holds: ``name+hash+key``."""
        return f"{self.name}+{self._id.hex()}+{base64.b64encode(self._public).decode()}"

    def sign(self, text: str) -> bytes:
        """The signed note of ``text``. Raises ValueError where the text does not end with a newline.

        The signature line begins with an em dash, U+2014; a hyphen would make the note malformed.
        """
        if not text.endswith("\n"):
            raise ValueError("the text of a note ends with a newline")
        signature = base64.b64encode(self._id + self._key.sign(text.encode())).decode()
        return f"{text}\n\N{EM DASH} {self.name} {signature}\n".encode()


def tree_text(size: int, root: bytes) -> str:
    """The text of a tree head: what the database signs (tlog.FormatTree)."""
    return f"go.sum database tree\n{size}\n{base64.b64encode(root).decode()}\n"
