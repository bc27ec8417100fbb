"""How late something is, in three grades that differ in glyph, word and tone: late, a breach, dire. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from orders_tui.wording.formats import age
from orders_tui.wording.states import Sign, Tone

BREACH_HOURS = 24.0
"""From when on late is a breach, for as long as the server has not said it (contract §7, Words on a screen)."""
DIRE_HOURS = 5 * 24.0

LATE = Sign("!", "!", "late", "late", Tone.WARN)
BREACH = Sign("◆", "B", "breach", "breach", Tone.BAD)
DIRE = Sign("■", "D", "dire", "dire", Tone.DIRE)
GRADES = LATE, BREACH, DIRE


def lateness(due: datetime | None, now: datetime, breach_hours: float = BREACH_HOURS) -> Sign | None:
    """The grade, with how late it is: `late 3h`, `breach 2d`, `dire 9d`; None for what is not late."""
    late_s = (now - due).total_seconds() if due is not None else 0
    if late_s <= 0:
        return None
    breach_s = breach_hours * 3600
    grade = LATE if late_s < breach_s else BREACH if late_s < max(breach_s, DIRE_HOURS * 3600) else DIRE
    return replace(grade, word=f"{grade.word} {age(late_s)}")
