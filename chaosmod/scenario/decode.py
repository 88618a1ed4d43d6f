"""Models from nodes: pydantic decides, and what it says is put into plain words with the place in the file."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from chaosmod.scenario.document import Map, Mark, Node, Scalar, Seq, plain
from chaosmod.scenario.problem import Problem, one_of, show

__all__ = ["Decoder", "keys"]

M = TypeVar("M", bound=BaseModel)
Loc = tuple[str | int, ...]


class Decoder:
    """Decodes the parts of one file, and collects all that is wrong with them."""

    def __init__(self, file: str) -> None:
        self.problems: list[Problem] = []
        self._file = file

    def report(self, mark: Mark, message: str) -> None:
        """Note a problem at ``mark``."""
        self.problems.append(Problem(self._file, mark.line, mark.column, message))

    def model(self, cls: type[M], node: Node) -> M | None:
        """``node`` as a ``cls``, or None, with the reasons noted."""
        return self.build(cls, node, plain(node))

    def build(self, cls: type[M], node: Node, data: Any, given: Iterable[str] = ()) -> M | None:
        """As ``model``, from ``data`` that was made of ``node``; problems with the fields ``given`` are known already."""
        before = len(self.problems)
        for mark, message in _slips(cls, node):
            self.report(mark, message)
        slipped = {(p.line, p.column) for p in self.problems[before:]}
        try:
            made = cls.model_validate(data)
        except ValidationError as e:
            silent = set(given)
            for errors in _by_value(node, typing.cast(Any, e.errors(include_url=False))):
                loc = errors[0]["loc"]
                mark = _place(node, loc, errors[0])
                if not (loc and loc[0] in silent) and (mark.line, mark.column) not in slipped:
                    self.report(mark, _phrase(cls, loc, errors[0]) if len(errors) == 1 else _neither(cls, errors))
            return None
        return made if len(self.problems) == before else None


def keys(cls: type[BaseModel]) -> dict[str, Any]:
    """The keys that ``cls`` has in a file, with the types of their values."""
    return {field.alias or name: field.annotation for name, field in cls.model_fields.items()}


def _listed(cls: type[BaseModel]) -> list[str]:
    """The keys of ``cls`` for a message: with those that become a field of another name."""
    return sorted({*keys(cls), *getattr(cls, "also", ())})


def _models(annotation: Any) -> list[type[BaseModel]]:
    """The models that a value of this type can be."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in typing.get_args(annotation) for model in _models(argument)]


def _at(cls: type[BaseModel], loc: Loc) -> type[BaseModel]:
    """The model to which the last key of ``loc`` belongs."""
    for key in loc[:-1]:
        models = _models(keys(cls).get(str(key)))
        if len(models) == 1:
            cls = models[0]
    return cls


def _steps(node: Node, loc: Loc) -> Iterator[tuple[Mark, Node]]:
    """The way of ``loc`` below ``node``: for each key that leads somewhere, its own mark and the node there.

    Parts of ``loc`` that only pydantic knows (the members of a union) lead nowhere and are passed over.
    """
    for key in loc:
        if isinstance(node, Map) and str(key) in node.entries:
            mark, node = node.keys[str(key)], node.entries[str(key)]
            yield mark, node
        elif isinstance(node, Seq) and isinstance(key, int) and key < len(node.items):
            node = node.items[key]
            yield node.mark, node


def _place(node: Node, loc: Loc, error: dict[str, Any]) -> Mark:
    """The place of an ``error`` at ``loc`` below ``node``: of a value, or of the key where the key itself is wrong.

    An error that knows its ``offset`` in a text with a grammar of its own has its place inside the value, where the text
    is written as it is; else at its beginning, and the error's own words have to say where.
    """
    path = tuple(key for key in loc if key != "[key]")
    steps = tuple(_steps(node, path))
    found = steps[-1][1] if steps else node
    if (error["type"] == "extra_forbidden" or path != loc) and len(steps) == len(path):
        return steps[-1][0]
    offset = getattr(error.get("ctx", {}).get("error"), "offset", None)
    if offset is None or not isinstance(found, Scalar) or found.quote is None:
        return found.mark
    return Mark(found.mark.line, found.mark.column + offset + found.quote)


def _by_value(node: Node, errors: Iterable[dict[str, Any]]) -> Iterable[list[dict[str, Any]]]:
    """``errors`` with those together that the members of one union have to say of the same value."""
    groups: dict[Loc, list[dict[str, Any]]] = {}
    for error in errors:
        loc = error["loc"]
        steps = tuple(_steps(node, loc))
        member = error["type"] != "missing" and loc[-1:] != ("[key]",) and len(steps) < len(loc)
        groups.setdefault(loc[:-1] if member else loc, []).append(error)
    return groups.values()


_WRITTEN = {
    bool: (re.compile("true|false"), "neither true nor false"),
    int: (re.compile("[+-]?[0-9]+"), "not a whole number"),
}
"""How values of a type are written. Pydantic takes ``on``, ``y`` and ``1`` for yes, ``1_000`` and ``5.0`` for numbers."""


def _slips(cls: type[BaseModel], node: Node) -> Iterator[tuple[Mark, str]]:
    """What pydantic would let pass: odd spellings of values, and names of fields that are no keys of the file."""
    known = keys(cls)
    if isinstance(node, Scalar):
        yield from _spelling(known.get(getattr(cls, "shorthand", None) or ""), node)
    if not isinstance(node, Map):
        return
    for key, value in node.entries.items():
        if key in cls.model_fields and key not in known:
            yield node.keys[key], one_of("unknown key", key, _listed(cls))
        yield from _spelling(known.get(key), value)
        for model in _models(known.get(key)):
            for part in value.items if isinstance(value, Seq) else [value]:
                yield from _slips(model, part)


def _spelling(annotation: Any, node: Node) -> Iterator[tuple[Mark, str]]:
    for kind in {annotation, *typing.get_args(annotation)} & _WRITTEN.keys() if annotation else ():
        pattern, complaint = _WRITTEN[kind]
        if isinstance(node, Scalar) and node.value is not None and not pattern.fullmatch(node.value):
            yield node.mark, f"{show(node.value)} is {complaint}"


_EXPECTED = {
    "string_type": "a word is expected here; quote an empty one",
    "int_parsing_size": "{input} is too large a number",
    "int_parsing": "{input} is not a whole number",
    "int_type": "a whole number is expected here",
    "float_parsing": "{input} is not a number",
    "float_type": "a number is expected here",
    "finite_number": "{input} is not a finite number",
    "bool_type": "true or false is expected here",
    "dict_type": "a mapping is expected here (KEY: VALUE)",
    "mapping_type": "a mapping is expected here (KEY: VALUE)",
    "model_type": "a mapping is expected here (KEY: VALUE)",
    "tuple_type": "a list is expected here",
    "list_type": "a list is expected here",
    "frozen_set_type": "a list is expected here",
    "set_type": "a list is expected here",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must have at least {min_length} entries",
    "too_long": "must have at most {max_length} entries",
}


_FORMS = {
    "literal_error": "",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "string_type": "",
    "form": "{form}",
}
"""What a value has to look like that is to be taken for a member of a union, by the error where it does not. A type of our
own raises ``PydanticCustomError("form", …)`` with words for it."""


def _neither(cls: type[BaseModel], errors: Sequence[dict[str, Any]]) -> str:
    """What all ``errors`` of a union's members mean: that of the one whose form the value has, or else all forms."""
    for error in errors:
        if error["type"] not in _FORMS:
            return _phrase(cls, error["loc"], error)
    known = [word for error in errors if error["type"] == "literal_error" for word in _words(error["ctx"])]
    known += filter(None, (_FORMS[error["type"]].format(form=error["msg"]) for error in errors))
    given = errors[0]["input"]
    if isinstance(given, str):
        return one_of("unknown word", given, known)
    return f"one of these is expected here: {', '.join(known)}"


def _phrase(cls: type[BaseModel], loc: Loc, error: dict[str, Any]) -> str:
    """What pydantic's ``error`` means to somebody who wrote a scenario."""
    kind, context, given = error["type"], error.get("ctx", {}), error["input"]
    if kind == "extra_forbidden":
        return one_of("unknown key", str(loc[-1]), _listed(_at(cls, loc)))
    if kind == "missing":
        return f"the key '{loc[-1]}' is missing"
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error" and isinstance(given, str):
        return one_of("unknown word", given, _words(context))
    if kind == "literal_error":
        return f"one of these words is expected here: {', '.join(_words(context))}"
    if kind == "form":
        return f"{error['msg']} is expected here"
    if kind.endswith("_type") and (word := _unquoted(given)):
        return f'in YAML {word} is a mapping; write "{word}"'
    if kind == "too_short" and context["min_length"] == 1:
        return "must not be empty"
    if kind in _EXPECTED:
        return _EXPECTED[kind].format(**{"input": show(str(given)), **context})
    return str(error["msg"])


def _unquoted(given: object) -> str:
    """``{primary}``, where that is how a mapping came about that nobody meant; else nothing."""
    if isinstance(given, dict) and list(given.values()) == [None]:
        (key,) = given
        return f"{{{key}}}" if key.isprintable() and len(key) <= 60 else ""
    return ""


def _words(context: dict[str, Any]) -> list[str]:
    """The words of a Literal, from pydantic's "'a', 'b' or 'c'"."""
    return re.findall(r"'([^']*)'", context["expected"])
