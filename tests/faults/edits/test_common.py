"""Edits of any body."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaosmod.faults.actions import Edit
from chaosmod.faults.edits.common import CHUNK, Flip, Replace, Truncate, flip_at, pieces, size_of
from chaosmod.faults.extent import Extent

HALF = Extent(50, percent=True)


def edit(how: Edit, body: bytes) -> tuple[bytes, str]:
    target = io.BytesIO()
    words = how(io.BytesIO(body), target)
    return target.getvalue(), words


def test_replace() -> None:
    for body in (b"body", b"", b"n", b"no!"):
        assert edit(Replace(b"no", "an error"), body) == (b"no", "put an error in the place of the body")


@pytest.mark.parametrize("body", [b"", b"no"])
def test_what_is_so_already_is_not_replaced(body: bytes) -> None:
    assert edit(Replace(body, "the same"), body) == (body, "")


@pytest.mark.parametrize(
    ("keep", "body", "left"),
    [(HALF, b"abcd", b"ab"), (Extent(3), b"abcd", b"abc"), (Extent(9), b"abcd", b"abc"), (HALF, b"a", b"")],
)
def test_truncate_leaves_something_out_where_there_is_something(keep: Extent, body: bytes, left: bytes) -> None:
    assert edit(Truncate(keep), body) == (left, f"truncated to {len(left)} of {len(body)} bytes")
    assert edit(Truncate(keep), b"") == (b"", "")


@given(st.binary(max_size=50), st.integers(0, 100))
def test_flip_changes_one_bit(body: bytes, at: int) -> None:
    changed, words = edit(Flip(Extent(at, percent=True)), body)
    differing = [i for i, (a, b) in enumerate(zip(body, changed, strict=True)) if a != b]
    if body:
        assert differing == [min(len(body) * at // 100, len(body) - 1)]
        assert words == f"flipped a bit at byte {differing[0]} of {len(body)}"
        assert body[differing[0]] ^ changed[differing[0]] == 1
    else:
        assert (differing, words) == ([], "")


@pytest.mark.parametrize("place", [0, 5, CHUNK - 1, CHUNK, CHUNK + 3, 2 * CHUNK])
def test_flip_across_pieces(place: int) -> None:
    body = bytes(2 * CHUNK + 1)
    target = io.BytesIO()
    flip_at(io.BytesIO(body), target, place)
    changed = target.getvalue()
    assert len(changed) == len(body)
    assert [i for i, b in enumerate(changed) if b] == [place]


def test_pieces_stop_where_they_should() -> None:
    file = io.BytesIO(bytes(CHUNK + 10))
    assert [len(p) for p in pieces(file, CHUNK + 5)] == [CHUNK, 5]
    assert [len(p) for p in pieces(file)] == [5]
    assert list(pieces(file)) == []
    assert list(pieces(io.BytesIO(b"x"), 0)) == []


def test_size_goes_back_to_the_beginning() -> None:
    file = io.BytesIO(b"abc")
    file.seek(2)
    assert (size_of(file), file.tell()) == (3, 0)
