"""Parcels that were begun, one private file each, so that what is counted outlives the desk, and terminals of one machine do not
write over each other's. A parcel is one terminal's at a time, for as long as it is open there.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zlib import crc32

from orders_tui import private_files
from orders_tui.packing.lines import How, PackLine, Step
from orders_tui.packing.parcel import OpenParcel

_OF_LINE = tuple(field.name for field in fields(PackLine) if field.compare)


@dataclass(frozen=True, slots=True)
class Begun:
    """A parcel that was begun, and when something was last counted."""

    parcel: OpenParcel
    at: datetime


class ParcelFolder:
    """`path`: of one server; None: nothing is kept."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._lock: int | None = None

    def keep(self, parcel: OpenParcel) -> bool:
        """Whole or not at all. False when it could not be written."""
        return self._path is None or private_files.write_json(self._file(parcel.order_id), _written(parcel))

    def drop(self, order_id: str) -> None:
        """Forgets what was counted."""
        if self._path is not None:
            with suppress(OSError):
                self._file(order_id).unlink(missing_ok=True)

    def find(self, order_id: str) -> OpenParcel | None:
        """What was counted of an order."""
        return _read(private_files.read_json(self._file(order_id))) if self._path is not None else None

    def all(self) -> list[Begun]:
        """Every one that was begun, the newest first."""
        found = []
        with suppress(OSError):
            for file in self._path.glob("*.json") if self._path is not None else ():
                parcel, at = _read(private_files.read_json(file)), datetime.fromtimestamp(file.stat().st_mtime, UTC)
                if parcel is not None:
                    found.append(Begun(parcel, at))
        return sorted(found, key=lambda begun: begun.at, reverse=True)

    def claim(self, order_id: str) -> bool:
        """Makes an order's parcel this process's, until `release` or its end, whatever that is. False: it is another's."""
        if self._path is None:
            return True
        self.release()
        try:
            import fcntl

            private_files.make_folder(self._path)
            self._lock = os.open(self._path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except (ImportError, OSError):  # where nothing can be locked, nothing is
            return True
        try:
            fcntl.lockf(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, crc32(order_id.encode()))
        except BlockingIOError:
            self.release()
            return False
        except OSError:
            return True
        return True

    def release(self) -> None:
        """It is anybody's again."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _file(self, order_id: str) -> Path:
        assert self._path is not None
        number = order_id.rpartition("/")[2]
        return self._path / f"{number if number.isalnum() else crc32(order_id.encode())}.json"


def _written(parcel: OpenParcel) -> Mapping[str, Any]:
    steps = [[step.line_id, step.how] for step in parcel.steps]
    kept = {name: getattr(parcel, name) for name in ("order_id", "order_number", "version", "changes")}
    return {**kept, "lines": _lines_written(parcel.lines), "steps": steps, "seen": _lines_written(parcel.seen)}


def _lines_written(lines: Iterable[PackLine]) -> list[Mapping[str, Any]]:
    return [{name: getattr(line, name) for name in _OF_LINE} for line in lines]


def _lines_read(lines: Iterable[Mapping[str, Any]]) -> tuple[PackLine, ...]:
    return tuple(PackLine(**{name: line[name] for name in _OF_LINE}) for line in lines)


def _read(body: Mapping[str, Any]) -> OpenParcel | None:
    try:
        lines = _lines_read(body["lines"])
        known = {line.id for line in lines}
        return OpenParcel(
            str(body["order_id"]),
            str(body["order_number"]),
            int(body["version"]),
            lines,
            tuple(Step(line_id, How(how)) for line_id, how in body["steps"] if line_id in known),
            tuple(map(str, body["changes"])),
            _lines_read(body["seen"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
