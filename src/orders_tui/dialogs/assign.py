"""`a`: who is to own the orders. Known owners with their load, me first; a name nobody has yet can be typed."""

from __future__ import annotations

from collections import Counter

from textual.app import ComposeResult
from textual.widgets import Static

from orders_tui.actions.assign import AssignDraft
from orders_tui.context.context import Context
from orders_tui.context.screen import hidden_bindings
from orders_tui.context.target import Target
from orders_tui.dialogs.action_dialog import ActionDialog
from orders_tui.dialogs.field import Field
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.formatter import Formatter
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.wording import Tone
from orders_tui.words.matching import ranked
from orders_wire.actions import LONGEST_ASSIGNEE
from orders_wire.orders import Order
from orders_wire.vocabulary import ASSISTANT, UNASSIGNED

NAMED = 2
MOST = 8
FRESH_S = 3600.0


class AssignDialog(ActionDialog[AssignDraft]):
    """Returns the draft."""

    BINDINGS = hidden_bindings({"ctrl+t": "keep"})

    def __init__(self, work: Context, target: Target, given: str = "") -> None:
        super().__init__(work, target, given)
        self._keep = False
        self.touched = bool(given)
        work.session.refresh_owners()

    def body(self) -> ComposeResult:
        yield Field("Owner", self.given, hint="part of a name", id="owner", max_length=LONGEST_ASSIGNEE)
        yield self.line_list("owners")
        yield Static(id="taken")

    def prepare(self) -> None:
        self.edited()
        self.set_interval(1.0, self._show_taken)

    def title_pieces(self) -> list[Piece]:
        return [(f"Assign {self.target.title}", "strong"), *_who(self.target.only)]

    def keys(self) -> list[Hint]:
        keep = [Hint("ctrl+t", f"{'take' if self._keep else 'keep'} theirs")] if self._others() else []
        whom = "" if self.touched else f" to {_said(self.current)}"
        do = Hint(self.confirm_key, f"assign {len(self._ids())}{whom}", able=bool(self._ids()))
        return [do, *keep, Hint("↑↓", "choose")]

    def problem(self) -> str:
        if not self.current:
            return f"nobody is called {self.query_one(Field).value}"
        return "" if self._ids() else "all of these belong to others, and theirs are kept"

    def result(self) -> AssignDraft:
        ids = self._ids()
        return AssignDraft(ids, self.current, versions=self.versions(ids))

    def _others(self) -> Counter[str]:
        """How many orders would be taken from whom."""
        mine = {self.work.name, UNASSIGNED, self.current}
        return Counter(order.assigned_to for order in self.bound if order.assigned_to not in mine)

    def _ids(self) -> tuple[str, ...]:
        if not self._keep:
            return self.target.ids
        kept = {order.id for order in self.bound if order.assigned_to in self._others()}
        return tuple(order_id for order_id in self.target.ids if order_id not in kept)

    def edited(self) -> None:
        """The owners that match, best first."""
        typed = self.query_one(Field).value
        lines = self._lines(typed)
        self.query_one(LineList).set_lines(lines, lines[0].key if lines else None)

    def update(self) -> None:
        super().update()
        self.query_one(LineList).light(self.touched)
        self._show_taken()

    def _show_taken(self) -> None:
        """Whose the orders are now, and what becomes of that."""
        self.show_words("taken", *self._taken_from())

    def _taken_from(self) -> tuple[str, Tone]:
        others, only = self._others(), self.bound[0] if len(self.target.ids) == 1 and self.bound else None
        new = [f"{self.current} is a new owner"] if self.touched and self._is_new(self.current) else []
        if only is not None and others and not self._keep:
            return f"  {self.work.glyphs.dot}  ".join([*new, _taken(only, self.work.formatter())]), Tone.WARN
        words = [*new, *(self._stay_or_go() if self.target.marked else [])]
        if others:
            words.append(f"{others.total()} {'stay with' if self._keep else 'taken from'} {_named(others)}")
        return f"  {self.work.glyphs.dot}  ".join(words), Tone.WARN if others or new else Tone.DIM

    def _stay_or_go(self) -> list[str]:
        """The orders that are taken from nobody: with `_others` they add up to all."""
        owned = Counter(order.assigned_to for order in self.bound)
        mine = owned[self.work.name] if self.current != self.work.name else 0
        counts = {
            "without an owner": owned[UNASSIGNED] if self.current != UNASSIGNED else 0,
            f"{_said(self.current)}'s already": owned[self.current],
            "of yours": mine,
            "not loaded here": len(self.target.ids) - len(self.bound),
        }
        return [f"{count} {words}" for words, count in counts.items() if count]

    def _is_new(self, name: str) -> bool:
        known = {owner.name for owner in self.work.session.owners}
        return bool(name) and name not in {*known, self.work.name, UNASSIGNED, ASSISTANT}

    def _lines(self, typed: str) -> list[Line]:
        load = {owner.name: owner.open_orders for owner in self.work.session.owners}
        me = self.work.name
        names = [*([me] if me else []), *sorted((name for name in load if name != me), key=lambda name: load[name])]
        if typed:
            names = ranked(typed, names, lambda name: (name,))
        lines = [self._line(name, load.get(name), me) for name in names[:MOST]]
        if typed and typed not in {*load, me} and typed.casefold() not in {"nobody", UNASSIGNED}:
            lines.append(Line(typed, ((typed, Tone.PLAIN),), (("a new name", Tone.WARN),)))
        if "nobody".startswith(typed.casefold()):
            lines.append(Line(UNASSIGNED, (("nobody", Tone.PLAIN),), (("gives them back", Tone.DIM),)))
        return lines

    def _line(self, name: str, load: int | None, me: str) -> Line:
        left: list[Piece] = [(name, Tone.PLAIN), (" (me)" if name == me else "", Tone.ACTIVE)]
        return Line(name, tuple(left), ((f"{load} open" if load is not None else "", Tone.DIM),))

    def action_choose(self, step: int) -> None:
        if self.touched:
            super().action_choose(step)
        self.touched = True
        self.update()

    def action_keep(self) -> None:
        """Leaves, or takes, what belongs to others."""
        self._keep = not self._keep
        self.touched = True
        self.update()


def _said(owner: str) -> str:
    return "nobody" if owner == UNASSIGNED else owner


def _named(owners: Counter[str]) -> str:
    """Who has most, by name: `maya, bo and 2 more`."""
    names = [name for name, _ in owners.most_common()]
    return ", ".join(names) if len(names) <= NAMED + 1 else f"{', '.join(names[:NAMED])} and {len(names) - NAMED} more"


def _taken(order: Order, fmt: Formatter) -> str:
    """Whose the order is and since when: `taken by bo 5s ago`, `given to bo by ana Tue 13:51`."""
    given = next((entry for entry in reversed(order.timeline) if entry.event == "assigned"), None)
    owner, _, by = given.details.partition(", by ") if given is not None else ("", "", "")
    if given is None or owner != order.assigned_to:
        return f"now with {order.assigned_to}"
    fresh = (fmt.now - given.ts).total_seconds() < FRESH_S
    when = f"{fmt.age(given.ts)} ago" if fresh else fmt.instant(given.ts)
    return f"taken by {owner} {when}" if by in {"", owner} else f"given to {owner} by {by} {when}"


def _who(order: Order | None) -> list[Piece]:
    if order is None:
        return []
    owner = "nobody's" if order.assigned_to == UNASSIGNED else f"now {order.assigned_to}'s"
    return [(f"  {order.customer_name or ''}", Tone.PLAIN), (f"  {owner}", Tone.DIM)]


DIALOG = AssignDialog
