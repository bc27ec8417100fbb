"""`GET /sync/mentions`: what a note says now to whom it names (contract §3a)."""

from __future__ import annotations

from orders_sync.db import mentions, order_documents
from orders_sync.db.events import order_gid
from orders_sync.db.tx import Reading
from orders_sync.instants import to_datetime
from orders_wire.mentions import MOST_LISTED, Mention, Mentions


def mentions_of(conn: Reading, shop_id: int, name: str, *, unread: bool) -> Mentions:
    """Those of the caller of this name, newest first, at most `MOST_LISTED`. The transaction is one snapshot."""
    rows = mentions.listed(conn, shop_id, name.casefold(), unread=unread, limit=MOST_LISTED)
    notes = order_documents.notes(conn, shop_id, {row.order_id for row in rows})
    return Mentions(
        mentions=[
            Mention(
                id=str(row.mention_id),
                order_id=order_gid(row.order_id),
                order_number=row.order_number,
                note_id=row.note_id,
                by=notes[row.note_id].by,
                at=to_datetime(row.at),
                text=notes[row.note_id].text or "",
            )
            for row in rows
            if row.note_id in notes
        ]
    )
