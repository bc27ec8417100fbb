"""What is known of an order as lines of pieces, for the pane below the table and the order's own screen. Pure.

One file for each block of the text. What is unknown or empty is left out.
"""

from orders_tui.widgets.order_text.facts import facts
from orders_tui.widgets.order_text.head import headline
from orders_tui.widgets.order_text.lines import Section, Text
from orders_tui.widgets.order_text.outgoing import counts_down
from orders_tui.widgets.order_text.parcels import NO_NUMBER, contents, parcel_state
from orders_tui.widgets.order_text.sections import content_sections, history_sections, people_sections, row_sections
from orders_tui.widgets.order_text.timeline import place_of, timeline

__all__ = [
    "NO_NUMBER",
    "Section",
    "Text",
    "content_sections",
    "contents",
    "counts_down",
    "facts",
    "headline",
    "history_sections",
    "parcel_state",
    "people_sections",
    "place_of",
    "row_sections",
    "timeline",
]
