"""Every action of the contract is whole: a draft with its effect, its request and its words, a dialog, a command and a verb."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from typing import Any

import pytest

from orders_tui.actions.draft import Draft
from orders_tui.actions.registry import ACTIONS
from orders_tui.cli.parser import build
from orders_tui.cli.verbs import VERBS
from orders_tui.commands import COMMANDS
from orders_tui.dialogs.action_dialog import ActionDialog, dialog_of
from orders_wire import operations
from orders_wire.vocabulary import ActionName

NO_DIALOG = {ActionName.UNDO: "it asks nothing: its key takes back at once"}
OPENED = frozenset(command.action for command in COMMANDS)


def missing(
    action: ActionName,
    drafts: Mapping[ActionName, type[Draft]] = ACTIONS,
    dialog: Callable[[ActionName], type[ActionDialog[Any]]] = dialog_of,
    verbs: Mapping[ActionName, object] = VERBS,
    opened_by: Container[ActionName | None] = OPENED,
) -> Iterator[str]:
    """What an action lacks, in words."""
    kind = drafts.get(action)
    if kind is None:
        yield "draft"
    else:
        yield from sorted(kind.__abstractmethods__)
        yield from (name for name in ("action", "word") if not hasattr(kind, name))
    if action not in verbs:
        yield "verb"
    if action not in NO_DIALOG:
        if action not in opened_by:
            yield "command"
        try:
            dialog(action)
        except ImportError:
            yield "dialog"


@pytest.mark.parametrize("action", ActionName)
def test_an_action_lacks_nothing(action: ActionName) -> None:
    assert not list(missing(action))


@pytest.mark.parametrize("action", ActionName)
def test_what_an_action_lacks_is_noticed(action: ActionName) -> None:
    assert list(missing(action, drafts={})) == ["draft"]
    assert list(missing(action, verbs={})) == ["verb"]
    for part in ("effect", "body", "done"):
        half = type("Half", (ACTIONS[action],), {part: getattr(Draft, part)})
        assert list(missing(action, drafts={action: half})) == [part]
    without_words = type("Wordless", (Draft,), {"effect": None, "body": None, "done": None, "action": action})
    assert list(missing(action, drafts={action: without_words})) == ["word"]


@pytest.mark.parametrize("action", [action for action in ActionName if action not in NO_DIALOG])
def test_a_missing_dialog_or_command_is_noticed(action: ActionName) -> None:
    def none(_: ActionName) -> type[ActionDialog[Any]]:
        raise ModuleNotFoundError

    assert list(missing(action, dialog=none)) == ["dialog"]
    assert list(missing(action, opened_by={})) == ["command"]


def test_an_action_is_registered_once_and_under_its_own_name() -> None:
    assert list(ACTIONS) == list(ActionName)
    assert all(kind.action is action for action, kind in ACTIONS.items())


@pytest.mark.parametrize("action", NO_DIALOG)
def test_what_needs_no_dialog_has_none(action: ActionName) -> None:
    with pytest.raises(ModuleNotFoundError):
        dialog_of(action)


@pytest.mark.parametrize("action", ActionName)
def test_the_command_line_has_its_verb(action: ActionName) -> None:
    assert f"\n    {action} " in build().format_help()


def test_a_command_needs_the_role_that_the_server_asks_for() -> None:
    for command in COMMANDS:
        if command.action is not None:
            assert command.role is operations.ACTIONS[command.action].role
