"""The alerts channel: one interface, by stream or by polling, and the state of the connection.

Nothing else in the client knows which way runs: events are the same, in the same order, by stream and by poll.
"""

from orders_tui.feed.connection import Connection, ConnectionState
from orders_tui.feed.feed import Events, Feed, FeedItem

__all__ = ["Connection", "ConnectionState", "Events", "Feed", "FeedItem"]
