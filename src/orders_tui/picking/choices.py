"""What can be chosen of a pick: how it is listed, what it is written as, where it goes."""

from __future__ import annotations

from enum import StrEnum


class By(StrEnum):
    """What to fetch, over all orders; or a slip for each order."""

    SKU = "sku"
    ORDER = "order"


class Form(StrEnum):
    """What it is written as."""

    HTML = "html"
    TEXT = "text"
    CSV = "csv"


class To(StrEnum):
    """Where it goes."""

    PRINTER = "printer"
    BROWSER = "browser"
    FILE = "file"


SUFFIXES = {Form.HTML: ".html", Form.TEXT: ".txt", Form.CSV: ".csv"}
"""How a file of each form is called."""
SUFFIXES_SAID = ", ".join(SUFFIXES.values())
