"""Acting on orders: opens the dialog, sends the draft that comes back, takes back, repeats, retries.

Invariant: a draft names the orders and versions that were on show when its dialog opened, never what the cursor is on later.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from orders_tui.actions.assign import AssignDraft
from orders_tui.actions.draft import Draft
from orders_tui.commands import COMMANDS
from orders_tui.dialogs.action_dialog import dialog_of
from orders_tui.screens.outcome import orders, sentence
from orders_tui.screens.stage import Handler, Stage
from orders_tui.screens.target import Target
from orders_tui.session.bulk import BulkRun, OutcomeKind
from orders_tui.session.log import ActionEntry, ActionState
from orders_tui.wording import Tone
from orders_wire.vocabulary import ASSISTANT, UNASSIGNED, ActionName


class ActionCommands:
    """Commands `order.*` and `action.*`."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._last: Draft | None = None

    def handlers(self) -> Mapping[str, Handler]:
        """By command id. The command of an action opens its dialog, unless there is more to say about it here."""
        dialogs = {command.id: partial(self.open, command.action) for command in COMMANDS if command.action is not None}
        return dialogs | {
            "order.assign": self.assign,
            "order.mine": lambda _: self.mine(),
            "order.return": lambda _: self.return_(),
            "order.inventory": lambda sku: self.open(ActionName.INVENTORY, sku or self.stage.sku()),
            "action.undo": lambda _: self.undo(),
            "action.repeat": lambda _: self.repeat(),
            "action.retry": lambda _: self.retry(),
        }

    def open(self, action: ActionName, given: str = "", target: Target | None = None) -> None:
        """Opens the dialog of an action, filled in with `given`; what it returns is sent."""
        dialog = dialog_of(action)(self.stage.work, target or self.stage.target(), given)
        self.stage.app.push_screen(dialog, self.send)

    def assign(self, name: str) -> None:
        """The dialog, or with an owner who is known at once."""
        target, owner = self.stage.target(), self._known_owner(name)
        if owner:
            self.send(AssignDraft(target.ids, owner, versions=target.versions))
        else:
            self.open(ActionName.ASSIGN, name, target)

    def _known_owner(self, name: str) -> str:
        """The owner who is meant; empty for a name that nobody has yet: that is asked first."""
        owners = {owner.name for owner in self.stage.work.session.owners}
        if name in {"nobody", UNASSIGNED} - owners:
            return UNASSIGNED
        return name if name in {*owners, self.stage.work.name, ASSISTANT} else ""

    def mine(self) -> None:
        """One order at once; several through the dialog, filled in."""
        target, me = self.stage.target(), self.stage.work.name
        if target.marked:
            self.open(ActionName.ASSIGN, me, target)
        else:
            self.send(AssignDraft(target.ids, me, versions=target.versions))

    def return_(self) -> None:
        """The dialog, for one order at a time: each return is a decision of its own."""
        target = self.stage.target()
        order = target.only or self.stage.current()
        if order is None or (target.marked and len(target.ids) > 1):
            self.stage.say("returns are decided one at a time; unmark, or open the order", Tone.WARN)
        elif order.return_ is None:
            self.stage.say(f"{order.order_number} has no return", Tone.WARN)
        else:
            self.open(ActionName.RETURNS, target=Target((order.id,), (order,)))

    def send(self, draft: Draft | None) -> None:
        """Sends a draft; None is a dialog that was left."""
        if draft is None:
            return
        self._last = draft
        actions = self.stage.work.session.actions
        if draft.many:
            self._follow(actions.bulk(draft))
            return
        for entry in actions.act(draft):
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
        words = f"{done} of {len(run.outcomes)} {run.draft.done}" if run.needs_somebody else f"{done} {run.draft.done}"
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
            self.stage.say(f"taking back: {entry.draft.done}")
        elif not self.stage.restore_marks():
            self.stage.say("there is nothing to take back")

    def repeat(self) -> None:
        """The last action on the present target, through its dialog; money and final steps are never repeated."""
        draft, target = self._last, self.stage.target()
        if draft is None:
            self.stage.say("nothing was done yet")
        elif not target:
            self.stage.say("there is no order here", Tone.WARN)
        elif draft.repeated is None:
            self.stage.say(f"a {draft.word} is never repeated; decide each one", Tone.WARN)
        else:
            self.open(draft.action, draft.repeated, target)

    def retry(self) -> None:
        """Just what failed in the last bulk run, or the last action's failed orders, read again first."""
        session = self.stage.work.session
        run = next((run for run in reversed(session.actions.runs) if run.retryable), None)
        if run is not None:
            self._follow(session.actions.retry_failed(run))
        else:
            self.stage.say("nothing has failed")
