"""`[templates]`: texts for notes, by name.

    [templates]
    split = "{customer} asks for {number} in two parcels."
    "carrier claim" = '''
    Claim at the carrier
    - number of the claim:
    - answer expected by:'''

What stands in braces is of the order, and is filled in where the template is taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from orders_tui.config import placeholders
from orders_tui.errors import ConfigError

PLACEHOLDERS = ("number", "customer", "owner", "me")
OF_ONE_ORDER = frozenset(PLACEHOLDERS) - {"me"}
LONGEST_NAME, LONGEST_TEXT = 40, 5000
_ALLOWED = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "description": f"texts for notes, by name; {_ALLOWED} are filled in",
    "propertyNames": {"minLength": 1, "maxLength": LONGEST_NAME, "pattern": r"^[^\x00-\x1f\x7f]+$"},
    "additionalProperties": {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT},
}
"""The section `templates` as JSON Schema. Which braces are right it cannot say."""


def read(path: Path, section: Any) -> Mapping[str, str]:
    """The templates of the section. Raises ConfigError naming the file, the key and what is allowed."""
    if not isinstance(section, dict):
        raise ConfigError(f'{path}: [templates] holds lines such as split = "asks for two parcels"')
    for name, text in section.items():
        if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
            raise ConfigError(f"{path}: templates.{name!r} is no name: one line of 1 to {LONGEST_NAME} characters")
        if problem := _problem(text):
            raise ConfigError(f"{path}: templates.{name} {problem}")
    return dict(section)


def _problem(text: Any) -> str:
    if not isinstance(text, str) or not text.strip():
        return "is a text"
    if len(text) > LONGEST_TEXT:
        return f"has at most {LONGEST_TEXT} characters, not {len(text)}"
    try:
        unknown = placeholders.unknown(text, PLACEHOLDERS)
    except ValueError:
        return f"takes {_ALLOWED}, and a brace that is meant as one is written twice"
    if unknown is None:
        return ""
    return f"takes {_ALLOWED}, not {{{unknown.name}}}{unknown.guess}; a brace that is meant as one is written twice"


def filled(text: str, values: Mapping[str, str]) -> str:
    """The template with the values in it, braces that were written twice written once."""
    return text.format_map(values).strip("\n")
