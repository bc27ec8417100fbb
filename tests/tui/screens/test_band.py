"""The band: the first line of every screen says which shop this is, over the whole width, whatever stands on top of it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.segment import Segment
from tests.tui.screens.desk_driver import Desk, Open
from textual._compositor import LayoutUpdate
from textual.color import Color
from textual.geometry import Size

from orders_tui import themes
from orders_tui.config.band import COLORS, band_color
from orders_tui.widgets.first_line import contrast, ink

KEYS = {"desk": "", "order": "enter", "log": "L", "outbox": "O", "pulse": "p", "help": "question_mark", "line": "colon"}


@given(st.tuples(*[st.integers(0, 255)] * 3))
@settings(max_examples=300)
def test_words_can_be_read_on_any_colour(rgb: tuple[int, int, int]) -> None:
    assert contrast(ink(Color(*rgb)), Color(*rgb)) >= 4.5


@pytest.mark.parametrize(
    ("environment", "band", "color"),
    [
        ("PROD", None, COLORS["red"]),
        ("Production", None, COLORS["red"]),
        ("live", None, COLORS["red"]),
        ("PROD", "teal", COLORS["teal"]),
        ("TEST", "#102030", "#102030"),
        ("TEST", None, None),
        (None, None, None),
    ],
)
def test_production_is_alarming_by_itself(environment: str | None, band: str | None, color: str | None) -> None:
    assert band_color(environment, band) == color


def first_line(desk: Desk) -> list[Segment]:
    """What the terminal gets for its first line, with everything that lies on top of each other."""
    frame = desk.app.screen._compositor.render_update(full=True, screen_stack=desk.app._background_screens)
    assert isinstance(frame, LayoutUpdate)
    return [segment for strip in frame.strips[0] for segment in strip if segment.text]


def grounds(line: list[Segment]) -> set[object]:
    return {segment.style.bgcolor.triplet for segment in line if segment.style and segment.style.bgcolor}


@pytest.mark.parametrize("size", [(200, 60), (120, 40), (80, 24), (40, 8)])
async def test_it_is_on_every_screen_at_every_size(open_desk: Open, size: tuple[int, int]) -> None:
    async with open_desk(size, band="#2e7d4f", environment="PROD") as desk:
        for theme in (themes.DARK.name, themes.LIGHT.name, "ansi-dark"):
            desk.app.theme = theme
            for name, key in KEYS.items():
                if key:
                    await desk.press(key)
                await desk.pilot.pause()
                line = first_line(desk)
                assert grounds(line) == {Color.parse("#2e7d4f").rich_color.triplet}, (name, theme)
                assert "PROD" in "".join(segment.text for segment in line), (name, theme)
                if len(desk.app.screen_stack) > 1:
                    await desk.press("escape")
    assert desk.app.size == Size(*size)


async def test_without_colours_its_word_stays_in_reverse(open_desk: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with open_desk((80, 24)) as desk:
        word = next(segment for segment in first_line(desk) if "PROD" in segment.text)
        assert word.style is not None
        assert word.style.reverse


async def test_without_a_band_the_word_stands_in_a_badge(open_desk: Open) -> None:
    async with open_desk((80, 24), environment="TEST") as desk:
        assert len(grounds(first_line(desk))) > 1
        assert "TEST" in "".join(segment.text for segment in first_line(desk))


async def test_the_profile_stands_beside_another_word(open_desk: Open) -> None:
    async with open_desk((120, 40), environment="PROD", profile="eu", read_only=True) as desk:
        text = "".join(segment.text for segment in first_line(desk))
        assert "PROD  eu: acme-eu · ana" in text
        assert "read only" in text
