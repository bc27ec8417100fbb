"""Values as words, glyphs and short texts: one place for how a state, an age or an amount reads. Pure.

Everything that matters is a glyph and a word; colour comes from the theme by `tone` and is never the only sign. Each glyph has
an ASCII twin. Every glyph is one cell wide.
"""

from orders_tui.wording.formats import age, count, instant, money, unread, until, usd, zone
from orders_tui.wording.lateness import lateness
from orders_tui.wording.lines import (
    connection,
    flags,
    hold_until,
    mark,
    owner,
    refund,
    return_action,
    return_line,
    ship_by,
    words,
)
from orders_tui.wording.states import (
    Sign,
    Tone,
    delivery,
    event_type,
    hold_reason,
    issue,
    order_status,
    parcel_sent,
    priority,
    return_state,
    severity,
    sort_field,
    tab,
    tab_holds,
    timeline_event,
)

__all__ = [
    "Sign",
    "Tone",
    "age",
    "connection",
    "count",
    "delivery",
    "event_type",
    "flags",
    "hold_reason",
    "hold_until",
    "instant",
    "issue",
    "lateness",
    "mark",
    "money",
    "order_status",
    "owner",
    "parcel_sent",
    "priority",
    "refund",
    "return_action",
    "return_line",
    "return_state",
    "severity",
    "ship_by",
    "sort_field",
    "tab",
    "tab_holds",
    "timeline_event",
    "unread",
    "until",
    "usd",
    "words",
    "zone",
]
