"""An order is cancelled: `cancel`. What stands against it is said first, and what it would do is said before it is sent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from orders_tui.actions.cancel import CancelDraft, against, payback, units
from orders_tui.actions.draft import Draft
from orders_tui.context.target import Target
from orders_tui.plain.desk import Desk
from orders_tui.plain.forms.decisions import typed_as
from orders_tui.plain.forms.form import UNDO, Form
from orders_tui.wording import cancelling
from orders_wire.actions import LONGEST_CANCEL_NOTE
from orders_wire.vocabulary import ActionName, CancelReason, CancelRefund

if TYPE_CHECKING:
    from orders_wire.detail import OrderDetail


class CancelForm(Form):
    """Why, the money, the stock, a mail, a note; above the configured amount what is paid back is typed."""

    action = ActionName.CANCEL

    one = True

    async def fill(self, desk: Desk, target: Target, given: str) -> Draft | None:
        detail = await _cancellable(desk, target)
        if detail is None:
            return None
        reason = CancelReason(given) if given in list(CancelReason) else None
        if reason is None:
            options = [(each, f"{each}: {cancelling.MEANS[each]}") for each in CancelReason]
            reason = await desk.console.choose("why is it cancelled", options)
        refund = await _refund(desk, detail)
        count = units(detail)
        restock = count != 0 and await desk.console.yes(f"{cancelling.restocks(count, restock=True)}?")
        notify = await desk.console.yes("mail the customer?")
        note = await _note(desk)
        draft = CancelDraft(target.ids, reason, refund, restock, notify, note, versions=target.versions)
        return await _vouched(desk, draft, detail)

    async def again(self, desk: Desk, kept: Draft, target: Target) -> Draft | None:
        detail = await _cancellable(desk, target)
        if detail is None or not isinstance(kept, CancelDraft):
            return None
        return await _vouched(desk, replace(kept, versions=target.versions), detail)

    def consequence(self, desk: Desk, draft: Draft, target: Target) -> str:
        detail = desk.session.table.detail(target.ids[0])
        order = detail or target.only
        if not isinstance(draft, CancelDraft) or order is None:
            return ""
        return cancelling.consequence(draft, order, desk.me, UNDO, symbols=False)


async def _cancellable(desk: Desk, target: Target) -> OrderDetail | None:
    """The order whole; None where it cannot be had or cancelled, once it was said why."""
    detail = await desk.detail(target.ids[0])
    if detail is None:
        return None
    if stands := against(detail) or against(target.only or detail):
        desk.console.say(f"it cannot be cancelled: {detail.order_number} {stands}")
        return None
    return detail


async def _refund(desk: Desk, detail: OrderDetail) -> CancelRefund:
    back = payback(detail)
    if back.nothing:
        desk.console.say(cancelling.pays(back, CancelRefund.NONE))
        return CancelRefund.NONE
    options = [(each, cancelling.pays(back, each, symbols=False)) for each in CancelRefund]
    return await desk.console.choose("what becomes of its money (authorisations are voided either way)", options)


async def _note(desk: Desk) -> str:
    while len(note := await desk.console.ask("a note for the shop's staff, blank for none")) > LONGEST_CANCEL_NOTE:
        desk.console.say(f"a note has at most {LONGEST_CANCEL_NOTE} characters, {len(note)} are too many")
    return note


async def _vouched(desk: Desk, draft: CancelDraft, detail: OrderDetail) -> CancelDraft | None:
    """The draft as it is sent; None where much is paid back and was not typed."""
    back = payback(detail)
    dear = draft.refund is CancelRefund.ORIGINAL and not back.nothing and back.above(desk.config.typed_amount_above)
    if dear and not await typed_as(desk, *cancelling.confirmation(back, detail)):
        return None
    return draft.ordered(desk.pace.now(), desk.me, desk.name)
