"""Keys: every command has its place, a remapping is checked whole before any of it is used."""

from __future__ import annotations

import pytest

from orders_tui.commands import BUILT_IN, COMMANDS, Place
from orders_tui.keymap import KeymapError, build, check, exists
from orders_wire.vocabulary import Tab


def test_no_key_means_two_things_in_one_place() -> None:
    build()


def test_ids_and_words_are_unique() -> None:
    assert len(BUILT_IN.by_id) == len(COMMANDS)
    assert len({command.word for command in COMMANDS}) == len(COMMANDS)


def test_every_default_key_exists() -> None:
    assert [key for command in COMMANDS for key in command.keys if not exists(key)] == []


def test_every_tab_has_its_digit() -> None:
    keymap = build()
    found = [keymap.find(Place.DESK, str(number)) for number in range(1, 10)]
    assert [command.id for command in found if command] == [f"tab.{tab}" for tab in Tab]


def test_a_remapped_key_replaces_the_default() -> None:
    keymap = build({"order.fulfill": "F, ctrl+f", "go.screen_down": "pagedown"})
    assert keymap.find(Place.DESK, "f") is None
    command = keymap.find(Place.DESK, "ctrl+f")
    assert command is not None
    assert command.id == "order.fulfill"
    assert keymap.remapped("order.fulfill")


@pytest.mark.parametrize("none", ["", "none"])
def test_none_unbinds(none: str) -> None:
    assert build({"take.export": none}).find(Place.DESK, "e") is None


@pytest.mark.parametrize(
    ("remapped", "fault"),
    [
        ({"order.asign": "a"}, "did you mean order.assign"),
        ({"order.assign": "hyper+q"}, "there is no key 'hyper+q'"),
        ({"order.assign": "f"}, "f is both order.assign and order.fulfill"),
        ({"order.assign": "enter"}, "enter is fixed"),
        ({"desk.quit_now": "none"}, "ctrl+q cannot be taken away"),
    ],
)
def test_a_fault_is_named(remapped: dict[str, str], fault: str) -> None:
    with pytest.raises(KeymapError, match=fault.replace("+", r"\+")):
        build(remapped)


def test_keys_that_terminals_swallow_are_doubted() -> None:
    assert check({"order.assign": "ctrl+enter"}) == [
        "order.assign: ctrl+enter may not arrive: most terminals cannot send it"
    ]
    assert check({"order.assign": "A"}) == []


def test_a_word_may_be_shortened_while_it_is_clear() -> None:
    fulfill, ambiguous = BUILT_IN.by_word("ful"), BUILT_IN.by_word("re")
    assert fulfill is BUILT_IN["order.fulfill"]
    assert ambiguous is None


def test_every_command_is_meant_by_its_word_and_by_its_id() -> None:
    for command in COMMANDS:
        assert BUILT_IN.parse_line(command.word)[0] is command
        assert BUILT_IN.parse_line(command.id.replace(".", "-").replace("_", "-"))[0] is command


@pytest.mark.parametrize(
    ("line", "meant", "argument"),
    [
        ("assign ana", "order.assign", "ana"),
        ("search owner:none", "find.search", "owner:none"),
        ("filter owner:none age:>2d", "find.search", "owner:none age:>2d"),
        ("sort -ship_by", "find.sort", "-ship_by"),
        ("tab overdue", "tab.overdue", ""),
        ("tab awaiting_tracking", "tab.awaiting_tracking", ""),
        ("tab over", "tab.overdue", ""),
        ("tab", "tab.open", ""),
        ("tab mine", "tab.open", "mine"),
        ("quit", "desk.quit_now", ""),
        ("q", "desk.quit_now", ""),
        ("theme", "view.theme", ""),
        ("theme light", "view.theme", "light"),
        ("columns", "view.columns", ""),
        ("views late, in Berlin", "view.open", "late, in Berlin"),
        ("  assign   ana  ", "order.assign", "ana"),
    ],
)
def test_a_line_is_a_command_and_what_it_takes(line: str, meant: str, argument: str) -> None:
    command, _, rest = BUILT_IN.parse_line(line)
    assert command is BUILT_IN[meant]
    assert rest == argument


@pytest.mark.parametrize("line", ["", "nothing", "asgn ana"])
def test_a_line_that_is_no_command_means_none(line: str) -> None:
    assert BUILT_IN.parse_line(line)[0] is None
