"""What is said of that which leaves the desk for Shopify.

Invariant: the words claim that something is sent only where a row waits for it in the outbox (contract §3a, "Nothing is said to
be sent that is not queued").
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from orders_tui.actions.draft import WRITES_OFF
from orders_wire.vocabulary import PLACEHOLDER_NUMBERS

if TYPE_CHECKING:
    from orders_wire.people import Me

NOTHING_SENT = "stays on this desk: nothing is sent"


def goes(count: int, me: Me | None, undo_key: str, *, alone: bool) -> str:
    """That so many orders leave, and until when that can be taken back; `alone`: no others stay behind."""
    if me is not None and not me.shopify_writes:
        return (
            WRITES_OFF
            if alone
            else f"{count} {'waits' if count == 1 else 'wait'} on the desk: writes to Shopify are off"
        )
    goes_or_go = "goes" if count == 1 else "go"
    who = goes_or_go if alone and count == 1 else f"{count} {goes_or_go}"
    return f"{who} to Shopify after {me.undo_seconds if me is not None else 10} s; {undo_key} takes it back"


def mailed(sent: int, *, notify: bool) -> str:
    """That customers are mailed; empty where they are not, or nothing leaves that a mail could go with."""
    if not (sent and notify):
        return ""
    return "the customer is mailed" if sent == 1 else f"{sent} customers are mailed"


def stays(sent: int, stay: int) -> str:
    """That nothing leaves of so many orders, beside those that do; empty where all leave."""
    if not stay:
        return ""
    if not sent:
        return NOTHING_SENT
    return f"{stay} {'stays on this desk: nothing is sent of it' if stay == 1 else 'stay on this desk: nothing is sent of them'}"


def never_sent(invented: int) -> str:
    """That placeholders among the numbers are not passed on."""
    if not invented:
        return ""
    return "the placeholder is shown and never sent" if invented == 1 else f"{invented} placeholders are never sent"


def is_placeholder(number: str, me: Me | None) -> bool:
    """Whether a number is one that was invented, which is shown and never sent."""
    pattern = me.placeholder_numbers if me is not None else PLACEHOLDER_NUMBERS
    try:
        return re.fullmatch(pattern, number.strip()) is not None
    except re.error:
        return False
