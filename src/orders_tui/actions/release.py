"""`release`: holds end, those of this desk or those that are named; every other hold stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orders_tui.actions.draft import Draft, closed
from orders_tui.actions.field_changes import Changes, Earlier, FieldChange, unsaid
from orders_wire.vocabulary import ActionName, AlertType, HoldReason, Issue, OutboundState, Role

if TYPE_CHECKING:
    from orders_wire.actions import ReleaseBody
    from orders_wire.detail import HoldEntry, OutboxEntry
    from orders_wire.orders import Order

LEADS = frozenset({HoldReason.PAYMENT, HoldReason.FRAUD})
"""Reasons whose holds only a lead releases (contract §3a)."""

_WAITING = {OutboundState.QUEUED, OutboundState.NEEDS_REVIEW}


@dataclass(frozen=True, slots=True)
class ReleaseDraft(Draft):
    """End the holds of these ids on the one order; without ids, those of this desk on every order.

    `frees`: that no hold is known to be left then.
    """

    action = ActionName.RELEASE
    word = "release"
    doing = "releasing"
    unsent = "nothing is on its way to be sent"
    hold_ids: tuple[str, ...] = ()
    note: str = ""
    frees: bool = False

    @property
    def done(self) -> str:
        if self.frees or not self.hold_ids:
            return "released"
        return "rid of one hold" if len(self.hold_ids) == 1 else f"rid of {len(self.hold_ids)} holds"

    def obstacle(self, order: Order) -> str | None:
        return closed(order) or ("not held" if order.hold is None else None)

    def effect(self, order_id: str, row: Order | None, earlier: Earlier) -> Changes:
        """Only where nothing is known to be left: what then decides, only the server knows."""
        if row is None or row.hold is None or not self._all_of(row):
            return {}
        alerts = [alert for alert in row.alerts if alert not in {AlertType.HOLD_DUE, AlertType.INVENTORY_HOLD}]
        issue = None if row.issue is row.hold.reason else row.issue
        return {
            "hold": FieldChange(row.hold, None),
            "issue": FieldChange(row.issue, issue),
            "alerts": FieldChange(row.alerts, alerts),
            **unsaid(row),
        }

    def _all_of(self, row: Order) -> bool:
        """Without ids, a hold whose operator is named is taken for the desk's own, and for the only one."""
        return self.frees or (not self.hold_ids and row.hold is not None and row.hold.by is not None)

    def body(self, expected: dict[str, int] | None) -> ReleaseBody:
        from orders_wire.actions import ReleaseBody

        return ReleaseBody(
            order_ids=list(self.order_ids),
            hold_ids=list(self.hold_ids) or None,
            note=self.note or None,
            expected_versions=expected,
        )

    @classmethod
    def from_book(cls, item: Mapping[str, Any]) -> ReleaseDraft:
        return cls(
            tuple(item["order_ids"]),
            tuple(item.get("hold_ids", ())),
            item.get("note", ""),
            bool(item.get("frees", False)),
            versions=item.get("versions", {}),
        )


def unsent(hold: HoldEntry, outbox: Iterable[OutboxEntry]) -> bool:
    """Whether a hold of ours waits to be sent, so that releasing it withdraws it and nothing leaves."""
    return hold.ours and any(
        row.action_id and hold.id.endswith(row.action_id) and row.state in _WAITING and not row.attempts
        for row in outbox
    )


def may_release(reason: HoldReason, role: Role) -> bool:
    """Whether somebody with this role may end a hold for that reason."""
    return reason not in LEADS or role.includes(Role.LEAD)


def needs_lead(order: Order) -> bool:
    """Whether a row says that only a lead may free it; of fraud a row says only that it is to be checked."""
    return order.hold is not None and order.hold.reason is Issue.PAYMENT
