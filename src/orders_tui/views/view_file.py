"""A view as a small TOML file, which can be read, changed and passed on.

name = "mine, late"
tab = "unfulfilled"
filter = "owner:me age:>2d"      # as in the / box
sort = "-value_usd"
columns = ["number", "age", "customer"]
pinned = true
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from typing import Any

from orders_tui import sanitise
from orders_tui.query import ParsedQuery, Sort, parse
from orders_tui.query.tokens import ME, listed
from orders_tui.views.saved_view import LONGEST_NAME, SavedView
from orders_wire.spelling import meant
from orders_wire.vocabulary import SortField, Tab

_AT = re.compile(r" \(at (line (?P<line>\d+), column \d+|end of document)\)$")


class ViewFault(ValueError):
    """What is wrong with a file, and in which line; the sentence says what is allowed."""

    def __init__(self, sentence: str, line: int | None = None) -> None:
        super().__init__(sanitise.text(f"line {line}: {sentence}" if line else sentence))


def write(name: str, view: SavedView) -> str:
    """The file's text; `read` is its inverse."""
    lines = [f"name = {_quoted(name)}", f"tab = {_quoted(view.tab)}"]
    if view.filter:
        lines.append(f"filter = {_quoted(view.filter)}")
    if view.sort:
        lines.append(f"sort = {_quoted(view.sort)}")
    if view.columns:
        lines.append(f"columns = [{', '.join(map(_quoted, view.columns))}]")
    if view.pinned:
        lines.append("pinned = true")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """As a TOML string: JSON's escapes are TOML's as well."""
    return json.dumps(sanitise.text(text), ensure_ascii=False)


def read(text: str, stem: str, columns: Collection[str] = ()) -> tuple[str, SavedView]:
    """A view and its name, which is the file's own where none is given. `columns` are those that there are; none: any.

    Raises ViewFault.
    """
    body = _parsed(text)
    for key in body:
        if key not in _READERS:
            raise ViewFault(
                f"there is no key {key}{meant(key, _READERS)}; known are {listed(_READERS)}", _line(text, key)
            )
    fields = {key: _value(text, key, value, columns) for key, value in body.items()}
    if "tab" not in fields:
        raise ViewFault(f"tab is missing, one of {listed(Tab)}")
    name = fields.pop("name", None) or _name(sanitise.text(stem)[:LONGEST_NAME], ())
    return name, SavedView(**fields)


def _parsed(text: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ViewFault("is nested too deep; a view is a few lines KEY = VALUE") from None
    except ValueError as error:
        at = _AT.search(str(error))
        sentence = f'is not TOML ({_AT.sub("", str(error))}); a view is a few lines such as tab = "overdue"'
        last = text.rstrip("\n").count("\n") + 1
        raise ViewFault(sentence, int(at["line"] or last) if at else None) from None


def _line(text: str, key: str) -> int | None:
    """The line on which a key stands."""
    match = re.search(
        rf"^[ \t]*[\"']?{re.escape(key)}[\"']?[ \t]*=|^[ \t]*\[+[ \t]*{re.escape(key)}", text, re.MULTILINE
    )
    return text.count("\n", 0, match.start()) + 1 if match else None


def _value(text: str, key: str, value: Any, columns: Collection[str]) -> Any:
    try:
        return _READERS[key](value, columns)
    except ValueError as error:
        raise ViewFault(f"{key} {error}", _line(text, key)) from None


def _name(value: Any, _: Collection[str]) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_NAME or sanitise.text(value) != value:
        raise ValueError(f"is a text of 1 to {LONGEST_NAME} characters on one line")
    return value.strip()


def _tab(value: Any, _: Collection[str]) -> Tab:
    if value not in list(Tab):
        raise ValueError(f"is one of {listed(Tab)}{meant(str(value)[:40], list(Tab))}")
    return Tab(value)


def _filter(value: Any, _: Collection[str]) -> str:
    if not isinstance(value, str) or sanitise.text(value) != value:
        raise ValueError('is one line of text, as in the / box, such as "owner:none age:>2d"')
    parsed = parse(value, ME)
    if not isinstance(parsed, ParsedQuery):
        raise ValueError(f"is not understood: {parsed[0].message}")
    if parsed.sort is not None:
        raise ValueError("has a sort: in it, which stands in a line of its own, sort = ...")
    return value.strip()


def _sort(value: Any, _: Collection[str]) -> str:
    try:
        return str(Sort.parse(value if isinstance(value, str) else ""))
    except ValueError:
        near = meant(str(value)[:40].removeprefix("-"), list(SortField))
        raise ValueError(f"is one of {listed(SortField)}, with - in front for descending{near}") from None


def _columns(value: Any, known: Collection[str]) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError(f"is a list of columns, of {listed(known)}" if known else "is a list of columns")
    unknown = next((each for each in value if known and each not in known), None)
    if unknown is not None:
        near = meant(unknown[:40], list(known))
        raise ValueError(f"knows no {unknown[:40]!r}{near}; columns are {listed(known)}")
    return tuple(dict.fromkeys(value))


def _pinned(value: Any, _: Collection[str]) -> bool:
    if not isinstance(value, bool):
        raise ValueError("is true or false")
    return value


_READERS: Mapping[str, Callable[[Any, Collection[str]], Any]] = {
    "name": _name,
    "tab": _tab,
    "filter": _filter,
    "sort": _sort,
    "columns": _columns,
    "pinned": _pinned,
}
