"""The side bar's alerts: by severity, by kind where there are many, the newest of a kind, or all of them. Pure.

Of a kind with very many the lines around the cursor are there, and how many stand above and below. What is not known yet of the
alerts stands below them as a line of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.query.alerts import ALL_ALERTS, AlertFilter
from orders_tui.session.open_alerts import WHOLE, Coverage
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.formatter import Formatter
from orders_tui.widgets.line_list import Line
from orders_tui.wording import Tone
from orders_wire.vocabulary import Severity

if TYPE_CHECKING:
    from orders_tui.alerts import Alert

KIND = 12
"""Cells of the kind's name before the only alert of it."""
SHOWN = 3
"""So many of a kind of alert while it is folded."""
WINDOW, MARGIN = 200, 60
"""So many lines of an unfolded kind, and so many of them at least on either side of the cursor, where there are more."""
ROOMY = 50
"""From so many cells on, an alert says what it is about beside its order."""
EDGES = ("above", "below")
"""How the keys of the lines at the ends of a window begin."""
MORE = "more"
"""The line of what is not known."""


@dataclass(frozen=True, slots=True)
class Alerts:
    """What is on show, and how: `unfolded` kinds were turned over, `cells` of room, `current` is the line under the cursor.
    `offline`: nothing can be asked for now.
    """

    known: Sequence[Alert] = ()
    filter: AlertFilter = ALL_ALERTS
    coverage: Coverage = WHOLE
    unfolded: frozenset[str] = frozenset()
    cells: int = 28
    current: str = ""
    offline: bool = False


def kind_of(alert: Alert) -> str:
    """The key of the line of its kind."""
    return f"kind:{alert.severity}:{alert.type}"


def is_unfolded(kind: str, unfolded: frozenset[str], wanted: AlertFilter) -> bool:
    """Whether all of a kind are there: the operator folds and unfolds; the only kind that is wanted begins unfolded."""
    return (kind in unfolded) is not (len(wanted.types) == 1)


def lines(shown: Alerts, fmt: Formatter) -> Iterator[Line]:
    """The section, with its heading."""
    worst = wording.severity(shown.known[0].severity).tone if shown.known else Tone.DIM
    right = ((narrowed, Tone.ACTIVE),) if (narrowed := said(shown.filter, fmt.me)) else ()
    yield Line("heading alerts", (("ALERTS", "strong"), (f" {_count(shown)}", worst)), right, choosable=False)
    if not shown.known:
        yield Line("no alerts", ((_nothing(shown), Tone.DIM),), choosable=False)
    for severity in dict.fromkeys(alert.severity for alert in shown.known):
        group = [alert for alert in shown.known if alert.severity is severity]
        sign = wording.severity(severity)
        words = f"{fmt.sign(sign)} {_counted(group, shown.coverage)}"
        yield Line(f"severity {severity}", ((words, sign.tone),), choosable=False)
        for kind in dict.fromkeys(map(kind_of, group)):
            yield from _of_kind(kind, [alert for alert in group if kind_of(alert) == kind], shown, fmt)
    if not shown.coverage.whole:
        yield _more(shown)


def said(wanted: AlertFilter, me: str) -> str:
    """What the alerts are narrowed to: `only delay, critical, mine`."""
    words = [wording.event_type(each).short for each in sorted(wanted.types)]
    words += [severity.value for severity in reversed(Severity) if severity in wanted.severities]
    words += ["mine" if wanted.owner == me else wanted.owner] if wanted.owner else []
    return f"only {', '.join(words)}" if words else ""


def rest(shown: Alerts, refresh_key: str) -> str:
    """What there is to say of the alerts that are not known."""
    if shown.coverage.older:
        about = "whose orders its alerts are about" if shown.filter.owner else "of more than the first 50 alerts"
        return f"this server is older and cannot tell {about}"
    if shown.coverage.problem is not None:
        return f"more alerts could not be loaded: {shown.coverage.problem}; {refresh_key} tries again"
    if shown.offline:
        return "more alerts are loaded when the server can be reached again"
    return "more alerts are loaded as the list comes to its end"


def _count(shown: Alerts) -> str:
    """How many are wanted, as far as that is known."""
    known, coverage = len(shown.known), shown.coverage
    if coverage.older and coverage.missing:
        return f"{known} of {known + coverage.missing}"
    return f"{known + coverage.missing}{'' if coverage.whole or coverage.missing else '+'}"


def _nothing(shown: Alerts) -> str:
    if not shown.coverage.whole:
        return "loading" if shown.coverage.loading else "not told yet"
    return "none of these is open" if shown.filter else "nothing open"


def _counted(alerts: Sequence[Alert], coverage: Coverage) -> str:
    """How many of a group there are; `12+` where there may be more."""
    return f"{len(alerts)}{'' if _sure(alerts, coverage) else '+'}"


def _sure(alerts: Sequence[Alert], coverage: Coverage) -> bool:
    """Whether the list has been read beyond their severity."""
    reached, rank = coverage.reached, list(Severity).index
    return coverage.whole or (reached is not None and rank(alerts[0].severity) > rank(reached))


def _of_kind(kind: str, alerts: Sequence[Alert], shown: Alerts, fmt: Formatter) -> Iterator[Line]:
    """One line where there is one alert; else a line for the kind, and the newest below it."""
    unfolded = is_unfolded(kind, shown.unfolded, shown.filter)
    if len(alerts) > 1:
        sign, glyphs = wording.event_type(alerts[0].type), fmt.glyphs
        fold = "" if len(alerts) <= SHOWN else glyphs.up if unfolded else glyphs.down
        words = (f"{fmt.sign(sign, 0)} ", sign.tone), (_counted(alerts, shown.coverage), Tone.DIM)
        yield Line(kind, words, ((fold, Tone.DIM),))
    first, last = _window(alerts, shown.current) if unfolded else (0, SHOWN)
    if first:
        yield _edge(f"above {kind}", f"{first} above", fmt.glyphs.up)
    for alert in alerts[first:last]:
        yield _alert(alert, shown, fmt, alone=len(alerts) == 1)
    if not unfolded:
        return
    if last < len(alerts):
        yield _edge(f"below {kind}", f"{len(alerts) - last} below", fmt.glyphs.down)
    elif not _sure(alerts, shown.coverage):
        yield _edge(f"{MORE} of {kind}", "and more", fmt.glyphs.ellipsis)


def _window(alerts: Sequence[Alert], current: str) -> tuple[int, int]:
    """Which of very many have lines: those around the cursor. It moves by `MARGIN`, so that a step seldom changes it."""
    at = next((at for at, alert in enumerate(alerts) if f"alert:{alert.alert_id}" == current), 0)
    first = max(0, min(at // MARGIN * MARGIN - MARGIN, len(alerts) - WINDOW))
    return first, first + WINDOW


def _edge(key: str, words: str, glyph: str) -> Line:
    return Line(key, ((f"  {glyph} {words}", Tone.DIM),), choosable=False)


def _alert(alert: Alert, shown: Alerts, fmt: Formatter, *, alone: bool) -> Line:
    sign = wording.event_type(alert.type)
    start: Piece = (f"{fmt.sign(sign, 0):<{KIND}}" if alone else "  ", sign.tone)
    told = wording.about(alert.message, alert.order_number, fmt.now, fmt.zone)
    left = [start, (alert.order_number or told, "strong" if alone else Tone.PLAIN)]
    if alert.order_number and shown.cells >= ROOMY:
        left.append((f"  {told}", Tone.DIM))
    return Line(f"alert:{alert.alert_id}", tuple(left), ((fmt.age(alert.created_at), Tone.DIM),))


def _more(shown: Alerts) -> Line:
    coverage = shown.coverage
    words = f"{coverage.missing} more" if coverage.missing else "more may be open"
    if coverage.older:
        return Line(MORE, ((words, Tone.DIM),), (("older server", Tone.DIM),))
    state = "loading" if coverage.loading else "offline" if shown.offline else ""
    right = ("failed", Tone.BAD) if coverage.problem is not None else (state, Tone.DIM)
    return Line(MORE, ((words, Tone.ACTIVE if not state else Tone.DIM),), (right,))
