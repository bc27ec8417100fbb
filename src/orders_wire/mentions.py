"""Notes that name the caller: contract §3a, Mentions."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from orders_wire.scalars import Instant, Wire

MOST_LISTED = 250
"""Mentions in one answer: the newest."""

MOST_READ = 250
"""Mentions that one request may mark as read."""


class MentionState(StrEnum):
    """`state` of `GET /sync/mentions`."""

    UNREAD = "unread"


class Mention(Wire):
    """Somebody's note names the caller. `text` is the note's as it is now; empty where it was erased."""

    id: str
    order_id: str
    order_number: str
    note_id: str
    by: str
    at: Instant
    text: str


class Mentions(Wire):
    """`GET /sync/mentions`: newest first."""

    mentions: list[Mention]


class ReadMentions(Wire):
    """`POST /sync/mentions/read`."""

    shop_domain: str | None = None
    ids: Annotated[list[Annotated[str, Field(min_length=1, max_length=300)]], Field(min_length=1)]
