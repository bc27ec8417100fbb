"""`hold` and `release` on the command line."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo

from orders_tui.actions.hold import HoldDraft
from orders_tui.actions.release import ReleaseDraft
from orders_tui.cli.verb import Row, Verb, units_of, word
from orders_tui.errors import UsageError
from orders_tui.query.dates import Unreadable
from orders_tui.query.until import UNTIL_HELP, Past, until
from orders_wire.arguments import one_of
from orders_wire.vocabulary import ActionName, HoldReason, HoldThen

LINE = "so many units of the line with this SKU (or id) of the order; again for another"


class Hold(Verb):
    action = ActionName.HOLD
    text = "hold what orders owe"
    columns = ("reason", "note", "until", "then")

    def add_options(self, command: ArgumentParser) -> None:
        command.add_argument("--reason", **one_of(HoldReason), metavar="REASON", help=", ".join(HoldReason))
        command.add_argument("--note", metavar="TEXT", help="why, for whoever reads it later")
        command.add_argument("--until", metavar="WHEN", help=f"in the desk's zone: {UNTIL_HELP}")
        command.add_argument("--then", **one_of(HoldThen), metavar="THEN", help="remind (the usual) or release")
        command.add_argument("--line", action="append", type=units_of, default=[], metavar="SKU=N", help=LINE)

    def drafts(self, given: Namespace, rows: Sequence[Row]) -> Iterable[HoldDraft]:
        """One draft for the orders that are held alike, in the order in which they appear."""
        if given.line and len(rows) > 1:
            raise UsageError("hold: --line is of one order; hold the others by themselves")
        alike: dict[tuple[HoldReason, HoldThen, str, str], list[str]] = {}
        for row in rows:
            reason = word(HoldReason, given.reason or row.get("reason"), f"hold: the reason for {row['order']}")
            then = word(HoldThen, given.then or row.get("then") or HoldThen.REMIND, f"hold: then for {row['order']}")
            texts = given.note or row.get("note") or "", _readable(given.until or row.get("until") or "")
            alike.setdefault((reason, then, *texts), []).append(row["order"])
        lines = tuple(given.line)
        for (reason, then, note, typed), orders in alike.items():
            yield HoldDraft(tuple(orders), reason, note, then=then, lines=lines, typed=typed)


class Release(Verb):
    action = ActionName.RELEASE
    text = "release orders: the holds of this desk, or those named"
    columns = ("note",)

    def add_options(self, command: ArgumentParser) -> None:
        command.add_argument(
            "--hold", action="append", default=[], metavar="ID", help="just this hold, as show names it"
        )
        command.add_argument("--note", metavar="TEXT", help="why, for the timeline")

    def drafts(self, given: Namespace, rows: Sequence[Row]) -> Iterable[ReleaseDraft]:
        if given.hold and len(rows) > 1:
            raise UsageError("release: --hold is of one order; release the others by themselves")
        alike: dict[str, list[str]] = {}
        for row in rows:
            alike.setdefault(given.note or row.get("note") or "", []).append(row["order"])
        return [ReleaseDraft(tuple(orders), tuple(given.hold), note) for note, orders in alike.items()]


def in_zone(draft: HoldDraft, zone: tzinfo, now: datetime) -> HoldDraft:
    """The draft with the instant that is meant by what was typed. Raises UsageError."""
    try:
        return replace(draft, until=until(draft.typed, now, zone) if draft.typed else None)
    except Unreadable as unreadable:
        raise UsageError(f"hold: {unreadable}") from unreadable


def _readable(typed: str) -> str:
    """What was typed, if it can be read at all; whether it is past depends on the desk's zone. Raises UsageError."""
    try:
        until(typed or "1d", datetime.now(UTC), UTC)
    except Past:
        pass
    except Unreadable as unreadable:
        raise UsageError(f"hold: {unreadable}") from unreadable
    return typed
