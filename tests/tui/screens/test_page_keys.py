"""Every key and every word after `:` that README and docs name is given to a desk, and reaches the command that has it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
from docs.hooks.tables import keys_on_one_screen
from tests.architecture.pages import PAGES, Said, examples, keys, spans
from tests.conftest import ROOT
from tests.tui.screens.desk_driver import Desk, Open
from textual import events
from textual.binding import Binding

from orders_tui import dialogs
from orders_tui.commands import BUILT_IN, Command, Place
from orders_tui.dialogs.dialog import Dialog
from orders_tui.keymap import build, shown
from orders_tui.packing.words import Word
from orders_tui.screens.command_screen import CommandScreen
from orders_tui.screens.order import OrderScreen

BEGINS, ENDS = "<!-- keys -->\n", "\n<!-- /keys -->"
BY_SIGN = {shown(key): key for command in BUILT_IN for key in command.keys}
KEYMAP = build()
SPEAKS_OF_WORDS = {"contract.md", "operations.md", "filters.md", "performance.md", "plain.md"}
"""Pages in which a letter in code may be something else."""


for module in iter_modules(dialogs.__path__):
    import_module(f"{dialogs.__name__}.{module.name}")


def every_dialog(kind: type[Dialog[object]] = Dialog) -> Iterator[type[Dialog[object]]]:
    yield kind
    for each in kind.__subclasses__():
        yield from every_dialog(each)


IN_DIALOGS = {
    key.strip()
    for dialog in every_dialog()
    for binding in dialog.BINDINGS
    if isinstance(binding, Binding)
    for key in binding.key.split(",")
}


def test_the_readme_has_every_key_on_one_screen(request: pytest.FixtureRequest) -> None:
    page = ROOT / "README.md"
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGINS)
    now, ends, after = rest.partition(ENDS)
    assert ends
    if request.config.option.update_snapshots:
        page.write_text(f"{before}{BEGINS}{keys_on_one_screen()}{ENDS}{after}", encoding="utf-8")
        return
    assert now == keys_on_one_screen()


def key_of(said: Said) -> str:
    return BY_SIGN.get(said.text, said.text)


def commands_on(place: Place) -> dict[str, Command]:
    """What each key that a page names should reach there."""
    named = {key_of(said) for page in PAGES for said in keys(page)}
    return {key: command for key in named if (command := KEYMAP.find(place, key)) is not None}


def test_every_key_that_a_page_names_is_one() -> None:
    known = commands_on(Place.DESK).keys() | commands_on(Place.ORDER).keys() | IN_DIALOGS | {"enter", "minus", "plus"}
    assert not [str(said) for page in PAGES for said in keys(page) if key_of(said) not in known]


def listening(screen: CommandScreen) -> list[str]:
    """From now on commands are written down instead of done."""
    reached: list[str] = []
    screen.handlers = {command_id: partial(_write, reached, command_id) for command_id in screen.handlers}
    return reached


def _write(reached: list[str], command_id: str, _argument: str) -> None:
    reached.append(command_id)


async def amiss(desk: Desk, screen: CommandScreen, place: Place) -> list[str]:
    reached, found = listening(screen), []
    for key, command in commands_on(place).items():
        desk.app.keyboard.enter_pressed(float("-inf"))
        screen.on_key(events.Key(key, key if len(key) == 1 else None))
        if reached[-1:] != [command.id]:
            found.append(f"{key} on the {place} should do {command.id}: {desk.hint}")
    return found


async def test_every_key_that_a_page_names_does_what_its_command_says(open_desk: Open) -> None:
    async with open_desk() as desk:
        await desk.press("j", "enter")
        assert isinstance(desk.app.screen, OrderScreen)
        found = await amiss(desk, desk.app.screen, Place.ORDER)
        desk.app.pop_screen()
        await desk.pilot.pause()
        assert found + await amiss(desk, desk.screen, Place.DESK) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_word_after_a_colon_is_a_command(page: Path) -> None:
    own = {name for example in examples(page, "toml") for name in tomllib.loads(example).get("commands", {})}
    words = [said for said in spans(page) if said.text[0] == ":" and said.text[1:2].isalpha()]
    unknown = [said for said in words if BUILT_IN.parse_line(said.text[1:])[0] is None]
    at_the_bench = {word.removeprefix(":") for word in Word}
    assert not [str(said) for said in unknown if said.text.split()[0][1:] not in own | at_the_bench]


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.name not in SPEAKS_OF_WORDS], ids=lambda page: page.name
)
def test_keys_are_written_as_keys(page: Path) -> None:
    bound = {key for command in BUILT_IN for key in command.keys} | IN_DIALOGS
    as_code = {key for key in bound if (len(key) == 1 and key.isalpha()) or "+" in key[1:]}
    assert not [str(said) for said in spans(page) if said.text in as_code]
