"""metafieldsSet: at most 25 at once, all or none."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from orders_demo.admin import gids
from orders_demo.admin.call import Info, call
from orders_demo.admin.changes.refusal import Payload, Refused, done, refusal
from orders_demo.operations import ordering
from orders_demo.rest.parcels import OUR_APP
from orders_demo.world.ids import gid
from orders_demo.world.orders import Metafield, Order
from orders_demo.world.shop import Shop

LARGEST = 25
RESERVED = f"app--{OUR_APP}"
STALE = "The resource has been updated since it was loaded. Try again with an updated `compareDigest` value."


def metafields_set(_root: Any, info: Info, metafields: list[dict[str, Any]]) -> Payload:
    """Write values on orders."""
    stage = call(info).stage
    try:
        wanted = _checked(stage.shop, metafields)
    except Refused as refused:
        return refusal(refused, metafields=[])
    written = stage.perform(lambda at: [_write(stage.shop, order, entry, at) for order, entry in wanted])
    for (order, entry), _ in zip(wanted, written, strict=True):
        effect = {"key": f"{_namespace(entry)}.{entry['key']}", "value": entry["value"]}
        stage.ledger.mutation(stage.now(), "metafieldsSet", gid("Order", order.id), effect)
    return done(metafields=written)


def _checked(shop: Shop, entries: list[dict[str, Any]]) -> list[tuple[Order, dict[str, Any]]]:
    if len(entries) > LARGEST:
        told = f"Exceeded the maximum metafields input limit of {LARGEST}."
        raise Refused(["metafields"], told, "LESS_THAN_OR_EQUAL_TO")
    owners = [_owner(shop, entry, str(index)) for index, entry in enumerate(entries)]
    for index, (owner, entry) in enumerate(zip(owners, entries, strict=True)):
        _may_write(owner, entry, str(index))
    return list(zip(owners, entries, strict=True))


def _owner(shop: Shop, entry: dict[str, Any], index: str) -> Order:
    owner = gids.find(shop, entry["ownerId"])
    if not isinstance(owner, Order):
        raise Refused(["metafields", index, "ownerId"], "Owner does not exist.", "INVALID_VALUE")
    return owner


def _may_write(owner: Order, entry: dict[str, Any], index: str) -> None:
    for name, value, least, most in (("namespace", _namespace(entry), 3, 255), ("key", entry["key"], 2, 64)):
        path = ["metafields", index, name]
        if len(value) < least:
            raise Refused(path, f"{name.capitalize()} is too short (minimum is {least} characters)", "TOO_SHORT")
        if len(value) > most:
            raise Refused(path, f"{name.capitalize()} is too long (maximum is {most} characters)", "TOO_LONG")
    known = _known(owner, entry)
    if known is None and not entry.get("type"):
        raise Refused(["metafields", index, "type"], "Type can't be blank", "BLANK")
    if not entry["value"]:
        raise Refused(["metafields", index, "value"], "Value can't be blank", "BLANK")
    if "compareDigest" in entry and entry["compareDigest"] != (known.digest if known else None):
        raise Refused(["metafields", index], STALE, "STALE_OBJECT")


def _write(shop: Shop, order: Order, entry: dict[str, Any], at: datetime) -> Metafield:
    known = _known(order, entry)
    kind = entry.get("type") or (known.type if known else "single_line_text_field")
    return ordering.set_metafield(
        shop, order, at, namespace=_namespace(entry), key=entry["key"], kind=kind, value=entry["value"]
    )


def _known(order: Order, entry: dict[str, Any]) -> Metafield | None:
    wanted = (_namespace(entry), entry["key"])
    return next((field for field in order.metafields if (field.namespace, field.key) == wanted), None)


def _namespace(entry: dict[str, Any]) -> str:
    namespace: str = entry.get("namespace") or RESERVED
    return namespace.replace("$app", RESERVED)
