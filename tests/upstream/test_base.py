from __future__ import annotations

from pathlib import Path

from chaosmod.upstream.base import NOT_FOUND, Reply, public_sums
from chaosmod.upstream.corpus import Corpus


def test_reply_from_memory_and_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"content")
    for reply in (Reply(200, b"content"), Reply(200, file=tmp_path / "f")):
        assert (reply.size, reply.read()) == (7, b"content")


def test_not_found_is_plain_text() -> None:
    assert NOT_FOUND.status == 404
    assert NOT_FOUND.content_type.startswith("text/plain")


def test_public_sums(corpus: Corpus) -> None:
    sums = public_sums(corpus)
    assert sums("corpus.example/greet", "v1.0.0") == corpus.sums("corpus.example/greet", "v1.0.0") is not None
    assert corpus.sums("private.example/team/secret", "v1.0.0") is not None
    assert sums("private.example/team/secret", "v1.0.0") is None
