from __future__ import annotations

import json
from pathlib import Path

import pytest

from chaosmod.errors import UpstreamError
from chaosmod.upstream.proxytree import ProxyTree
from chaosmod.upstream.zipping import write_zip

PSEUDO = "v0.0.0-20240305112233-5f3c9a1e7b42"


@pytest.fixture
def tree(tmp_path: Path) -> ProxyTree:
    folder = tmp_path / "a.example/!m/@v"
    folder.mkdir(parents=True)
    for version in ("v1.0.0", "v1.2.0", "v1.10.0", PSEUDO):
        write_zip(folder / f"{version}.zip", "a.example/M", version, {"m.go": b"package m\n"})
        (folder / f"{version}.mod").write_text("module a.example/M\n")
        (folder / f"{version}.info").write_text(json.dumps({"Version": version, "Time": "2024-01-01T00:00:00Z"}))
    (folder / "v1.11.0.mod").write_text("module a.example/M\n")
    (folder / "v1.12.0.zip").write_text("no go.mod beside it")
    (folder / "list").write_text("v9.9.9\n")
    (folder / "master.info").write_text("{}")
    (tmp_path / "b.example/m/@v").mkdir(parents=True)
    (tmp_path / "secret.zip").write_text("outside of any module")
    return ProxyTree(tmp_path)


def text(tree: ProxyTree, path: str) -> str:
    reply = tree.fetch(path)
    assert reply.status == 200
    return reply.read().decode()


def test_list_is_what_is_there_in_full(tree: ProxyTree) -> None:
    assert text(tree, "/a.example/!m/@v/list") == "v1.0.0\nv1.2.0\nv1.10.0\n"
    assert text(tree, "/b.example/m/@v/list") == ""


def test_latest(tree: ProxyTree) -> None:
    assert json.loads(text(tree, "/a.example/!m/@latest")) == {"Version": "v1.10.0", "Time": "2024-01-01T00:00:00Z"}
    (tree.root / "a.example/!m/@v/v1.10.0.info").unlink()
    assert json.loads(text(tree, "/a.example/!m/@latest")) == {"Version": "v1.10.0"}


def test_files_are_served_from_where_they_are(tree: ProxyTree) -> None:
    for suffix, kind in (("zip", "application/zip"), ("mod", "text/plain"), ("info", "application/json")):
        reply = tree.fetch(f"/a.example/!m/@v/v1.0.0.{suffix}")
        assert reply.file == tree.root / f"a.example/!m/@v/v1.0.0.{suffix}"
        assert reply.content_type.startswith(kind)
    assert text(tree, "/a.example/!m/@v/master.info") == "{}"


def test_info_is_made_up_only_where_the_version_is_there(tree: ProxyTree) -> None:
    assert json.loads(text(tree, "/a.example/!m/@v/v1.11.0.info")) == {"Version": "v1.11.0"}
    assert tree.fetch("/a.example/!m/@v/v1.13.0.info").status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/a.example/!m/@v/v1.13.0.zip",
        "/c.example/@v/list",
        "/c.example/@latest",
        "/b.example/m/@latest",
        "/a.example/M/@v/v1.0.0.zip",
        "/a.example/M/@v/list",
        "/a.example/M/@latest",
        "/a.example/x/../!m/@v/v1.0.0.zip",
        "/a.example/./!m/@v/list",
        "/a.example//!m/@v/list",
        "/a.example/!m/@v/../../../secret.zip",
        "/a.example/!m/@v/v1.0.0\x00.zip",
        "/a.example/!m/@v/v1.0.0.ziphash",
        "/sumdb/sum.example/supported",
        "/sumdb/sum.example/lookup/a.example/!m@v1.0.0",
        "/secret.zip",
        "/",
        "",
    ],
)
def test_everything_else_is_404(tree: ProxyTree, path: str) -> None:
    assert tree.fetch(path).status == 404


def test_sums(tree: ProxyTree) -> None:
    found = tree.sums("a.example/M", "v1.0.0")
    assert found is not None
    assert found is tree.sums("a.example/M", "v1.0.0")
    assert tree.sums("a.example/M", "v1.11.0") is None
    assert tree.sums("a.example/M", "v1.12.0") is None
    assert tree.sums("c.example", "v1.0.0") is None


def test_sums_of_a_damaged_zip(tree: ProxyTree) -> None:
    (tree.root / "a.example/!m/@v/v1.2.0.zip").write_text("damaged")
    with pytest.raises(UpstreamError):
        tree.sums("a.example/M", "v1.2.0")
