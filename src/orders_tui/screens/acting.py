"""Acting on orders: opens the dialog, sends the draft that comes back, takes back, repeats, retries.

Invariant: a draft names the orders and versions that were on show when its dialog opened, never what the cursor is on later.
"""

from __future__ import annotations

from collections.abc import Mapping

from orders_tui.drafts import AssignDraft, Draft, FulfillDraft, InventoryDraft, ReturnsDraft, SupportDraft
from orders_tui.screens.outcome import doing, orders, sentence
from orders_tui.screens.stage import Handler, Stage
from orders_tui.session.actions import ActionEntry, ActionState
from orders_tui.session.bulk import BulkRun, OutcomeKind
from orders_tui.wording import Tone
from orders_wire.vocabulary import ASSISTANT, UNASSIGNED

BULK_FROM = 20
"""From so many orders on, progress is shown."""


class Acting:
    """Commands `order.*` and `action.*`."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._last: Draft | None = None

    def handlers(self) -> Mapping[str, Handler]:
        """By command id."""
        return {
            "order.assign": self.assign,
            "order.mine": lambda _: self.mine(),
            "order.fulfill": self.fulfill,
            "order.support": lambda _: self.support(),
            "order.return": lambda _: self.return_(),
            "order.inventory": self.inventory,
            "action.undo": lambda _: self.undo(),
            "action.repeat": lambda _: self.repeat(),
            "action.retry": lambda _: self.retry(),
        }

    def assign(self, argument: str) -> None:
        """The dialog, or with an owner who is known at once."""
        target = self.stage.target()
        owner = self._known_owner(argument)
        if owner:
            self.send(AssignDraft(target.ids, owner, target.versions))
            return
        from orders_tui.dialogs.assign import AssignDialog

        self.stage.app.push_screen(AssignDialog(self.stage.work, target, argument), self.send)

    def _known_owner(self, name: str) -> str:
        """The owner who is meant; empty for a name that nobody has yet: that is asked first."""
        owners = {owner.name for owner in self.stage.work.session.owners}
        if name in {"nobody", UNASSIGNED} - owners:
            return UNASSIGNED
        return name if name in {*owners, self.stage.work.name, ASSISTANT} else ""

    def mine(self) -> None:
        """One order at once; several through the dialog, filled in."""
        target = self.stage.target()
        if not target.marked:
            self.send(AssignDraft(target.ids, self.stage.work.name, target.versions))
            return
        from orders_tui.dialogs.assign import AssignDialog

        self.stage.app.push_screen(AssignDialog(self.stage.work, target, self.stage.work.name), self.send)

    def fulfill(self, argument: str) -> None:
        """The dialog, with a tracking number filled in."""
        from orders_tui.dialogs.fulfill import FulfillDialog

        self.stage.app.push_screen(FulfillDialog(self.stage.work, self.stage.target(), argument), self.send)

    def support(self) -> None:
        """The dialog."""
        from orders_tui.dialogs.support import SupportDialog

        self.stage.app.push_screen(SupportDialog(self.stage.work, self.stage.target()), self.send)

    def return_(self) -> None:
        """The dialog, for one order at a time: each return is a decision of its own."""
        target = self.stage.target()
        order = target.only or self.stage.current()
        if order is None or (target.marked and len(target.ids) > 1):
            self.stage.say("returns are decided one at a time; unmark, or open the order", Tone.WARN)
            return
        if order.return_ is None:
            self.stage.say(f"{order.order_number} has no return", Tone.WARN)
            return
        from orders_tui.dialogs.returns import ReturnDialog

        self.stage.app.push_screen(ReturnDialog(self.stage.work, order), self.send)

    def inventory(self, argument: str) -> None:
        """The dialog, with the SKU of a stock line filled in."""
        from orders_tui.dialogs.inventory import InventoryDialog

        sku = argument or self.stage.sku()
        self.stage.app.push_screen(InventoryDialog(self.stage.work, self.stage.target(), sku), self.send)

    def send(self, draft: Draft | None) -> None:
        """Sends a draft; None is a dialog that was left."""
        if draft is None:
            return
        self._last = draft
        many = len(draft.order_ids) > BULK_FROM or (isinstance(draft, FulfillDraft) and len(draft.parcels) > 1)
        if many:
            run = self.stage.work.session.actions.bulk(draft)
            if run is not None:
                self._follow(run)
            return
        for entry in self.stage.work.session.actions.act(draft):
            self.tell(entry)

    def tell(self, entry: ActionEntry) -> None:
        """Says in the line of hints how an action stands."""
        work = self.stage.work
        order = work.session.table.order(entry.order_ids[0]) if len(entry.order_ids) == 1 else None
        title = orders(entry.order_ids, order)
        if entry.state is ActionState.FAILED and order is None and entry.order_ids and not entry.failures:
            title = "the action"
        self.stage.say(*sentence(entry, title, work.pace.now(), work.key("action.undo")))

    def _follow(self, run: BulkRun) -> None:
        from orders_tui.dialogs.bulk import BulkDialog

        if self._watched(run):
            return
        self.stage.app.push_screen(BulkDialog(self.stage.work, run, self.undo), self._bulk_answered)

    def ended(self, run: BulkRun) -> None:
        """A run has ended: what needs somebody comes up, unless something else is being done; the rest is only said."""
        on_top = self.stage.app.screen is self.stage
        if run.needs_somebody and self._watched(run):
            return
        if run.needs_somebody and on_top:
            self._follow(run)
            return
        work, done = self.stage.work, run.counts()[OutcomeKind.DONE]
        words = (
            f"{done} of {len(run.outcomes)} {doing(run.draft)}" if run.needs_somebody else f"{done} {doing(run.draft)}"
        )
        if run.retryable:
            words = f"{words}; {work.key('action.retry')} tries the others again"
        elif work.session.actions.undoables():
            words = f"{words}; {work.key('action.undo')} takes it back"
        if on_top or self._watched(run):
            self.stage.say(words, Tone.WARN if run.needs_somebody else Tone.GOOD)
        else:
            self.stage.app.notify(words, markup=False)

    def _watched(self, run: BulkRun) -> bool:
        """Whether its dialog is open."""
        from orders_tui.dialogs.bulk import BulkDialog

        return any(isinstance(screen, BulkDialog) and screen.bulk is run for screen in self.stage.app.screen_stack)

    def _bulk_answered(self, retry: BulkRun | None) -> None:
        if retry is not None:
            self._follow(self.stage.work.session.actions.retry_failed(retry))

    def undo(self) -> None:
        """Takes back the newest action that can be; if there is none, marks that were just removed."""
        entry = self.stage.work.session.actions.undo()
        if entry is not None:
            self.stage.say(f"taking back: {doing(entry.draft)}")
        elif not self.stage.restore_marks():
            self.stage.say("there is nothing to take back")

    def repeat(self) -> None:
        """The last action on the present target, through its dialog; money and final steps are never repeated."""
        match self._last, self.stage.target():
            case None, _:
                self.stage.say("nothing was done yet")
            case _, target if not target:
                self.stage.say("there is no order here", Tone.WARN)
            case ReturnsDraft(), _:
                self.stage.say("a return is never repeated; decide each one", Tone.WARN)
            case AssignDraft(assignee=assignee), target:
                from orders_tui.dialogs.assign import AssignDialog

                self.stage.app.push_screen(AssignDialog(self.stage.work, target, assignee), self.send)
            case FulfillDraft(), _:
                self.fulfill("")
            case SupportDraft(note=note), target:
                from orders_tui.dialogs.support import SupportDialog

                self.stage.app.push_screen(SupportDialog(self.stage.work, target, note), self.send)
            case InventoryDraft(sku=sku), _:
                self.inventory(sku)

    def retry(self) -> None:
        """Just what failed in the last bulk run, or the last action's failed orders, read again first."""
        session = self.stage.work.session
        run = next((run for run in reversed(session.actions.runs) if run.retryable), None)
        if run is not None:
            self._follow(session.actions.retry_failed(run))
        else:
            self.stage.say("nothing has failed")
