"""The signs that the screen itself is drawn with, in two sets: Unicode, and ASCII for terminals that have no more.

States of orders have theirs in `wording`. Invariant: every glyph is one cell wide, so that switching the set moves no column.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One set. The names say what is meant, not what it looks like."""

    ascii_only: bool
    cursor: str
    mark: str
    changed: str
    ghost: str
    trying: str
    up: str
    down: str
    left: str
    right: str
    ellipsis: str
    nothing: str
    dot: str
    bar: str
    line: str
    arrow: str
    corner: str
    tee: str
    box: str
    box_full: str
    box_part: str
    filled: str
    unfilled: str
    done: str
    failed: str
    unknown: str
    skipped: str
    warning: str
    sparks: str

    def spell(self, text: str) -> str:
        """Words of our own in this set. Not for what anybody else has written: a name keeps every letter it has."""
        return text.translate(_SPELLED) if self.ascii_only else text


_SPELLED = str.maketrans("–—…·×↑↓←→▲▼", "--~-x^v<>^v")


UNICODE = Glyphs(
    ascii_only=False,
    cursor="▸", mark="●", changed="∙", ghost="‹", trying="◌",
    up="▲", down="▼", left="‹", right="›", ellipsis="…", nothing="–", dot="·", bar="│", line="─", arrow="→", corner="╰", tee="┴",
    box="□", box_full="■", box_part="◧", filled="█", unfilled="░",
    done="✓", failed="✗", unknown="?", skipped="⊘", warning="!", sparks=" ▁▂▃▄▅▆▇█",
)  # fmt: skip

ASCII = Glyphs(
    ascii_only=True,
    cursor=">", mark="*", changed=":", ghost="<", trying=".",
    up="^", down="v", left="<", right=">", ellipsis="~", nothing="-", dot="-", bar="|", line="-", arrow=">", corner="`", tee="+",
    box="o", box_full="x", box_part="%", filled="#", unfilled=".",
    done="+", failed="x", unknown="?", skipped="/", warning="!", sparks=" .:-=+*#%",
)  # fmt: skip


def glyphs(ascii_only: bool) -> Glyphs:
    """The set to use."""
    return ASCII if ascii_only else UNICODE
