"""Which orders are asked for: the page query of contract §1, and the `/` language that people type it in; and which open alerts.

`OrdersQuery` is what is on show and what is sent; `parse` and `render` are each the other's inverse over its filters and sort.
"""

from orders_tui.query.alerts import ALL_ALERTS, AlertFilter
from orders_tui.query.chips import Chip, chips, complete, render, without
from orders_tui.query.dates import AgeBound
from orders_tui.query.filters import NO_FILTERS, Filters, OrdersQuery, Sort
from orders_tui.query.language import ParsedQuery, QueryProblem, parse
from orders_tui.query.tokens import TOKENS

__all__ = [
    "ALL_ALERTS",
    "NO_FILTERS",
    "TOKENS",
    "AgeBound",
    "AlertFilter",
    "Chip",
    "Filters",
    "OrdersQuery",
    "ParsedQuery",
    "QueryProblem",
    "Sort",
    "chips",
    "complete",
    "parse",
    "render",
    "without",
]
