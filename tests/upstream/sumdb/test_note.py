from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from chaosmod.upstream.sumdb.note import Signer, tree_text


def test_note_is_what_its_key_says() -> None:
    signer = Signer("sum.lab.example", seed=bytes(32))
    name, key_id, key = signer.verifier_key.split("+", 2)
    public = base64.b64decode(key)
    assert (name, public[0]) == ("sum.lab.example", 1)
    assert hashlib.sha256(name.encode() + b"\n" + public).hexdigest()[:8] == key_id
    text, _, line = signer.sign("one\n\ntwo\n").decode().rpartition("\n\n")
    dash, who, signature = line.removesuffix("\n").split(" ")
    assert (dash, who) == ("\u2014", name)
    raw = base64.b64decode(signature)
    assert raw[:4].hex() == key_id
    verifier = Ed25519PublicKey.from_public_bytes(public[1:])
    verifier.verify(raw[4:], text.encode() + b"\n")
    with pytest.raises(InvalidSignature):
        verifier.verify(raw[4:], text.encode())


def test_a_seed_gives_the_same_key_and_none_a_new_one() -> None:
    assert Signer("a", bytes(32)).verifier_key == Signer("a", bytes(32)).verifier_key
    assert Signer("a").verifier_key != Signer("a").verifier_key


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\n"])
def test_bad_names(name: str) -> None:
    with pytest.raises(ValueError, match="cannot name a key"):
        Signer(name)


def test_text_without_a_newline() -> None:
    with pytest.raises(ValueError, match="newline"):
        Signer("a").sign("text")


def test_tree_text() -> None:
    assert tree_text(3, bytes(32)) == f"go.sum database tree\n3\n{'A' * 43}=\n"
