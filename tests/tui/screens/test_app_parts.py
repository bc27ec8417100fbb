"""Small parts: the last filter, crash reports, toasts, glyphs, themes."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from tests.tui.screens.desk_data import NOW
from textual.app import App, ComposeResult
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from orders_tui import faults, themes
from orders_tui.app import MOST_TOASTS, TOAST_S, Toasts
from orders_tui.errors import ClientError
from orders_tui.glyphs import ASCII, UNICODE
from orders_tui.terminal.output_filter import AsciiOnly, NoControlCharacters
from orders_tui.widgets import styled
from orders_tui.widgets.first_line import Band
from orders_tui.widgets.top_bar import TopBar, TopInfo, since
from orders_tui.wording import Sign

BLACK = Color(0, 0, 0)


@pytest.mark.parametrize("char", ["\x1b", "\x07", "\x7f", "\x9b", "\u202e", "\u2066", "\n"])
def test_nothing_a_terminal_obeys_leaves(char: str) -> None:
    (segment,) = NoControlCharacters().apply([Segment(f"a{char}b")], BLACK)
    assert segment.text == "a\ufffdb"


def test_harmless_text_is_passed_on_as_it_is() -> None:
    segments = [Segment("plain"), Segment("田中 é 🦊")]
    assert all(one is two for one, two in zip(NoControlCharacters().apply(segments, BLACK), segments, strict=True))


def test_ascii_keeps_every_width() -> None:
    segments = [Segment("田中 – 12 € …"), Segment("Zoë 🦊")]
    for before, after in zip(segments, AsciiOnly().apply(segments, BLACK), strict=True):
        assert after.text.isascii()
        assert cell_len(after.text) == cell_len(before.text)


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII], ids=["unicode", "ascii"])
def test_every_glyph_is_one_cell_wide(glyphs: object) -> None:
    names = [field.name for field in fields(UNICODE) if field.name not in {"ascii_only", "sparks"}]
    assert [name for name in names if cell_len(getattr(glyphs, name)) != 1] == []


def test_a_crash_report_holds_no_value(tmp_path: Path) -> None:
    secret = "customer@example.org"
    try:
        try:
            raise ValueError(f"bad {secret}")
        except ValueError as error:
            raise RuntimeError(secret) from error
    except RuntimeError as error:
        path = faults.write_report(error, NOW, tmp_path)
    assert path is not None
    text = path.read_text()
    assert "RuntimeError" in text
    assert "ValueError" in text
    assert secret not in text
    assert path.stat().st_mode & 0o077 == 0


def test_a_crash_report_keeps_what_was_said_for_people() -> None:
    assert "the server is away" in faults.report_text(ClientError("the server is away"), NOW)


def test_at_most_three_toasts_and_none_twice() -> None:
    now = [0.0]
    toasts = Toasts(lambda: now[0])
    assert [toasts.admit(text) for text in ("a", "a", "b", "c", "d")] == [True, False, True, True, False]
    assert toasts.held_back == 1
    now[0] = TOAST_S + 1
    assert toasts.admit("d")
    assert MOST_TOASTS == 3


@pytest.mark.parametrize("theme", themes.THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("ground", ["background", "row-cursor", "row-marked", "row-changed", "surface", "bar"])
def test_tones_can_be_read_on_every_ground(theme: Theme, ground: str) -> None:
    grounds = {"background": theme.background, "surface": theme.surface, **theme.variables}
    assert grounds[ground] is not None
    behind = Color.parse(grounds[ground])
    tones = {name: color for name, color in theme.variables.items() if name.startswith("tone-")}
    tones["foreground"] = theme.foreground or ""
    poor = {name: round(_contrast(Color.parse(color), behind), 2) for name, color in tones.items()}
    assert {name: ratio for name, ratio in poor.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("theme", themes.THEMES, ids=lambda theme: theme.name)
def test_every_style_can_be_read_on_every_ground_that_it_is_drawn_on(theme: Theme) -> None:
    """What is dimmed because it cannot be done may be fainter."""
    colors = {name: getattr(theme, name) for name in ("foreground", "background", "surface")} | theme.variables
    grounds = ("background", "surface", "bar", "row-cursor", "row-marked", "row-changed")
    poor = {}
    for name, (text, own, _) in styled.LOOKS.items():
        on = [own] if own else ["tone-warn"] if name.startswith("banner") else grounds
        for ground in on:
            ratio = _contrast(Color.parse(colors[text or "foreground"]), Color.parse(colors[ground]))
            if ratio < (3.0 if text == "faint" else 4.5):
                poor[name, ground] = round(ratio, 2)
    assert poor == {}


def test_while_a_theme_changes_nothing_keeps_the_colours_that_were_there_before() -> None:
    dark, light = ({**theme.to_color_system().generate(), **themes.fill_in(theme)} for theme in themes.THEMES)
    assert styled.palette(dark)["dim"] != styled.palette(light)["dim"]
    assert styled.palette(dark) is styled.palette({**dark})


@pytest.mark.parametrize("name", ["ansi-dark", "ansi-light"])
def test_with_the_terminals_own_colours_what_stands_out_is_in_reverse(name: str) -> None:
    theme = BUILTIN_THEMES[name]
    styles = styled.palette({**theme.to_color_system().generate(), **themes.fill_in(theme)})
    assert [style for style in styles.values() if style.bgcolor is not None] == []
    assert {name for name, style in styles.items() if style.reverse} >= {
        "cursor",
        "tab",
        "chip",
        "badge",
        "alarm",
        "pointed",
    }


def _contrast(one: Color, two: Color) -> float:
    brighter, darker = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(color: Color) -> float:
    parts = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "now"), (4.9, "now"), (7, "5 s"), (59, "55 s"), (61, "1 min"), (7200, "2 h")]
)
def test_freshness_does_not_fidget(seconds: float, text: str) -> None:
    assert since(seconds) == text


def test_in_ascii_a_letter_loses_its_accents_only() -> None:
    (segment,) = AsciiOnly().apply([Segment("María Groß → ↑↓ 田")], BLACK)
    assert segment.text == "Maria Gro? > ^v ??"


EVERYTHING = TopInfo(
    connection=Sign("●", "*", "live", "live"),
    profile="eu",
    shop="acme-eu.myshopify.com",
    name="ana",
    role="lead",
    synced_s=4000,
    frozen=True,
    marked=1240,
    sending=12,
    unconfirmed=3,
    undo="assign 14",
    undo_s=9,
    alerts=50,
    alert=Sign("!", "!", "critical", "critical"),
    gaps=2,
    clock="13:58",
)


@pytest.mark.parametrize("cells", [60, 80, 99, 120])
async def test_however_much_there_is_to_say_the_environment_and_the_line_stay(cells: int) -> None:
    bar = TopBar(Band("PROD", "#b3261e"))

    class Only(App[None]):
        def compose(self) -> ComposeResult:
            yield bar

        def get_theme_variable_defaults(self) -> dict[str, str]:
            return themes.fill_in(self.current_theme)

    async with Only().run_test(size=(cells, 5)):
        bar.show(EVERYTHING, ascii_only=False, undo_key="u")
        assert cell_len(bar.text) == cells - 2
        for words in ("PROD", "live", "undo", "9 s", "1240 marked"):
            assert words in bar.text
        bar.show(replace(EVERYTHING, read_only=True, undo="", undo_s=None), ascii_only=False, undo_key="u")
        for words in ("PROD", "live", "read only", "1240 marked"):
            assert words in bar.text
