"""Commands of the registry that are of no use without a screen, and why."""

from __future__ import annotations

from collections.abc import Mapping

_NO_SCROLLING = "a list is read by pages here: more, next-page, previous-page, first, last"
_NO_PANES = "there are no panes without a screen"
_NO_COLUMNS = "there are no columns without a screen: each order is one line that says all"
NOT_HERE: Mapping[str, str] = {
    **dict.fromkeys(("go.half_down", "go.half_up", "go.screen_down", "go.screen_up"), _NO_SCROLLING),
    **dict.fromkeys(("go.left", "go.right", "view.columns"), _NO_COLUMNS),
    **dict.fromkeys(("go.next_pane", "go.previous_pane", "view.maximise"), _NO_PANES),
    "find.narrow": "nothing can be narrowed while one types here; filter asks the server",
    "view.freeze": "nothing moves by itself here: numbers mean what was listed last",
    "view.theme": "there is no colour here",
    "text.editor": "the lines that are typed here are read all the time, so no editor can have them; note takes several lines",
    "take.copy": "lines can be copied as they stand",
    "take.copy_more": "lines can be copied as they stand",
    "desk.redraw": "nothing is drawn here",
    "desk.line": "words are typed right here",
    "desk.palette": "words are typed right here; help lists them",
}
"""Why a command is of no use without a screen."""
