"""Everything an operator can do, once: what feeds the keys, the `:` line, the palette, the help and the footer.

Pure data, no Textual: the command line prints and checks key maps from it too. A command's id is stable; people's key maps and
the documentation name it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum

from orders_wire.operations import ACTIONS
from orders_wire.vocabulary import ActionName, Role, Tab


class Group(StrEnum):
    """The headings of the help, in its order."""

    ACT = "Act on row or marks"
    OWN = "Your own commands"
    MARK = "Mark"
    MOVE = "Move"
    FIND = "Find"
    VIEW = "View"
    TAKE = "Copy and export"
    DESK = "Desk"


ACTING = frozenset({Group.ACT, Group.OWN})
"""Whose commands do something to orders, here or elsewhere."""


class Risk(Enum):
    """How much ceremony a command deserves.

    LOCAL: immediate. REVERSIBLE: optimistic, undo while it lasts. OUTWARD: a dialog, then held back so that undo is real.
    FINAL: money or an end: a dialog with amount and consequence, never repeated.
    """

    LOCAL = 0
    REVERSIBLE = 1
    OUTWARD = 2
    FINAL = 3


class Place(StrEnum):
    """Where a command works."""

    DESK = "desk"
    ORDER = "order"


class Argument(StrEnum):
    """What stands behind a command's word, as the lists of commands write it. What may be one: `words/arguments.py`."""

    NONE = ""
    OWNER = "owner"
    NUMBER = "number"
    ORDER = "order"
    SKU = "SKU"
    REASON = "reason"
    CANCEL_REASON = "why"
    TAGS = "tags"
    FILTER = "filter"
    SORT = "field"
    VIEW = "saved view"
    TAB = "tab or view"
    NAME = "name"
    THEME = "its name"
    COLUMN = "column"
    PROFILE = "profile"
    ALERTS = "which"
    TEXT = "text"


EVERYWHERE = frozenset(Place)
ON_DESK = frozenset({Place.DESK})
IN_ORDER = frozenset({Place.ORDER})


@dataclass(frozen=True, slots=True)
class Command:
    """One thing to do. `label` is the footer's word; `argument` is what `:` takes after it; `role` is the least that may.

    `also`: further words for it after `:`. `action`: the action whose dialog it opens.
    """

    id: str
    label: str
    explanation: str
    group: Group
    keys: tuple[str, ...] = ()
    places: frozenset[Place] = EVERYWHERE
    risk: Risk = Risk.LOCAL
    role: Role = Role.VIEWER
    acts_on_target: bool = False
    argument: Argument = Argument.NONE
    also: tuple[str, ...] = ()
    action: ActionName | None = None

    @property
    def word(self) -> str:
        """What is typed after `:`. Of a tab it is two: `tab overdue`."""
        if self.id in _WORDS:
            return _WORDS[self.id]
        named = self.label if self.group is not Group.ACT else self.id.rpartition(".")[2]
        return _dashed(named)

    @property
    def words(self) -> tuple[str, ...]:
        """Every word that means it: `word`, the footer's, its id with dashes, and those of `also`."""
        return (self.word, *self.also, _dashed(self.label), _dashed(self.id.replace(".", " ")))


_WORDS = {
    "find.search": "search",
    "find.clear": "clear",
    "take.copy_more": "copy-more",
    "desk.quit": "close",
    "order.tracking": "parcels",
    "go.customer": "customer",
    **{f"tab.{tab}": f"tab {tab.value.replace('_', '-')}" for tab in Tab},
}
"""Where the word after `:` is not the footer's."""


def _dashed(text: str) -> str:
    return "-".join(text.replace("_", " ").split())


def _act(
    action: ActionName,
    label: str,
    explanation: str,
    key: str = "",
    *,
    risk: Risk,
    name: str = "",
    argument: Argument = Argument.NONE,
) -> Command:
    return Command(
        f"order.{name or action}",
        label,
        explanation,
        Group.ACT,
        (key,) if key else (),
        risk=risk,
        role=ACTIONS[action].role or Role.VIEWER,
        acts_on_target=action is not ActionName.INVENTORY,
        argument=argument,
        also=(action,),
        action=action,
    )


def _desk(
    name: str, label: str, explanation: str, group: Group, keys: str, *, argument: Argument = Argument.NONE
) -> Command:
    """A command of the desk alone; `keys` are parted by blanks."""
    return Command(name, label, explanation, group, tuple(keys.split()), ON_DESK, argument=argument)


TAB_HOLDS: Mapping[Tab, str] = {
    Tab.ALL: "every order",
    Tab.UNFULFILLED: "something is still to be sent",
    Tab.OVERDUE: "still to be sent, and the ship-by time is over",
    Tab.AWAITING_TRACKING: "sent, but a parcel has no tracking number",
    Tab.TRACKING_PENDING: "placed over {pending} ago, and no parcel has a number",
    Tab.DELAYED: "on its way, but not scanned for {delayed}",
    Tab.HOLDS: "held, here or in Shopify",
    Tab.RETURNS: "a return is open; AGE is that of its state",
    Tab.REFUNDED: "paid back, in part or in full",
}
"""What stands in each tab (contract §1, table of tabs); the two times are settings of the server."""


def _tab(number: int, tab: Tab) -> Command:
    words, holds = tab.value.replace("_", " "), TAB_HOLDS[tab].format(pending="2 h", delayed="24 h")
    return _desk(f"tab.{tab.value}", words, f"Tab {words}: {holds}", Group.MOVE, str(number))


_OPERATOR = ACTIONS[ActionName.ASSIGN].role or Role.VIEWER


def _last_action(name: str, label: str, explanation: str, key: str) -> Command:
    return Command(f"action.{name}", label, explanation, Group.ACT, (key,), role=_OPERATOR)


COMMANDS: tuple[Command, ...] = (
    _act(
        ActionName.ASSIGN, "assign", "Give the orders to an owner", "a", risk=Risk.REVERSIBLE, argument=Argument.OWNER
    ),
    Command(
        "order.mine",
        "mine",
        "Take the order; with marks, through the dialog",
        Group.ACT,
        ("m",),
        risk=Risk.REVERSIBLE,
        role=_OPERATOR,
        acts_on_target=True,
    ),
    _act(
        ActionName.FULFILL,
        "fulfil",
        "Send all that is owed or a part; else, its parcels",
        "f",
        risk=Risk.OUTWARD,
        argument=Argument.NUMBER,
    ),
    _act(ActionName.SUPPORT, "support", "Escalate to the support queue with a note", "s", risk=Risk.REVERSIBLE),
    _act(
        ActionName.NOTE,
        "note",
        "Write a note for this desk, or change your own",
        "n",
        risk=Risk.REVERSIBLE,
        argument=Argument.TEXT,
    ),
    _act(
        ActionName.RETURNS, "return", "Accept, advance or deny the order's return", "r", risk=Risk.FINAL, name="return"
    ),
    _act(
        ActionName.INVENTORY,
        "stock",
        "Stock-out: hold the orders that wait for a SKU",
        "i",
        risk=Risk.OUTWARD,
        argument=Argument.SKU,
    ),
    _act(
        ActionName.TRACKING,
        "parcels",
        "The order's parcels and their numbers",
        risk=Risk.OUTWARD,
        argument=Argument.NUMBER,
    ),
    _act(
        ActionName.HOLD,
        "hold",
        "Hold what is owed; of what is held, show the holds",
        "H",
        risk=Risk.OUTWARD,
        argument=Argument.REASON,
    ),
    _act(ActionName.RELEASE, "release", "Release holds: this desk's, or those chosen", risk=Risk.OUTWARD),
    _act(ActionName.TAGS, "tag", "Add and remove tags", "#", risk=Risk.OUTWARD, argument=Argument.TAGS),
    _act(ActionName.ADDRESS, "address", "Correct the shipping address", risk=Risk.OUTWARD),
    _act(
        ActionName.CANCEL,
        "cancel",
        "Cancel the order in Shopify, for good",
        risk=Risk.FINAL,
        argument=Argument.CANCEL_REASON,
    ),
    Command(
        "order.bench",
        "bench",
        "Pack parcels with a scanner; this order first, if it owes",
        Group.ACT,
        ("B",),
        role=_OPERATOR,
        argument=Argument.ORDER,
        also=("pack",),
    ),
    Command(
        "text.editor",
        "editor",
        "A note in your $EDITOR; in a dialog, its text",
        Group.ACT,
        ("ctrl+g",),
        risk=Risk.REVERSIBLE,
        role=_OPERATOR,
        acts_on_target=True,
    ),
    _last_action("undo", "undo", "Take back the last action while it can be", "u"),
    _last_action("repeat", "repeat", "The last action again, on the present target", "."),
    _last_action("retry", "retry failed", "Try the failed part of the last action again", "R"),
    _desk("mark.toggle", "mark", "Mark the row and go on", Group.MARK, "space"),
    _desk("mark.range", "range", "Mark from here on; again to end", Group.MARK, "v"),
    _desk("mark.all", "mark all", "Mark this page; again: everything that matches", Group.MARK, "*"),
    _desk("mark.none", "unmark", "Remove all marks (undo brings them back)", Group.MARK, "U"),
    Command("go.down", "down", "Next row", Group.MOVE, ("j", "down")),
    Command("go.up", "up", "Previous row", Group.MOVE, ("k", "up")),
    Command("go.half_down", "half page down", "Half a screen down", Group.MOVE, ("ctrl+d",)),
    Command("go.half_up", "half page up", "Half a screen up", Group.MOVE, ("ctrl+u",)),
    Command("go.screen_down", "screen down", "A screen down", Group.MOVE, ("pagedown", "ctrl+f")),
    Command("go.screen_up", "screen up", "A screen up", Group.MOVE, ("pageup", "ctrl+b")),
    Command("go.first", "first", "First row of the view", Group.MOVE, ("g", "home")),
    Command("go.last", "last", "Last row of the view", Group.MOVE, ("G", "end")),
    _desk("go.next_page", "next page", "Next page", Group.MOVE, ">"),
    _desk("go.previous_page", "previous page", "Previous page", Group.MOVE, "<"),
    _desk("go.left", "left", "Columns to the left", Group.MOVE, "h left"),
    _desk("go.right", "right", "Columns to the right", Group.MOVE, "l right"),
    _desk("go.open", "open", "Open the order, or what the cursor is on", Group.MOVE, "enter"),
    Command("go.back", "back", "One level back; never quits, never unmarks", Group.MOVE, ("escape",)),
    Command("go.next_pane", "next pane", "Next pane", Group.MOVE, ("tab",)),
    Command("go.previous_pane", "previous pane", "Previous pane", Group.MOVE, ("shift+tab",)),
    Command("go.customer", "customer's orders", "All orders of the order's customer", Group.MOVE, ("c",)),
    Command("go.next_order", "next order", "Next order of the list", Group.MOVE, ("J",), IN_ORDER),
    Command("go.previous_order", "previous order", "Previous order of the list", Group.MOVE, ("K",), IN_ORDER),
    _desk("tab.next", "next tab", "Next tab", Group.MOVE, "]"),
    _desk("tab.previous", "previous tab", "Previous tab", Group.MOVE, "["),
    _desk("tab.back", "last tab", "The tab shown before this one", Group.MOVE, "-"),
    *(_tab(number, tab) for number, tab in enumerate(Tab, start=1)),
    _desk("tab.pinned", "pinned view", "The first pinned view; again: the next", Group.MOVE, "0"),
    _desk("tab.open", "tab", "Show a tab or a pinned view by its name", Group.MOVE, "", argument=Argument.TAB),
    _desk(
        "find.search",
        "filter",
        "Filter on the server: words and field:value",
        Group.FIND,
        "/",
        argument=Argument.FILTER,
    ),
    _desk("find.narrow", "narrow", "Narrow the loaded rows; in the side bar, choose the alerts", Group.FIND, "&"),
    _desk("find.clear", "clear filter", "Remove filter and narrowing", Group.FIND, "\\"),
    _desk("find.sort", "sort", "Choose the order of rows", Group.FIND, "S", argument=Argument.SORT),
    _desk("view.columns", "columns", "Choose and order the columns", Group.VIEW, "C", argument=Argument.COLUMN),
    _desk("view.open", "views", "Open a saved view", Group.VIEW, "V", argument=Argument.VIEW),
    _desk(
        "view.save",
        "save view",
        "Save tab, filter, sort and columns as a view",
        Group.VIEW,
        "W",
        argument=Argument.NAME,
    ),
    _desk("view.timeline", "timeline", "Show or hide the timeline below the table", Group.VIEW, "t"),
    _desk("view.sidebar", "alerts", "Show or hide alerts and panels", Group.VIEW, "!", argument=Argument.ALERTS),
    _desk("alert.acknowledge", "read", "The alert is read: it is away until its cause ends", Group.VIEW, "x"),
    _desk("alert.snooze", "snooze", "The alert is away for an hour", Group.VIEW, "Z"),
    _desk("alert.return", "put back", "Show every alert again that was read or snoozed", Group.VIEW, "X"),
    _desk("view.maximise", "maximise", "Give the pane the room of the others, and back", Group.VIEW, "+"),
    _desk("view.freeze", "freeze", "Hold the screen still; again to catch up", Group.VIEW, "z"),
    Command("view.log", "log", "What was done here, with results", Group.VIEW, ("L",)),
    Command("view.mentions", "mentions", "Notes that name you, and their orders", Group.VIEW),
    _desk("view.pulse", "pulse", "The state of the desk at a glance", Group.VIEW, "p"),
    Command(
        "view.outbox", "outbox", "Writes that wait or failed, and dead letters", Group.VIEW, ("O",), role=Role.LEAD
    ),
    Command("view.theme", "theme", "Next colour theme, or the one named", Group.VIEW, ("T",), argument=Argument.THEME),
    Command("take.copy", "copy", "Copy the order number", Group.TAKE, ("y",)),
    Command("take.copy_more", "copy more", "Choose what to copy", Group.TAKE, ("Y",)),
    Command("take.browser", "browser", "Open the order in the shop's admin", Group.TAKE, ("o",)),
    _desk("take.export", "export", "Write marks or view to a file", Group.TAKE, "e"),
    Command("take.pick", "pick", "Pick list or slips of what can be sent", Group.TAKE, ("P",)),
    Command("desk.refresh", "refresh", "Ask the server now", Group.DESK, ("ctrl+r", "f5")),
    Command("desk.redraw", "redraw", "Draw the screen again", Group.DESK, ("ctrl+l",)),
    Command("desk.line", "command", "Type a command", Group.DESK, (":",)),
    Command("desk.palette", "palette", "Find a command", Group.DESK, ("ctrl+p",)),
    Command("desk.shop", "shop", "Go to the shop of another profile", Group.DESK, argument=Argument.PROFILE),
    Command("desk.help", "help", "Every key, searchable", Group.DESK, ("?", "f1")),
    Command("desk.quit", "quit", "Close the pane; at the desk, twice to quit", Group.DESK, ("q",)),
    Command("desk.quit_now", "quit", "Quit; asks while something is being sent", Group.DESK, ("ctrl+q",), also=("q",)),
)


class CommandSet:
    """The commands of one client: the registry, and behind it those of the operator's own configuration.

    Raises ValueError where two have one id.
    """

    def __init__(self, commands: Iterable[Command]) -> None:
        self.commands = tuple(commands)
        self.by_id = {command.id: command for command in self.commands}
        if len(self.by_id) < len(self.commands):
            raise ValueError("two commands have one id")
        first = {word: command for command in reversed(self.commands) for word in reversed(command.words)}
        self._by_word = first | {command.word: command for command in reversed(self.commands)}

    def __iter__(self) -> Iterator[Command]:
        return iter(self.commands)

    def __getitem__(self, command_id: str) -> Command:
        return self.by_id[command_id]

    def by_word(self, word: str) -> Command | None:
        """The command that `:word` means: one of its words, or the only one that starts so."""
        if word in self._by_word:
            return self._by_word[word]
        starting = [command for command in self.commands if command.word.startswith(word)]
        return starting[0] if len(starting) == 1 else None

    def parse_line(self, text: str) -> tuple[Command | None, str, str]:
        """What stands after `:` as command, its word as typed, and what comes behind it. None: no command has that word.

        A word of several (`mark-all`) may be typed with blanks, where the first of them takes nothing.
        """
        first, _, rest = text.strip().partition(" ")
        alone, whole = self._by_word.get(first), self._by_word.get(_dashed(text))
        if whole is not None and not (
            rest and alone is not None and alone.argument not in {Argument.NONE, Argument.TAB}
        ):
            return whole, whole.word, ""
        second, _, behind = rest.strip().partition(" ")
        two = f"{first} {_dashed(second)}"
        if second and (command := self.by_word(two)) is not None:
            return command, two, behind.strip()
        return self.by_word(_dashed(first)), first, rest.strip()


BUILT_IN = CommandSet(COMMANDS)
"""The registry's own."""
