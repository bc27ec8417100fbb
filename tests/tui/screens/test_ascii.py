"""ASCII is for what the screen is drawn with. What people are called, wrote or bought stays as they spelled it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from tests.tui.screens.desk_data import detail
from tests.tui.screens.desk_driver import Desk, Open
from tests.tui.screens.fake_session import FakeSession

import orders_tui
from orders_tui.glyphs import UNICODE
from orders_tui.wording import states
from orders_tui.wording.lateness import GRADES
from orders_wire.orders import Hold, TimelineEntry
from orders_wire.vocabulary import Issue

CLIENT = Path(orders_tui.__file__).parent
SPELLED_ELSEWHERE = {
    "glyphs.py",  # the two sets
    "sanitise.py",
    "export.py",  # files
    "terminal/output_filter.py",
    "wording/formats.py",  # `symbols` says whether
    "keymap.py",  # `Context.key` spells
    "widgets/hint_bar.py",  # it spells what it draws
}
OFF_SCREEN = {"cli", "config", "plain"}
OURS = "".join(str(getattr(UNICODE, each.name)) for each in fields(UNICODE) if each.name != "ascii_only").replace(
    " ", ""
)
SIGNS = OURS + "".join(grade.glyph for grade in GRADES) + "→↑↓×€£“”—•☎✎⚑☺★»▤⌂↺"


def _ours(path: Path) -> Iterator[str]:
    """What a module says on the screen that is no ASCII; a sign's glyph has a twin, a dialog's keys are spelled when drawn."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    apart = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"Sign", "Hint"}:
            apart |= {id(argument) for argument in node.args[:1]}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(said := node.value, str)
            and id(node) not in apart
            and not said.isascii()
        ):
            yield f"{path.name}:{node.lineno} {said!r}"


def test_no_word_of_ours_needs_more_than_ascii() -> None:
    """Write it in ASCII, or take the sign from the context's `Glyphs` (`work.glyphs.dot`, `fmt.glyphs.ellipsis`, `.spell`)."""
    modules = {path.relative_to(CLIENT): path for path in CLIENT.rglob("*.py")}
    said = [
        word
        for name, path in modules.items()
        if name.as_posix() not in SPELLED_ELSEWHERE and name.parts[0] not in OFF_SCREEN
        for word in _ours(path)
    ]
    assert said == []


def test_no_border_is_drawn_but_by_a_name_that_has_an_ascii_twin() -> None:
    kinds = re.findall(r"border(?:-\w+)?: (\S+?)[ ;]", (CLIENT / "orders.tcss").read_text())
    assert set(kinds) - {"none"} <= {"$frame", "$edge", "$line", "$flank"}


def _screen(desk: Desk) -> str:
    """What the terminal is given."""
    lines = desk.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in line) for line in lines)


def _called(session: FakeSession, name: str) -> None:
    """Every order and its customer, and whatever else somebody wrote of it."""
    for row in session.table.view.rows:
        hold = Hold(reason=Issue.INVENTORY, note=name, since=row.order.placed_at)
        note = TimelineEntry(ts=row.order.placed_at, event="note", details=name)
        session.change_order(row.order.id, customer_name=name, tags=[name], hold=hold, timeline=[note])
        session.details[row.order.id] = detail(session.orders[row.order.id]).model_copy(update={"note": name})


@pytest.mark.parametrize("size", [(200, 60), (80, 24)])
async def test_a_screen_of_plain_names_is_ascii(size: tuple[int, int], open_desk: Open, session: FakeSession) -> None:
    _called(session, "Bo")
    async with open_desk(size, ascii=True) as desk:
        for keys in (
            (),
            ("question_mark",),
            ("escape", "enter"),
            ("escape", "f"),
            ("escape", "p"),
            ("escape", "m", "L"),
        ):
            await desk.press(*keys)
            await desk.pilot.pause()
            assert _screen(desk).isascii()


@pytest.mark.parametrize("name", [SIGNS[at : at + 12] for at in range(0, len(SIGNS), 12)] + ["Łucja–漢 🦊", "Zoë…·│"])
async def test_strangers_keep_their_letters(name: str, open_desk: Open, session: FakeSession) -> None:
    _called(session, name)
    async with open_desk((200, 60), ascii=True) as desk:
        assert _screen(desk).count(name) >= len(session.table.view.rows)
        await desk.press("enter")
        await desk.pilot.pause()
        assert _screen(desk).count(name) >= 4


def test_every_sign_has_a_twin() -> None:
    known = [sign for table in vars(states).values() if isinstance(table, dict) for sign in table.values()]
    signs = [sign for sign in known if isinstance(sign, states.Sign)]
    assert len(signs) > 50
    assert [sign.word for sign in signs if not sign.mark(ascii_only=True).isascii()] == []
