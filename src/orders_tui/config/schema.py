"""The configuration file as JSON Schema, for editors: made from the same table that reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from orders_tui.config import own_commands, templates
from orders_tui.config.settings import SETTINGS

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ID = "urn:orders-tui:config"


def schema(themes: Iterable[str], keys: Mapping[str, Any], line: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of `config.toml`. `keys`: the schema of each line of `[keys]`, by the command's id, over that of any line."""
    return {
        "$schema": DIALECT,
        "$id": ID,
        "title": "orders-tui: config.toml",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "default_profile": {"type": "string", "description": "which profile holds when none is named"},
            "defaults": {
                "$ref": "#/$defs/profile",
                "description": "what holds in every profile that does not say otherwise",
            },
            "profile": {
                "type": "object",
                "description": "[profile.NAME]: laid over the defaults",
                "additionalProperties": {"$ref": "#/$defs/profile"},
            },
            "keys": {
                "type": "object",
                "description": "command = its keys, comma separated; none takes them away",
                "additionalProperties": False,
                "properties": dict(keys),
                "patternProperties": {r"^own\.": {"$ref": "#/$defs/keys"}},
            },
            "commands": dict(own_commands.SCHEMA),
            "templates": dict(templates.SCHEMA),
        },
        "$defs": {"profile": _profile(themes), "keys": dict(line)},
    }


def _profile(themes: Iterable[str]) -> dict[str, Any]:
    properties = {
        name: {**setting.schema, "description": f"{setting.meaning}: {setting.allowed}"} | _default(setting.default)
        for name, setting in SETTINGS.items()
    }
    properties["theme"]["enum"] = sorted(themes)
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _default(value: Any) -> dict[str, Any]:
    return {} if value is None else {"default": value}
