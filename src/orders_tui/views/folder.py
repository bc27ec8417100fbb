"""The folder of views: a file for each, whoever put it there.

Invariants: a file that cannot be read costs nothing but itself, and is named; what is saved replaces the file of that name whole,
or is a new one, so that clients that save at once lose nothing of each other's; no other file is touched.
"""

from __future__ import annotations

import asyncio
import os
import re
import stat
import tempfile
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from orders_tui import private_files, sanitise
from orders_tui.errors import ClientError
from orders_tui.views import view_file
from orders_tui.views.saved_view import LONGEST_NAME, SavedView
from orders_tui.views.view_file import ViewFault

LARGEST, MOST = 8 * 1024, 200
"""Bytes of a file, and files."""


class NotSaved(ClientError):
    """A view could not be written or deleted; the sentence says why."""


class ViewFolder:
    """`views` by name, and `faults`, a sentence for each file that is no view: both as of the last `read`. `left`: lines that are
    no files.

    Without a path views are kept in memory. `columns` are those that a view may have; none: any.
    """

    def __init__(self, path: Path | None = None, columns: Collection[str] = ()) -> None:
        self.path, self._columns = path, columns
        self.views: dict[str, SavedView] = {}
        self.faults: list[str] = []
        self.left: dict[str, str] = {}
        self._files: dict[str, Path] = {}
        self._changes = 0

    @property
    def pinned(self) -> list[str]:
        """The names of those that stand among the tabs, in their order."""
        return sorted((name for name, view in self.views.items() if view.pinned), key=str.casefold)

    def read(self) -> None:
        """Reads every file anew."""
        if self.path is not None:
            self._take(_found(self.path, self._columns))

    async def refresh(self) -> None:
        """As `read`, beside everything else; what is saved or deleted meanwhile stays so."""
        if self.path is not None:
            before = self._changes
            found = await asyncio.to_thread(_found, self.path, self._columns)
            if before == self._changes:
                self._take(found)

    def _take(self, found: _Found) -> None:
        self._changes += 1
        self.views, self._files, self.faults = found.views, found.files, found.faults

    def save(self, name: str, view: SavedView) -> None:
        """Writes a view, over the one of this name. Raises NotSaved."""
        if self.path is not None:
            try:
                self._write(name, view_file.write(name, view))
            except OSError as error:
                raise NotSaved(f"{name} cannot be saved in {self.path} ({error.strerror})") from error
            self.read()
        self._changes += 1
        self.views[name] = view

    def delete(self, name: str) -> None:
        """Deletes a view's file. Raises NotSaved."""
        self.read()
        path = self._files.pop(name, None)
        if path is not None:
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise NotSaved(f"{path} cannot be deleted ({error.strerror})") from error
        self._changes += 1
        self.views.pop(name, None)

    def adopt(self, lines: Mapping[str, str]) -> None:
        """Takes in views that were kept as lines; one of a name that another view has gets a number behind it. Those that cannot
        be read, or not be written, are `left`.
        """
        for wanted, line in lines.items():
            try:
                view = self._of_line(line)
                if (name := self._free(wanted, view)) not in self.views:
                    self.save(name, view)
            except (ValueError, NotSaved) as error:
                self.left[wanted] = line
                self.faults.append(sanitise.text(f"{wanted}: {error}"))

    def _of_line(self, line: str) -> SavedView:
        view = SavedView.from_line(line)
        known = tuple(key for key in view.columns if not self._columns or key in self._columns)
        return replace(view, columns=known)

    def _free(self, wanted: str, view: SavedView) -> str:
        """The name, with a number behind it where a view that shows something else has it."""
        plain = sanitise.text(wanted).strip()[: LONGEST_NAME - 4] or "view"
        names = (plain if number == 1 else f"{plain} {number}" for number in count(1))
        return next(name for name in names if self.views.get(name, view).same(view))

    def _write(self, name: str, text: str) -> None:
        """Raises OSError."""
        assert self.path is not None
        private_files.make_folder(self.path)
        self.read()
        descriptor, beside = tempfile.mkstemp(prefix=".", suffix=".new", dir=self.path)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                with suppress(PermissionError):  # a share that has modes of its own
                    os.fchmod(descriptor, stat.S_IMODE(self.path.stat().st_mode) & 0o666)
                file.write(text)
            if name in self._files:
                Path(beside).replace(self._files[name])
            else:
                self._link(Path(beside), name)
        finally:
            with suppress(OSError):
                Path(beside).unlink(missing_ok=True)

    def _link(self, beside: Path, name: str) -> None:
        """Gives the file a name that no other has, even where another client is at it; one of the same view is replaced."""
        assert self.path is not None
        stem = re.sub(r"[^\w]+", "-", name.casefold()).strip("-") or "view"
        for number in count(1):
            path = self.path / (f"{stem}.toml" if number == 1 else f"{stem}-{number}.toml")
            try:
                _take_name(beside, path)
                return
            except FileExistsError:
                if self._name_in(path) == name:
                    beside.replace(path)
                    return

    def _name_in(self, path: Path) -> str:
        try:
            return view_file.read(_text(path), path.stem, self._columns)[0]
        except ViewFault:
            return ""


def _take_name(beside: Path, path: Path) -> None:
    """Raises FileExistsError where another file has the name."""
    try:
        os.link(beside, path)
    except FileExistsError:
        raise
    except OSError:  # a share or a stick that knows no second name of a file
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        beside.replace(path)


@dataclass
class _Found:
    """What lies in a folder."""

    views: dict[str, SavedView]
    files: dict[str, Path]
    faults: list[str]


def _found(folder: Path, columns: Collection[str]) -> _Found:
    found, paths = _Found({}, {}, []), _paths(folder)
    if len(paths) > MOST:
        found.faults.append(f"{folder}: {len(paths)} views; the first {MOST} by the names of their files are read")
    for path in paths[:MOST]:
        try:
            name, view = view_file.read(_text(path), path.stem, columns)
            if name in found.views:
                raise ViewFault(
                    f"its name {name!r} is that of {found.files[name].name}; each view has a name of its own"
                )
        except ViewFault as fault:
            found.faults.append(f"{sanitise.text(path.name)}: {fault}")
            continue
        found.views[name], found.files[name] = view, path
    found.views = dict(sorted(found.views.items(), key=lambda each: each[0].casefold()))
    return found


def _paths(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == ".toml" and not path.name.startswith("."))
    except OSError:
        return []


def _text(path: Path) -> str:
    """What stands in a file; in nothing but a file, and no more than a view may have. Raises ViewFault."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise ViewFault("is no file")
            read = os.read(descriptor, LARGEST + 1)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise ViewFault(f"cannot be read ({error.strerror})") from None
    if len(read) > LARGEST:
        raise ViewFault(f"is larger than {LARGEST // 1024} KiB; a view is a few lines")
    try:
        return read.decode("utf-8")
    except UnicodeDecodeError:
        raise ViewFault("is not UTF-8") from None
