"""A pick as a page for a printer: an HTML document that needs nothing from elsewhere, runs nothing and escapes all."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from orders_tui.picking.barcode import bars
from orders_tui.picking.by_sku import by_sku
from orders_tui.picking.choices import By
from orders_tui.picking.sheet import shortened

if TYPE_CHECKING:
    from jinja2 import Environment

    from orders_tui.picking.sheet import Sheet

TEMPLATES = Path(__file__).with_name("templates")


def html(sheet: Sheet) -> str:
    """The list, or a slip for each order; black on white, for A4 and Letter alike."""
    name = "list.html" if sheet.by is By.SKU else "slips.html"
    entries = by_sku(sheet.pick) if sheet.by is By.SKU else []
    return _templates().get_template(name).render(sheet=sheet, pick=sheet.pick, entries=entries)


@cache
def _templates() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["bars"] = bars
    environment.filters["shortened"] = shortened
    return environment
