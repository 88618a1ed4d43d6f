"""Which requests a fault may act on: every key says yes and no."""

from typing import Any

import pytest
from pydantic import ValidationError

from chaosmod.faults.match import Match, resolve
from chaosmod.faults.request import Request, parse_target


def request(path: str = "/example.com/a/b/@v/v1.2.0.zip", **other: Any) -> Request:
    values: dict[str, Any] = {"role": "primary", "host": "proxy.example", "method": "GET", "path": path}
    return Request(**{**values, "target": parse_target(path), **other})


@pytest.mark.parametrize(
    ("match", "yes", "no"),
    [
        ({"host": "primary"}, {}, {"role": "mirror"}),
        ({"host": ["primary", "vcs"]}, {"role": "vcs"}, {"role": "sumdb"}),
        ({"file": "zip"}, {}, {"path": "/example.com/a/b/@v/v1.2.0.mod"}),
        ({"file": ["mod", "zip"]}, {}, {"path": "/example.com/a/b/@v/list"}),
        ({"protocol": "h2"}, {}, {"protocol": "h1"}),
        ({"scheme": "http"}, {"scheme": "http"}, {}),
        ({"method": "get"}, {}, {"method": "POST"}),
        ({"path": "/*/@v/*"}, {}, {"path": "/latest"}),
        ({"path": "*?go-get=1"}, {"path": "/x?go-get=1"}, {"path": "/x"}),
        ({"path": "/greet"}, {"path": "/greet?go-get=1"}, {"path": "/greet/more?go-get=1"}),
        ({"path": "/greet"}, {"path": "/greet"}, {"path": "/?go-get=/greet"}),
        ({"path": ["/no", "/greet[?]go-get=1"]}, {"path": "/greet?go-get=1"}, {"path": "/greet"}),
        ({"module": "example.com/*"}, {}, {"path": "/example.org/a/@v/list"}),
        ({"module": "example.com/a"}, {"path": "/example.com/a/@v/list"}, {}),
        ({"module": "example.com/Big"}, {"path": "/example.com/!big/@v/list"}, {"path": "/example.com/big/@v/list"}),
        ({"module": ["x", "*/b"]}, {}, {"path": "/example.com/c/@v/list"}),
        ({"module": "example.com/a/b@v1.2.*"}, {}, {"path": "/example.com/a/b/@v/v1.3.0.zip"}),
        ({"version": "v1.2.*"}, {}, {"path": "/example.com/a/b/@v/v1.3.0.zip"}),
        ({"version": "v1.2.0"}, {"path": "/lookup/x@v1.2.0"}, {"path": "/example.com/a/b/@v/list"}),
        ({"host": "primary", "file": "zip"}, {}, {"role": "mirror"}),
        ({"host": "mirror", "file": "zip"}, {"role": "mirror"}, {}),
    ],
)
def test_covers(match: dict[str, Any], yes: dict[str, Any], no: dict[str, Any]) -> None:
    assert Match.model_validate(match).covers(request(**yes))
    assert not Match.model_validate(match).covers(request(**no))


def test_an_empty_match_covers_all() -> None:
    assert Match().covers(request())
    assert Match().covers(request("/", role="vcs", method="POST", scheme="http"))


def test_a_module_with_its_version_covers_requests_that_name_none() -> None:
    match = Match.model_validate({"module": "example.com/a/b@v1.2.0"})
    assert match.covers(request("/example.com/a/b/@v/list"))
    assert match.covers(request("/example.com/a/b/@latest"))


MODULES = {"{direct}": "example.com/a/b@v1.2.0", "{indirect:2}": "example.com/q[1]*@v2.0.0"}


def test_roles_become_module_and_version() -> None:
    match = resolve(Match.model_validate({"module": ["{direct}", "x/*"]}), MODULES)
    assert match.module == ("example.com/a/b@v1.2.0", "x/*")
    assert match.covers(request())
    assert not match.covers(request("/example.com/a/b/@v/v1.3.0.zip"))


def test_a_version_of_its_own_replaces_that_of_the_role() -> None:
    match = resolve(Match.model_validate({"module": "{direct}", "version": "v1.3.0"}), MODULES)
    assert match.module == ("example.com/a/b",)
    assert match.covers(request("/example.com/a/b/@v/v1.3.0.zip"))
    assert not match.covers(request())


def test_what_a_role_stands_for_is_no_glob() -> None:
    match = resolve(Match.model_validate({"module": "{indirect:2}"}), MODULES)
    assert match.covers(request("/example.com/q[1]*/@v/v2.0.0.zip"))
    assert not match.covers(request("/example.com/q1x/@v/v2.0.0.zip"))


def test_resolving_without_roles_changes_nothing() -> None:
    match = Match.model_validate({"host": "primary"})
    assert resolve(match, {}) is match


def test_a_role_that_the_workspace_does_not_have() -> None:
    with pytest.raises(KeyError, match="direct:9"):
        resolve(Match.model_validate({"module": "{direct:9}"}), MODULES)


@pytest.mark.parametrize(
    ("match", "message"),
    [
        ({"host": "prmary"}, "Input should be 'primary', 'mirror', 'sumdb' or 'vcs'"),
        ({"host": []}, "must not be empty: it would match nothing"),
        ({"module": []}, "must not be empty: it would match nothing"),
        ({"file": "zipp"}, "Input should be 'list'"),
        ({"module": "{direkt}"}, "'{direkt}' is no module role"),
        ({"module": "{direct:0}"}, "'{direct:0}' is no module role"),
        ({"module": "{direct}/v2"}, "'{direct}/v2' is no module role"),
        ({"protocol": "h3"}, "Input should be 'h1' or 'h2'"),
        ({"scheme": "ftp"}, "Input should be 'http' or 'https'"),
        ({"modul": "x"}, "Extra inputs are not permitted"),
    ],
)
def test_what_is_no_match(match: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as e:
        Match.model_validate(match)
    assert message in str(e.value)
