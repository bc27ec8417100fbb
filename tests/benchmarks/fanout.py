"""Many idle streams, and one event to all of them: `python -m tests.benchmarks.fanout [--streams 5000] [--rounds 15]`.

The memory of a stream against a request to a bare aiohttp handler that only sleeps; the time from a commit to the last
reader against a plain loop that writes as many bytes to the same sockets, against the same with one reader in a hundred stuck,
and against nginx with nchan where it is installed.
Ends with status 1 when a reader got anything but what it should, or a ratio is over its goal.
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from statistics import median

from tests.benchmarks.fanout_servers import PATH
from tests.benchmarks.nchan import is_installed, nchan, publish

from orders_sync.serving import raise_file_limit

MEMORY_GOAL = 1.3
TIME_GOAL = 1.5
STUCK_GOAL = 1.1
ONE_IN = 100
CONNECTING_AT_ONCE = 200


class Reader(asyncio.Protocol):
    """One open stream: counts its bytes; `crowd` is told when it has what it waits for."""

    def __init__(self, crowd: Crowd) -> None:
        self.received = b""
        self.transport: asyncio.Transport | None = None
        self._crowd = crowd

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n".encode())

    def data_received(self, data: bytes) -> None:
        before = len(self.received)
        self.received += data
        self._crowd.took(before, len(self.received))


class Crowd:
    """All readers of one server."""

    def __init__(self, port: int) -> None:
        self.readers: list[Reader] = []
        self._stuck: list[Reader] = []
        self._port = port
        self._wanted = 1 << 60
        self._missing = 0
        self._all = asyncio.Event()

    async def gather(self, count: int) -> None:
        """Opens this many streams."""
        loop = asyncio.get_running_loop()
        for start in range(0, count, CONNECTING_AT_ONCE):
            several = min(CONNECTING_AT_ONCE, count - start)
            made = await asyncio.gather(
                *(loop.create_connection(lambda: Reader(self), "127.0.0.1", self._port) for _ in range(several))
            )
            self.readers += [reader for _, reader in made]

    async def begun(self) -> None:
        """Returns when every stream has been sent its opening, which is one chunk."""
        async with asyncio.timeout(60):
            while not all(reader.received.endswith(b"\n\n\r\n") for reader in self.readers):  # noqa: ASYNC110
                await asyncio.sleep(0.1)

    def get_stuck(self) -> list[int]:
        """One reader in a hundred reads no more and is not waited for; their ports.

        Their sockets hold little, as when the reader is on another machine: megabytes for each would slow the kernel itself.
        """
        self._stuck = self.readers[::ONE_IN]
        del self.readers[::ONE_IN]
        for reader in self._stuck:
            assert reader.transport is not None
            reader.transport.pause_reading()
            reader.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        return [reader.transport.get_extra_info("sockname")[1] for reader in self._stuck if reader.transport]

    def expect(self, size: int) -> None:
        """From now on the readers wait for this many bytes each; what they have is forgotten."""
        for reader in self.readers:
            reader.received = b""
        self._wanted, self._missing = size, len(self.readers)
        self._all.clear()

    async def complete(self) -> bytes:
        """What every one of them got, once all have got it. Ends the program when they differ."""
        async with asyncio.timeout(60):
            await self._all.wait()
        got = {reader.received for reader in self.readers}
        if len(got) != 1:
            sys.exit(f"wrong: readers got {len(got)} different things")
        return got.pop()

    def took(self, before: int, now: int) -> None:
        if before < self._wanted <= now:
            self._missing -= 1
            if not self._missing:
                self._all.set()

    def leave(self) -> None:
        for reader in [*self.readers, *self._stuck]:
            assert reader.transport is not None
            reader.transport.abort()


class Server:
    """One of the servers, obeying."""

    def __init__(self, process: Process, port: int) -> None:
        self.port = port
        self._process = process

    async def obey(self, line: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line.encode() + b"\n")
        return (await self._process.stdout.readline()).decode().strip()


@asynccontextmanager
async def server(*arguments: str) -> AsyncIterator[Server]:
    command = (sys.executable, "-m", "tests.benchmarks.fanout_servers", *arguments)
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
    assert process.stdout is not None
    try:
        yield Server(process, int(await process.stdout.readline()))
    finally:
        process.kill()
        await process.communicate()


async def memory_per_request(kind: str, count: int) -> float:
    """Resident kB that each of this many open requests costs the server."""
    async with server(kind) as running:
        before = int(await running.obey("memory"))
        crowd = Crowd(running.port)
        await crowd.gather(count)
        await asyncio.sleep(3)
        after = int(await running.obey("memory"))
        if kind == "sync" and int(await running.obey("streams")) != count:
            sys.exit("wrong: streams are missing")
        crowd.leave()
        return (after - before) / count


@dataclass
class Taken:
    """Milliseconds of each round: until the last reader had it all, and of the server's CPU."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


async def times(count: int, rounds: int) -> tuple[Taken, Taken]:
    """What an event takes, and what as many bytes from a plain loop take; the rounds alternate."""
    async with server("sync") as running:
        crowd = Crowd(running.port)
        await crowd.gather(count)
        await crowd.begun()
        size = await _event_size(running, crowd)
        ours, bare = Taken(), Taken()
        for _ in range(rounds):
            await _time(running, crowd, "event", size, ours)
            await _time(running, crowd, f"bare {size}", size, bare)
        crowd.leave()
        return ours, bare


async def times_beside_stuck_readers(count: int, rounds: int) -> tuple[Taken, Taken]:
    """What an event takes to all who read, with stuck readers beside them and without; alternating."""
    async with server("sync") as running, server("sync") as calm:
        crowd, others = Crowd(running.port), Crowd(calm.port)
        await crowd.gather(count)
        await others.gather(count)
        await crowd.begun()
        await others.begun()
        size, same = await _event_size(running, crowd), await _event_size(calm, others)
        await running.obey(f"fill {' '.join(map(str, crowd.get_stuck()))}")
        beside, alone = Taken(), Taken()
        pair = [(running, crowd, size, beside), (calm, others, same, alone)]
        for _ in range(rounds):
            for one, readers, bytes_each, taken in pair:
                await _time(one, readers, "event", bytes_each, taken)
            pair.reverse()
        if int(await running.obey("streams")) != count:
            sys.exit("wrong: a stuck reader was cut off within its limit")
        crowd.leave()
        others.leave()
        return beside, alone


async def peer_times(count: int, rounds: int) -> tuple[list[float], list[float]]:
    """Milliseconds until the last reader has an event of ours, and one of as many bytes of nginx with nchan; alternating."""
    async with server("sync") as running, nchan() as port:
        crowd, peers = Crowd(running.port), Crowd(port)
        await crowd.gather(count)
        await peers.gather(count)
        await crowd.begun()
        await asyncio.sleep(3)
        size = await _event_size(running, crowd)
        payload = await _payload(port, peers, size)
        ours, theirs = Taken(), []
        for _ in range(rounds):
            await _time(running, crowd, "event", size, ours)
            peers.expect(size)
            start = time.perf_counter()
            publishing = asyncio.create_task(publish(port, payload))
            await peers.complete()
            theirs.append((time.perf_counter() - start) * 1000)
            await publishing
        crowd.leave()
        peers.leave()
        return ours.wall, theirs


async def _event_size(running: Server, crowd: Crowd) -> int:
    """How many bytes an event is, chunk and all. Event numbers are brought to where their length no longer changes."""
    for _ in range(10):
        crowd.expect(1)
        await running.obey("event")
        size = len(await crowd.complete())
    return size


async def _payload(port: int, peers: Crowd, size: int) -> bytes:
    """What nchan makes an event of `size` bytes from, chunk and all."""
    payload = b"." * size
    for _ in range(3):
        peers.expect(1)
        await publish(port, payload)
        await asyncio.sleep(0.5)
        payload = payload[: len(payload) + size - len(await peers.complete())]
    return payload


async def _time(running: Server, crowd: Crowd, command: str, size: int, taken: Taken) -> None:
    crowd.expect(size)
    cpu = float(await running.obey("cpu"))
    start = time.perf_counter()
    obeying = asyncio.create_task(running.obey(command))
    got = await crowd.complete()
    taken.wall.append((time.perf_counter() - start) * 1000)
    await obeying
    taken.cpu.append((float(await running.obey("cpu")) - cpu) * 1000)
    if len(got) != size or (command == "event") != (b"data: " in got):
        sys.exit(f"wrong: {got!r}")


def _row(name: str, ours: Sequence[float], bare: Sequence[float], unit: str, goal: float) -> bool:
    """A line of the table; the ratio is the median of those of the rounds, since neighbours share the machine's mood."""
    ratio = median(one / other for one, other in zip(ours, bare, strict=True))
    print(f"| {name} | {median(ours):.1f} {unit} | {median(bare):.1f} {unit} | {ratio:.2f} | {goal} |")
    return ratio <= goal


async def main(arguments: Sequence[str]) -> bool:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--streams", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args(arguments)
    if raise_file_limit() < 2 * options.streams + 100:
        sys.exit(f"the file limit of this user is too low for {options.streams} streams")
    sleeping = await memory_per_request("sleeping", options.streams)
    stream = await memory_per_request("sync", options.streams)
    ours, bare = await times(options.streams, options.rounds)
    print(f"{options.streams} streams, {options.rounds} alternating rounds\n")
    print("| what | Sync server | bare floor | ratio | goal |\n|---|---:|---:|---:|---:|")
    held = _row("memory per stream", [stream], [sleeping], "kB", MEMORY_GOAL)
    wall = _row("commit to last reader", ours.wall, bare.wall, "ms", TIME_GOAL)
    cpu = _row("the server's CPU for it", ours.cpu, bare.cpu, "ms", TIME_GOAL)
    print("\n| what | with stuck readers | without | ratio | goal |\n|---|---:|---:|---:|---:|")
    beside, alone = await times_beside_stuck_readers(options.streams, options.rounds)
    unmoved = _row("commit to last reader", beside.wall, alone.wall, "ms", STUCK_GOAL)
    _row("the server's CPU for it", beside.cpu, alone.cpu, "ms", STUCK_GOAL)
    peers = await _against_nchan(options.streams, options.rounds)
    return held and wall and cpu and unmoved and peers


async def _against_nchan(streams: int, rounds: int) -> bool:
    if not is_installed():
        print("\nnginx with nchan is not installed (Debian: nginx-light libnginx-mod-nchan); not compared")
        return True
    ours, theirs = await peer_times(streams, rounds)
    print("\n| what | Sync server | nginx with nchan | ratio | goal |\n|---|---:|---:|---:|---:|")
    return _row("commit to last reader", ours, theirs, "ms", TIME_GOAL)


if __name__ == "__main__":
    sys.exit(not asyncio.run(main(sys.argv[1:])))
