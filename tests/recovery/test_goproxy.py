"""The GOPROXY list, as Go reads it."""

import pytest
from pydantic import TypeAdapter, ValidationError

from chaosmod.recovery.goproxy import (
    Entry,
    Proxy,
    address,
    format_list,
    is_proxy,
    parse_list,
    with_fallback,
    with_first_proxy,
)

A, B, C = "https://a.example", "https://b.example", "https://c.example"


@pytest.mark.parametrize(
    ("goproxy", "entries"),
    [
        ("", []),
        (",| ,", []),
        (A, [Entry(A)]),
        (f"{A},direct", [Entry(A, ","), Entry("direct")]),
        (f"{A}|{B},direct", [Entry(A, "|"), Entry(B, ","), Entry("direct")]),
        (f" {A} | direct ", [Entry(A, "|"), Entry("direct")]),
        (f",,{A},|{B}", [Entry(A, ","), Entry(B)]),
        (f"direct,{A}", [Entry("direct", ",")]),
        (f"{A},off,{B}", [Entry(A, ","), Entry("off", ",")]),
        ("directly.example", [Entry("directly.example")]),
    ],
)
def test_parse(goproxy: str, entries: list[Entry]) -> None:
    assert parse_list(goproxy) == entries


@pytest.mark.parametrize("goproxy", ["", A, f"{A},direct", f"{A}|{B},off"])
def test_what_is_read_is_written_back(goproxy: str) -> None:
    assert format_list(parse_list(goproxy)) == goproxy


def test_what_is_a_proxy() -> None:
    assert [is_proxy(Entry(text)) for text in (A, "direct", "off")] == [True, False, False]


def test_addresses_of_roles() -> None:
    assert address("mirror", {"mirror": B}) == B
    assert address(C, {"mirror": B}) == C


@pytest.mark.parametrize(
    ("goproxy", "result"),
    [
        (A, B),
        (f"{A},direct", f"{B},direct"),
        (f"{A}|{C},direct", f"{B}|{C},direct"),
        (f"{A},{B},direct", f"{B},direct"),
        ("direct", B),
        ("off", B),
        ("", B),
    ],
)
def test_the_first_proxy_is_replaced_and_the_rest_stays(goproxy: str, result: str) -> None:
    assert with_first_proxy(goproxy, B) == result


@pytest.mark.parametrize(
    ("goproxy", "separator", "result"),
    [
        (A, ",", f"{A},{B}"),
        (A, "|", f"{A}|{B}"),
        (f"{A},direct", "|", f"{A}|{B},direct"),
        (f"{A}|direct", ",", f"{A},{B}|direct"),
        (f"{A},{C}|direct", "|", f"{A}|{B},{C}|direct"),
        (f"{A},{B},direct", "|", f"{A}|{B},direct"),
        ("direct", "|", B),
        ("off", ",", B),
        ("", "|", B),
        (B, "|", B),
    ],
)
def test_the_fallback_comes_second(goproxy: str, separator: str, result: str) -> None:
    assert with_fallback(goproxy, B, separator) == result


@pytest.mark.parametrize(
    "to", ["mirror", "{mirror}", "{mirror}/sub", A, "a.example", "localhost:8080", "file:///srv", "direct", "off"]
)
def test_where_to(to: str) -> None:
    assert TypeAdapter(Proxy).validate_python(to) == to


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("miror", "unknown proxy 'miror'; did you mean 'mirror'"),
        ("elsewhere", "unknown proxy 'elsewhere'; use one of: primary, mirror"),
        ("{miror}", "unknown host role 'miror'; did you mean 'mirror'"),
        ("https://{miror}/x", "unknown host role 'miror'; did you mean 'mirror'"),
    ],
)
def test_where_to_is_none(to: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        TypeAdapter(Proxy).validate_python(to)
