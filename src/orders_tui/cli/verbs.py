"""The verbs of the command line: for each action its options, the columns of its CSV, and how both become drafts.

Knows no model and no network: only argparse, drafts and the contract's words.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import ClassVar, TypeVar

from orders_tui.actions.assign import AssignDraft
from orders_tui.actions.draft import Draft
from orders_tui.actions.fulfill import FulfillDraft, Parcel
from orders_tui.actions.inventory import InventoryDraft
from orders_tui.actions.returns import ReturnsDraft
from orders_tui.actions.support import SupportDraft
from orders_tui.actions.undo import UndoDraft
from orders_tui.errors import UsageError
from orders_wire.vocabulary import ActionName, ReturnAction

ME = "me"
"""Stands for the operator until the server has said who that is."""

Row = Mapping[str, str]
W = TypeVar("W", bound=StrEnum)


class Verb(ABC):
    """One verb. `columns` are those of its CSV on stdin beside `order`; None where nothing is read from there."""

    action: ClassVar[ActionName]
    text: ClassVar[str]
    columns: ClassVar[tuple[str, ...] | None] = None

    @abstractmethod
    def add_options(self, command: ArgumentParser) -> None:
        """Its own arguments; ORDER, `--json` and `--key` are there."""

    @abstractmethod
    def drafts(self, given: Namespace, rows: Sequence[Row]) -> Iterable[Draft]:
        """What is asked for: `rows` are the orders, each with its cells. Raises UsageError naming what is missing or wrong."""


class Assign(Verb):
    action = ActionName.ASSIGN
    text = "make somebody the owner of orders"
    columns = ("assignee", "owner")

    def add_options(self, command: ArgumentParser) -> None:
        who = command.add_mutually_exclusive_group()
        who.add_argument("--to", metavar="NAME", help="the owner; 'unassigned' for nobody")
        who.add_argument("--me", action="store_true", help="you")

    def drafts(self, given: Namespace, rows: Sequence[Row]) -> Iterable[AssignDraft]:
        """One draft per owner, in the order in which owners appear."""
        orders_of: dict[str, list[str]] = {}
        for row in rows:
            owner = ME if given.me else given.to or row.get("assignee") or row.get("owner")
            if not owner:
                raise UsageError(f"assign: to whom does {row['order']} go? --to NAME, --me, or a CSV column assignee")
            orders_of.setdefault(owner, []).append(row["order"])
        return [AssignDraft(tuple(orders), owner) for owner, orders in orders_of.items()]


class Fulfill(Verb):
    action = ActionName.FULFILL
    text = "mark orders as fulfilled"
    columns = ("tracking", "number", "tracking_number", "carrier")

    def add_options(self, command: ArgumentParser) -> None:
        command.add_argument("--tracking", metavar="NUMBER", help="the parcel's number (one order)")
        command.add_argument("--carrier", metavar="NAME", help="the carrier's name")

    def drafts(self, given: Namespace, rows: Sequence[Row]) -> Iterable[FulfillDraft]:
        if given.tracking and len(rows) > 1:
            why = "a tracking number belongs to one order; give several as CSV with a column tracking"
            raise UsageError(f"fulfill: {why}")
        if given.carrier and not given.tracking and not any(map(_number, rows)):
            raise UsageError("fulfill: --carrier goes with a tracking number")
        numbers = {row["order"]: given.tracking or _number(row) for row in rows}
        carriers = {row["order"]: given.carrier or row.get("carrier") or None for row in rows}
        parcels = {order: Parcel(number, carriers[order]) for order, number in numbers.items() if number}
        return [FulfillDraft(tuple(row["order"] for row in rows), parcels)]


class Support(Verb):
    action = ActionName.SUPPORT
    text = "escalate orders to the support queue"
    columns = ("note", "conversation")

    def add_options(self, command: ArgumentParser) -> None:
        command.add_argument("--note", metavar="TEXT", help="what support should know")
        command.add_argument("--conversation", metavar="ID", help="an existing thread")

    def drafts(self, given: Namespace, rows: Sequence[Row]) -> Iterable[SupportDraft]:
        for row in rows:
            note = given.note or row.get("note")
            if not note:
                raise UsageError(f"support: what is it about {row['order']}? --note TEXT, or a CSV column note")
            yield SupportDraft((row["order"],), note, given.conversation or row.get("conversation") or None)


class Returns(Verb):
    action = ActionName.RETURNS
    text = "move the return of orders"
    columns = ("action", "note", "return_id")

    def add_options(self, command: ArgumentParser) -> None:
        command.add_argument("--action", type=one_of(ReturnAction), metavar="ACTION", help=", ".join(ReturnAction))
        command.add_argument("--note", metavar="TEXT", help="why")
        command.add_argument("--return-id", metavar="ID", help="which return, where an order has several")
        command.add_argument("--yes", action="store_true", help="do not ask before a refund or a denial")

    def drafts(self, given: Namespace, rows: Sequence[Row]) -> Iterable[ReturnsDraft]:
        for row in rows:
            move = given.action or row.get("action") or ""
            if move not in list(ReturnAction):
                known = f"--action or a CSV column action is one of {', '.join(ReturnAction)}"
                raise UsageError(f"returns: {move or 'no action'} for {row['order']}; {known}")
            note, return_id = given.note or row.get("note"), given.return_id or row.get("return_id")
            yield ReturnsDraft((row["order"],), ReturnAction(move), note or None, return_id or None)


class Inventory(Verb):
    action = ActionName.INVENTORY
    text = "escalate a stock-out: hold the open orders that still owe a SKU"

    def add_options(self, command: ArgumentParser) -> None:
        command.add_argument("sku", metavar="SKU")
        command.add_argument("orders", nargs="*", default=[], metavar="ORDER", help="only these of them")
        command.add_argument("--note", default="", metavar="TEXT", help="what the ERP should know")

    def drafts(self, given: Namespace, rows: Sequence[Row]) -> Iterable[InventoryDraft]:
        return [InventoryDraft(tuple(given.orders), given.sku, given.note)]


class Undo(Verb):
    action = ActionName.UNDO
    text = "take actions back while that is possible"

    def add_options(self, command: ArgumentParser) -> None:
        command.add_argument("actions", nargs="+", metavar="ACTION_ID", help="as the action's answer named it")

    def drafts(self, given: Namespace, rows: Sequence[Row]) -> Iterable[UndoDraft]:
        return [UndoDraft((), action_id) for action_id in given.actions]


VERBS: Mapping[ActionName, Verb] = {kind.action: kind() for kind in Verb.__subclasses__()}


def by_name(draft: Draft, name: str) -> Draft:
    """The draft with the operator's name in place of `ME`."""
    return replace(draft, assignee=name) if isinstance(draft, AssignDraft) and draft.assignee == ME else draft


def one_of(words: type[W]) -> Callable[[str], W]:
    """Reads one of a closed set of words. The reader raises ArgumentTypeError."""

    def read(text: str) -> W:
        if text not in list(words):
            raise ArgumentTypeError(f"{text!r} is none of {', '.join(words)}")
        return words(text)

    return read


def _number(row: Row) -> str:
    return row.get("tracking") or row.get("number") or row.get("tracking_number") or ""
