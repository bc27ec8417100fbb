"""What is typed at the bench, and scanned by nobody."""

from __future__ import annotations

from enum import StrEnum


class Word(StrEnum):
    """Each begins with a colon, and may have something behind it."""

    SHORT = ":short"
    HAND = ":hand"
    LABEL = ":label"
    NO_LABEL = ":no-label"
    START_OVER = ":start-over"
    UNDO = ":undo"


WORDS = {
    Word.SHORT: "leave a unit owed: of this SKU, or of the chosen line",
    Word.HAND: "count a unit without a barcode: by SKU, title or line id",
    Word.LABEL: "the label's number, where it looks like something else",
    Word.NO_LABEL: "send it without a number",
    Word.START_OVER: "count this parcel from the beginning",
    Word.UNDO: "take the last action back while it can be",
}
"""What each is for."""
