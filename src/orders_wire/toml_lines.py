"""On which line of a TOML file a key stands, which Python's own reader does not tell."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

Path = tuple[str, ...]


def key_lines(text: str) -> dict[Path, int]:
    """The line, from 1, on which each value of the file begins, by its path of keys. Raises tomllib.TOMLDecodeError.

    The first lines of a file that are TOML by themselves are read, one line more each time: what is new stands in the last.
    """
    tomllib.loads(text)
    lines = text.splitlines(keepends=True)
    found: dict[Path, int] = {}
    begun = 1
    for number in range(1, len(lines) + 1):
        try:
            values = tomllib.loads("".join(lines[:number]))
        except tomllib.TOMLDecodeError:
            continue  # in the middle of a list or a text
        for path in _paths(values):
            found.setdefault(path, begun)
        begun = number + 1
    return found


def _paths(values: Mapping[str, Any], above: Path = ()) -> Iterator[Path]:
    for name, value in values.items():
        path = (*above, name)
        yield path
        if isinstance(value, dict):
            yield from _paths(value, path)
        elif isinstance(value, list):
            for number, item in enumerate(value):
                yield from _paths(item, (*path, str(number))) if isinstance(item, dict) else ()
