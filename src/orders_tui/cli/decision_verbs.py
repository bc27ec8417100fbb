"""`returns` and `cancel` on the command line: what is money or an end is named, never guessed."""

from __future__ import annotations

from argparse import ArgumentParser, BooleanOptionalAction, Namespace
from collections.abc import Iterable, Sequence

from orders_tui.actions.cancel import CancelDraft
from orders_tui.actions.returns import ANSWERS, ReturnsDraft
from orders_tui.cli.verb import Row, Verb, add_notify, word
from orders_tui.errors import UsageError
from orders_wire.arguments import one_of
from orders_wire.spelling import none_of
from orders_wire.vocabulary import ActionName, CancelReason, CancelRefund, ReturnAction


class Returns(Verb):
    action = ActionName.RETURNS
    text = "move the return of orders"
    columns = ("action", "note", "return_id")

    def add_options(self, command: ArgumentParser) -> None:
        command.add_argument("--action", **one_of(ReturnAction), metavar="ACTION", help=", ".join(ReturnAction))
        command.add_argument("--note", metavar="TEXT", help="why")
        command.add_argument("--return-id", metavar="ID", help="which return, where an order has several")
        add_notify(command)
        command.add_argument("--yes", action="store_true", help="do not ask before a refund or a denial")

    def drafts(self, given: Namespace, rows: Sequence[Row]) -> Iterable[ReturnsDraft]:
        for row in rows:
            move = given.action or row.get("action") or ""
            if move not in list(ReturnAction):
                what = none_of(move, ReturnAction)
                raise UsageError(f"returns: the action for {row['order']}, by --action or a CSV column action: {what}")
            note, return_id = given.note or row.get("note"), given.return_id or row.get("return_id")
            if given.notify is not None and move not in ANSWERS:
                raise UsageError(
                    f"returns: {move} mails nobody; --notify and --no-notify go with {' and '.join(ANSWERS)}"
                )
            yield ReturnsDraft((row["order"],), ReturnAction(move), note or None, return_id or None, given.notify)


class Cancel(Verb):
    action = ActionName.CANCEL
    text = "cancel an order in Shopify, with its money and its stock"

    def add_options(self, command: ArgumentParser) -> None:
        command.add_argument("order", metavar="ORDER", help="a number (#1001 or 1001), or an id")
        command.add_argument("--reason", **one_of(CancelReason), metavar="REASON", help=", ".join(CancelReason))
        money = (
            "what was paid goes back the way it came (original), or stays (none); authorisations are voided either way"
        )
        command.add_argument("--refund", **one_of(CancelRefund), metavar="REFUND", help=money)
        stock = "the units go back into stock, or do not"
        command.add_argument("--restock", action=BooleanOptionalAction, default=None, help=stock)
        add_notify(command)
        command.add_argument("--note", default="", metavar="TEXT", help="for the shop's staff, in Shopify")
        command.add_argument("--yes", action="store_true", help="do not ask before")

    def drafts(self, given: Namespace, rows: Sequence[Row]) -> Iterable[CancelDraft]:
        """One order, and every choice made: what is money or an end is never a default."""
        reason = word(CancelReason, given.reason, f"cancel: --reason, why {given.order} is cancelled")
        refund = word(CancelRefund, given.refund, f"cancel: --refund, what becomes of the money of {given.order}")
        if given.restock is None:
            raise UsageError("cancel: do its units go back into stock? --restock or --no-restock")
        return [CancelDraft((given.order,), reason, refund, given.restock, given.notify, given.note)]
