"""Undo: takes back what an action set, as long as none of its outbound work was claimed (contract §3, undo).

Each order is restored unless what the action set on it was changed since, by whomever. The entry in the timeline stays and a
`note` joins it; alerts that come back are opened anew.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from orders_sync.actions import ids
from orders_sync.actions.acting import Acting
from orders_sync.actions.decision import Decision, Refusal, Shown
from orders_sync.actions.execute import Carried, carry_out
from orders_sync.actions.ids import Named
from orders_sync.actions.undo_record import Memory, Patch, revert
from orders_sync.actions.view import View, with_entry
from orders_sync.db import audit, order_documents, outbox, outbox_claims
from orders_sync.db.outbox import OutboxRow
from orders_sync.db.tx import Tx
from orders_sync.external import erp
from orders_sync.outbox.kinds import METAFIELDS, Kind
from orders_sync.outbox.queue import unclaimed, withdraw
from orders_sync.rules.causes import causes, delayed
from orders_sync.rules.operator_state import Entry
from orders_sync.rules.order_state import Picture
from orders_sync.rules.parcels import fulfillment_ids, replaced_by
from orders_sync.rules.priority_and_issue import static_issue
from orders_sync.rules.timeline import key
from orders_wire.actions import UndoBody
from orders_wire.vocabulary import UNASSIGNED, ActionName, ErrorCode, Issue


@dataclass(frozen=True, slots=True)
class Undone:
    """What the action was that was taken back, and what became of its orders."""

    kind: ActionName
    carried: Carried


def undo(tx: Tx, acting: Acting, body: UndoBody) -> Undone | Refusal:
    """Takes an action back, or says, before anything is written, why it cannot be."""
    action_id = body.action_id
    row = audit.locked_action(tx, action_id)
    if row is None or row.undone:
        return Refusal(ErrorCode.NOT_FOUND, "There is no such action to undo")
    if row.actor != acting.actor.name and not acting.actor.lead:
        return Refusal(ErrorCode.FORBIDDEN, f"Only {row.actor} or a lead may undo this")
    kind, memory = ActionName(row.kind), Memory.model_validate_json(row.body)
    order_documents.hold(tx.conn, tx.shop_id, [order.order_id for order in memory.orders])
    rows = outbox.of_action(tx, action_id, [altered.row_id for altered in memory.altered])
    if not unclaimed(rows):
        return Refusal(ErrorCode.ALREADY_SENT, "It has left already and cannot be undone")
    named = [Named(order.spelling, order.order_id) for order in memory.orders]
    patches = {order.order_id: order.patch for order in memory.orders}
    carried = carry_out(
        tx,
        acting,
        named,
        expected=ids.expected(tx, named, body.expected_versions),
        decide=lambda view: _decide(view, kind, patches[view.order_id], acting),
    )
    restored = {done.view.order_id for done in carried.done}
    if restored:
        _withdraw(tx, rows, memory, restored)
        audit.mark_undone(tx, action_id)
    return Undone(kind, carried)


def _decide(view: View, kind: ActionName, patch: Patch, acting: Acting) -> Decision | Refusal:
    if not patch:
        return Decision(view.operator, _shown(kind, view.picture, acting), "nothing to undo")
    restored = None if _moved_on(view.picture, patch) else revert(view.operator, patch)
    if restored is None:
        told = f"{view.name} was changed since"
        return Refusal(ErrorCode.VERSION_CONFLICT, told, version=view.known.version)
    after = view.draw(restored)
    before = {(cause.type, cause.key) for cause in causes(view.picture, acting.now)}
    reopen = tuple(cause for cause in causes(after, acting.now) if (cause.type, cause.key) not in before)
    details = f"{kind} undone, by {acting.actor.name}"
    noted = with_entry(restored, key("note", acting.action_id), Entry(ts=acting.second, event="note", details=details))
    return Decision(noted, _shown(kind, after, acting), details, reopen=reopen)


def _moved_on(picture: Picture, patch: Patch) -> bool:
    """True when the shop has gone beyond what the action set, whatever our own decisions say."""
    for path, (_, after) in patch.items():
        name, _, of = path.partition("/")
        if after is not None and name in _MOVED_ON and _MOVED_ON[name](picture, of, after):
            return True
    return False


def _parcel_replaced(picture: Picture, _of: str, _after: object) -> bool:
    ours = picture.operator.acknowledgement
    return picture.cancelled or ours is None or replaced_by(ours, fulfillment_ids(picture.facts)) is not None


def _number_told(picture: Picture, of: str, _after: object) -> bool:
    return bool((picture.facts.fields("fulfillment", of) or {}).get("number"))


def _return_moved(picture: Picture, of: str, after: object) -> bool:
    now = next((view.state for view in picture.returns if str(view.id) == of), None)
    return not isinstance(after, dict) or now != after.get("state")


def _hold_ended(picture: Picture, of: str, _after: object) -> bool:
    return of not in picture.escalations


_MOVED_ON = {
    "acknowledgement": _parcel_replaced,
    "numbers": _number_told,
    "returns": _return_moved,
    "holds": _hold_ended,
}


def _shown(kind: ActionName, picture: Picture, acting: Acting) -> Shown:
    """The restored value, under the name that the action had for it."""
    operator = picture.operator
    match kind:
        case ActionName.ASSIGN:
            return {"assignedTo": operator.assigned_to or UNASSIGNED}
        case ActionName.FULFILL:
            return {"fulfillmentStatus": _fulfillment_status(picture)}
        case ActionName.SUPPORT:
            return {"supportThread": operator.thread}
        case ActionName.INVENTORY:
            return {"issue": _issue(picture, acting)}
        case _:
            return {}


def _issue(picture: Picture, acting: Acting) -> Issue | None:
    """As the order shows it: with the rule of the tab `delayed`, which the clock decides."""
    static = static_issue(picture)
    late = picture.open_at(acting.now) and any(delayed(picture, p, acting.now) for p in picture.shipments)
    return Issue.CARRIER if late and static in (None, Issue.MANUAL_CHECK) else static


def _fulfillment_status(picture: Picture) -> str:
    if not picture.owed:
        return "fulfilled"
    return "partial" if any(parcel.alive for parcel in picture.parcels) else "unfulfilled"


def _withdraw(tx: Tx, rows: Collection[OutboxRow], memory: Memory, restored: Collection[int]) -> None:
    """What was queued for the restored orders will not leave."""
    altered = {row.row_id for row in memory.altered}
    mine = [row for row in rows if row.id not in altered]
    kept = [order.order_id for order in memory.orders if order.patch and order.order_id not in restored]
    for message in (row for row in mine if row.kind == Kind.INVENTORY and kept):
        outbox.set_payload(tx, message.id, erp.without(message.payload, restored))
    leaving = [row for row in mine if not kept or (row.kind != Kind.INVENTORY and row.order_id in restored)]
    for row in leaving:
        if row.kind in METAFIELDS:
            outbox_claims.revive(tx, row)
    withdraw(tx, leaving)
    for before in memory.altered:
        if before.order_id in restored:
            outbox.set_payload(tx, before.row_id, before.payload)
