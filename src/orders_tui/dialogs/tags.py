"""`#`: adds and removes tags. What is typed is added; ctrl+t takes a tag off, or adds one that was seen on other orders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from textual.app import ComposeResult
from textual.widgets import Static

from orders_tui.actions.tags import TagsDraft, outward, split
from orders_tui.context.context import Context
from orders_tui.context.screen import hidden_bindings
from orders_tui.context.target import Target
from orders_tui.dialogs.action_dialog import ActionDialog
from orders_tui.dialogs.field import Field
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.wording import Tone
from orders_wire.actions import LONGEST_TAG

MOST = 50
"""Lines that are offered; typing finds the others."""

LONGEST = 2000
"""Characters of what is typed at once."""


class TagsDialog(ActionDialog[TagsDraft]):
    """Returns the draft."""

    BINDINGS = hidden_bindings({"ctrl+t": "turn", "ctrl+y": "complete"})

    def __init__(self, work: Context, target: Target, given: str = "") -> None:
        super().__init__(work, target, given)
        kept = None if given else self.kept(TagsDraft)
        words = split(given)
        add = kept.add if kept is not None else [word for word in words if not word.startswith("-")]
        off = kept.remove if kept is not None else [word[1:].strip() for word in words if word.startswith("-")]
        self._typed = ", ".join(add)
        self._off = {tag.casefold(): tag for tag in off if tag}
        self._on: dict[str, str] = {}
        self.touched = bool(given)

    def body(self) -> ComposeResult:
        yield Field("Add", self._typed, hint="tags, parted by commas", id="add", max_length=LONGEST)
        yield self.line_list("tags")
        yield Static(id="change-of-tags")
        yield Static(id="consequence")

    def prepare(self) -> None:
        self.query_one(LineList).can_focus = False
        self.edited()

    def title_pieces(self) -> list[Piece]:
        only = self.target.only
        who = f"  {only.customer_name or ''}" if only is not None else ""
        return [(f"Tag {self.target.title}", "strong"), (who, Tone.PLAIN)]

    def keys(self) -> list[Hint]:
        able = not self.problem()
        word = "keep" if self._is_off(self.current) or self._is_on(self.current) else "add"
        toggle = "take off" if self.current in self._present and word == "add" else word
        choose = [Hint("ctrl+t", toggle), Hint("↑↓", "choose")] if self.current else []
        complete = [Hint("ctrl+y", "complete")] if self._completion() else []
        return [Hint(self.confirm_key, f"tag {len(self.target.ids)}", able=able), *choose, *complete]

    def problem(self) -> str:
        long = [tag for tag in self._add if len(tag) > LONGEST_TAG]
        both = [tag for tag in self._add if tag.casefold() in self._off]
        if long:
            return f"{long[0]}: a tag has at most {LONGEST_TAG} characters, this one has {len(long[0])}"
        if both:
            return f"{both[0]} is both added and taken off: leave one of the two out"
        return "" if self._add or self._remove else "which tag? type one, or choose one of the list with ctrl+t"

    def result(self) -> TagsDraft:
        return TagsDraft(
            self.target.ids, tuple(self._add), tuple(self._remove), versions=self.versions(self.target.ids)
        )

    def keep_draft(self) -> None:
        if self.touched and (self._add or self._remove):
            self.work.session.drafts.keep(self.result())

    @property
    def _add(self) -> list[str]:
        """What is typed and what was chosen, each once."""
        wanted = [*split(self.query_one(Field).value), *self._on.values()]
        return list({tag.casefold(): tag for tag in reversed(wanted)}.values())[::-1]

    @property
    def _remove(self) -> list[str]:
        return list(self._off.values())

    @property
    def _present(self) -> Counter[str]:
        """How many of the orders have each tag, by its first spelling."""
        first: dict[str, str] = {}
        return Counter(
            first.setdefault(tag.casefold(), tag) for order in self.bound for tag in dict.fromkeys(order.tags)
        )

    def _seen(self) -> list[str]:
        """Tags of the loaded rows that the orders lack, the most frequent first."""
        first, there = dict[str, str](), {tag.casefold() for tag in self._present}
        rows = self.work.session.table.view.rows
        found = Counter(first.setdefault(tag.casefold(), tag) for row in rows for tag in row.order.tags)
        return [tag for tag, _ in found.most_common() if tag.casefold() not in there]

    def _is_on(self, tag: str) -> bool:
        return tag.casefold() in self._on

    def _is_off(self, tag: str) -> bool:
        return tag.casefold() in self._off

    def edited(self) -> None:
        """The orders' own tags, and of the others those that hold what is being typed; the cursor on one that begins so."""
        part = self._part().casefold()
        lines = self._fill()
        begun = next((line.key for line in lines if part and line.key.casefold().startswith(part)), None)
        if begun is not None:
            self.query_one(LineList).choose(begun)

    def _fill(self) -> list[Line]:
        lines = list(self._lines(self._part().casefold()))[:MOST]
        self.query_one(LineList).set_lines(lines)
        return lines

    def _part(self) -> str:
        """The tag that is being typed: what stands behind the last comma."""
        return self.query_one(Field).value.rpartition(",")[2].strip()

    def _lines(self, part: str) -> Iterator[Line]:
        glyphs, total = self.work.glyphs, len(self.target.ids)
        added = {tag.casefold() for tag in self._add}
        for tag, count in self._present.most_common():
            off = self._is_off(tag)
            box: Piece = (f"{glyphs.box if off else glyphs.box_full} ", Tone.WARN if off else Tone.ACTIVE)
            of = "" if total == 1 else f"on {count} of {total}"
            yield Line(tag, (box, (tag, Tone.PLAIN)), (("taken off", Tone.WARN) if off else (of, Tone.DIM),))
        for tag in self._seen():
            if part in tag.casefold():
                on = tag.casefold() in added
                box = (f"{glyphs.box_full if on else glyphs.box} ", Tone.ACTIVE if on else Tone.DIM)
                said: Piece = ("added", Tone.GOOD) if on else ("on other orders", Tone.DIM)
                yield Line(tag, (box, (tag, Tone.PLAIN if on else Tone.DIM)), (said,))

    def update(self) -> None:
        super().update()
        add, remove = self._add, self._remove
        signs = [f"+ {tag}" for tag in add] + [f"- {tag}" for tag in remove]
        self.show_words("change-of-tags", "  ".join(signs), Tone.GOOD if add else Tone.WARN)
        undo_key = self.work.key("action.undo")
        sent = signs and not self.problem()
        words = outward(self.result(), self.bound, self.work.session.me, undo_key) if sent else ""
        self.show_words("consequence", words)

    def action_choose(self, step: int) -> None:
        super().action_choose(step)
        self.update()

    def action_turn(self) -> None:
        """Takes the tag under the cursor off, or adds it, or leaves it as it is again."""
        tag = self.current
        if not tag:
            return
        chosen = self._off if tag in self._present else self._on
        if chosen.pop(tag.casefold(), None) is None:
            chosen[tag.casefold()] = tag
        self.touched = True
        self._fill()
        self.update()

    def _completion(self) -> str:
        """The tag under the cursor, when it begins with what is being typed."""
        part = self._part().casefold()
        return self.current if part and self.current.casefold().startswith(part) else ""

    def action_complete(self) -> None:
        """What is being typed becomes the tag under the cursor."""
        if tag := self._completion():
            before = self.query_one(Field).value.rpartition(",")[0]
            self.query_one(Field).set(f"{before}, {tag}" if before else tag)


DIALOG = TagsDialog
