"""Acting on orders: opens the dialog, sends the draft that comes back, takes back, repeats, retries.

Invariant: a draft names the orders and versions that were on show when its dialog opened, never what the cursor is on later.
"""

from __future__ import annotations

from functools import partial

from orders_tui.actions.assign import AssignDraft
from orders_tui.actions.draft import Draft
from orders_tui.actions.note import NoteDraft
from orders_tui.commands import COMMANDS
from orders_tui.context.outcome import orders, sentence
from orders_tui.context.target import Target
from orders_tui.dialogs.action_dialog import dialog_of
from orders_tui.screens.command_screen import Commands, CommandScreen, Handler
from orders_tui.session.bulk import BulkRun, OutcomeKind
from orders_tui.session.log import ActionEntry, ActionState
from orders_tui.wording import Tone
from orders_wire.orders import Order
from orders_wire.vocabulary import ASSISTANT, UNASSIGNED, ActionName, ErrorCode, Status


class ActionCommands(Commands):
    """Commands `order.*` and `action.*`."""

    def __init__(self, screen: CommandScreen) -> None:
        self.screen = screen
        self._last: Draft | None = None

    def handlers(self) -> dict[str, Handler]:
        """The command of an action opens its dialog, unless there is more to say about it here."""
        dialogs = {command.id: partial(self.open, command.action) for command in COMMANDS if command.action is not None}
        return dialogs | super().handlers()

    def open(
        self, action: ActionName, given: str = "", target: Target | None = None, *, in_editor: bool = False
    ) -> None:
        """Opens the dialog of an action, filled in with `given`; what it returns is sent."""
        dialog = dialog_of(action).about(self.screen.work, target or self.screen.target(), given)
        dialog.opens, dialog.in_editor = self.open, in_editor
        self.screen.ask(dialog, self.send)

    def order_assign(self, name: str) -> None:
        """The dialog, or with an owner who is known at once."""
        target, owner = self.screen.target(), self._known_owner(name)
        if owner:
            self.send(AssignDraft(target.ids, owner, versions=target.versions))
        else:
            self.open(ActionName.ASSIGN, name, target)

    def _known_owner(self, name: str) -> str:
        """The owner who is meant; empty for a name that nobody has yet: that is asked first."""
        owners = {owner.name for owner in self.screen.work.session.owners}
        if name in {"nobody", UNASSIGNED} - owners:
            return UNASSIGNED
        return name if name in {*owners, self.screen.work.name, ASSISTANT} else ""

    def order_mine(self, _: str = "") -> None:
        """One order at once; several through the dialog, filled in."""
        target, me = self.screen.target(), self.screen.work.name
        if target.marked:
            self.open(ActionName.ASSIGN, me, target)
        else:
            self.send(AssignDraft(target.ids, me, versions=target.versions))

    def order_note(self, text: str) -> None:
        """The dialog; what was typed for one order is written at once."""
        target, work = self.screen.target(), self.screen.work
        if text and target.only is not None:
            self.send(NoteDraft(target.ids, text, at=work.pace.now(), by=work.name))
        else:
            self.open(ActionName.NOTE, text, target)

    def text_editor(self, _: str = "") -> None:
        """A note that is written in the operator's editor."""
        self.open(ActionName.NOTE, in_editor=True)

    def order_hold(self, reason: str) -> None:
        """The form of a hold; where everything is held and no reason was named, the holds."""
        target = self.screen.target()
        held = bool(target.orders) and all(order.hold is not None for order in target.orders)
        self.open(ActionName.RELEASE if held and not reason else ActionName.HOLD, reason, target)

    def order_inventory(self, sku: str) -> None:
        """The dialog, with the SKU of a stock line filled in."""
        self.open(ActionName.INVENTORY, sku or self.screen.sku())

    def order_tracking(self, number: str) -> None:
        """The dialog, for one order at a time."""
        order = self._one()
        if order is None:
            fulfil = self.screen.work.key("order.fulfill")
            self.screen.say(f"parcels are those of one order; {fulfil} takes numbers for several", Tone.WARN)
        else:
            self.open(ActionName.TRACKING, number, Target.of(order))

    def _one(self) -> Order | None:
        """The order that is meant; None for several marked ones."""
        target = self.screen.target()
        return None if target.marked and len(target.ids) > 1 else target.only or self.screen.current()

    def order_return(self, _: str = "") -> None:
        """The dialog, for one order at a time: each return is a decision of its own."""
        order = self._one()
        if order is None:
            self.screen.say("returns are decided one at a time; unmark, or open the order", Tone.WARN)
        elif order.return_ is None:
            self.screen.say(f"{order.order_number} has no return", Tone.WARN)
        else:
            self.open(ActionName.RETURNS, target=Target.of(order))

    def order_address(self, _: str = "") -> None:
        """The dialog, for one order at a time: each has an address of its own."""
        target = self.screen.target()
        if target.marked and len(target.ids) > 1:
            self.screen.say("addresses are corrected one at a time; unmark, or open the order", Tone.WARN)
        elif target.only is None:
            self.screen.say("there is no order here", Tone.WARN)
        else:
            self.open(ActionName.ADDRESS, target=target)

    def order_cancel(self, reason: str) -> None:
        """The dialog, for one order at a time: what is paid back and what stays is each one's own."""
        order = self._one()
        if order is None:
            self.screen.say("orders are cancelled one at a time; unmark, or open the order", Tone.WARN)
        else:
            self.open(ActionName.CANCEL, reason, Target.of(order))

    def order_bench(self, order: str) -> None:
        """The bench, with the parcel of the order that is named, or of the one that is meant where it owes something."""
        from orders_tui.screens.bench import BenchScreen

        meant = self._one()
        owes = meant is not None and meant.status is Status.AWAITING_FULFILLMENT and meant.cancelling is None
        self.screen.app.push_screen(BenchScreen(self.screen.work, order or (meant.id if meant and owes else "")))

    def send(self, draft: Draft) -> None:
        """Sends a draft, and shows how far it is where it takes long."""
        self._last = draft
        actions = self.screen.work.session.actions
        if draft.many:
            self._follow(actions.bulk(draft))
            return
        for entry in actions.act(draft):
            self.report(entry)

    def report(self, entry: ActionEntry) -> None:
        """Says in the line of hints how an action stands."""
        work = self.screen.work
        order = work.session.table.order(entry.order_ids[0]) if len(entry.order_ids) == 1 else None
        title = orders(entry.order_ids, order)
        if entry.state is ActionState.FAILED and order is None and entry.order_ids and not entry.failures:
            title = "the action"
        self.screen.say(*sentence(entry, title, work.pace.now(), work.key("action.undo")))

    def settled(self, entry: ActionEntry) -> None:
        """A number whose parcel was not clear: the parcels come up to choose from, unless something else is being done."""
        order_id = entry.order_ids[0] if len(entry.order_ids) == 1 else ""
        order = self.screen.work.session.table.order(order_id)
        unclear = any(failure.code is ErrorCode.AMBIGUOUS for failure in entry.failures)
        if unclear and order is not None and entry.batch is None and self.screen.app.screen is self.screen:
            from orders_tui.dialogs.tracking import TrackingDialog

            self.screen.ask(TrackingDialog(self.screen.work, Target.of(order), why=entry.message), self.send)

    def _follow(self, run: BulkRun) -> None:
        from orders_tui.dialogs.bulk import BulkDialog

        if not self._watched(run):
            self.screen.ask(BulkDialog(self.screen.work, run, self.action_undo), self._retry)

    def ended(self, run: BulkRun) -> None:
        """A run has ended: what needs somebody comes up, unless something else is being done; the rest is only said."""
        on_top, watched = self.screen.app.screen is self.screen, self._watched(run)
        if run.needs_somebody and (on_top or watched):
            self._follow(run)
            return
        work, done = self.screen.work, run.counts()[OutcomeKind.DONE]
        words = f"{done} of {len(run.outcomes)} {run.draft.done}" if run.needs_somebody else f"{done} {run.draft.done}"
        if run.retryable:
            words = f"{words}; {work.key('action.retry')} tries the others again"
        elif work.session.actions.undoables():
            words = f"{words}; {work.key('action.undo')} takes it back"
        if on_top or watched:
            self.screen.say(words, Tone.WARN if run.needs_somebody else Tone.GOOD)
        else:
            self.screen.app.notify(words, markup=False)

    def _watched(self, run: BulkRun) -> bool:
        """Whether its dialog is open."""
        from orders_tui.dialogs.bulk import BulkDialog

        return any(isinstance(screen, BulkDialog) and screen.bulk is run for screen in self.screen.app.screen_stack)

    def _retry(self, run: BulkRun) -> None:
        self._follow(self.screen.work.session.actions.retry_failed(run))

    def action_undo(self, _: str = "") -> None:
        """Takes back the newest action that can be; if there is none, marks that were just removed."""
        entry = self.screen.work.session.actions.undo()
        if entry is not None:
            self.screen.say(f"taking back: {entry.draft.done}")
        elif not self.screen.restore_marks():
            self.screen.say("there is nothing to take back")

    def action_repeat(self, _: str = "") -> None:
        """The last action on the present target, through its dialog; money and final steps are never repeated."""
        draft, target = self._last, self.screen.target()
        if draft is None:
            self.screen.say("nothing was done yet")
        elif not target:
            self.screen.say("there is no order here", Tone.WARN)
        elif draft.repeated is None:
            self.screen.say(f"a {draft.word} is never repeated; decide each one", Tone.WARN)
        else:
            self.open(draft.action, draft.repeated, target)

    def action_retry(self, _: str = "") -> None:
        """Just what failed in the last bulk run, or the last action's failed orders, read again first."""
        run = next((run for run in reversed(self.screen.work.session.actions.runs) if run.retryable), None)
        if run is not None:
            self._retry(run)
        else:
            self.screen.say("nothing has failed")
