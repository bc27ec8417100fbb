"""Something between client and server that can fall silent without closing anything, as a network does."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit


class Proxy:
    """Passes bytes on, both ways; while it holds, none, and nobody is told."""

    def __init__(self, server: str) -> None:
        split = urlsplit(server)
        assert split.hostname is not None
        assert split.port is not None
        self._to = split.hostname, split.port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._flows = threading.Event()
        self._flows.set()
        self._ends: list[socket.socket] = []
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def hold(self) -> None:
        """Passes nothing on from now on."""
        self._flows.clear()

    def release(self) -> None:
        """Passes on what was held, and all that comes."""
        self._flows.set()

    def run(self) -> None:
        """Takes connections until closed."""
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.create_connection(self._to)
                self._ends += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def close(self) -> None:
        """Ends everything."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._flows.set()
        for end in self._ends:
            end.close()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(1 << 16):
                self._flows.wait()
                other.sendall(data)
            other.shutdown(socket.SHUT_WR)


@contextmanager
def between(server: str) -> Iterator[Proxy]:
    """A proxy in front of a server."""
    proxy = Proxy(server)
    thread = threading.Thread(target=proxy.run)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.close()
        thread.join()
