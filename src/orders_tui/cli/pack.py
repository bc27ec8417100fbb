"""`pack`: a parcel from a file of scans. Nothing is sent unless every scan is right and the parcel is complete."""

from __future__ import annotations

import asyncio
import io
import sys
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from orders_tui import paths
from orders_tui.actions.fulfill import Parcel
from orders_tui.actions.pack import PackDraft
from orders_tui.cli.actions import Result, conclude, settled
from orders_tui.cli.connection import configured, connect
from orders_tui.cli.output import complain
from orders_tui.context.station import OPEN_ELSEWHERE, draft_of
from orders_tui.errors import ReadOnly, Refused, UsageError
from orders_tui.pace import new_key
from orders_tui.packing import label
from orders_tui.packing.bench import Bench, Stage
from orders_tui.packing.folder import ParcelFolder
from orders_tui.packing.lines import NotCounted
from orders_tui.packing.parcel import OpenParcel
from orders_tui.packing.words import Word
from orders_wire.vocabulary import ErrorCode

if TYPE_CHECKING:
    from orders_tui.api.client import SyncApi

STDIN = "-"
LARGEST = 1_000_000
"""Characters of a file of scans."""
NOT_IN_A_FILE = {
    Word.LABEL: "the label is given with --tracking",
    Word.NO_LABEL: "that there is no label is said with --no-label",
    Word.UNDO: "what was sent is taken back with orders-tui undo",
}
"""Words of the bench that a file of scans does not have."""


def pack(given: Namespace) -> int:
    """`pack ORDER --scan-file FILE --tracking NUMBER`. Raises ReadOnly, UsageError before anything is asked."""
    config = configured(given)
    if config.read_only:
        raise ReadOnly
    if given.carrier and not given.tracking:
        raise UsageError("pack: --carrier goes with --tracking")
    scans = list(_scans(given.scan_file))
    return asyncio.run(_pack(given, scans, ParcelFolder(paths.packing_folder(config))))


async def _pack(given: Namespace, scans: list[tuple[int, str]], folder: ParcelFolder) -> int:
    async with connect(given) as api:
        try:
            draft = await _draft(api, given, scans, folder)
            result = await settled(api, draft, given.key or new_key())
        except Refused as error:
            result = Result(PackDraft((given.order,)), "", error=error)
        finally:
            folder.release()
    if result.answer is not None:
        folder.drop(result.draft.order_ids[0])
    return conclude(given, [result], {result.draft.order_ids[0]: given.order})


async def _draft(api: SyncApi, given: Namespace, scans: list[tuple[int, str]], folder: ParcelFolder) -> PackDraft:
    """What is sent. Raises ApiError, and Refused for what stands against it here."""
    from orders_tui.session.slip import read_slip

    slip, _ = await read_slip(api, given.order)
    number = slip.parcel.order_number
    if slip.obstacle:
        raise Refused(ErrorCode.INVALID_REQUEST, f"{number} is {slip.obstacle}; nothing was sent")
    if not folder.claim(slip.parcel.order_id):
        raise Refused(ErrorCode.INVALID_REQUEST, f"{number} {OPEN_ELSEWHERE}; nothing was sent")
    if slip.against:
        complain(f"pack {given.order}: {number} is not ready: {slip.against}")
    parcel = _counted(slip.parcel, scans, given.scan_file)
    if not parcel.complete:
        raise Refused(ErrorCode.INVALID_REQUEST, f"{number} is not complete: {_missing(parcel)}; nothing was sent")
    if given.tracking and (why := label.fault(given.tracking, parcel, {}, typed=True)):
        raise Refused(ErrorCode.INVALID_REQUEST, f"--tracking: {why}; nothing was sent")
    draft = draft_of(parcel.labelled(given.tracking or ""))
    if given.carrier:
        draft = replace(draft, parcels={parcel.order_id: Parcel(given.tracking, given.carrier)})
    return replace(draft, notify=given.notify)


def _counted(parcel: OpenParcel, scans: list[tuple[int, str]], name: str) -> OpenParcel:
    """The parcel with every scan. Raises Refused once each wrong line was said."""
    bench, wrong = Bench(_Nowhere(), slips=False), 0
    bench.opened(parcel)
    where = "stdin" if name == STDIN else name
    for line, text in scans:
        if why := _fault(bench, text):
            wrong += 1
            complain(f"{where}, line {line}: {why}")
    if wrong:
        lines = f"{wrong} line{'s are' if wrong > 1 else ' is'} wrong"
        raise Refused(ErrorCode.INVALID_REQUEST, f"{lines} in {where}; nothing was sent")
    assert bench.parcel is not None
    return bench.parcel


def _fault(bench: Bench, text: str) -> str:
    """What is wrong with a line, which is then not counted."""
    parcel = bench.parcel
    assert parcel is not None
    if text.partition(" ")[0] in NOT_IN_A_FILE:
        return NOT_IN_A_FILE[Word(text.partition(" ")[0])]
    if bench.stage is Stage.LABEL and text[:1] not in {"-", ":"}:
        try:
            parcel.scan(text)
        except NotCounted as problem:
            return f"{problem}; the label is given with --tracking"
    bench.enter(text)
    why = bench.alarm
    if why:
        bench.escape()
    return why


class _Nowhere:
    """The world of a bench that only counts."""

    def keep(self, parcel: OpenParcel) -> None:
        """The file is still there."""

    def drop(self, order_id: str) -> None:
        """Nothing was kept."""

    def open(self, code: str) -> None:
        """It has one order."""

    def send(self, parcel: OpenParcel) -> None:
        """The label is none of the file."""

    def undo(self) -> None:
        """Nothing was sent."""


def _missing(parcel: OpenParcel) -> str:
    missing = [f"{room} of {line.name}" for line in parcel.lines if (room := parcel.room(line)) > 0]
    if not missing:
        return "all is left owed"
    return f"missing {', '.join(missing)} (scan them, or :short leaves them owed)"


def _scans(name: str) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, with their numbers. Raises UsageError."""
    where = "stdin" if name == STDIN else name
    try:
        text = _read(sys.stdin) if name == STDIN else _opened(Path(name).expanduser())
    except OSError as error:
        raise UsageError(f"pack: {where} cannot be read ({error.strerror or error})") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"pack: {where} is not UTF-8 (at byte {error.start})") from error
    if len(text) > LARGEST:
        raise UsageError(f"pack: {where} has more than {LARGEST:,} characters; a parcel's scans are far fewer")
    lines = enumerate(text.removeprefix("\ufeff").splitlines(), start=1)
    yield from ((number, line.strip()) for number, line in lines if line.strip())


def _opened(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return _read(file)


def _read(file: TextIO) -> str:
    if isinstance(file, io.TextIOWrapper):
        file.reconfigure(encoding="utf-8", errors="strict")
    return file.read(LARGEST + 1)
