"""The parameters of requests, as JSON Schema: closed sets from the contract's vocabulary, and what a value has to look like."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from orders_sync.desk.parameter import MAX_PAGE_SIZE
from orders_sync.desk.query import DEFAULT_PAGE_SIZE, MAX_SEARCH
from orders_sync.live import open_alerts
from orders_wire.mentions import MOST_LISTED, MentionState
from orders_wire.vocabulary import (
    AlertType,
    Channel,
    DeadLetterState,
    Delivery,
    Direction,
    HasFilter,
    HoldFilter,
    IssueFilter,
    OutboundState,
    Priority,
    Ready,
    Severity,
    SortField,
    StatusFilter,
    Tab,
)

Json = dict[str, Any]

_NAME: Json = {"type": "string", "pattern": r"\S"}
"""Any text that is not blank."""

_PRINTABLE = r"^[!-~]([ -~]*[!-~])?$"


def query(name: str, schema: Json, text: str) -> Json:
    """An optional parameter of the query."""
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": text}


def header(name: str, schema: Json, text: str) -> Json:
    """An optional header."""
    return {"name": name, "in": "header", "required": False, "schema": schema, "description": text}


def path(name: str, schema: Json, text: str) -> Json:
    """A part of the path."""
    return {"name": name, "in": "path", "required": True, "schema": schema, "description": text}


def one_of(words: Iterable[StrEnum], default: str | None = None) -> Json:
    """A closed set."""
    schema: Json = {"type": "string", "enum": [word.value for word in words]}
    return schema if default is None else schema | {"default": default}


def text(pattern: str, most: int) -> Json:
    """Text of a certain look."""
    return {"type": "string", "pattern": pattern, "maxLength": most}


def _either(words: Iterable[StrEnum]) -> Json:
    """A closed set whose words a leading `-` turns round."""
    return {"type": "string", "enum": [f"{sign}{word.value}" for word in words for sign in ("", "-")]}


_SKU: Json = {"type": "string", "pattern": r"[^\s-]"}
_CUSTOMER = text(r"^(gid://shopify/Customer/)?[0-9]{1,18}$", 60)
_AMOUNT = text(r"^[0-9]{1,13}(\.[0-9]{1,6})?$", 20)
_ORDERS_BY = [f"{sign}{field}" for field in SortField for sign in ("", "-")]
_TIME_OR_DAY: Json = {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}]}

ORDERS: tuple[Json, ...] = (
    query("tab", one_of(Tab, Tab.ALL), "A queue of orders"),
    query(
        "pageSize",
        {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": DEFAULT_PAGE_SIZE},
        "Rows on a page",
    ),
    query(
        "cursor", text(r"^ofs:[0-9a-z]{1,10}$", 14), "ofs:<base36 position>; also a shopifyCursor of an earlier page"
    ),
    query("direction", one_of(Direction, Direction.AFTER), "Which way from a shopifyCursor"),
    query("status", one_of(StatusFilter), "A status, or the rule of a tab"),
    query("priority", one_of(Priority), "A priority"),
    query("assigned_to", _NAME, "An owner, or unassigned"),
    query("date_start", _TIME_OR_DAY, "Placed at or after"),
    query("date_end", _TIME_OR_DAY, "Placed at or before; midnight includes the day that follows"),
    query("channel", one_of(Channel), "A channel"),
    query("tag", _NAME, "A tag"),
    query("q", {"type": "string", "maxLength": MAX_SEARCH}, "Words that must all match"),
    query("ready", _either(Ready), "How much of what it owes can be sent now; - first: not so, or nothing is owed"),
    query("hold", _either(HoldFilter), "Held for this reason, for any, or for none; - first: not so"),
    query("issue", _either(IssueFilter), "What keeps it from going well, or none; - first: anything else"),
    query("delivery", _either(Delivery), "How it gets to its buyer; - first: in another way"),
    query("has", _either(HasFilter), "What it has; - first: what it has not"),
    query(
        "country", text(r"^-?[A-Za-z]{2}$", 3), "Of the shipping address, ISO 3166-1 alpha-2; - first: another or none"
    ),
    query("sku", _SKU, r"A whole SKU, blind to case; - first: rows without it; \- first where it begins with -"),
    query("customer", _CUSTOMER, "A customer's GID or number"),
    query("value_min", _AMOUNT, "value_usd of at least so much"),
    query("value_max", _AMOUNT, "value_usd of at most so much"),
    query("sort", {"type": "string", "enum": _ORDERS_BY}, "Order of rows; - first: descending"),
    query("minVersion", {"type": "integer", "minimum": 0, "maximum": 10**15}, "At least this new, or unavailable"),
)

OPEN_ALERTS: tuple[Json, ...] = (
    query("type", one_of(AlertType), "Alerts of this type alone"),
    query("severity", one_of(Severity), "Alerts of this severity alone"),
    query("assigned_to", _NAME, "Alerts about orders of this owner, or unassigned"),
    query("cursor", text(open_alerts.CURSOR, 40), "`next` of an earlier answer"),
    query(
        "pageSize",
        {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": open_alerts.DEFAULT_PAGE_SIZE},
        "Alerts in an answer",
    ),
)
ORDER_ID = path("id", text(r"^[A-Za-z0-9._-]{1,60}$", 60), "A GID, a #name, or a number")
NOTE_ID = path("id", text(r"^[A-Za-z0-9-]{1,60}$", 60), "The note's id")
ROW_ID = path("id", text(r"^[0-9]{1,18}$", 18), "The row's number")
SINCE = query("since", {"type": "string"}, "A cursor (exclusive) or a time (at or after)")
MENTION_STATE = query(
    "state", one_of(MentionState), f"Those alone that were not read; at most {MOST_LISTED} are listed"
)
LETTER_STATE = query("state", one_of(DeadLetterState), "Dead letters of this state alone")
OUTBOX_STATE = query("state", one_of(OutboundState), "Rows of this state alone")
LAST_EVENT_ID = header("Last-Event-ID", text(_PRINTABLE, 200), "Streams: go on after this event")
IF_NONE_MATCH = header("If-None-Match", text(_PRINTABLE, 200), "The ETag of the body that the client has")
OPERATOR = header("X-Operator", text(_PRINTABLE, 120), "Who acts, over loopback without tokens")
IDEMPOTENCY_KEY = header(
    "Idempotency-Key", text(r"^[A-Za-z0-9_-]{1,255}$", 255), "The same key and body: the first answer again"
)
CLIENT_ID = header("X-Client-Id", text(_PRINTABLE, 200), "Which of the caller's terminals asks")
