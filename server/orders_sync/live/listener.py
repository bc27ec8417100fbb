"""Hears what the other processes of the fleet send, over one connection: PostgreSQL's `LISTEN`."""

from __future__ import annotations

from orders_sync.db.engine import Database
from orders_sync.live.attendance import CHANNEL, Attendance
from orders_sync.live.broadcaster import Broadcaster


async def hear_others(database: Database, broadcaster: Broadcaster, attendance: Attendance) -> None:
    """For ever. PostgreSQL only: SQLite has one process."""
    from orders_sync.db import notify

    channels = {notify.CHANNEL: broadcaster.hear, CHANNEL: attendance.hear}
    await notify.listen(database.url, channels, attendance.listening)
