"""Latencies of requests over one connection, and what they come to over interleaved rounds.

Rounds alternate between the servers that are compared, and a ratio is the median of the rounds' ratios: on a shared machine a
single p99 proves nothing.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple, Self, TypeVar
from urllib.parse import urlsplit

K = TypeVar("K", bound=Hashable)


class Answer(NamedTuple):
    status: int
    etag: str
    body: bytes


class Connection:
    """A keep-alive HTTP/1.1 connection that costs next to nothing."""

    def __init__(self, address: str) -> None:
        split = urlsplit(address)
        assert split.hostname is not None
        self._host = split.netloc
        self._socket = socket.create_connection((split.hostname, split.port or 80))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def get(self, path: str, etag: str | None = None) -> Answer:
        condition = f"If-None-Match: {etag}\r\n" if etag is not None else ""
        self._socket.sendall(f"GET {path} HTTP/1.1\r\nHost: {self._host}\r\n{condition}\r\n".encode())
        received = b""
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._more()
        head = received[:end].lower() + b"\r\n"
        status = int(head[9:12])
        length = int(_field(head, b"content-length:") or 0) if status != 304 else 0
        chunks, missing = [received[end + 4 :]], length - (len(received) - end - 4)
        while missing > 0:
            chunks.append(self._more())
            missing -= len(chunks[-1])
        return Answer(status, _field(head, b"etag:").decode(), b"".join(chunks))

    def _more(self) -> bytes:
        received = self._socket.recv(1 << 18)
        if not received:
            raise ConnectionError("the server closed the connection")
        return received


@dataclass
class Measured:
    """p50 and p99 of each round, in seconds."""

    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)

    def add(self, seconds: Sequence[float]) -> None:
        ordered = sorted(seconds)
        self.p50.append(ordered[len(ordered) // 2])
        self.p99.append(ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)])

    def ratio(self, floor: Measured) -> tuple[float, float]:
        """How many times the floor: the medians of the rounds' p50 and p99 ratios."""
        p50 = median(mine / theirs for mine, theirs in zip(self.p50, floor.p50, strict=True))
        p99 = median(mine / theirs for mine, theirs in zip(self.p99, floor.p99, strict=True))
        return p50, p99


def _field(head: bytes, name: bytes) -> bytes:
    return head.partition(b"\r\n" + name)[2].split(b"\r\n")[0].strip()


@dataclass(frozen=True, slots=True)
class Ask:
    """One request, to be repeated; with `etag` it has to be answered by 304, else by 200."""

    connection: Connection
    path: str
    etag: str | None = None

    def once(self) -> float:
        """Seconds for one request. Raises AssertionError when it is answered otherwise."""
        started = time.perf_counter()
        status, _, _ = self.connection.get(self.path, self.etag)
        elapsed = time.perf_counter() - started
        assert status == (200 if self.etag is None else 304), (self.path, status)
        return elapsed


@contextmanager
def one_core() -> Iterator[None]:
    """This process, and those it starts meanwhile, share one core, where the system can be told so.

    A request of a tenth of a millisecond costs twice as much where the scheduler happens to put its two ends on two cores.
    """
    if sys.platform != "linux":
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def interleave(asks: Mapping[K, Ask], *, rounds: int, requests: int) -> dict[K, Measured]:
    """Asks each `requests` times a round, in alternating rounds, after some that are not measured."""
    measured = {name: Measured() for name in asks}
    for ask in asks.values():
        for _ in range(max(10, requests // 5)):
            ask.once()
    for number in range(rounds):
        order = list(asks.items())
        for name, ask in order if number % 2 else order[::-1]:
            measured[name].add([ask.once() for _ in range(requests)])
    return measured
