"""Latencies of requests over one connection, and what they come to over interleaved rounds.

Rounds alternate between the servers that are compared, and a ratio is the median of the rounds' ratios: on a shared machine a
single p99 proves nothing.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Self
from urllib.parse import urlsplit


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

    def get(self, path: str, etag: str | None = None) -> tuple[int, bytes]:
        """The status and the body."""
        condition = f"If-None-Match: {etag}\r\n" if etag is not None else ""
        self._socket.sendall(f"GET {path} HTTP/1.1\r\nHost: {self._host}\r\n{condition}\r\n".encode())
        received = b""
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._more()
        head = received[:end].lower()
        status = int(head[9:12])
        length = int(head.partition(b"content-length:")[2].split(b"\r\n")[0] or 0) if status != 304 else 0
        chunks, missing = [received[end + 4 :]], length - (len(received) - end - 4)
        while missing > 0:
            chunks.append(self._more())
            missing -= len(chunks[-1])
        return status, b"".join(chunks)

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


def once(connection: Connection, path: str, etag: str | None = None) -> float:
    """Seconds for one request. Raises AssertionError unless it is answered with 200 or 304."""
    started = time.perf_counter()
    status, _ = connection.get(path, etag)
    elapsed = time.perf_counter() - started
    assert status in (200, 304), status
    return elapsed


def interleave(
    servers: Mapping[str, Connection], paths: Mapping[str, str], *, rounds: int, requests: int
) -> dict[str, Measured]:
    """Each server is asked for its own path, in alternating rounds."""
    measured = {name: Measured() for name in servers}
    for name, connection in servers.items():
        for _ in range(max(10, requests // 10)):
            once(connection, paths[name])
    for number in range(rounds):
        order = list(servers.items())
        for name, connection in order if number % 2 else order[::-1]:
            measured[name].add([once(connection, paths[name]) for _ in range(requests)])
    return measured
