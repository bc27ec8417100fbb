"""What it costs a fleet to know who is where:
`python -m tests.benchmarks.presence [--clients 200] [--processes 3] [--seconds 60] [--balanced]`.

Server processes on one PostgreSQL database, and clients spread over them, each with a stream. Their CPU is measured three times
in one run: while nobody says anything; while everybody says every 20 s that they still are where they were; and while every
sixth time (`--moves-every`) they say that they are elsewhere, so that each moves every two minutes. What the second and third
cost above the first is shown as a share of one core, all processes together. Then a few move, and it is timed until the last
stream of the fleet has it.

Ends with status 1 when any of it costs over 2 % of a core or takes over a second, or when a stream in the end does not know
where everybody is.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from statistics import median

import orjson
from tests.benchmarks.fanout import Crowd, Server, server
from tests.benchmarks.fanout_servers import SHOP
from tests.support.desk_orders import gid, order, told
from tests.support.postgres import cluster

from orders_sync.db.engine import Database
from orders_wire.presence import REPEAT_S

GOAL_PERCENT = 2.0
GOAL_MS = 1000.0
ORDERS = 300
MOVES_EVERY = 6
"""Of how many times that somebody says where they are one is elsewhere."""

PROBES = 9


@dataclass
class Operator:
    """A client that says where it is, over connections of its own; over several in turn, as behind a balancer."""

    number: int
    connections: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]
    order_id: int = 0
    said: int = 0

    @property
    def name(self) -> str:
        return f"operator {self.number}"

    async def say(self, order_id: int, doing: str | None = None) -> None:
        self.order_id = order_id
        reader, writer = self.connections[self.said % len(self.connections)]
        body = orjson.dumps({"orderId": gid(order_id), "doing": doing})
        head = f"PUT /sync/presence HTTP/1.1\r\nHost: localhost\r\nX-Operator: {self.name}\r\nX-Client-Id: {self.number}\r\n"
        writer.write(f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        if not answer.startswith(b"HTTP/1.1 204"):
            sys.exit(f"wrong: {answer!r}")

    async def work(self, start_s: float, moves_every: int) -> None:
        """Until it is cancelled: says so every 20 s, from a moment of its own on."""
        await asyncio.sleep(start_s)
        while True:
            self.said += 1
            moves = moves_every and (self.said + self.number) % moves_every == 0
            await self.say(1 + (self.order_id + 7) % ORDERS if moves or not self.order_id else self.order_id)
            await asyncio.sleep(REPEAT_S)


@dataclass
class Fleet:
    servers: list[Server]
    crowds: list[Crowd]
    operators: list[Operator]

    async def cpu_s(self) -> float:
        return sum([float(await each.obey("cpu")) for each in self.servers])

    async def measured(self, seconds: float, moves_every: int | None) -> float:
        """The processes' CPU in percent of one core; None: nobody says anything."""
        many = len(self.operators)
        working = [
            asyncio.create_task(each.work(each.number * REPEAT_S / many, moves_every or 0))
            for each in self.operators
            if moves_every is not None
        ]
        await asyncio.sleep(REPEAT_S + 2 if working else 3)
        before, began = await self.cpu_s(), time.perf_counter()
        await asyncio.sleep(seconds)
        spent, lasted = await self.cpu_s() - before, time.perf_counter() - began
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)
        return 100 * spent / lasted

    async def probe(self, n: int) -> float:
        """Milliseconds until the last stream has that somebody moved."""
        somebody, word = self.operators[n * 31 % len(self.operators)], f"probe{n}"
        began = time.perf_counter()
        await somebody.say(somebody.order_id, word)
        async with asyncio.timeout(30):
            while not all(word.encode() in reader.received for crowd in self.crowds for reader in crowd.readers):  # noqa: ASYNC110
                await asyncio.sleep(0.002)
        return (time.perf_counter() - began) * 1000

    def require_everybody_known(self) -> None:
        """Ends the program unless every stream was told where everybody is."""
        truth = {each.name: gid(each.order_id) for each in self.operators}
        for crowd in self.crowds:
            for reader in crowd.readers:
                lines = (line for line in reader.received.split(b"\n") if line.startswith(b'data: {"name"'))
                known = {event["name"]: event["order_id"] for event in map(orjson.loads, (line[6:] for line in lines))}
                if known != truth:
                    sys.exit(f"wrong: a stream knows {len(known.items() & truth.items())} of {len(truth)}")


async def assembled(stack: AsyncExitStack, url: str, clients: int, processes: int, *, balanced: bool) -> Fleet:
    """The processes, each with its share of the clients connected."""
    servers = [await stack.enter_async_context(server("sync", url)) for _ in range(processes)]
    crowds, operators = [], []
    for n, each in enumerate(servers):
        crowd = Crowd(each.port)
        stack.callback(crowd.leave)
        await crowd.gather(len(range(n, clients, processes)))
        await crowd.begun()
        crowds.append(crowd)
    for number in range(clients):
        its = servers if balanced else [servers[number % processes]]
        connections = [await asyncio.open_connection("127.0.0.1", each.port) for each in its]
        for _, writer in connections:
            stack.callback(writer.transport.abort)
        operators.append(Operator(number, connections))
    return Fleet(servers, crowds, operators)


async def main(arguments: Sequence[str]) -> bool:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--processes", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--moves-every", type=int, default=MOVES_EVERY)
    parser.add_argument("--balanced", action="store_true", help="each word goes to another process than the one before")
    options = parser.parse_args(arguments)
    with cluster() as postgres:
        postgres.create("desk")
        database = await Database.open(postgres.url("desk"), SHOP)
        await told(database, [order(n) for n in range(1, ORDERS + 1)])
        await database.close()
        async with AsyncExitStack() as stack:
            fleet = await assembled(
                stack, postgres.url("desk"), options.clients, options.processes, balanced=options.balanced
            )
            idle = await fleet.measured(options.seconds, None)
            still = await fleet.measured(options.seconds, 0)
            moving = await fleet.measured(options.seconds, options.moves_every)
            taken = [await fleet.probe(n) for n in range(PROBES)]
            fleet.require_everybody_known()
    print(f"{options.clients} clients, {options.processes} processes, {options.seconds:.0f} s each\n")
    print("| what | of one core, all processes | above idle | goal |\n|---|---:|---:|---:|")
    print(f"| nobody says anything | {idle:.2f} % | | |")
    every_s = options.moves_every * REPEAT_S
    for what, spent in (("stays where they are", still), (f"moves every {every_s:.0f} s", moving)):
        print(f"| everybody {what} | {spent:.2f} % | {spent - idle:.2f} % | {GOAL_PERCENT:.0f} % |")
    print(
        f"\nfrom a move to the last stream: median {median(taken):.0f} ms, most {max(taken):.0f} ms (goal {GOAL_MS:.0f} ms)"
    )
    return max(still, moving) - idle <= GOAL_PERCENT and max(taken) <= GOAL_MS


if __name__ == "__main__":
    sys.exit(not asyncio.run(main(sys.argv[1:])))
