"""What is decided of one order: `return` and `address`; and `tags`, of any number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.actions import tags
from orders_tui.actions.address import FIELDS, AddressDraft, fault
from orders_tui.actions.draft import Draft
from orders_tui.actions.returns import ReturnsDraft, mails, named, outward
from orders_tui.actions.sending import goes
from orders_tui.actions.tags import TagsDraft, split
from orders_tui.context.target import Target
from orders_tui.plain.desk import Desk
from orders_tui.plain.forms.form import UNDO, Form
from orders_wire.vocabulary import ActionName, Issue, ReturnAction

if TYPE_CHECKING:
    from orders_wire.orders import ReturnSummary

CLEARS = "-"
_MAILED = {True: "the customer is mailed", False: "the customer is not mailed"}


class ReturnForm(Form):
    """The moves that are allowed, each with what it does; above the configured amount a refund's is typed."""

    action = ActionName.RETURNS

    one = True

    async def fill(self, desk: Desk, target: Target, given: str) -> Draft | None:
        order = target.only
        now = order.return_ if order is not None else None
        if order is None or now is None:
            desk.console.say(f"{order.order_number if order else 'the order'} has no return")
            return None
        desk.console.say(f"return of {order.order_number}: {wording.return_line(now, symbols=False)}")
        if not now.allowed_actions:
            desk.console.say(f"nothing can be done with a return that is {wording.return_sign(now).word}")
            return None
        options = [(move, f"{named(move)}: {_does(move, now)}") for move in now.allowed_actions]
        move = await desk.console.choose("what is to become of it", options)
        if not await _amount_typed(desk, move, now):
            return None
        notify = await desk.console.yes("mail the customer?") if mails(move, requested=now.requested) else None
        note = await desk.console.ask("why, blank for no note")
        return ReturnsDraft(target.ids, move, note or None, now.id, notify, versions=target.versions)

    async def again(self, desk: Desk, kept: Draft, target: Target) -> Draft | None:
        now = target.only.return_ if target.only is not None else None
        typed = now is None or not isinstance(kept, ReturnsDraft) or await _amount_typed(desk, kept.move, now)
        return await super().again(desk, kept, target) if typed else None

    def consequence(self, desk: Desk, draft: Draft, target: Target) -> str:
        order = target.only
        if not isinstance(draft, ReturnsDraft) or order is None or order.return_ is None:
            return ""
        now = order.return_
        mailed = "" if draft.notify is None else _MAILED[draft.notify]
        return "; ".join(filter(None, (_does(draft.move, now), mailed, outward(draft.move, now.state, desk.me, UNDO))))


def _does(move: ReturnAction, now: ReturnSummary) -> str:
    return wording.return_action(move, now.state, requested=now.requested)


async def _amount_typed(desk: Desk, move: ReturnAction, now: ReturnSummary) -> bool:
    """Whether a large refund's amount was typed; of any other, and of what is no refund, nothing has to be."""
    amount = now.refund_amount or 0.0
    if move is not ReturnAction.APPROVE_REFUND or amount <= desk.config.typed_amount_above:
        return True
    return await typed_as(desk, "the amount", f"{amount:.2f}")


async def typed_as(desk: Desk, what: str, wanted: str) -> bool:
    """Whether that was typed to confirm it."""
    typed = await desk.console.ask(f"type {what} to confirm it, {wanted}")
    if typed.replace(",", ".") == wanted:
        return True
    desk.console.say(f"{typed or 'nothing'} is not {wanted}; nothing is sent")
    return False


class TagsForm(Form):
    """Tags between commas; one with `-` in front is taken off."""

    action = ActionName.TAGS

    async def fill(self, desk: Desk, target: Target, given: str) -> Draft | None:
        there = sorted({tag for order in target.orders for tag in order.tags})
        if not given:
            desk.console.say(f"tagged now: {', '.join(there) or 'nothing'}")
        typed = split(given or await desk.console.ask("tags between commas, - in front takes one off"))
        add = tuple(tag for tag in typed if not tag.startswith("-"))
        remove = tuple(tag.removeprefix("-").strip() for tag in typed if tag.startswith("-"))
        if not any((*add, *remove)):
            desk.console.say("no tag was named; nothing is sent")
            return None
        return TagsDraft(target.ids, add, remove, versions=target.versions)

    def consequence(self, desk: Desk, draft: Draft, target: Target) -> str:
        return tags.outward(draft, target.orders, desk.me, UNDO) if isinstance(draft, TagsDraft) else ""


class AddressForm(Form):
    """Every part in turn, with what it is now."""

    action = ActionName.ADDRESS

    one = True

    async def fill(self, desk: Desk, target: Target, given: str) -> Draft | None:
        detail = await desk.detail(target.only.id) if target.only is not None else None
        if detail is None:
            return None
        desk.console.say(f"the shipping address of {detail.order_number}; blank keeps a part, {CLEARS} empties it")
        address: dict[str, str | None] = {}
        for field, label in FIELDS.items():
            now = getattr(detail.shipping_address, field, None)
            typed = await desk.console.ask(label, now or "")
            address[field] = None if typed == CLEARS else typed or None
        if wrong := fault(address):
            desk.console.say(f"{wrong}; nothing is sent")
            return None
        held = detail.hold is not None and detail.hold.reason is Issue.ADDRESS
        release = held and await desk.console.yes("it is held for its address. Release that hold with it?")
        return AddressDraft(target.ids, address, release, versions=target.versions)

    def consequence(self, desk: Desk, draft: Draft, target: Target) -> str:
        return goes(1, desk.me, UNDO, alone=True)
