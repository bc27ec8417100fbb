"""The desk: tabs, the order table, what is known of the order under the cursor, alerts and panels."""

from orders_tui.screens.desk.screen import DeskScreen

__all__ = ["DeskScreen"]
