"""The order table: a Line-API widget whose cursor stays on its order."""

from orders_tui.widgets.order_table.table import OrderTable

__all__ = ["OrderTable"]
