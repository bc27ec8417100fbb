"""Own commands as processes: nothing of a customer in arguments or environment, no terminal, an end to everything."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Callable, Collection
from pathlib import Path

import pytest
from tests.tui.core.samples import order

from orders_tui.config.own_commands import OwnCommand
from orders_tui.errors import ApiError, Unreachable
from orders_tui.pace import Pace
from orders_tui.programs import argv, process, runner
from orders_tui.programs.argv import NotRun
from orders_tui.programs.runner import Run, Runner, RunState
from orders_wire.detail import OrderDetail

HOSTILE = "\x1b]52;c;aGk=\x07\n\0$(touch /tmp/pwned); `id` --\u202e"
TELLING = """#!/bin/sh
printf 'argv %s\\n' "$@"
env | grep -v '^_=\\|^PWD=\\|^SHLVL='
(: < /dev/tty) 2>/dev/null && echo "a terminal"
printf 'stdin '; cat
"""


def script(path: Path, text: str) -> str:
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


def detail(number: int = 1, **fields: object) -> OrderDetail:
    return OrderDetail(**{**dict(order(number)), **fields})


class Orders:
    """What the server says of orders."""

    def __init__(self, *known: OrderDetail | ApiError) -> None:
        self.known = known

    async def read(self, ids: Collection[str], came: Callable[[str, OrderDetail | ApiError], None]) -> None:
        for order_id in ids:
            came(order_id, self.known[int(order_id)])


async def test_who_is_cancelled_while_a_program_begins_leaves_none_behind(tmp_path: Path) -> None:
    alive = tmp_path / "alive"
    program = script(tmp_path / "slow", f"#!/bin/sh\nsleep 0.3; touch {alive}\n")
    running = asyncio.create_task(process.run([program], b"", 5))
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await asyncio.sleep(0.5)
    assert not alive.exists()


async def run_all(command: OwnCommand, *known: OrderDetail | ApiError) -> tuple[Run, ...]:
    programs = Runner(Orders(*known).read, Pace(), Path)
    programs.start(command, [(str(at), f"#{at}") for at in range(len(known))])
    await until(lambda: not programs.running)
    await programs.close()
    return programs.log


async def test_a_customers_text_reaches_standard_input_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERS_TUI_TOKEN", "secret")
    monkeypatch.setenv("ORDERS_SYNC_SHOPIFY_ADMIN_TOKEN", "secret")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("LC_TIME", "C")
    telling = script(tmp_path / "tell", TELLING)
    command = OwnCommand("tell", (telling, "{number}", "--id={id}", "$(id)", "a b", "*"))
    one = detail(customer_name=HOSTILE, note=HOSTILE, tags=[HOSTILE])
    (run,) = await run_all(command, one)
    assert (run.state, run.words, run.title) == (RunState.DONE, "exit status 0", one.order_number)
    shown = [line for line in run.output if line.startswith("argv ")]
    assert shown == [f"argv {one.order_number}", f"argv --id={one.id}", "argv $(id)", "argv a b", "argv *"]
    (stdin,) = (line for line in run.output if line.startswith("stdin "))
    told = json.loads(stdin.removeprefix("stdin "))
    assert (told["id"], told["order_number"], told["customer_name"]) == (
        one.id,
        one.order_number,
        HOSTILE[:-1] + "\ufffd",
    )
    names = {line.partition("=")[0] for line in run.output if not line.startswith(("argv ", "stdin "))}
    assert (
        {"PATH", "HOME", "LC_TIME"} <= names <= {*argv.PASSED_ON, "LC_TIME", *(n for n in names if n.startswith("LC_"))}
    )
    assert "secret" not in "\n".join(run.output)
    assert all(line.isprintable() for line in run.output)


@pytest.mark.parametrize("number", ["--help", "-x1", "1 2", "a\nb1", "1\0", "Müller1", "", "#", "9" * 41])
def test_a_number_that_is_none_is_no_argument(number: str) -> None:
    with pytest.raises(NotRun, match="the order's number cannot be an argument"):
        argv.fill(["cat", "{number}"], "gid://shopify/Order/1", number)
    assert argv.fill(["cat"], "anything", number)[1:] == []


@pytest.mark.parametrize("order_id", ["gid://shopify/Order/1 ", "gid://shopify/Order/x", "../1", "-1"])
def test_an_id_that_is_none_is_no_argument(order_id: str) -> None:
    with pytest.raises(NotRun, match="the order's id"):
        argv.fill(["cat", "{id}"], order_id, "#1001")


@pytest.mark.parametrize("number", ["#1001", "1001", "EN-1001/A", "#1001.2"])
def test_numbers_as_shops_write_them_are_arguments(number: str) -> None:
    assert argv.fill(["cat", "-{number}-{{id}}"], "1", number)[1] == f"-{number}-{{id}}"


async def test_a_program_that_cannot_be_run_is_said(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("x")
    for program, says in (
        (str(tmp_path / "none"), "there is no program"),
        ("no-such-program-here", "on PATH"),
        (str(tmp_path), "is a folder"),
        (str(tmp_path / "plain"), "may not be executed (chmod +x)"),
        (script(tmp_path / "odd", "#!/no/such/interpreter\n"), "cannot be run (No such file or directory)"),
        (script(tmp_path / "garbage", "\0\1\2"), "cannot be run (Exec format error)"),
    ):
        (run,) = await run_all(OwnCommand("x", (program,)), detail())
        assert run.state is RunState.FAILED
        assert says in run.words


async def test_an_order_that_cannot_be_read_runs_nothing(tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    (run,) = await run_all(OwnCommand("x", ("touch", str(touched))), Unreachable("nobody answers"))
    assert (run.state, run.words) == (RunState.FAILED, "nobody answers")
    assert not touched.exists()


async def test_how_it_ended_is_said(tmp_path: Path) -> None:
    failing = script(tmp_path / "fail", "#!/bin/sh\necho no paper >&2; exit 3\n")
    killed = script(tmp_path / "killed", "#!/bin/sh\nkill -9 $$\n")
    (first,) = await run_all(OwnCommand("x", (failing,)), detail())
    (second,) = await run_all(OwnCommand("x", (killed,)), detail())
    assert (first.state, first.words, first.last_line) == (RunState.FAILED, "exit status 3", "no paper")
    assert (second.state, second.words) == (RunState.FAILED, "ended by a signal: Killed")


async def test_a_program_that_reads_nothing_is_no_trouble() -> None:
    big = detail(note="x" * 1_000_000)
    (run,) = await run_all(OwnCommand("x", ("true",)), big)
    (shut,) = await run_all(OwnCommand("x", ("sh", "-c", "exec 0<&-; sleep 0.1; echo read nothing")), big)
    assert (run.words, shut.last_line) == ("exit status 0", "read nothing")


async def test_output_is_bounded_and_safe_to_show(tmp_path: Path) -> None:
    flood = script(tmp_path / "flood", "#!/bin/sh\nhead -c 3000000 /dev/zero | tr '\\0' 'x'\nprintf '\\033[31m'\n")
    (run,) = await run_all(OwnCommand("x", (flood,)), detail())
    assert run.words == "exit status 0"
    assert run.last_line == "(cut: it wrote more than 32 KiB)"
    assert sum(map(len, run.output)) < process.MOST_OUTPUT + 100
    odd = script(tmp_path / "odd", "#!/bin/sh\nprintf '\\033]52;c;aGk=\\007\\r\\n\\377\\000\\tend\\n\\n'\n")
    (run,) = await run_all(OwnCommand("x", (odd,)), detail())
    assert run.output == ("\ufffd]52;c;aGk=\ufffd", "\ufffd\ufffd end")


async def test_a_program_has_an_end_with_all_that_it_began(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "GRACE_S", 0.1)
    deaf = script(tmp_path / "deaf", f"#!/bin/sh\ntrap '' TERM\nsleep 77.7 & echo $! > {tmp_path}/child\nsleep 77.7\n")
    ended = await process.run([deaf], b"", 0.5)
    assert ended.timed_out
    assert await gone(int((tmp_path / "child").read_text()))
    assert runner.how(ended, 0.5) == "ended after 0.5 s, its time limit"


async def test_what_a_program_leaves_behind_ends_with_it(tmp_path: Path) -> None:
    leaving = script(tmp_path / "leave", f"#!/bin/sh\nsleep 77.7 & echo $! > {tmp_path}/child\necho done\n")
    began = time.monotonic()
    ended = await process.run([leaving], b"", 30)
    assert (ended.status, ended.output) == (0, b"done\n")
    assert time.monotonic() - began < 5
    assert await gone(int((tmp_path / "child").read_text()))


async def test_the_client_leaves_no_program_behind(tmp_path: Path) -> None:
    sleeping = script(tmp_path / "sleep", f"#!/bin/sh\necho $$ >> {tmp_path}/pids\nsleep 77.7\n")
    programs = Runner(Orders(*[detail()] * 5).read, Pace(), Path)
    programs.start(OwnCommand("x", (sleeping,)), [(str(at), "#1") for at in range(5)])
    await until(lambda: len(numbers(tmp_path / "pids")) == runner.AT_ONCE)
    pids = numbers(tmp_path / "pids")
    await programs.close()
    assert [await gone(pid) for pid in pids] == [True] * runner.AT_ONCE  # so many at once, and no more
    assert {run.state for run in programs.log} <= {RunState.FAILED, RunState.WAITING}


async def test_killing_waits_for_nothing(tmp_path: Path) -> None:
    programs = Runner(Orders(detail()).read, Pace(), Path)
    programs.start(OwnCommand("x", ("sleep", "77.7")), [("0", "#1")])
    await until(lambda: bool(programs._groups))
    group = next(iter(programs._groups))
    programs.kill()
    assert await gone(group)
    await programs.close()


async def gone(pid: int) -> bool:
    """Whether a process comes to its end, and is reaped where it is ours."""
    await until(lambda: not _lives(pid))
    return True


def _lives(pid: int) -> bool:
    try:
        state, parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z" or int(parent) == os.getpid()


def numbers(path: Path) -> list[int]:
    return [int(line) for line in path.read_text().split()] if path.exists() else []


async def until(holds: Callable[[], bool]) -> None:
    for _ in range(2000):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError
