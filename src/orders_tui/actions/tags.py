"""`tags`: orders get tags, or lose them. Compared blind to case; the first spelling stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orders_tui.actions.draft import Draft
from orders_tui.actions.field_changes import Changes, Earlier, FieldChange
from orders_tui.actions.sending import NOTHING_SENT, goes, stays
from orders_wire.tags import changed
from orders_wire.vocabulary import ActionName

if TYPE_CHECKING:
    from orders_wire.actions import TagsBody
    from orders_wire.orders import Order
    from orders_wire.people import Me


@dataclass(frozen=True, slots=True)
class TagsDraft(Draft):
    """Add and remove tags."""

    action = ActionName.TAGS
    word = "tag"
    doing = "tagging"
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()

    @property
    def done(self) -> str:
        return f"tagged {self.repeated}"

    @property
    def repeated(self) -> str:
        """As they are typed: `rush, -gift`."""
        return ", ".join([*self.add, *(f"-{tag}" for tag in self.remove)])

    def of(self, order: Order) -> list[str]:
        """The tags that the order has then."""
        return list(changed(order.tags, self.add, self.remove))

    def effect(self, order_id: str, row: Order | None, earlier: Earlier) -> Changes:
        return {} if row is None else {"tags": FieldChange(row.tags, self.of(row))}

    def body(self, expected: dict[str, int] | None) -> TagsBody:
        from orders_wire.actions import TagsBody

        return TagsBody(
            order_ids=list(self.order_ids), add=list(self.add), remove=list(self.remove), expected_versions=expected
        )

    @classmethod
    def from_book(cls, item: Mapping[str, Any]) -> TagsDraft:
        add, remove = tuple(item.get("add", ())), tuple(item.get("remove", ()))
        return cls(tuple(item["order_ids"]), add, remove, versions=item.get("versions", {}))


def split(text: str) -> list[str]:
    """What is typed between commas, without blanks around it."""
    return [tag for part in text.split(",") if (tag := part.strip())]


def outward(draft: TagsDraft, orders: Iterable[Order], me: Me | None, undo_key: str) -> str:
    """What becomes of it at Shopify: of an order that is tagged so already, nothing leaves."""
    known = list(orders)
    same = sum(draft.of(order) == order.tags for order in known)
    sent = len(draft.order_ids) - same
    if not sent:
        return f"tagged so already: it {NOTHING_SENT}" if same == 1 else "tagged so already: nothing is sent"
    words = [goes(sent, me, undo_key, alone=not same), stays(sent, same)]
    return "; ".join(filter(None, words))
