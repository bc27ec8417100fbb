"""A network between a process and PostgreSQL that breaks at a commit: before it arrives, or before its answer does."""

from __future__ import annotations

import select
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from sqlalchemy import make_url

_NAME = ".s.PGSQL.5432"


class Forgetful:
    """Passes bytes on. `loses`: what the next commit loses, `itself` or its `answer`; None: nothing."""

    def __init__(self, server: Path) -> None:
        self.loses: str | None = None
        self._server = server

    def accept(self, listening: socket.socket) -> None:
        """Until it is closed."""
        with suppress(OSError):
            while True:
                near, _ = listening.accept()
                threading.Thread(target=self._connect, args=(near,), daemon=True).start()

    def _connect(self, near: socket.socket) -> None:
        with suppress(OSError), near, socket.socket(socket.AF_UNIX) as far:
            far.connect(str(self._server))
            lost = None
            while lost != "itself":
                (ready, *_), _, _ = select.select([near, far], [], [])
                data = ready.recv(1 << 16)
                if not data or (ready is far and lost == "answer"):
                    return
                if ready is near and self.loses is not None and b"COMMIT\0" in data:
                    lost, self.loses = self.loses, None
                if lost != "itself":
                    (far if ready is near else near).sendall(data)


@contextmanager
def forgetful(url: str) -> Iterator[tuple[Forgetful, str]]:
    """Between this process and the cluster at this URL; the URL by which it is reached over that network."""
    place = make_url(url)
    server = Path(str(place.query["host"])) / _NAME
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        listening = stack.enter_context(socket.socket(socket.AF_UNIX))
        listening.bind(f"{folder}/{_NAME}")
        listening.listen()
        stack.callback(listening.shutdown, socket.SHUT_RDWR)
        network = Forgetful(server)
        threading.Thread(target=network.accept, args=(listening,), daemon=True).start()
        through = place.update_query_dict({"host": folder})
        yield network, through.render_as_string(hide_password=False)
