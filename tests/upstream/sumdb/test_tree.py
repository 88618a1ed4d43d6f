from __future__ import annotations

import hashlib

import pytest

from chaosmod.upstream.sumdb.tree import WIDTH, Tile, Tree, TreeView, leaf_hash, node_hash, parse_tile, tile_bytes


def leaves(count: int) -> list[bytes]:
    return [leaf_hash(b"%d" % i) for i in range(count)]


def by_the_book(of: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if not of:
        return hashlib.sha256().digest()
    if len(of) == 1:
        return of[0]
    k = 1
    while k * 2 < len(of):
        k *= 2
    return node_hash(by_the_book(of[:k]), by_the_book(of[k:]))


def test_roots_of_every_size() -> None:
    of = leaves(300)
    tree = Tree(of)
    for size in range(301):
        assert tree.at(size).root() == by_the_book(of[:size])


def test_a_view_stays_as_it_was() -> None:
    tree = Tree(leaves(5))
    view, root = tree.at(5), tree.at(5).root()
    assert tree.append(leaf_hash(b"more")) == 5
    assert view.root() == root != tree.at(6).root()
    with pytest.raises(IndexError, match="not complete"):
        view.node(1, 2)
    with pytest.raises(IndexError):
        view.node(0, -1)


@pytest.mark.parametrize("size", [-1, 4])
def test_no_view_beyond_the_tree(size: int) -> None:
    with pytest.raises(ValueError, match="3 leaves"):
        Tree(leaves(3)).at(size)


@pytest.mark.parametrize(
    ("path", "tile"),
    [
        ("/tile/8/0/000", Tile(0, 0, WIDTH)),
        ("/tile/8/0/000.p/1", Tile(0, 0, 1)),
        ("/tile/8/2/001.p/255", Tile(2, 1, 255)),
        ("/tile/8/0/x001/234", Tile(0, 1234, WIDTH)),
        ("/tile/8/0/x001/x234/067.p/44", Tile(0, 1234067, 44)),
        ("/tile/8/data/005", Tile(None, 5, WIDTH)),
        ("/tile/8/0/000.p/256", None),
        ("/tile/8/0/000.p/0", None),
        ("/tile/8/0/000.p/01", None),
        ("/tile/8/0/0", None),
        ("/tile/8/0/001/234", None),
        ("/tile/8/0/x000/001", None),
        ("/tile/8/00/000", None),
        ("/tile/8/-1/000", None),
        ("/tile/9/0/000", None),
        ("/tile/8/0/000/", None),
        ("/tile/8/0/x001", None),
        ("/other", None),
    ],
)
def test_tile_paths(path: str, tile: Tile | None) -> None:
    assert parse_tile(path) == tile


def _tile(view: TreeView, path: str) -> bytes | None:
    tile = parse_tile(path)
    assert tile is not None
    return tile_bytes(view, tile)


def test_tile_contents() -> None:
    of = leaves(600)
    view = Tree(of).at(515)
    assert _tile(view, "/tile/8/0/000") == b"".join(of[:256])
    assert _tile(view, "/tile/8/0/000.p/7") == b"".join(of[:7])
    assert _tile(view, "/tile/8/0/002.p/3") == b"".join(of[512:515])
    assert _tile(view, "/tile/8/1/000.p/2") == by_the_book(of[:256]) + by_the_book(of[256:512])
    assert _tile(view, "/tile/8/0/002.p/4") is None
    assert _tile(view, "/tile/8/0/002") is None
    assert _tile(view, "/tile/8/1/000.p/3") is None
    assert _tile(view, "/tile/8/9/000.p/1") is None
    assert _tile(view, "/tile/8/data/000") is None
