"""The session: what is on show, kept true; what is sent, kept from being lost. Pure asyncio, no screen."""

from orders_tui.session.session import Session

__all__ = ["Session"]
