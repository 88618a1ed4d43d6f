"""What a path asks for, in Go's words."""

import pytest

from chaosmod.faults.request import FILES, Request, Target, parse_target, unescape


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/example.com/a/@v/list", Target("list", "example.com/a")),
        ("/example.com/a/@latest", Target("latest", "example.com/a")),
        ("/example.com/a/@v/v1.2.3.info", Target("info", "example.com/a", "v1.2.3")),
        ("/example.com/a/@v/v1.2.3.mod", Target("mod", "example.com/a", "v1.2.3")),
        ("/example.com/a/@v/v1.2.3.zip?x=1", Target("zip", "example.com/a", "v1.2.3")),
        ("/example.com/!big/v2/@v/v2.0.0-!r!c.1.zip", Target("zip", "example.com/Big/v2", "v2.0.0-RC.1")),
        ("/example.com/a/@v/v2.0.0+incompatible.mod", Target("mod", "example.com/a", "v2.0.0+incompatible")),
        ("/example.com/a/@v/feature/x.info", Target("info", "example.com/a", "feature/x")),
        ("/golang.test/toolchain/@v/v0.0.1-go1.26.linux-amd64.zip", Target("zip", "golang.test/toolchain", "v0.0.1-go1.26.linux-amd64")),
        ("/lookup/example.com/!a@v1.0.0", Target("lookup", "example.com/A", "v1.0.0")),
        ("/lookup/example.com/a", Target("lookup", "example.com/a")),
        ("/tile/8/0/x001/234.p/5", Target("tile")),
        ("/tile/8/data/000", Target("tile")),
        ("/latest", Target("head")),
        ("/sumdb/sum.example/supported", Target("supported")),
        ("/sumdb/sum.example/lookup/example.com/a@v1.0.0", Target("lookup", "example.com/a", "v1.0.0")),
        ("/sumdb/sum.example/tile/8/1/000", Target("tile")),
        ("/sumdb/sum.example/latest", Target("head")),
        ("/lookup/a/@v/v1.0.0.mod", Target("mod", "lookup/a", "v1.0.0")),
        ("/supported", Target("other")),
        ("/", Target("other")),
        ("", Target("other")),
        ("/example.com/a/@v/v1.2.3.ziphash", Target("other")),
        ("/example.com/a/info/refs?service=git-upload-pack", Target("other")),
        ("/a\n/@v/v1.0.0.zip", Target("other")),
    ],
)  # fmt: skip
def test_targets(path: str, target: Target) -> None:
    assert parse_target(path) == target
    assert target.file in FILES


def test_discovery_names_its_host() -> None:
    assert parse_target("/team/lib?go-get=1", "code.example") == Target("go-get", "code.example/team/lib")
    assert parse_target("/?go-get=1", "code.example") == Target("go-get", "code.example")
    assert parse_target("/team/lib?go-get=1") == Target("go-get", "team/lib")
    assert parse_target("/team/lib?x=go-get=1", "code.example") == Target("other")


def test_unescape_leaves_what_is_no_escape() -> None:
    assert unescape("a!b!C!!d") == "aB!C!D"


def test_the_key_is_host_and_path() -> None:
    a = Request(role="primary", host="proxy.example", method="GET", path="/a", invocation=1)
    b = Request(role="primary", host="proxy.example", method="GET", path="/a", invocation=2, protocol="h1")
    assert a.key == b.key == ("proxy.example", "/a")
