"""Acting on orders from a plain prompt: the form, what it would do, the question, and what became of it.

Invariants: a draft names the orders and versions that were meant when its form began. What is outward is sent only after its
consequence was said and `yes` was typed.
"""

from __future__ import annotations

from collections.abc import Mapping

from orders_tui.actions.assign import AssignDraft
from orders_tui.actions.draft import MARKS, Draft
from orders_tui.actions.registry import ACTIONS
from orders_tui.commands import Command, Risk
from orders_tui.context.target import Target
from orders_tui.plain.console import Left
from orders_tui.plain.desk import Desk
from orders_tui.plain.forms.form import Form
from orders_tui.plain.forms.registry import FORMS
from orders_tui.session.log import ActionEntry
from orders_wire.vocabulary import ActionName

SETTLES_S, RUN_S = 8.0, 60.0
"""So long an answer, or the end of many, is waited for; then it is told when it comes."""


class Acting:
    """Does the commands of actions; `last` is what was sent last."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._last: Draft | None = None

    async def open(self, command: Command, action: ActionName, given: str = "") -> None:
        """The form of an action on what is meant; what comes of it is asked for and sent."""
        form = FORMS[action]
        target = await self.target(command)
        if form.one and len(target.ids) > 1:
            self.desk.console.say(f"{command.label} is for one order at a time; unmark, and open the one that is meant")
            return
        if len(target.ids) == 1 and action is not ActionName.INVENTORY:
            self.desk.session.be_at(target.ids[0], action)
        draft = await self._draft(form, action, target, given)
        if draft is not None:
            await self._confirm(command.risk, form, draft, target)

    async def target(self, command: Command) -> Target:
        """Marks, or the order looked at; where there is neither, it is asked for. Raises Misread."""
        target = self.desk.target()
        if target or not command.acts_on_target:
            return target
        ids = tuple(self.desk.ids(await self.desk.console.ask("which orders? numbers of the list, as 3 or 1 4-6")))
        orders = (self.desk.order(order_id) for order_id in ids)
        return Target(ids, tuple(order for order in orders if order is not None), marked=len(ids) > 1)

    async def _draft(self, form: Form, action: ActionName, target: Target, given: str) -> Draft | None:
        """What was kept for this, where that is wanted; else what the form makes."""
        subject = target.ids[0] if len(target.ids) == 1 else MARKS
        kept = self.desk.session.drafts.find(ACTIONS[action], subject)
        if kept is not None and not given and kept.order_ids == target.ids:
            if await self.desk.console.yes(f"a draft was kept: {kept.done}. Go on with it?"):
                return await form.again(self.desk, kept, target)
            self.desk.session.drafts.drop(kept)
        return await form.fill(self.desk, target, given)

    async def _confirm(self, risk: Risk, form: Form, draft: Draft, target: Target) -> None:
        console = self.desk.console
        for text in _skipped(draft, target):
            console.say(text)
        consequence = form.consequence(self.desk, draft, target)
        if risk is Risk.REVERSIBLE:
            await self.send(draft)
            return
        console.say(f"{self._what(draft)}, not sent yet: {draft.done}", *filter(None, [consequence]))
        try:
            agreed = await console.yes("Send it?")
        except Left:
            agreed = False
        if agreed:
            await self.send(draft)
        else:
            self.desk.session.drafts.keep(draft)
            console.say("not sent; the draft is kept")

    def _what(self, draft: Draft) -> str:
        if len(draft.order_ids) == 1:
            return self.desk.number(draft.order_ids[0])
        return f"{len(draft.order_ids)} orders" if draft.order_ids else "every order that it is about"

    async def send(self, draft: Draft) -> None:
        """Sends a draft and says what became of it, or that it is not known yet."""
        desk, actions = self.desk, self.desk.session.actions
        self._last = draft
        if draft.many:
            run = actions.bulk(draft)
            desk.console.say(f"sending {len(draft.order_ids)}")
            done = await desk.until(lambda: run.finished, RUN_S)
        else:
            keys = {entry.key for entry in actions.act(draft)}
            done = await desk.until(lambda: _settled(actions.log, keys), SETTLES_S)
        if done:
            await desk.refreshed()
        for order_id in draft.order_ids if done else ():
            desk.marks.pop(order_id, None)
        desk.console.tell_news()
        if not done:
            desk.console.say("no answer yet; it is asked for again by itself, and the outcome is told when it comes")

    async def mine(self) -> None:
        """The orders become the operator's own."""
        target = await self.target(self.desk.commands["order.mine"])
        await self.send(AssignDraft(target.ids, self.desk.name, versions=target.versions))

    async def undo(self) -> None:
        """Takes back the newest action that can be."""
        desk = self.desk
        entry = desk.session.actions.undo()
        if entry is None:
            desk.console.tell_news()
            desk.console.say("there is nothing to take back")
            return
        desk.console.say(f"taking back: {entry.draft.done}")
        if await desk.until(lambda: not desk.session.actions.unsettled, SETTLES_S):
            await desk.refreshed()
        desk.console.tell_news()

    async def repeat(self) -> None:
        """The last action on what is meant now, through its form; money and final steps are never repeated."""
        draft = self._last
        if draft is None:
            self.desk.console.say("nothing was done yet")
        elif draft.repeated is None:
            self.desk.console.say(f"a {draft.word} is never repeated; decide each one")
        else:
            command = next(command for command in self.desk.commands if command.action is draft.action)
            await self.open(command, draft.action, draft.repeated)

    async def retry(self) -> None:
        """Just what failed in the last run over many."""
        actions = self.desk.session.actions
        run = next((run for run in reversed(actions.runs) if run.retryable), None)
        if run is None:
            self.desk.console.say("nothing has failed")
            return
        again = actions.retry_failed(run)
        await self.desk.until(lambda: again.finished, RUN_S)
        self.desk.console.tell_news()


def _settled(log: tuple[ActionEntry, ...], keys: set[str]) -> bool:
    return all(entry.settled for entry in log if entry.key in keys)


def _skipped(draft: Draft, target: Target) -> list[str]:
    """Which orders the server would refuse, and why: they are sent nevertheless, since it alone decides."""
    found: Mapping[str, tuple[str, ...]] = draft.eligibility({order.id: order for order in target.orders}.get).skipped
    number = {order.id: order.order_number for order in target.orders}
    return [f"will be refused: {', '.join(number[each] for each in ids)} ({reason})" for reason, ids in found.items()]
