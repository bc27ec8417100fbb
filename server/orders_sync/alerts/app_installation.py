"""Whether the shop has this app: not since `app/uninstalled`, again once Shopify lets us in or sends a webhook about the shop."""

from __future__ import annotations

from collections.abc import Iterable

from orders_sync.alerts.data_gaps import clear_gap, open_gap
from orders_sync.db import shops
from orders_sync.db.tx import Tx
from orders_sync.instants import Ms
from orders_wire.vocabulary import Gap, Severity

_GONE = (
    "The app was uninstalled from the shop: nothing comes in and nothing leaves. Install it again, give this server its new "
    "Admin token and webhook secret, and run: orders-tui shopify check"
)

_ALSO_AFTER_UNINSTALL = frozenset({"app/uninstalled", "customers/data_request", "customers/redact", "shop/redact"})


def uninstalled(tx: Tx, at: Ms) -> None:
    """The shop took the app away, as of `at`."""
    shops.set_uninstalled(tx.conn, tx.shop_id, at)
    open_gap(tx, Gap.APP_UNINSTALLED, "", _GONE, Severity.CRITICAL)
    tx.ping()


def admitted(tx: Tx, asked_at: Ms) -> None:
    """Shopify let us in when it was asked at this time: what was uninstalled before is installed again."""
    gone_at = shops.uninstalled_at(tx.conn, tx.shop_id)
    if gone_at is not None and gone_at <= asked_at:
        shops.set_uninstalled(tx.conn, tx.shop_id, None)
        clear_gap(tx, Gap.APP_UNINSTALLED, "")


def webhooks_triggered(tx: Tx, topics: Iterable[tuple[str, Ms]]) -> None:
    """Webhooks of these topics that Shopify triggered then: those about the shop go to an app that is installed."""
    told = [at for topic, at in topics if topic not in _ALSO_AFTER_UNINSTALL]
    if told:
        admitted(tx, max(told))
