"""The JSON Schema (draft 2020-12) of a scenario file, exported from the models and the catalogues.

An editor's YAML reader turns ``410`` into a number and ``true`` into a boolean, where chaosmod reads strings and lets the
model decide: so the schema takes both forms of every value.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from chaosmod.faults.base import FAULTS, Fault
from chaosmod.recovery.base import RECOVERIES, Recovery
from chaosmod.scenario.model import FaultFrame, RecoveryFrame, Scenario
from chaosmod.scenario.words import NEEDS, SETTINGS

__all__ = ["SHIPPED", "json_schema", "text"]

SHIPPED = Path(__file__).with_name("schema.json")
"""The schema as editors find it."""

_TEXT = ["string", "number", "boolean"]


class _Written(GenerateJsonSchema):
    """The schema of what is written, not of what it becomes."""

    def int_schema(self, schema: core_schema.IntSchema) -> JsonSchemaValue:
        sign = "" if schema.get("ge", schema.get("gt", -1)) >= 0 else "[+-]?"
        return {"anyOf": [super().int_schema(schema), {"type": "string", "pattern": f"^{sign}[0-9]+$"}]}

    def float_schema(self, schema: core_schema.FloatSchema) -> JsonSchemaValue:
        return {"anyOf": [super().float_schema(schema), {"type": "string", "pattern": r"^-?[0-9.]+(e-?[0-9]+)?$"}]}

    def bool_schema(self, schema: core_schema.BoolSchema) -> JsonSchemaValue:
        return {"enum": [True, False, "true", "false"]}

    def str_schema(self, schema: core_schema.StringSchema) -> JsonSchemaValue:
        return super().str_schema(schema) | {"type": _TEXT}

    def tuple_schema(self, schema: core_schema.TupleSchema) -> JsonSchemaValue:
        return self._or_one(super().tuple_schema(schema))

    def set_schema(self, schema: core_schema.SetSchema) -> JsonSchemaValue:
        return self._or_one(super().set_schema(schema))

    def frozenset_schema(self, schema: core_schema.FrozenSetSchema) -> JsonSchemaValue:
        return self._or_one(super().frozenset_schema(schema))

    @staticmethod
    def _or_one(many: JsonSchemaValue) -> JsonSchemaValue:
        # Every list of a scenario file may be written as its only entry.
        return {"anyOf": [many.get("items", {}), many]}


def json_schema() -> dict[str, Any]:
    """The schema, with every fault and recovery that is registered."""
    definitions: dict[str, Any] = {}
    schema = _of(Scenario, definitions)
    properties = schema["properties"]
    properties["posture"] = _posture() | {"description": "the client's configuration; default: Go's own"}
    properties["postures"] = properties["postures"] | {"propertyNames": {}, "additionalProperties": _posture()}
    properties["cache"] = _cache()
    properties["provoke"] = _or_short(properties["provoke"])
    properties["needs"]["examples"] = [list(NEEDS[:2]), "mirror"]
    properties["faults"] = {"type": "array", "minItems": 1, "items": _fault(definitions)}
    properties["recoveries"] = {"type": "array", "items": _recovery(definitions)}
    schema["not"] = {"required": ["posture", "postures"]}
    for unused in ("DeclaredFault", "DeclaredRecovery", "Fault", "Recovery", "Cache"):
        definitions.pop(unused, None)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "chaosmod scenario",
        **_untitled(schema),
        "$defs": _untitled(dict(sorted(definitions.items()))),
    }


def text() -> str:
    """The schema as the file ``schema.json`` has it."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _of(cls: type[BaseModel], definitions: dict[str, Any]) -> dict[str, Any]:
    """The schema of ``cls``; those of the models in it are added to ``definitions``."""
    schema = cls.model_json_schema(by_alias=True, schema_generator=_Written, ref_template="#/$defs/{model}")
    definitions.update(schema.pop("$defs", {}))
    return schema


def _untitled(schema: Any) -> Any:
    """``schema`` without the titles that pydantic makes of field names: they say nothing. (A property may be a ``title``.)"""
    if isinstance(schema, dict):
        return {k: _untitled(v) for k, v in schema.items() if not (k == "title" and isinstance(v, str))}
    return [_untitled(item) for item in schema] if isinstance(schema, list) else schema


def _entry(cls: type[Fault] | type[Recovery], definitions: dict[str, Any]) -> dict[str, Any]:
    """The parameters of one fault or recovery: a mapping, its shorthand, or nothing where all have defaults."""
    schema = _of(cls, definitions)
    schema["description"] = cls.summary
    forms = [schema]
    if cls.shorthand is not None:
        forms.append(schema["properties"][cls.shorthand])
    if not schema.get("required"):
        forms.append({"type": "null"})
    return {"description": cls.summary, "examples": [yaml.safe_load(cls.example)], "anyOf": forms}


def _fault(definitions: dict[str, Any]) -> dict[str, Any]:
    schema = _of(FaultFrame, definitions)
    schema["description"] = "a fault: one kind, and where and when it acts"
    for kind, cls in FAULTS.items():
        schema["properties"][kind] = _entry(cls, definitions)
    schema["oneOf"] = [{"required": [kind]} for kind in FAULTS]
    return schema


def _recovery(definitions: dict[str, Any]) -> dict[str, Any]:
    schema = _of(RecoveryFrame, definitions)
    schema["description"] = "a recovery with its expected verdict"
    steps: list[dict[str, Any]] = [
        {"enum": [name for name, cls in RECOVERIES.items() if not _required(cls)], "description": "by its name alone"}
    ]
    for name, cls in RECOVERIES.items():
        steps.append(
            {
                "type": "object",
                "properties": {name: _entry(cls, definitions) | {"examples": [_parameters(cls.example, name)]}},
                "required": [name],
                "additionalProperties": False,
            }
        )
    definitions["Step"] = {"anyOf": steps}
    step = {"$ref": "#/$defs/Step"}
    schema["properties"]["do"] = {
        "description": "what to do: a recovery, or several one after the other",
        "anyOf": [step, {"type": "array", "minItems": 1, "items": step}],
        "examples": [yaml.safe_load(cls.example) for cls in RECOVERIES.values()],
    }
    schema["required"] = ["do", *schema.get("required", [])]
    return schema


def _required(cls: type[BaseModel]) -> bool:
    return any(field.is_required() for field in cls.model_fields.values())


def _parameters(example: str, name: str) -> Any:
    parsed = yaml.safe_load(example)
    return parsed[name] if isinstance(parsed, dict) else None


def _posture() -> dict[str, Any]:
    return {
        "type": ["object", "null"],
        "properties": {name: {"type": _TEXT} for name in SETTINGS},
        "additionalProperties": False,
    }


def _cache() -> dict[str, Any]:
    module = {"type": "string"}
    without = {"anyOf": [module, {"type": "array", "items": module}], "description": "warm but for these modules"}
    return {
        "description": "state of the caches when the case begins; default: cold",
        "anyOf": [
            {"enum": ["cold", "warm"]},
            {
                "type": "object",
                "properties": {"warm-without": without},
                "required": ["warm-without"],
                "additionalProperties": False,
            },
        ],
    }


def _or_short(mapping: dict[str, Any]) -> dict[str, Any]:
    command = {"type": "string"}
    return {
        "description": "the commands that meet the fault; default: go mod download, then go build",
        "anyOf": [command, {"type": "array", "minItems": 1, "items": command}, {"$ref": mapping["$ref"]}],
    }
