"""The shop's end of webhooks, which costs next to nothing: requests made beforehand, over connections that are kept.

One thread waits for all connections at once, so that on two cores the servers are measured and not what measures them.
"""

from __future__ import annotations

import gc
import selectors
import socket
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice
from urllib.parse import urlsplit


@dataclass
class _Line:
    """A connection. `due`: when what it waits for was to be sent."""

    socket: socket.socket
    due: float = 0.0
    received: bytearray = field(default_factory=bytearray)

    def send(self, request: bytes, due: float) -> None:
        self.due = due
        self.received.clear()
        self.socket.sendall(request)

    def receive(self) -> bool:
        """What came; true when the answer is whole. Raises ConnectionError for one that is not 200."""
        part = self.socket.recv(65536)
        if not part:
            raise ConnectionError("the server closed the connection")
        self.received += part
        head, end, body = self.received.partition(b"\r\n\r\n")
        if not end:
            return False
        length = int(head.lower().partition(b"\r\ncontent-length:")[2].split(b"\r\n")[0])
        if len(body) < length:
            return False
        if not head.startswith(b"HTTP/1.1 200"):
            raise ConnectionError(bytes(self.received).decode())
        return True


class ShopClient:
    """Connections to servers that are one, one after the other."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._addresses = cycle(urlsplit(address) for address in addresses)
        self._selector = selectors.DefaultSelector()
        self._idle: deque[_Line] = deque()
        self._lines: list[_Line] = []

    def close(self) -> None:
        self._selector.close()
        for line in self._lines:
            line.socket.close()

    def connect(self, count: int) -> None:
        """So many connections are there."""
        while len(self._lines) < count:
            self._idle.append(self._connect())

    def flood(self, requests: Sequence[bytes], at_once: int) -> float:
        """Sends all, each as soon as fewer than so many are under way; returns how long it took, in seconds."""
        self.connect(at_once)
        waiting, left = iter(requests), len(requests)
        with _undisturbed():
            started = time.perf_counter()
            for request in islice(waiting, at_once):
                self._idle.popleft().send(request, started)
            while left:
                for line in self._answered(None):
                    left -= 1
                    if (following := next(waiting, None)) is not None:
                        line.send(following, started)
                    else:
                        self._idle.append(line)
            return time.perf_counter() - started

    def steady(self, requests: Sequence[bytes], rate: float) -> list[float]:
        """Sends so many a second, whatever became of those before; returns how long each took from when it was due, sorted."""
        taken: list[float] = []
        with _undisturbed():
            started, sent = time.perf_counter(), 0
            while len(taken) < len(requests):
                while sent < len(requests) and (due := started + sent / rate) <= time.perf_counter():
                    line = self._idle.popleft() if self._idle else self._connect()
                    line.send(requests[sent], due)
                    sent += 1
                wait = max(0.0, started + sent / rate - time.perf_counter()) if sent < len(requests) else None
                for line in self._answered(wait):
                    taken.append(time.perf_counter() - line.due)
                    self._idle.append(line)
        return sorted(taken)

    def _connect(self) -> _Line:
        address = next(self._addresses)
        assert address.hostname is not None
        line = _Line(socket.create_connection((address.hostname, address.port or 80)))
        line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._selector.register(line.socket, selectors.EVENT_READ, line)
        self._lines.append(line)
        return line

    def _answered(self, wait_s: float | None) -> Iterator[_Line]:
        for key, _ in self._selector.select(wait_s):
            line: _Line = key.data
            if line.receive():
                yield line


@contextmanager
def _undisturbed() -> Iterator[None]:
    """The collector rests."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
