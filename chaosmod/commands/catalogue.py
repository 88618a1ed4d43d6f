"""``chaosmod faults``, ``recoveries``, ``checks`` and ``diagnoses``: what there is, from the registries themselves."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import textwrap
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from chaosmod.errors import UsageError

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = ["arguments", "catalogue", "run"]

Entry = dict[str, Any]


def arguments(parser: argparse.ArgumentParser) -> None:
    """A name, and the form."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these, with their parameters")
    parser.add_argument("--json", action="store_true", help="everything, as JSON")


def run(given: argparse.Namespace) -> int:
    """Print the catalogue ``given.command``."""
    entries = {entry["name"]: entry for entry in catalogue(given.command)}
    if given.names:
        from chaosmod.scenario.problem import one_of

        for name in given.names:
            if name not in entries:
                raise UsageError(one_of("no such entry", name, entries))
        entries = {name: entries[name] for name in given.names}
    if given.json:
        json.dump(list(entries.values()), sys.stdout, indent=2, ensure_ascii=False)
        print()
        return 0
    width = min(shutil.get_terminal_size().columns, 120)
    for entry in entries.values():
        print("\n".join(_told(entry, width)))
    return 0


def catalogue(kind: str) -> list[Entry]:
    """The entries of ``faults``, ``recoveries``, ``checks`` or ``diagnoses``: plain data, each with a ``name``."""
    from chaosmod.checks.base import CHECKS
    from chaosmod.faults.base import FAULTS
    from chaosmod.recovery.base import RECOVERIES

    if kind == "faults":
        return [
            {
                "name": name,
                "summary": cls.summary,
                "layer": cls.layer,
                "needs": sorted(cls.needs),
                "example": f"{name}: {cls.example}",
                "parameters": list(_parameters(cls)),
            }
            for name, cls in FAULTS.items()
        ]
    if kind == "recoveries":
        return [
            {
                "name": name,
                "summary": cls.summary,
                "unsafe": cls.unsafe,
                "example": f"do: {cls.example}",
                "parameters": list(_parameters(cls)),
            }
            for name, cls in RECOVERIES.items()
        ]
    if kind == "checks":
        return [{"name": name, "summary": cls.summary, "example": cls.example} for name, cls in CHECKS.items()]
    return list(_diagnoses())


def _diagnoses() -> Iterator[Entry]:
    from chaosmod.diagnose.signatures import signatures

    for s in signatures():
        texts = [{"go": e.go, "text": e.text, "line": _decisive(e.text)} for e in s.examples]
        yield {"name": s.name, "summary": s.meaning, "family": s.family, "since": s.since, "examples": texts}


def _decisive(text: str) -> str:
    from chaosmod.diagnose.matcher import diagnose

    found = diagnose([text])
    return found.text if found is not None else text.strip().partition("\n")[0]


def _parameters(cls: type[BaseModel]) -> Iterator[Entry]:
    schema = cls.model_json_schema()
    definitions = schema.get("$defs", {})
    for name, field in schema.get("properties", {}).items():
        if name == "changes" and not field.get("description"):
            continue  # every recovery has it, and only those that say so let a scenario set it
        yield {
            "name": name,
            "type": _type(field, definitions),
            "required": name in schema.get("required", ()),
            "default": field.get("default"),
            "summary": field.get("description", ""),
        }


def _type(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    """The type of a JSON Schema in a few words."""
    if "$ref" in schema:
        return _type(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if "enum" in schema or "const" in schema:
        return " or ".join(json.dumps(v) for v in schema.get("enum", [schema.get("const")]))
    if {"const": 0} in [{k: v for k, v in s.items() if k == "const"} for s in schema.get("anyOf", ())]:
        return "duration (250ms, 5s, 2m)"
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_type(s, definitions) for s in schema["anyOf"]))
    word = {"string": "text", "object": "mapping", "array": "list", "null": "nothing"}
    name = str(schema.get("type", "value"))
    low, high = schema.get("minimum"), schema.get("maximum")
    limits = {
        (True, True): f" from {low} to {high}",
        (True, False): f" from {low}",
        (False, True): f" up to {high}",
        (False, False): "",
    }
    items = f" of {_type(schema['items'], definitions)}" if schema.get("items") else ""
    return f"{word.get(name, name)}{items}{limits[low is not None, high is not None]}"


def _told(entry: Entry, width: int) -> Iterator[str]:
    yield entry["name"] + ("  (unsafe: a protection is switched off)" if entry.get("unsafe") else "")
    yield from _folded(entry["summary"], width)
    if entry.get("needs"):
        yield f"  needs {', '.join(entry['needs'])}"
    for parameter in entry.get("parameters", ()):
        default = "required" if parameter["required"] else f"default {json.dumps(parameter['default'])}"
        if parameter["default"] in (None, "", [], {}) and not parameter["required"]:
            default = "optional"
        said = f"{parameter['name']}: {parameter['type']}, {default}"
        yield from _folded(f"{said}. {parameter['summary']}" if parameter["summary"] else said, width, "    ")
    if "example" in entry:
        yield f"  example   {entry['example']}"
    for example in entry.get("examples", ())[:1]:
        yield from _folded(f"go {example['go']} says: {example['line']}", width)
    yield ""


def _folded(text: str, width: int, indent: str = "  ") -> list[str]:
    return textwrap.wrap(text, width, initial_indent=indent, subsequent_indent=indent + "  ", break_long_words=False)
