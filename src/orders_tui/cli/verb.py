"""What a verb of the command line is. Knows no model and no network: only argparse, drafts and the contract's words."""

from __future__ import annotations

from abc import ABC, abstractmethod
from argparse import ArgumentParser, ArgumentTypeError, BooleanOptionalAction, Namespace
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import ClassVar, TypeVar

from orders_tui.actions.draft import Draft
from orders_tui.errors import UsageError
from orders_wire.spelling import none_of
from orders_wire.vocabulary import ActionName

Row = Mapping[str, str]
W = TypeVar("W", bound=StrEnum)


class Verb(ABC):
    """One verb. `columns` are those of its CSV on stdin beside `order`; None where nothing is read from there."""

    action: ClassVar[ActionName]
    text: ClassVar[str]
    columns: ClassVar[tuple[str, ...] | None] = None

    @abstractmethod
    def add_options(self, command: ArgumentParser) -> None:
        """Its own arguments; ORDER, `--json` and `--key` are there."""

    @abstractmethod
    def drafts(self, given: Namespace, rows: Sequence[Row]) -> Iterable[Draft]:
        """What is asked for: `rows` are the orders, each with its cells. Raises UsageError naming what is missing or wrong."""


def word(words: type[W], text: str | None, what: str) -> W:
    """One of a closed set of words. Raises UsageError naming what it is for."""
    if text not in list(words):
        raise UsageError(f"{what}: {none_of(text or '', words)}")
    return words(text)


def add_notify(command: ArgumentParser) -> None:
    """`--notify` and `--no-notify`."""
    words = "mail the customer, or do not; without: as the server is set (NOTIFY_CUSTOMER)"
    command.add_argument("--notify", action=BooleanOptionalAction, default=None, help=words)


def units_of(text: str) -> tuple[str, int]:
    """`TEE-BLK-M=2` as a line's name and a quantity. Raises ArgumentTypeError."""
    name, _, quantity = text.rpartition("=")
    if not name.strip() or not quantity.strip().isdecimal() or int(quantity) < 1:
        raise ArgumentTypeError(f"{text!r} is not SKU=N, with N from 1")
    return name.strip(), int(quantity)
