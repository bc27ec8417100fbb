"""What stands instead of rows: why there are none, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.errors import TimedOut, Unreachable
from orders_wire.vocabulary import DeskState, Tab

if TYPE_CHECKING:
    from orders_tui.screens.desk.screen import DeskScreen
    from orders_wire.page import OrdersPage


def no_rows(desk: DeskScreen) -> tuple[str, ...]:
    """The sentences, a line each."""
    view, work = desk.view, desk.work
    refresh = work.key("desk.refresh")
    again = f"{refresh} tries again"
    if isinstance(view.problem, Unreachable | TimedOut) and view.as_of is None:
        return _no_server(work.config.server, str(view.problem), again)
    if view.problem is not None:
        return ("These orders could not be loaded", str(view.problem), again)
    if desk.narrow and view.rows:
        return (
            f"None of the {len(view.rows)} loaded rows contains “{desk.narrow}”",
            f"{work.key('find.clear')} clears it",
        )
    title = wording.tab(view.query.tab)[0]
    if view.query.filters:
        return (
            f"Nothing in {title} matches the filter",
            f"{work.key('find.clear')} clears it, {work.key('find.search')} changes it",
        )
    return _no_orders(work.session.summary, refresh) or (
        f"{title} is empty",
        "All done here. New orders appear by themselves.",
    )


def _no_server(address: str, reason: str, again: str) -> tuple[str, ...]:
    return (
        f"There is no server at {address}",
        reason,
        "",
        *_columns(
            ("orders-tui serve", "starts one on this machine"),
            ("orders-tui --server URL", "opens the desk of another"),
            ("orders-tui demo", "shows a desk with a simulated shop"),
        ),
        "",
        again,
    )


def _no_orders(page: OrdersPage | None, again: str) -> tuple[str, ...]:
    """Why the whole desk has none; () where it has some, or the server does not tell."""
    desk = page.desk if page is not None else None
    if page is None or desk is None:
        return ()
    if desk.state is DeskState.BACKFILL:
        done, total = (desk.backfill.done, desk.backfill.total) if desk.backfill is not None else (0, 0)
        return _back_fill(done, total, again)
    if desk.state is not DeskState.NO_SHOP or page.tabs.get(Tab.ALL):
        return ()
    return (
        "No shop is connected to this desk",
        "Its server needs three settings, and a start:",
        "",
        *_columns(
            ("ORDERS_SYNC_SHOP_DOMAIN", "NAME.myshopify.com"),
            ("ORDERS_SYNC_SHOPIFY_ADMIN_TOKEN", "reads the orders that there are"),
            ("ORDERS_SYNC_SHOPIFY_WEBHOOK_SECRET", "hears of what changes"),
            ("orders-tui shopify check", "says what is still missing"),
        ),
    )


def _back_fill(done: int, total: int, again: str) -> tuple[str, ...]:
    share = f": {min(99, round(100 * done / total))} %" if total else ""
    far = f"{done:,} of {total:,} orders so far" if total else "Shopify is being asked how many there are"
    return (
        f"The shop is being read for the first time{share}",
        f"{far}, newest first; they appear by themselves.",
        "",
        f"{again} looks now",
    )


def _columns(*rows: tuple[str, str]) -> list[str]:
    """Lines of one width, which stay under each other when they are centred."""
    left, right = (max(len(row[column]) for row in rows) for column in (0, 1))
    return [f"{first:<{left}}   {second:<{right}}" for first, second in rows]
