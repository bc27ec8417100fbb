"""The line of keys: those that matter now, most relevant first, with what each would hit; it always ends with the last one.

A click on a hint is its key: it goes the way of every key, with the same guards. Invariant: a click acts on nothing but what
stood under the pointer both when the button went down and when it came up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from textual import events
from textual.keys import _character_to_key
from textual.message import Message

from orders_tui.keymap import KEY_OF
from orders_tui.widgets.bar import Bar, spread
from orders_tui.widgets.cells import Piece, length
from orders_tui.wording import Tone

GAP = "   "
_EACH = re.compile(r"[↑↓]|[^\s↑↓]+")


@dataclass(frozen=True, slots=True)
class Hint:
    """A key and what it does; several keys that belong together are each their own. One that is not `able` is dimmed."""

    key: str
    label: str
    able: bool = True

    @property
    def pieces(self) -> list[Piece]:
        return [piece for piece, _ in self.parts]

    @property
    def parts(self) -> list[tuple[Piece, str]]:
        """What is shown, with the key of each part: the word is the first key's."""
        keys, at, first = [], 0, ""
        for found in _EACH.finditer(self.key):
            first = first or found[0]
            keys.append((self.key[at : found.end()], found[0]))
            at = found.end()
        style, word = ("key", Tone.DIM) if self.able else ("faint", "faint")
        return [*(((text, style), key) for text, key in keys), ((f" {self.label}", word), first)]


@dataclass(frozen=True, slots=True)
class Part:
    """What a part of the line says, and of what: a click or the pointer on another hint is another one."""

    hint: Hint
    key: str


class KeyBar(Bar):
    """A line whose parts are keys. What the pointer is on stands out."""

    _pointed: Part | None = None
    _pressed: Part | None = None

    class Pressed(Message):
        """A part was clicked: `key` is what it stands for."""

        def __init__(self, key: events.Key) -> None:
            super().__init__()
            self.key = key

    def parts(self, cells: int) -> Iterator[tuple[Piece, Part | None]]:
        """The line for a width, and of which key each piece is."""
        raise NotImplementedError

    def pieces(self, cells: int) -> list[Piece]:
        return [
            (
                self.glyphs.spell(text) if style == "key" else text,
                "pointed" if part is not None and part == self._pointed else style,
            )
            for (text, style), part in self.parts(cells)
        ]

    def _at(self, event: events.MouseEvent) -> Part | None:
        """What stands under the pointer."""
        offset = event.get_content_offset(self)
        end = 0
        for piece, part in self.parts(self.size.width) if offset is not None else ():
            end += length([piece])
            if offset is not None and offset.x < end:
                return part
        return None

    def on_mouse_move(self, event: events.MouseMove) -> None:
        self._point(self._at(event))

    def on_leave(self) -> None:
        self._point(None)

    def _point(self, part: Part | None) -> None:
        if part != self._pointed:
            self._pointed = part
            self.refresh()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self._pressed = self._at(event)

    def on_click(self, event: events.Click) -> None:
        part, pressed = self._at(event), self._pressed
        self._pressed = None
        if part is not None and part == pressed and part.key:
            self.post_message(self.Pressed(_key(part.key)))


class HintBar(KeyBar):
    """Draws as many hints as fit, whole; or, for a moment, a sentence."""

    _hints: tuple[Hint, ...] = ()
    _last = Hint("?", "help")
    _said: Piece | None = None

    def show(self, hints: Sequence[Hint], last: Hint) -> None:
        """Takes the hints, most relevant first, and the one that is always there."""
        if (tuple(hints), last) != (self._hints, self._last):
            self._hints, self._last = tuple(hints), last
            self.refresh()

    def say(self, text: str, style: str = Tone.PLAIN) -> None:
        """Shows a sentence instead of the hints until `hush`."""
        self._said = (text, style)
        self.refresh()

    def hush(self) -> None:
        """Back to the hints."""
        if self._said is not None:
            self._said = None
            self.refresh()

    def parts(self, cells: int) -> Iterator[tuple[Piece, Part | None]]:
        """The hints, or the sentence; the last one always."""
        last = [(piece, Part(self._last, key)) for piece, key in self._last.parts]
        if self._said is not None:
            yield from ((piece, None) for piece in spread([self._said], self._last.pieces, cells, self.ellipsis)[:-2])
            yield from last
            return
        room = cells - length(self._last.pieces)
        for hint in self._hints:
            needed = length(hint.pieces) + len(GAP)
            if needed > room:
                break
            room -= needed
            yield from ((piece, Part(hint, key)) for piece, key in hint.parts)
            yield (GAP, Tone.PLAIN), None
        yield (" " * max(0, room), Tone.PLAIN), None
        yield from last


def _key(shown: str) -> events.Key:
    """The key that is shown so, as the terminal would send it."""
    name = KEY_OF.get(shown, shown)
    character = name if len(name) == 1 else {"space": " ", "comma": ","}.get(name)
    return events.Key(_character_to_key(name) if len(name) == 1 else name, character)
