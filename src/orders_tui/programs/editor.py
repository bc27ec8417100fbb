"""A text in the operator's own editor: `$VISUAL`, else `$EDITOR`, at the terminal, which was given to it.

The text lies in a file of the operator alone, in a folder of its own that goes with all that the editor left there. No shell
reads the command, and no token of ours is in the environment that it gets.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from orders_tui import private_files
from orders_tui.errors import ClientError
from orders_tui.programs.argv import NotRun, located

VARIABLES = ("VISUAL", "EDITOR")
LARGEST = 1024 * 1024
"""Bytes that are read of what came back."""
OURS = ("ORDERS_TUI_", "ORDERS_SYNC_")
"""What variables of ours begin with: they may hold secrets."""
NAME = "text.txt"


class NotEdited(ClientError):
    """The text stays as it was; the sentence says why."""


class Editor:
    """Edits one text at a time."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._environ = environ
        self._folder: Path | None = None
        self._process: asyncio.subprocess.Process | None = None

    @property
    def busy(self) -> bool:
        """Whether one is open."""
        return self._folder is not None

    def argv(self) -> list[str]:
        """The editor and its own arguments. Raises NotEdited where none is named, or none is there."""
        import shlex

        name = next((name for name in VARIABLES if self._environ.get(name, "").strip()), "")
        if not name:
            raise NotEdited("no editor is named: set VISUAL or EDITOR before the desk is started, as EDITOR=nano")
        try:
            program, *arguments = shlex.split(self._environ[name])
            return [located(program), *arguments]
        except (ValueError, NotRun) as error:
            why = error if isinstance(error, NotRun) else f"its quotes do not match ({error})"
            raise NotEdited(f"{name} names no editor that can be run: {why}") from error

    async def edit(self, text: str) -> str:
        """The text as it is when the editor has ended. Raises NotEdited. The terminal has to be the editor's."""
        argv = self.argv()
        try:
            path = self._written(text)
            await self._run([*argv, str(path)])
            return _read(path)
        finally:
            self._clear()

    def kill(self) -> None:
        """Ends the editor at once, and its file is gone; for an end that waits for nothing."""
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.kill()
        self._clear()

    def _written(self, text: str) -> Path:
        import tempfile

        try:
            self._folder = Path(tempfile.mkdtemp(prefix="orders-tui-"))
            path = self._folder / NAME
            private_files.write(path, f"{text}\n" if text else "")
        except (OSError, UnicodeEncodeError) as error:
            raise NotEdited(f"the text cannot be handed to the editor ({_reason(error)})") from error
        return path

    async def _run(self, argv: list[str]) -> None:
        environ = {name: value for name, value in self._environ.items() if not name.startswith(OURS)}
        with _ctrl_c_is_the_editors():
            try:
                self._process = await asyncio.create_subprocess_exec(*argv, env=environ)
            except (OSError, ValueError) as error:
                raise NotEdited(f"{argv[0]} cannot be run ({_reason(error)}): the text stays as it was") from error
            try:
                status = await self._process.wait()
            except asyncio.CancelledError:
                self.kill()
                raise
            finally:
                self._process = None
        if status:
            how = f"by a signal ({-status})" if status < 0 else f"with status {status}"
            raise NotEdited(f"{Path(argv[0]).name} ended {how}: the text stays as it was")

    def _clear(self) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


def _read(path: Path) -> str:
    """What came back, without the line's end that editors put behind it."""
    try:
        with path.open("rb") as file:
            body = file.read(LARGEST + 1)
    except OSError as error:
        raise NotEdited(f"the editor left no file to read ({_reason(error)}): the text stays as it was") from error
    if len(body) > LARGEST:
        raise NotEdited(f"what came back is larger than {LARGEST // 1024} KiB: the text stays as it was")
    try:
        return body.decode().replace("\r\n", "\n").rstrip("\n")
    except UnicodeDecodeError as error:
        raise NotEdited(f"what came back is not UTF-8 (at byte {error.start}): the text stays as it was") from error


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or type(error).__name__


@contextmanager
def _ctrl_c_is_the_editors() -> Iterator[None]:
    """The terminal sends it to both. A handler, because what is ignored would be ignored in the editor too."""

    def nothing(_number: int, _frame: FrameType | None) -> None:
        pass

    numbers = (signal.SIGINT, signal.SIGQUIT)
    before = {number: signal.signal(number, nothing) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)
