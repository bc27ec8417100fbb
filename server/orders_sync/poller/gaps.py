"""The data gaps that polling finds, in words that say what to do, and what clears each (contract §2).

No message holds a figure that ages, or a text of the shop's that could change from tick to tick.
"""

from __future__ import annotations

from collections.abc import Iterable

from orders_sync.alerts.data_gaps import clear_gap, open_gap, say_gap
from orders_sync.db import due
from orders_sync.db.tx import Tx
from orders_sync.external.shopify.errors import (
    BadRequest,
    Denied,
    HttpRefusal,
    NoAnswer,
    NoProgress,
    NotJson,
    NotSent,
    PartFailed,
    ShopifyError,
    Throttled,
    TooCostly,
    UnexpectedShape,
)
from orders_sync.instants import Ms
from orders_wire.vocabulary import Gap, Severity

_CHECK = "run: orders-tui shopify check"

_OTHERWISE = (
    f"Shopify's API answers in another shape than its version should; {_CHECK}, and look for an update of this program."
)
_FAILURES: dict[type[ShopifyError], str] = {
    NotSent: "Shopify cannot be reached. Polling tries again by itself; if it lasts, look at the network and SHOPIFY_API_URL.",
    NoAnswer: "Shopify does not answer. Polling tries again by itself; see Shopify's status page if it lasts.",
    NotJson: "What answers at the Admin API's address sends no JSON: a proxy, a login page, or another server. "
    "Polling tries again by itself; look at the network and SHOPIFY_API_URL.",
    PartFailed: "Shopify failed while it told a list. Polling tries again by itself; see Shopify's status page if it lasts.",
    NoProgress: "Shopify says that a list goes on and leads nowhere. Polling stopped there, and tries again by itself; "
    "nothing that was not read counts as read. See Shopify's status page, and what stands between it and this server.",
    Throttled: "Shopify's API limit is used up by others. Polling tries again by itself; look at other apps of the shop.",
    TooCostly: f"Shopify finds a single order too costly to read; {_CHECK}.",
    Denied: f"Shopify refuses the Admin token or one of its scopes; {_CHECK}.",
    BadRequest: _OTHERWISE,
    UnexpectedShape: _OTHERWISE,
}
_REFUSALS = {
    301: "The Admin API has moved to another address (HTTP 301), and the token is not sent after it; "
    "set SHOP_DOMAIN to the shop's myshopify.com address, and look at SHOPIFY_API_URL.",
    401: "Shopify does not accept the Admin token, or the app's client ID and secret (HTTP 401); set a valid "
    f"SHOPIFY_ADMIN_TOKEN or SHOPIFY_CLIENT_ID, and {_CHECK}.",
    402: "The shop is frozen because a payment to Shopify is due (HTTP 402). The shop's owner has to settle it; "
    "polling goes on by itself then.",
    403: f"Shopify forbids this app the Admin API (HTTP 403): it may be uninstalled, or lack a scope; {_CHECK}.",
    404: "There is no such shop, or no Admin API at its address (HTTP 404); look at SHOP_DOMAIN and SHOPIFY_API_URL.",
    423: "The shop is locked by Shopify (HTTP 423). The shop's owner has to ask Shopify's support; "
    "polling goes on by itself then.",
    430: "Shopify's security turns this server's requests away (HTTP 430). Polling tries again by itself; "
    "if it lasts, ask Shopify's support, and look at what else calls the API from this address.",
}
"""By HTTP status; other redirects are like the first."""

_SILENT = (
    "Shopify changed orders that no webhook told of. Polling has brought them; "
    f"{_CHECK}, and make the webhook address reachable."
)
_LATE = "The poller is late: orders may be older than they look until it catches up. Look at the server's log and load."
_LIMITED = (
    "Shopify shows this server orders of the last 60 days only. Older ones are missing: "
    "give the app the scope read_all_orders."
)


def failed(tx: Tx, error: ShopifyError) -> None:
    """A tick ended in `error`."""
    words = _FAILURES.get(type(error), _OTHERWISE)
    if isinstance(error, HttpRefusal):
        words = _REFUSALS.get(error.status, _FAILURES[Denied])
    say_gap(tx, Gap.POLLER_FAILED, "", words, Severity.WARNING)


def went_well(tx: Tx) -> None:
    """A tick read everything: whatever was wrong with polling is over."""
    clear_gap(tx, Gap.POLLER_FAILED, "")
    clear_gap(tx, Gap.POLLER_LATE, "")


def off(tx: Tx) -> None:
    """Nobody polls any more: what polling found cannot be put right by it."""
    for gap in (Gap.POLLER_FAILED, Gap.POLLER_LATE, Gap.WEBHOOKS_SILENT, Gap.HISTORY_LIMITED):
        clear_gap(tx, gap, "")


def late(tx: Tx) -> None:
    """A tick is overdue."""
    open_gap(tx, Gap.POLLER_LATE, "", _LATE, Severity.WARNING)


def history(tx: Tx, *, limited: bool) -> None:
    """What the token may see of the past."""
    if limited:
        open_gap(tx, Gap.HISTORY_LIMITED, "", _LIMITED, Severity.INFO)
    else:
        clear_gap(tx, Gap.HISTORY_LIMITED, "")


def unknown(tx: Tx, order_ids: Iterable[int]) -> None:
    """The shop does not know these orders of which a part was sent: nothing is missing."""
    for order_id in order_ids:
        clear_gap(tx, Gap.ORDER_PARTIAL, str(order_id))


def silence(tx: Tx, *, untold: bool, untold_at: Ms | None) -> None:
    """Opens when a tick brought what no webhook had; clears at a tick without such a thing, once webhooks come again."""
    if untold:
        open_gap(tx, Gap.WEBHOOKS_SILENT, "", _SILENT, Severity.CRITICAL)
        return
    newest = due.newest_webhook(tx.conn, tx.shop_id)
    if untold_at is None or (newest is not None and newest > untold_at):
        clear_gap(tx, Gap.WEBHOOKS_SILENT, "")
