"""YAML as a tree with places: what is read, and every limit and trap with its exact message."""

import pytest
import yaml

from chaosmod.scenario.document import MAX_DEPTH, MAX_NODES, Scalar, flow, parse, plain, walk


def said(text: str) -> list[str]:
    return [str(problem).removeprefix("f:") for problem in parse(text, "f")[1]]


def value(text: str) -> object:
    node, problems = parse(text, "f")
    assert node is not None
    assert problems == []
    return plain(node)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1.20", {"a": "1.20"}),
        ("on: off", {"on": "off"}),
        (
            "a: [yes, 0x1F, 1e3, 2001-01-01, 010, .inf, 1:30]",
            {"a": ["yes", "0x1F", "1e3", "2001-01-01", "010", ".inf", "1:30"]},
        ),
        ("a:\nb: ~\nc: null\nd: ''\ne: 'null'", {"a": None, "b": None, "c": None, "d": "", "e": "null"}),
        ("410: x", {"410": "x"}),
        ("a: &x [1, {b: c}]\nd: *x", {"a": ["1", {"b": "c"}], "d": ["1", {"b": "c"}]}),
        ("a: &x y\n*x : z", {"a": "y", "y": "z"}),
        ("--- # one\na: |\n  two\n  lines\n...\n", {"a": "two\nlines\n"}),
        ("a: '<<'\n'<<': b", {"a": "<<", "<<": "b"}),
    ],
)
def test_scalars_are_strings(text: str, expected: object) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("", ["1:1: the file is empty"]),
        ("# only a comment\n", ["1:1: the file is empty"]),
        ("a: 1\nb: 2\na: 3\nb: 4", [
            "3:1: the key 'a' is given twice, first in line 1",
            "4:1: the key 'b' is given twice, first in line 2",
        ]),
        ("a: &x {b: c}\nd:\n  <<: *x\n", ["3:3: merge keys (<<) are not supported; write the keys out"]),
        ("? [a, b]\n: c\n", ["1:3: a key must be a word"]),
        ("? {a: b}\n: c\n", ["1:3: a key must be a word"]),
        ("{a: b, '': c, ~: d}", ["1:8: a key must be a word", "1:15: a key must be a word"]),
        ("a: !!python/object:os.system b", [
            "1:4: the tag 'tag:yaml.org,2002:python/object:os.system' is not supported; "
            "leave it out, and quote the value if need be"
        ]),
        ("!!map {a: b}", [
            "1:1: the tag 'tag:yaml.org,2002:map' is not supported; leave it out, and quote the value if need be"
        ]),
        ("a: b\n---\nc: d\n", ["2:1: a second document begins here; write one scenario a file"]),
        ("a: *b", ["1:4: the alias *b stands for nothing: no &b comes before it"]),
        ("a: &b [*b]", ["1:8: the alias *b is part of what it stands for"]),
        ("a: b\n\tc: d", [
            "2:1: not YAML: while scanning for the next token, found character '\\t' that cannot start any token "
            "(indent with spaces, not with tabs)"
        ]),
        ("a: b: c", ["1:5: not YAML: mapping values are not allowed here (quote the value)"]),
        ("a: @b", [
            "1:4: not YAML: while scanning for the next token, found character '@' that cannot start any token (quote the value)"
        ]),
        ("a: 'b", ["1:6: not YAML: while scanning a quoted scalar, found unexpected end of stream"]),
        ("a: b\nc: \x07", ["2:4: the character U+0007 is not allowed in YAML"]),
        ("\x00", ["1:1: the character U+0000 is not allowed in YAML"]),
        ("a: \ud800", ["1:4: the character U+D800 is not allowed in YAML"]),
        ('a: "\\ud800"', ["1:4: half of a surrogate pair is no character"]),
        ('a: "\\UFFFFFFFF"', ["1:7: not YAML: a number or an escape is out of range"]),
        ("%YAML " + "9" * 5000 + ".1\n--- a\n", ["1:7: not YAML: a number or an escape is out of range"]),
    ],
)  # fmt: skip
def test_what_is_no_document_says_why_and_where(text: str, problems: list[str]) -> None:
    assert said(text) == problems


def test_depth_is_limited() -> None:
    assert said("[" * MAX_DEPTH + "]" * MAX_DEPTH) == []
    assert said("[" * 100_000) == [f"1:{MAX_DEPTH + 1}: nested deeper than {MAX_DEPTH} levels"]


def test_depth_is_limited_through_aliases() -> None:
    half = MAX_DEPTH // 2
    deep = "[" * half + "]" * half
    assert said(f"- &a {deep}\n- " + "[" * (half - 1) + "*a" + "]" * (half - 1)) == []
    assert said(f"- &a {deep}\n- " + "[" * half + "*a" + "]" * half) == [
        f"2:{half + 3}: nested deeper than {MAX_DEPTH} levels"
    ]


def test_size_is_limited() -> None:
    assert said("\n".join("- a" for _ in range(MAX_NODES - 1))) == []
    assert said("\n".join("- a" for _ in range(MAX_NODES))) == [
        f"{MAX_NODES}:3: more than {MAX_NODES} values, aliases written out"
    ]


def test_a_bomb_of_aliases_is_refused_before_it_is_written_out() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    assert said("\n".join(lines)) == [f"5:10: more than {MAX_NODES} values, aliases written out"]


def test_reading_goes_on_after_a_mistake_in_a_key() -> None:
    node, problems = parse("? [a]\n: b\nc: d\nc: e\nf: g\n", "f")
    assert len(problems) == 2
    assert node is not None
    assert plain(node) == {"c": "d", "f": "g"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("{id: a, http: {status: 410}}", "{id: a, http: {status: 410}}"),
        ("- a: 'null'\n  b: null\n", "[{a: 'null', b: null}]"),
        ("a: &x [1]\nb: *x", "{a: [1], b: [1]}"),
        ("a: |\n  one\n  two\n", '{a: "one\\ntwo\\n"}'),
        ("just words", "just words"),
    ],
)
def test_flow_is_one_line_that_means_the_same(text: str, line: str) -> None:
    node, _ = parse(text, "f")
    assert node is not None
    assert flow(node) == line
    assert value(line) == plain(node)


def test_every_value_knows_its_line() -> None:
    node, _ = parse("a:\n  - b: c\n  - d\ne: f\n", "f")
    assert node is not None
    assert {path: mark.line for path, mark in walk(node)} == {
        ("a",): 1, ("a", 0): 2, ("a", 0, "b"): 2, ("a", 1): 3, ("e",): 4,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("written", "quote"),
    [
        ("a b", 0),
        ("été", 0),
        ("'a b'", 1),
        ('"a b"', 1),
        ("''", 1),
        ("'it''s'", None),
        ('"a\\tb"', None),
        ('"a \\\n  b"', None),
        ("a\n  b", None),
        ("'a\n  b'", None),
        (">\n  a\n  b", None),
        ("|\n  a b", None),
        ("|-\n  a", None),
        ("&x a b", None),
    ],
)
def test_a_scalar_knows_whether_it_is_written_as_it_is(written: str, quote: int | None) -> None:
    node, _ = parse(f"- {written}\n", "f")
    assert node is not None
    (scalar,) = node.items  # type: ignore[union-attr]
    assert isinstance(scalar, Scalar)
    assert scalar.quote == quote


def test_the_reader_of_yaml_is_the_one_with_the_limits_above() -> None:
    # The surprise that the string rule is about: PyYAML alone would give a float and a boolean.
    assert yaml.safe_load("{a: 1.20, on: off}") == {"a": 1.2, True: False}
