"""Orders as an edit will leave them."""

from __future__ import annotations

from orders_demo.admin.fields.reading import Fields, connection, identity, money, read

FIELDS: Fields = {
    "CalculatedLineItem": {
        "id": identity("CalculatedLineItem")["id"],
        "originalUnitPriceSet": money(lambda entry: entry.price),
    },
    "CalculatedOrder": {
        "id": identity("CalculatedOrder")["id"],
        "addedLineItems": connection(lambda draft: draft.added),
        "lineItems": connection(lambda draft: draft.lines),
        "originalOrder": read(lambda draft: draft.order),
        "totalPriceSet": money(lambda draft: draft.total),
    },
    "OrderEditSession": {"id": identity("OrderEditSession")["id"]},
}
