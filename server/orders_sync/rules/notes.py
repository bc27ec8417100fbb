"""Notes of the desk's own: their ids, and how long they may be changed (contract §3a, `note`)."""

from __future__ import annotations

import re
from collections.abc import Iterable

import orjson

from orders_sync.instants import MINUTE, Ms, to_text

_ID = re.compile("([0-9]{1,18})-[0-9a-f]{1,64}")

CHANGEABLE_MINUTES = 15
"""How long a note may be changed, deleted or undone, from when it was written."""


MOST_BYTES = 400 * 1024
"""What the notes of an order may come to on the wire: a client reads an order's detail whole, up to 1 MiB."""

_BESIDE_TEXT = 2000
"""Of a note: what else stands of it on the wire, its entry in the timeline too."""


def size(texts: Iterable[str | None]) -> int:
    """What notes of these texts come to on the wire, at most."""
    return sum(len(orjson.dumps(text)) + _BESIDE_TEXT for text in texts)


def note_id(order_id: int, action_id: str) -> str:
    """The id of the note that an action wrote on an order; it names its order, so that a path can do with it alone."""
    return f"{order_id}-{action_id}"


def order_of(note_id: str) -> int | None:
    """The order whose note it is; None where no note has such an id."""
    found = _ID.fullmatch(note_id)
    return None if found is None else int(found[1])


def too_late(written_at: Ms, now: Ms) -> str | None:
    """Why a note cannot be changed any more; None while it can."""
    if now - written_at < CHANGEABLE_MINUTES * MINUTE:
        return None
    return f"The note was written at {to_text(written_at)}; it could be changed for {CHANGEABLE_MINUTES} minutes"
