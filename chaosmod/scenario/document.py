"""YAML as a tree in which every node knows its place. Nothing is typed here: a scalar is a string, or nothing.

The tree is built from PyYAML's events with a stack of its own, so that neither depth nor aliases can exhaust the
interpreter, and limits apply while the text is being read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml

from chaosmod.scenario.problem import Problem, show

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_NODES",
    "Map",
    "Mark",
    "Node",
    "Scalar",
    "Seq",
    "flow",
    "parse",
    "plain",
    "walk",
]

MAX_BYTES = 1 << 20
MAX_DEPTH = 40
MAX_NODES = 20_000
"""Nodes of a document with its aliases written out."""

_NULLS = ("", "~", "null", "Null", "NULL")  # YAML 1.2 core schema, section 10.3.2


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the file, counted from 1."""

    line: int
    column: int


@dataclass(slots=True)
class Scalar:
    """One value as it is written, without its quotes; None for an empty or ``null`` one that is not quoted."""

    mark: Mark
    value: str | None
    size: int = 1
    height: int = 0
    quote: int | None = 0
    """How many characters of quoting stand at the mark before the value; None where it is not written as it is: in a
    block, on several lines, with escapes, or behind an anchor."""


@dataclass(slots=True)
class Seq:
    """A list. ``size`` counts all nodes in it with itself, ``height`` the lists and mappings within each other."""

    mark: Mark
    items: list[Node] = field(default_factory=list)
    size: int = 1
    height: int = 1


@dataclass(slots=True)
class Map:
    """A mapping, in the order of the file."""

    mark: Mark
    entries: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Mark] = field(default_factory=dict)
    size: int = 1
    height: int = 1


Node: TypeAlias = Scalar | Seq | Map


def parse(text: str, file: str) -> tuple[Node | None, list[Problem]]:
    """The tree of the one document in ``text``, and what is wrong with it. None where there is no tree to go on with."""
    builder = _Builder(file)
    try:
        loader = yaml.SafeLoader(text)
    except yaml.reader.ReaderError as e:
        before = text[: e.position]
        mark = Mark(before.count("\n") + 1, e.position - before.rfind("\n"))
        builder.report(mark, f"the character U+{ord(text[e.position]):04X} is not allowed in YAML")
        return None, builder.problems
    try:
        while loader.check_event():
            builder.feed(loader.get_event())  # type: ignore[no-untyped-call]
    except _StopError:
        return None, builder.problems
    except yaml.MarkedYAMLError as e:
        mark = _mark(e.problem_mark or e.context_mark or loader.get_mark())
        builder.report(mark, "not YAML: " + ", ".join(part for part in (e.context, e.problem) if part) + _hint(e))
        return None, builder.problems
    except (ValueError, OverflowError):  # PyYAML computes chr() and int() of escapes and directives unguarded
        builder.report(_mark(loader.get_mark()), "not YAML: a number or an escape is out of range")
        return None, builder.problems
    finally:
        loader.dispose()
    if builder.root is None and not builder.problems:
        builder.report(Mark(1, 1), "the file is empty")
    return builder.root, builder.problems


def plain(node: Node) -> Any:
    """``node`` as dicts, lists, strings and None."""
    if isinstance(node, Map):
        return {key: plain(value) for key, value in node.entries.items()}
    if isinstance(node, Seq):
        return [plain(item) for item in node.items]
    return node.value


def flow(node: Node) -> str:
    """``node`` as YAML on one line.

    >>> flow(parse("a:\\n- 410\\n- 'c, d'\\n", "f")[0])
    "{a: [410, 'c, d']}"
    """
    text = yaml.dump(
        plain(node), Dumper=_Flow, default_flow_style=True, width=1 << 30, sort_keys=False, allow_unicode=True
    )
    return text.removesuffix("\n").removesuffix("\n...")


class _Flow(yaml.SafeDumper):
    """Quotes what would be read as nothing, and not what would be a number or a boolean: here they are strings anyway."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML declares it so

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _quoted(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    # Between double quotes an end of line is written \n; in every other style it would begin a new line.
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if text.isprintable() else '"')


_Flow.add_representer(str, _quoted)
_Flow.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("~|null|Null|NULL|"), ["~", "n", "N", ""])


class _StopError(Exception):
    """The document is past a limit: reading on would only cost time."""


class _Builder:
    """Builds the tree, one event at a time."""

    def __init__(self, file: str) -> None:
        self.problems: list[Problem] = []
        self.root: Node | None = None
        self._file = file
        self._stack: list[_Frame] = []
        self._anchors: dict[str, Node] = {}
        self._nodes = 0
        self._documents = 0

    def report(self, mark: Mark, message: str) -> None:
        self.problems.append(Problem(self._file, mark.line, mark.column, message))

    def _stop(self, mark: Mark, message: str) -> _StopError:
        self.report(mark, message)
        return _StopError()

    def feed(self, event: yaml.Event) -> None:
        mark = _mark(event.start_mark)
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise self._stop(mark, "a second document begins here; write one scenario a file")
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event.anchor or "", mark)
        elif isinstance(event, yaml.CollectionEndEvent):
            frame = self._stack.pop()
            if frame.anchor is not None:
                self._anchors[frame.anchor] = frame.node
            self._add(frame.node)
        elif isinstance(event, yaml.NodeEvent):
            self._begin(event, mark)

    def _begin(self, event: Any, mark: Mark) -> None:
        self._count(1, mark)
        if event.tag is not None:
            self.report(
                mark, f"the tag {show(event.tag)} is not supported; leave it out, and quote the value if need be"
            )
        if isinstance(event, yaml.ScalarEvent):
            value = None if event.style is None and event.value in _NULLS else event.value
            if any("\ud800" <= c <= "\udfff" for c in event.value):
                self.report(mark, "half of a surrogate pair is no character")
                value = None
            scalar = Scalar(mark, value, quote=_quote(event))
            if event.anchor is not None:
                self._anchors[event.anchor] = scalar
            self._add(scalar, plain=event.style is None)
            return
        if len(self._stack) >= MAX_DEPTH:
            raise self._stop(mark, f"nested deeper than {MAX_DEPTH} levels")
        node: Seq | Map = Map(mark) if isinstance(event, yaml.MappingStartEvent) else Seq(mark)
        self._stack.append(_Frame(node, event.anchor))

    def _alias(self, name: str, mark: Mark) -> None:
        if any(frame.anchor == name for frame in self._stack):
            raise self._stop(mark, f"the alias *{name} is part of what it stands for")
        node = self._anchors.get(name)
        if node is None:
            self.report(mark, f"the alias *{name} stands for nothing: no &{name} comes before it")
            node = Scalar(mark, None)
        if len(self._stack) + node.height > MAX_DEPTH:
            raise self._stop(mark, f"nested deeper than {MAX_DEPTH} levels")
        self._count(node.size, mark)
        self._add(node)

    def _count(self, nodes: int, mark: Mark) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            raise self._stop(mark, f"more than {MAX_NODES} values, aliases written out")

    def _add(self, node: Node, *, plain: bool = False) -> None:
        if not self._stack:
            self.root = node
            return
        frame = self._stack[-1]
        parent = frame.node
        parent.size += node.size
        parent.height = max(parent.height, node.height + 1)
        if isinstance(parent, Seq):
            parent.items.append(node)
        elif frame.expects_key:
            frame.expects_key = False
            frame.key = self._key(parent, node, plain=plain)
        else:
            frame.expects_key = True
            if frame.key is not None:
                parent.entries[frame.key] = node

    def _key(self, parent: Map, node: Node, *, plain: bool) -> str | None:
        """The key that ``node`` is, noted in ``parent``; None where it cannot be one: its value is then left out."""
        if not isinstance(node, Scalar) or not node.value:
            self.report(node.mark, "a key must be a word")
        elif plain and node.value == "<<":
            self.report(node.mark, "merge keys (<<) are not supported; write the keys out")
        elif node.value in parent.keys:
            first = parent.keys[node.value].line
            self.report(node.mark, f"the key {show(node.value)} is given twice, first in line {first}")
        else:
            parent.keys[node.value] = node.mark
            return node.value
        return None


@dataclass(slots=True)
class _Frame:
    """A collection that is still open."""

    node: Seq | Map
    anchor: str | None
    expects_key: bool = True
    key: str | None = None


def _quote(event: Any) -> int | None:
    start, end = event.start_mark, event.end_mark
    quote = 0 if event.style is None else 1
    # Whatever YAML folds, escapes or leaves out makes what is written longer than the value.
    alike = start.line == end.line and end.column - start.column == len(event.value) + 2 * quote
    return quote if alike and event.style in (None, "'", '"') else None


def _mark(mark: Any) -> Mark:
    return Mark(mark.line + 1, mark.column + 1)


def _hint(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or ""
    if "'\\t'" in problem:
        return " (indent with spaces, not with tabs)"
    if "'%'" in problem or "'@'" in problem or "'`'" in problem or "mapping values" in problem:
        return " (quote the value)"
    return ""


def walk(node: Node, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Mark]]:
    """Every value with its path; a value of a mapping has the place of its key."""
    if isinstance(node, Map):
        for key, value in node.entries.items():
            yield (*path, key), node.keys[key]
            yield from walk(value, (*path, key))
    elif isinstance(node, Seq):
        for index, item in enumerate(node.items):
            yield (*path, index), item.mark
            yield from walk(item, (*path, index))
