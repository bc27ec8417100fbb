"""What this client knows that may stand behind a command's word: people, themes, views, tags, SKUs and the like."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from orders_tui import wording
from orders_tui.commands import Argument
from orders_tui.context import pinned_views
from orders_tui.context.context import Context
from orders_tui.context.target import Target
from orders_tui.dialogs.hold_plan import MEANS
from orders_tui.query.alerts import WORDS
from orders_tui.themes import OWN
from orders_tui.widgets.order_table.columns import COLUMNS
from orders_tui.wording import cancelling
from orders_tui.words.arguments import Known, Value, signed
from orders_wire.vocabulary import CancelReason, HoldReason, SortField

FIXED_COLUMN = "number"
"""It is always shown."""


def known_values(work: Context, target: Target, themes: Collection[str]) -> Known:
    """All of it, as it is at this moment. `themes`: the names of those that there are."""
    known: Mapping[Argument, Callable[[], Iterable[Value]]] = {
        Argument.OWNER: lambda: _owners(work),
        Argument.ORDER: lambda: (
            Value(row.order.order_number, row.order.customer_name or "") for row in work.session.table.view.rows
        ),
        Argument.REASON: lambda: (Value(reason, MEANS[reason]) for reason in HoldReason),
        Argument.CANCEL_REASON: lambda: (Value(reason, cancelling.MEANS[reason]) for reason in CancelReason),
        Argument.TAGS: lambda: map(
            Value, sorted({tag for row in work.session.table.view.rows for tag in row.order.tags})
        ),
        Argument.SKU: lambda: _skus(work, target),
        Argument.FILTER: lambda: (Value(tokens, "asked of late") for tokens in work.preferences.asked),
        Argument.SORT: lambda: _sorts(work),
        Argument.VIEW: lambda: (Value(name, view.tokens) for name, view in pinned_views.views(work).items()),
        Argument.TAB: lambda: map(Value, map(pinned_views.word, pinned_views.places(work))),
        Argument.NAME: lambda: (Value(name, "replaces it") for name in work.views.views),
        Argument.THEME: lambda: _themes(themes),
        Argument.COLUMN: lambda: _columns(work),
        Argument.PROFILE: lambda: _profiles(work),
        Argument.ALERTS: lambda: map(Value, WORDS),
    }
    return {kind: tuple(values()) for kind, values in known.items()}


def _owners(work: Context) -> Iterator[Value]:
    if work.name:
        yield Value(work.name, "you")
    yield from (
        Value(owner.name, f"{owner.open_orders} open") for owner in work.session.owners if owner.name != work.name
    )
    yield Value("nobody", "gives them back")


def _skus(work: Context, target: Target) -> Iterator[Value]:
    """Those of the orders that are meant, as far as they were read whole; then those that orders wait for."""
    table = work.session.table
    details = (table.detail(order_id) for order_id in target.ids)
    named = {line.sku: line.title for detail in details if detail is not None for line in detail.line_items if line.sku}
    blocks = table.summary.inventory_blocks if table.summary is not None else ()
    waiting = {block.sku: f"{block.orders_waiting} orders wait" for block in blocks if block.sku not in named}
    yield from (Value(sku, about) for sku, about in (named | waiting).items())


def _sorts(work: Context) -> list[Value]:
    """Every field both ways; the one of now, the other way, is first."""
    now = work.session.table.view.query.sort
    other = "" if now is None else (str(now.by) if now.descending else f"-{now.by}")
    return [
        *signed((Value(field, wording.sort_field(field)) for field in SortField), other),
        Value("none", "the tab's own order"),
    ]


def _themes(names: Collection[str]) -> Iterator[Value]:
    """The desk's own by their short names, too."""
    yield from (Value(short, name) for short, name in OWN.items())
    yield from map(Value, sorted(names))


def _columns(work: Context) -> Iterator[Value]:
    """What is shown can be hidden, and the other way round."""
    view = work.session.table.view
    on = work.preferences.columns_of(view.query.tab, view.place)
    for column in COLUMNS:
        if column.key != FIXED_COLUMN:
            shown, title = column.key in on, column.title.lower()
            yield Value(f"{'-' * shown}{column.key}", f"{'hide' if shown else 'show'} {title}")
    yield Value("default", "the tab's own columns")


def _profiles(work: Context) -> list[Value]:
    return [Value(name) for name in work.shops.names()] if work.shops is not None else []
