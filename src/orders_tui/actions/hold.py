"""`hold`: what is owed is held back, for a reason, until somebody releases it or its time has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from orders_tui.actions.draft import Draft, ending
from orders_tui.actions.field_changes import Changes, Earlier, FieldChange, unsaid
from orders_wire.vocabulary import ActionName, AlertType, HoldReason, HoldThen, Issue, Status

if TYPE_CHECKING:
    from orders_wire.actions import HoldBody
    from orders_wire.orders import Hold, Order

ONLY_NOTED = "note and time change on this desk: nothing is sent"


@dataclass(frozen=True, slots=True)
class HoldDraft(Draft):
    """Hold all that is owed, or `lines` (line and quantity) of the one order.

    `typed`: `until` as it was typed; the command line knows the desk's zone later. `clears`: which of `note` and `until` a hold
    that is there loses; empty ones stay as they are. `since` and `by` stand on a row until the server has said them.
    """

    action = ActionName.HOLD
    word = "hold"
    doing = "holding"
    unsent = "only note and time changed: nothing is sent"
    reason: HoldReason
    note: str = ""
    until: datetime | None = None
    then: HoldThen = HoldThen.REMIND
    lines: tuple[tuple[str, int], ...] = ()
    typed: str = ""
    clears: tuple[str, ...] = ()
    since: datetime | None = None
    by: str | None = None

    @property
    def done(self) -> str:
        return f"held for {self.reason}"

    @property
    def repeated(self) -> str:
        return self.reason

    def obstacle(self, order: Order) -> str | None:
        return ending(order) or (None if order.status is Status.AWAITING_FULFILLMENT else "nothing is owed any more")

    def effect(self, order_id: str, row: Order | None, earlier: Earlier) -> Changes:
        """Of an order that another reason holds, only the server knows which of the two decides."""
        if row is None or self.obstacle(row) or self.since is None:
            return {}
        reason = issue_of(self.reason)
        if row.hold is not None and row.hold.reason is not reason:
            return {}
        hold = self._hold(row.hold, self.since)
        if row.hold is not None and self.until is None and "until" not in self.clears:
            return {"hold": FieldChange(row.hold, hold)}
        if row.hold is not None:
            alerts = [alert for alert in row.alerts if alert is not AlertType.HOLD_DUE]
            return {"hold": FieldChange(row.hold, hold), "alerts": FieldChange(row.alerts, alerts)}
        issue = FieldChange(row.issue, _first(row.issue, reason))
        return {"hold": FieldChange(None, hold), "issue": issue, **unsaid(row)}

    def _hold(self, before: Hold | None, since: datetime) -> Hold:
        from orders_wire.orders import Hold

        if before is not None:
            terms: dict[str, object] = {"note": self.note, "until": self.until}
            given = {name: value for name, value in terms.items() if value}
            return before.model_copy(update=given | dict.fromkeys(self.clears))
        return Hold(reason=issue_of(self.reason), note=self.note or None, since=since, until=self.until, by=self.by)

    def body(self, expected: dict[str, int] | None) -> HoldBody:
        """What is left out stays as it is on a hold that is there: without a time, also what happens then."""
        from orders_wire.actions import GivenLine, HoldBody

        noted = {"note": self.note} if self.note else {}
        timed = {"until": self.until, "then": self.then} if self.until is not None else {}
        return HoldBody(
            order_ids=list(self.order_ids),
            reason=self.reason,
            lines=[GivenLine(line_id=line, quantity=quantity) for line, quantity in self.lines] or None,
            expected_versions=expected,
            **dict.fromkeys(self.clears),
            **noted,
            **timed,
        )

    def to_book(self) -> dict[str, Any]:
        """Until when is kept as it was typed: what is meant by `3d` is another day tomorrow."""
        kept = {name: value for name, value in asdict(self).items() if name not in {"until", "clears", "since", "by"}}
        return {"verb": self.action, **kept}

    @classmethod
    def from_book(cls, item: Mapping[str, Any]) -> HoldDraft:
        return cls(
            tuple(item["order_ids"]),
            HoldReason(item["reason"]),
            item.get("note", ""),
            then=HoldThen(item.get("then", HoldThen.REMIND)),
            lines=tuple((str(line), int(quantity)) for line, quantity in item.get("lines", ())),
            typed=item.get("typed", ""),
            versions=item.get("versions", {}),
        )


def issue_of(reason: HoldReason) -> Issue:
    """The word of `issue` for a reason: contract §3a, ORDER."""
    return Issue(reason.value) if reason.value in list(Issue) else Issue.MANUAL_CHECK


def _first(one: Issue | None, other: Issue) -> Issue:
    """Contract §1, `issue`: the first match of the two."""
    words = list(Issue)
    return other if one is None else min(one, other, key=words.index)
