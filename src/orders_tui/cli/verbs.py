"""The verbs of the command line: for each action its options, the columns of its CSV, and how both become drafts.

Knows no model and no network: only argparse, drafts and the contract's words.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo

from orders_tui.actions.address import FIELDS, AddressDraft, fault
from orders_tui.actions.assign import AssignDraft
from orders_tui.actions.draft import Draft
from orders_tui.actions.fulfill import FulfillDraft, Parcel
from orders_tui.actions.hold import HoldDraft
from orders_tui.actions.inventory import InventoryDraft
from orders_tui.actions.owed_lines import Part
from orders_tui.actions.support import SupportDraft
from orders_tui.actions.tags import TagsDraft, split
from orders_tui.actions.tracking import ParcelNumber, TrackingDraft
from orders_tui.actions.undo import UndoDraft
from orders_tui.cli import decision_verbs, hold_verbs, note_verb
from orders_tui.cli.hold_verbs import in_zone
from orders_tui.cli.verb import Row, Verb, add_notify, units_of
from orders_tui.errors import UsageError
from orders_wire.vocabulary import ActionName

ME = "me"
"""Stands for the operator until the server has said who that is."""


_NUMBER_COLUMNS = ("tracking", "number", "tracking_number")


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
    text = "mark orders as fulfilled, whole or in part"
    columns = (*_NUMBER_COLUMNS, "carrier", "sku", "quantity")

    def add_options(self, command: ArgumentParser) -> None:
        command.add_argument("--tracking", metavar="NUMBER", help="the parcel's number (one order)")
        command.add_argument("--carrier", metavar="NAME", help="the carrier's name")
        units = (
            "so many units of a line, by SKU or line id (one order; again for other lines); without: all that is owed"
        )
        command.add_argument("--line", action="append", default=[], type=units_of, metavar="SKU=N", help=units)
        add_notify(command)

    def drafts(self, given: Namespace, rows: Sequence[Row]) -> Iterable[FulfillDraft]:
        """Rows of one order are one parcel."""
        rows_of: dict[str, list[Row]] = {}
        for row in rows:
            rows_of.setdefault(row["order"], []).append(row)
        if len(rows_of) > 1 and (given.tracking or given.line):
            what = "a tracking number belongs" if given.tracking else "--line belongs"
            raise UsageError(
                f"fulfill: {what} to one order; give several as CSV with the columns tracking, sku, quantity"
            )
        if given.carrier and not given.tracking and not any(map(_number, rows)):
            raise UsageError("fulfill: --carrier goes with a tracking number")
        parcels, parts = {}, {}
        for order, lines in rows_of.items():
            if number := given.tracking or _one(order, "tracking numbers", map(_number, lines)):
                carrier = given.carrier or _one(order, "carriers", (line.get("carrier", "") for line in lines))
                parcels[order] = Parcel(number, carrier or None)
            if units := given.line or _units(order, lines):
                parts[order] = Part(tuple(units))
        return [FulfillDraft(tuple(rows_of), parcels, parts, notify=given.notify)]


class Tracking(Verb):
    action = ActionName.TRACKING
    text = "give parcels their numbers, or correct them"
    columns = (*_NUMBER_COLUMNS, "carrier", "url", "parcel")

    def add_options(self, command: ArgumentParser) -> None:
        command.add_argument("--number", metavar="NUMBER", help="the parcel's number (one order)")
        command.add_argument("--carrier", metavar="NAME", help="the carrier's name")
        command.add_argument("--url", metavar="URL", help="the page where the parcel is followed")
        which = "which parcel, by its name (F2), id, or place from 1; without: the only one that lacks a number, or the only one"
        command.add_argument("--parcel", metavar="PARCEL", help=which)
        add_notify(command)

    def drafts(self, given: Namespace, rows: Sequence[Row]) -> Iterable[TrackingDraft]:
        if len(rows) > 1 and (given.number or given.parcel or given.url):
            why = "a number, a page and a parcel belong to one order; give several as CSV"
            raise UsageError(f"tracking: {why} with the columns number, carrier, url, parcel")
        numbers = tuple(_parcel_number(given, row) for row in rows)
        seen: set[tuple[str, str | None]] = set()
        for number in numbers:
            if (number.order_id, number.parcel) in seen:
                which = f"parcel {number.parcel} of {number.order_id}" if number.parcel else number.order_id
                raise UsageError(f"tracking: {which} is given twice; name each parcel of an order once")
            seen.add((number.order_id, number.parcel))
        return [TrackingDraft(tuple(dict.fromkeys(row["order"] for row in rows)), numbers, given.notify)]


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


class Inventory(Verb):
    action = ActionName.INVENTORY
    text = "escalate a stock-out: hold the open orders that still owe a SKU"

    def add_options(self, command: ArgumentParser) -> None:
        command.add_argument("sku", metavar="SKU")
        command.add_argument("orders", nargs="*", default=[], metavar="ORDER", help="only these of them")
        command.add_argument("--note", default="", metavar="TEXT", help="what the ERP should know")

    def drafts(self, given: Namespace, rows: Sequence[Row]) -> Iterable[InventoryDraft]:
        return [InventoryDraft(tuple(given.orders), given.sku, given.note)]


class Tags(Verb):
    action = ActionName.TAGS
    text = "add and remove tags"
    columns = ("add", "remove")

    def add_options(self, command: ArgumentParser) -> None:
        command.add_argument("--add", action="append", default=[], metavar="TAG", help="one to add; again for more")
        command.add_argument("--remove", action="append", default=[], metavar="TAG", help="one to take off")

    def drafts(self, given: Namespace, rows: Sequence[Row]) -> Iterable[TagsDraft]:
        """One draft for all orders with the same change; a cell may hold several tags, parted by commas."""
        orders_of: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
        for row in rows:
            add = tuple(tag for text in given.add or [row.get("add", "")] for tag in split(text))
            remove = tuple(tag for text in given.remove or [row.get("remove", "")] for tag in split(text))
            if not add and not remove:
                raise UsageError(f"tags: which for {row['order']}? --add TAG, --remove TAG, or CSV columns add, remove")
            orders_of.setdefault((add, remove), []).append(row["order"])
        return [TagsDraft(tuple(orders), add, remove) for (add, remove), orders in orders_of.items()]


class Address(Verb):
    action = ActionName.ADDRESS
    text = "overwrite the shipping address of an order, whole"
    columns = tuple(FIELDS)

    def add_options(self, command: ArgumentParser) -> None:
        for name, label in FIELDS.items():
            command.add_argument(f"--{name.replace('_', '-')}", dest=name, metavar="TEXT", help=label.lower())
        command.add_argument("--release", action="store_true", help="our address hold ends once Shopify has taken it")

    def drafts(self, given: Namespace, rows: Sequence[Row]) -> Iterable[AddressDraft]:
        for row in rows:
            address = {name: getattr(given, name) or row.get(name) or None for name in FIELDS}
            if wrong := fault(address):
                options = ", ".join(f"--{name.replace('_', '-')}" for name in FIELDS)
                raise UsageError(f"address: {row['order']}: {wrong} ({options}, or CSV columns called so)")
            yield AddressDraft((row["order"],), address, given.release)


class Undo(Verb):
    action = ActionName.UNDO
    text = "take actions back while that is possible"

    def add_options(self, command: ArgumentParser) -> None:
        command.add_argument("actions", nargs="+", metavar="ACTION_ID", help="as the action's answer named it")

    def drafts(self, given: Namespace, rows: Sequence[Row]) -> Iterable[UndoDraft]:
        return [UndoDraft((), action_id) for action_id in given.actions]


FILES = (decision_verbs, hold_verbs, note_verb)
"""Where the others are."""
_KINDS = {kind.action: kind for kind in Verb.__subclasses__()}
VERBS: Mapping[ActionName, Verb] = {action: _KINDS[action]() for action in ActionName if action in _KINDS}


def asks_who(draft: Draft) -> bool:
    """Whether a draft needs what the server says of who asks and of the desk."""
    return bool(
        (isinstance(draft, AssignDraft) and draft.assignee == ME) or (isinstance(draft, HoldDraft) and draft.typed)
    )


def known_to(draft: Draft, name: str, zone: tzinfo, now: datetime) -> Draft:
    """The draft with the operator's name in place of `ME`, and what was typed of a time as an instant. Raises UsageError."""
    if isinstance(draft, HoldDraft):
        return in_zone(draft, zone, now)
    return replace(draft, assignee=name) if isinstance(draft, AssignDraft) and draft.assignee == ME else draft


def _number(row: Row) -> str:
    return next((row[name] for name in _NUMBER_COLUMNS if row.get(name)), "")


def _one(order: str, what: str, given: Iterable[str]) -> str:
    """The only text among these; empty where there is none. Raises UsageError where rows of one order contradict each other."""
    found = list(dict.fromkeys(filter(None, given)))
    if len(found) > 1:
        raise UsageError(
            f"fulfill: rows of one order are one parcel, and {order} has {len(found)} {what}: {', '.join(found)}"
        )
    return found[0] if found else ""


def _units(order: str, rows: Sequence[Row]) -> list[tuple[str, int]]:
    """The lines and quantities in an order's rows; none where all that it owes is meant. Raises UsageError."""
    named = [row for row in rows if row.get("sku") or row.get("quantity")]
    if named and len(named) < len(rows):
        raise UsageError(
            f"fulfill: {order} has rows with a sku and rows without one; without any, all that is owed is sent"
        )
    units = []
    for row in named:
        sku, quantity = row.get("sku", ""), row.get("quantity", "")
        if not sku or not quantity.isdecimal() or int(quantity) < 1:
            raise UsageError(
                f"fulfill: sku {sku or '(none)'} and quantity {quantity or '(none)'} of {order}; quantity is from 1"
            )
        units.append((sku, int(quantity)))
    return units


def _parcel_number(given: Namespace, row: Row) -> ParcelNumber:
    """A row's number. Raises UsageError where it has none."""
    number = given.number or _number(row)
    if not number:
        raise UsageError(f"tracking: which number has {row['order']}? --number NUMBER, or a CSV column number")
    carrier, url = given.carrier or row.get("carrier"), given.url or row.get("url")
    return ParcelNumber(row["order"], number, carrier or None, url or None, given.parcel or row.get("parcel") or None)
