"""What is said of other people: who is at an order and does what there, who has named the operator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from orders_tui.wording.states import Sign, Tone

if TYPE_CHECKING:
    from orders_wire.detail import Present

MOST_NAMED = 3
ERASED = "the text was erased"
"""Instead of what a note said whose customer was erased."""
LONGEST_NAME = 24
"""Characters: a name may have 120, and a line says more than one."""
_HERE = Sign("☻", "h", "somebody", "", Tone.ACTIVE)


def doing(action: str | None) -> str:
    """What somebody does at an order: `fulfilling`; an action that is not known here by its own name; empty: they look."""
    if not action:
        return ""
    from orders_tui.actions.registry import ACTIONS

    known: dict[str, str] = {name: draft.doing for name, draft in ACTIONS.items()}
    return known.get(action) or _short(action.replace("_", " "))


def presence(people: Sequence[Present]) -> str:
    """Who is at an order: `ana is here, fulfilling`; `ana (fulfilling), bo are here`; empty: nobody else."""
    if len(people) == 1:
        return ", ".join(filter(None, (f"{_short(people[0].name)} is here", doing(people[0].doing))))
    names = [
        f"{_short(each.name)}{f' ({what})' if (what := doing(each.doing)) else ''}" for each in people[:MOST_NAMED]
    ]
    more = len(people) - MOST_NAMED
    return f"{', '.join(names)}{f' and {more} more' if more > 0 else ''} are here" if names else ""


def here(people: Sequence[Present]) -> list[Sign]:
    """The same as a sign with the names; where there is no room for them it says how many they are. None where nobody is."""
    if not people:
        return []
    names = ", ".join(_short(each.name) for each in people[:MOST_NAMED])
    more = f" +{len(people) - MOST_NAMED}" if len(people) > MOST_NAMED else ""
    return [replace(_HERE, word=f"{names}{more}", short=str(len(people)) if len(people) > 1 else "")]


def mentioned(by: str | None, order_number: str | None) -> str:
    """`ana mentioned you on #1042`."""
    return f"{_short(by or 'somebody')} mentioned you on {order_number or 'an order'}"


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 3]}..."
