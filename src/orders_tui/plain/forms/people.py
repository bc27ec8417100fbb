"""Whose the orders are: `assign`, and `support`, which gives them to the assistant with a note."""

from __future__ import annotations

from orders_tui.actions.assign import AssignDraft
from orders_tui.actions.draft import Draft
from orders_tui.actions.support import SupportDraft
from orders_tui.context.target import Target
from orders_tui.plain.desk import Desk
from orders_tui.plain.forms.form import Form
from orders_wire.vocabulary import ASSISTANT, UNASSIGNED, ActionName

TYPED = ""


class AssignForm(Form):
    """An owner who is known is taken at once; a name that nobody has yet is asked about."""

    action = ActionName.ASSIGN

    async def fill(self, desk: Desk, target: Target, given: str) -> Draft | None:
        owner = given or await self._owner(desk)
        owner = UNASSIGNED if owner.casefold() in {"nobody", UNASSIGNED} else owner
        known = {owner.name for owner in desk.session.owners} | {desk.name, ASSISTANT, UNASSIGNED}
        if owner not in known and not await desk.console.yes(f"nobody is called {owner} yet. A new owner?"):
            return None
        return AssignDraft(target.ids, owner, versions=target.versions)

    async def _owner(self, desk: Desk) -> str:
        me = [(desk.name, f"{desk.name}, you")] if desk.name else []
        others = [
            (owner.name, f"{owner.name}, {owner.open_orders} open")
            for owner in desk.session.owners
            if owner.name != desk.name
        ]
        options = [*me, *others, (UNASSIGNED, "nobody"), (TYPED, "somebody else")]
        chosen = await desk.console.choose("who is to own it", options)
        return chosen or await desk.console.ask("the name")


class SupportForm(Form):
    """A note for the support queue."""

    action = ActionName.SUPPORT

    async def fill(self, desk: Desk, target: Target, given: str) -> Draft | None:
        note = await desk.console.ask("what should support know", given)
        if not note:
            desk.console.say("support needs a note; nothing is sent")
            return None
        return SupportDraft(target.ids, note, versions=target.versions)
