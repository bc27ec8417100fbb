"""Handing a pick out: to the printer, into the browser, or into a file; and what is said of it afterwards."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from orders_tui import export
from orders_tui.errors import UsageError
from orders_tui.picking.choices import SUFFIXES, SUFFIXES_SAID, By, Form, To
from orders_tui.picking.sentences import contents, remarks
from orders_tui.picking.sheet import Sheet, written
from orders_tui.programs import printer

if TYPE_CHECKING:
    from orders_tui.programs.prints import Prints


def form_of_file(path: Path) -> Form | None:
    """What a file of this name holds; None where its name does not say."""
    return next((form for form, suffix in SUFFIXES.items() if suffix == path.suffix.lower()), None)


def name_of(sheet: Sheet, form: Form) -> str:
    """What its file is called: `slips-20261130-1002.html`."""
    return f"{'pick-list' if sheet.by is By.SKU else 'slips'}-{sheet.at:%Y%m%d-%H%M%S}{SUFFIXES[form]}"


def write_file(sheet: Sheet, form: Form, path: Path) -> Path:
    """A new file that only the operator can read. Raises UsageError."""
    path = path.expanduser().resolve()
    return export.write_text(written(sheet, form), path, "utf-8-sig" if form is Form.CSV else "utf-8")


def _write(sheet: Sheet, path: Path) -> Path:
    form = form_of_file(path)
    if form is None:
        raise UsageError(f"{path}: the name of a file ends in {SUFFIXES_SAID}")
    return write_file(sheet, form, path)


def said(sheet: Sheet, done: str) -> str:
    """What was done with it, how much it is, and what is left out."""
    rest = remarks(sheet.pick)
    return f"{contents(sheet.pick)} {done}{f'; {rest}' if rest else ''}"


@dataclass(frozen=True, slots=True)
class Outlets:
    """What there is to hand it to."""

    prints: Prints
    command: tuple[str, ...] | None = None

    @property
    def all(self) -> list[To]:
        """The likeliest first."""
        return [To.PRINTER, To.BROWSER, To.FILE] if self.command else [To.BROWSER, To.FILE]

    def about(self, to: To) -> str:
        """What comes of it there, in a few words."""
        match to:
            case To.PRINTER:
                return " ".join(self.command or ())
            case To.BROWSER:
                return (
                    "to be printed there" if printer.has_display() else "no display here: it says where the page lies"
                )
            case To.FILE:
                return "a new one that only you can read"

    async def hand_out(self, sheet: Sheet, to: To, file: str = "") -> str:
        """What was done, as a sentence. Raises NotPrinted, UsageError."""
        match to:
            case To.PRINTER:
                return said(sheet, await self.print(sheet))
            case To.BROWSER:
                return said(sheet, await self._show(sheet))
            case To.FILE:
                return said(sheet, f"written to {await asyncio.to_thread(_write, sheet, Path(file))}")

    async def print(self, sheet: Sheet) -> str:
        """By the print command, in the form that it takes. Raises NotPrinted, UsageError."""
        if not self.command:
            raise UsageError('no print_command is configured, such as print_command = ["lp", "{text}"]')
        form = self.printed_form
        text = await asyncio.to_thread(written, sheet, form)
        await printer.send(self.command, name_of(sheet, form), text, self.prints)
        return f"printed by {Path(self.command[0]).name}"

    @property
    def printed_form(self) -> Form:
        """What the print command takes."""
        return Form.HTML if self.command and printer.takes_page(self.command) else Form.TEXT

    async def _show(self, sheet: Sheet) -> str:
        text = await asyncio.to_thread(written, sheet, Form.HTML)
        path = await asyncio.to_thread(self.prints.write, name_of(sheet, Form.HTML), text)
        if await printer.show(path):
            return "opened in the browser"
        return f"in {path} until the desk is left, since no browser can be opened here"
