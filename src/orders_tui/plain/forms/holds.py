"""What is held back and let go: `hold`, `release`, and a stock-out, which holds all that wait for a SKU."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.actions import inventory
from orders_tui.actions.draft import Draft
from orders_tui.actions.hold import HoldDraft
from orders_tui.actions.inventory import InventoryDraft
from orders_tui.actions.release import ReleaseDraft, may_release
from orders_tui.actions.sending import goes
from orders_tui.context.target import Target
from orders_tui.plain.desk import Desk, Misread
from orders_tui.plain.forms.form import UNDO, Form
from orders_tui.query.dates import Unreadable
from orders_tui.query.until import UNTIL_HELP, until
from orders_wire.vocabulary import ActionName, HoldReason, HoldThen

if TYPE_CHECKING:
    from datetime import datetime

    from orders_wire.detail import HoldEntry


def _leaving(desk: Desk, draft: Draft, target: Target) -> str:
    """That those which nothing speaks against go to Shopify."""
    refused = sum(bool(draft.obstacle(order)) for order in target.orders)
    sent = len(draft.order_ids) - refused
    return goes(sent, desk.me, UNDO, alone=not refused) if sent else ""


class HoldForm(Form):
    """A reason, a note, and until when."""

    action = ActionName.HOLD

    async def fill(self, desk: Desk, target: Target, given: str) -> Draft | None:
        reason = HoldReason(given) if given in list(HoldReason) else None
        if reason is None:
            options = [(each, wording.hold_reason(each).word) for each in HoldReason]
            reason = await desk.console.choose("why is it held", options)
        note = await desk.console.ask("a note, blank for none")
        at, typed = await self._until(desk)
        then = HoldThen.REMIND
        if at is not None:
            options_then = [(HoldThen.REMIND, "an alert reminds of it"), (HoldThen.RELEASE, "it is released by itself")]
            then = await desk.console.choose("and when that time has come", options_then, default=1)
        return HoldDraft(
            target.ids,
            reason,
            note,
            at,
            then,
            typed=typed,
            since=desk.pace.now(),
            by=desk.name or None,
            versions=target.versions,
        )

    async def _until(self, desk: Desk) -> tuple[datetime | None, str]:
        while typed := await desk.console.ask(f"until when ({UNTIL_HELP}), blank for as long as it takes"):
            try:
                at = until(typed, desk.pace.now(), desk.zone)
            except Unreadable as error:
                desk.console.say(str(error))
                continue
            desk.console.say(f"until {wording.until(at, desk.pace.now(), desk.zone_name)}")
            return at, typed
        return None, ""

    def consequence(self, desk: Desk, draft: Draft, target: Target) -> str:
        return _leaving(desk, draft, target)


class ReleaseForm(Form):
    """The holds of one order, by their numbers; of several those of this desk."""

    action = ActionName.RELEASE

    async def fill(self, desk: Desk, target: Target, given: str) -> Draft | None:
        chosen: tuple[HoldEntry, ...] = ()
        frees = False
        if target.only is not None:
            detail = await desk.detail(target.only.id)
            if detail is None:
                return None
            if not detail.holds:
                desk.console.say(f"{detail.order_number} is not held")
                return None
            chosen = await self._chosen(desk, detail.holds)
            frees = len(chosen) == len(detail.holds)
        note = await desk.console.ask("why, blank for no note")
        ids = tuple(hold.id for hold in chosen)
        return ReleaseDraft(target.ids, ids, note, frees, versions=target.versions)

    async def _chosen(self, desk: Desk, holds: list[HoldEntry]) -> tuple[HoldEntry, ...]:
        desk.console.say("holds:")
        desk.console.numbered(_hold_line(desk, hold) for hold in holds)
        ours = [str(at) for at, hold in enumerate(holds, start=1) if hold.ours and may_release(hold.reason, desk.role)]
        while True:
            given = await desk.console.ask("which of them end, as 1 or 1 3", " ".join(ours))
            numbers = [int(word) for word in given.replace(",", " ").split() if word.isdecimal()]
            if numbers and all(1 <= number <= len(holds) for number in numbers):
                return tuple(holds[number - 1] for number in dict.fromkeys(numbers))
            desk.console.say(f"{given or 'nothing'} names none of them; there are 1 to {len(holds)}")

    def consequence(self, desk: Desk, draft: Draft, target: Target) -> str:
        return _leaving(desk, draft, target)


def _hold_line(desk: Desk, hold: HoldEntry) -> str:
    whose = (hold.by or "this desk") if hold.ours else f"{hold.by or 'another app'} (Shopify may refuse)"
    leads = "" if may_release(hold.reason, desk.role) else "only a lead releases it"
    limit = f"until {desk.instant(hold.until)}" if hold.until else ""
    facts = (wording.hold_reason(hold.reason).word, f"by {whose}", f"since {desk.instant(hold.since)}", limit, leads)
    return ", ".join(filter(None, (*facts, hold.note)))


class InventoryForm(Form):
    """The SKU, which orders, a note for the ERP."""

    action = ActionName.INVENTORY

    async def fill(self, desk: Desk, target: Target, given: str) -> Draft | None:
        sku = given or await self._sku(desk, target)
        if not sku:
            raise Misread("which SKU is short?")
        ids: tuple[str, ...] = ()
        if target:
            options = [(False, "every open order that still owes it"), (True, f"only {target.title}")]
            only = await desk.console.choose("which orders are held", options, default=2 if target.marked else 1)
            ids = target.ids if only else ()
        note = await desk.console.ask("a note for the ERP, blank for none")
        return InventoryDraft(ids, sku, note, versions=target.versions if ids else {})

    async def _sku(self, desk: Desk, target: Target) -> str:
        page = desk.session.table.summary
        known = (
            {block.sku: f"{block.sku}, {block.orders_waiting} wait" for block in page.inventory_blocks} if page else {}
        )
        detail = desk.session.table.detail(target.only.id) if target.only is not None else None
        for line in detail.line_items if detail is not None else ():
            if line.sku:
                known.setdefault(line.sku, f"{line.sku}, {line.title}")
        if not known:
            return await desk.console.ask("the SKU")
        chosen = await desk.console.choose("which SKU is short", [*known.items(), ("", "another one")])
        return chosen or await desk.console.ask("the SKU")

    def consequence(self, desk: Desk, draft: Draft, target: Target) -> str:
        return inventory.outward(desk.me)
