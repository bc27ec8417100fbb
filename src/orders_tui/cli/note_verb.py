"""`note` on the command line: writes, changes and deletes."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Sequence
from typing import TextIO

from orders_tui.actions.note import NoteDeletion, NoteDraft
from orders_tui.cli.verb import Row, Verb
from orders_tui.errors import UsageError
from orders_wire.texts import trimmed
from orders_wire.vocabulary import ActionName

STDIN = "-"
MOST_READ = 20_000
"""Characters, of what has to be at most 5,000."""


class Note(Verb):
    action = ActionName.NOTE
    text = "write a note about orders, which stays on this desk; change or delete an own one"
    columns = ("note", "note_id")

    def add_options(self, command: ArgumentParser) -> None:
        command.add_argument("--text", metavar="TEXT", help="what it says; - reads it from stdin; @NAME names somebody")
        command.add_argument(
            "--note-id",
            metavar="NOTE",
            help="an own note of the last 15 minutes, as show names it: its text is this now",
        )
        command.add_argument("--delete", action="store_true", help="take the note of --note-id off again")

    def drafts(self, given: Namespace, rows: Sequence[Row]) -> Iterable[NoteDraft | NoteDeletion]:
        """One draft for all orders of which the same is noted; a change is one order's."""
        if given.note_id and len(rows) > 1:
            raise UsageError("note: --note-id is of one order; change the others by themselves")
        if given.delete:
            return [_deletion(given, row) for row in rows]
        text = _from_stdin(given) if given.text == STDIN else given.text
        alike: dict[tuple[str, str], list[str]] = {}
        for row in rows:
            note_id = given.note_id or row.get("note_id") or ""
            said = _fitting(text if text is not None else row.get("note", ""), row["order"])
            alike.setdefault((said, note_id), []).append(row["order"])
        return [NoteDraft(tuple(orders), said, note_id) for (said, note_id), orders in alike.items()]


def _deletion(given: Namespace, row: Row) -> NoteDeletion:
    note_id = given.note_id or row.get("note_id")
    if not note_id or given.text is not None:
        what = "--delete takes no text" if note_id else f"which note of {row['order']} is deleted? --note-id ID"
        raise UsageError(f"note: {what}")
    return NoteDeletion((row["order"],), note_id)


def _from_stdin(given: Namespace) -> str:
    if not given.orders:
        raise UsageError("note: the text comes from stdin, so the orders are named: note 1001 1002 --text -")
    return _read(sys.stdin)


def _read(stdin: TextIO) -> str:
    """As much of it as says that it is too much."""
    try:
        return stdin.read(MOST_READ)
    except UnicodeDecodeError as error:
        raise UsageError(f"the text on stdin is not UTF-8 (at byte {error.start})") from error


def _fitting(text: str, order: str) -> str:
    """The text without blanks around it. Raises UsageError where there is none, or too much."""
    from orders_wire.actions import LONGEST_NOTE

    said = trimmed(text.replace("\r\n", "\n")) or ""
    if not said:
        raise UsageError(f"note: what is noted on {order}? --text TEXT, --text - for stdin, or a CSV column note")
    if len(said) > LONGEST_NOTE:
        raise UsageError(f"note: a note has at most {LONGEST_NOTE} characters, this one has {len(said)}")
    return said
