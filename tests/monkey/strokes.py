"""What is done to the client: one stroke after another, each drawn from the seed and its number alone, so that any part replays.

Every key of the registry, what is typed and pasted, what a mouse and a terminal send, and sizes. Sequences are also cut in the
middle, and bytes come that no terminal should send.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from string import ascii_letters, digits, punctuation

from orders_tui.commands import COMMANDS

Size = tuple[int, int]
SMALLEST, LARGEST = (20, 5), (250, 80)

NAMED = {
    "enter": "\r", "escape": "\x1b", "space": " ", "comma": ",", "tab": "\t", "shift+tab": "\x1b[Z", "backspace": "\x7f",
    "delete": "\x1b[3~", "insert": "\x1b[2~", "home": "\x1b[H", "end": "\x1b[F", "pageup": "\x1b[5~", "pagedown": "\x1b[6~",
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "f1": "\x1bOP", "f5": "\x1b[15~",
    "shift+up": "\x1b[1;2A", "shift+down": "\x1b[1;2B", "ctrl+left": "\x1b[1;5D", "ctrl+right": "\x1b[1;5C",
    "ctrl+home": "\x1b[1;5H", "ctrl+end": "\x1b[1;5F", "ctrl+pageup": "\x1b[5;5~", "ctrl+pagedown": "\x1b[6;5~",
    "alt+enter": "\x1b\r", "f12": "\x1b[24~", "kitty enter": "\x1b[13u", "kitty a": "\x1b[97;1;97u",
}  # fmt: skip
"""What a terminal sends for a key that is more than its character."""

REPORTS = (
    "\x1b[I", "\x1b[O", "\x1b[?2026;2$y", "\x1b[?2048;0$y", "\x1b[12;40R", "\x1b[?1;2c", "\x1b]11;rgb:0000/0000/0000\x1b\\",
    "\x1bP>|xterm(370)\x1b\\", "\x1b[8;40;120t",
)  # fmt: skip
"""What terminals say by themselves, or when they are asked."""

NONSENSE = (
    b"\x1b[", b"\x1bO", b"\x1b[<", b"\x1b[<0;", b"\x1b[<0;5;", b"\x1b[1;", b"\x1b[20", b"\x1b\x1b", b"\x1b\x1b[A",
    b"\x1b[9999999999u",
    b"\x1b[1114112;1u", b"\x1b[97;1;1114112u", b"\x1b[55296;1;55296u", b"\x1b[;;u", b"\x1b[0;0;0u", b"\x1b[M\xff\xff\xff",
    b"\x1b[M   ",
    b"\x1b[<0;99999;99999M", b"\x1b[<0;0;0M", b"\x1b[<0;-5;-5M", b"\x1b[<255;1;1M", b"\x1b[<;;M", b"\x1b[999;999R",
    b"\xff", b"\xfe\xff", b"\xc3", b"\xe2\x82", b"\xf0\x9f", b"\x80\x81", b"\xe9", b"\xed\xa0\x80", b"\x9b2J", b"\x1bP",
    b"\x1b]0;",
    b"\x1b[201~", b"\x1b[200~cut", b"\x1b[48;0;0;0;0t", b"\x1b[48;99999;99999;1;1t", b"\x00", b"\x1b" * 40,
    b"\x1b[" + b"1;" * 40,
)  # fmt: skip
"""Sequences cut in the middle, numbers out of any range, bytes that are no text."""

HOSTILE = (
    "\x1b[2J", "\x1b]52;c;RVZJTA==\x07", "[/x] [@click=app.exit]cheap[/]", "[bold", "田中 花子", "🦊👨‍👩‍👧", "\u202egnp.exe",
    "\x00", "\r\n",
    "=cmd|' /C calc'!A0", "nul\x07", "e\u0301\u0302", "\t", "'\"\\", "owner:", "-",
    "9" * 30, "#1001", "1Z999AA10123456784", "%s${x}",
)  # fmt: skip

WORDS = (
    "q", "quit", "theme", "log", "find-sort -ship_by", "find-search owner:none", "assign", "fulfill 1Z999AA10123456784",
    "support",
    "view-save x", "view-open x", "tab-all", "help", "nothing", "inventory", "mark-all", "return", "e", "", "take-copy",
    "hold", "hold customer", "release", "parcels 1Z999AA10123456784", "tags gift", "tags -gift", "address",
)  # fmt: skip
"""What is typed behind `:`."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """Bytes, or sizes (columns, rows) one right after the other; `pause_s` follows."""

    sent: bytes = b""
    sizes: tuple[Size, ...] = ()
    pause_s: float = 0.0


def code(key: str) -> str:
    """What a terminal sends for a key as key maps write it. Raises KeyError for one that is not known here."""
    bare = key.removeprefix("ctrl+")
    if key in NAMED or len(key) == 1:
        return NAMED.get(key, key)
    return chr(ord(bare) & 0x1F) if bare != key and len(bare) == 1 else NAMED[key]


REGISTRY = tuple(sorted({key for command in COMMANDS for key in command.keys}))
"""Every key that the registry knows."""

OFTEN = tuple(code(key) for key in REGISTRY if key not in {"ctrl+q", "q"})
LEAVING = ("q", "qq", "\x11")


def _key(rng: random.Random) -> bytes:
    return rng.choice(OFTEN).encode()


def _burst(rng: random.Random) -> bytes:
    """As key repeat, a macro or a slow line brings them: many at once."""
    keys = rng.choices(OFTEN, k=rng.randint(2, 6)) if rng.random() < 0.7 else [rng.choice(OFTEN)] * rng.randint(3, 12)
    return "".join(keys).encode()


def _typed(rng: random.Random) -> bytes:
    return "".join(rng.choices(ascii_letters + digits + punctuation + " ", k=rng.randint(1, 6))).encode()


def _control(rng: random.Random) -> bytes:
    """Control letters and the other named keys, without those that leave."""
    return rng.choice([chr(number) for number in range(32) if number != 17] + list(NAMED.values())).encode()


def _in_a_dialog(rng: random.Random) -> bytes:
    """A dialog is opened, something happens in it, and it is confirmed or left."""
    opens = rng.choice("amfsriH/&SCVWYe:?\x10oLpO")
    inside = rng.choice(
        [
            "",
            "\r",
            "\t\t ",
            "zoe",
            "1Z999AA10123456784",
            " ",
            "+-",
            "-- +",
            "3d",
            "mon 9:00",
            "-gift, vip",
            *rng.choices(list(NAMED.values()), k=3),
            rng.choice(HOSTILE),
        ]
    )
    return (opens + inside + rng.choice(["\x13", "\r", "\x1b", "\x1b", ""])).encode()


def _line(rng: random.Random) -> bytes:
    return f":{rng.choice(WORDS)}\r".encode()


def _paste(rng: random.Random) -> bytes:
    text = rng.choice(
        ["1Z999AA10123456784", "#1001\n#1002\n#1003\n", "", "x" * 5000, "a\n" * 400, *HOSTILE, "".join(HOSTILE)]
    )
    return b"\x1b[200~" + text.encode() + b"\x1b[201~"


def _mouse(rng: random.Random) -> bytes:
    """A click, a double click, a drag, a wheel: SGR 1006."""
    x, y = (rng.randint(1, most + 10) for most in rng.choice([(80, 24), (120, 40), LARGEST]))
    press, release = f"\x1b[<0;{x};{y}M", f"\x1b[<0;{x};{y}m"
    move = f"\x1b[<32;{rng.randint(1, 250)};{rng.randint(1, 80)}M"
    hover = f"\x1b[<35;{rng.randint(1, 250)};{rng.randint(1, 80)}M"
    wheel = f"\x1b[<{rng.randint(64, 67)};{x};{y}M" * rng.randint(1, 5)
    right = f"\x1b[<2;{x};{y}M\x1b[<2;{x};{y}m"
    drag = f"{press}{move}{move[:-1]}m"
    return rng.choice([press + release, (press + release) * 2, press, release, drag, hover, wheel, right]).encode()


def _report(rng: random.Random) -> bytes:
    return rng.choice(REPORTS).encode()


def _nonsense(rng: random.Random) -> bytes:
    if rng.random() < 0.3:
        whole = rng.choice([*NAMED.values(), *REPORTS]).encode()
        return whole[: rng.randint(1, len(whole))]
    return rng.choice(NONSENSE)


def _leave(rng: random.Random) -> bytes:
    return rng.choice(LEAVING).encode()


_KINDS: tuple[tuple[int, Callable[[random.Random], bytes]], ...] = (
    (500, _key), (60, _burst), (60, _typed), (50, _control), (60, _in_a_dialog), (20, _line), (30, _paste), (60, _mouse),
    (10, _report), (25, _nonsense), (8, _leave),
)  # fmt: skip
_WEIGHTS, _MAKERS = zip(*_KINDS, strict=True)
RESIZED, SIZES = 0.03, ((0, 0), (1, 1), (500, 200), (60, 16), (59, 15), (80, 24), (120, 40), SMALLEST, LARGEST)


def _size(rng: random.Random) -> Size:
    if rng.random() < 0.3:
        return rng.choice(SIZES)
    return rng.randint(SMALLEST[0], LARGEST[0]), rng.randint(SMALLEST[1], LARGEST[1])


def stroke(seed: int, number: int) -> Stroke:
    """The stroke of a seed at a number."""
    rng = random.Random(f"{seed}:{number}")
    pause_s = rng.choice((0.0, 0.0, 0.0, 0.002, 0.005, 0.01)) if rng.random() < 0.98 else rng.uniform(0.05, 0.4)
    if rng.random() < RESIZED:
        many = rng.randint(10, 60) if rng.random() < 0.05 else 1  # a window that is being dragged
        return Stroke(sizes=tuple(_size(rng) for _ in range(many)), pause_s=pause_s)
    (make,) = rng.choices(_MAKERS, _WEIGHTS)
    return Stroke(make(rng), pause_s=pause_s)
