"""`assign`, `fulfill`, `support`, `returns`, `inventory`, `undo`: the same actions as on the screen, for scripts.

Every request has an idempotency key; an answer that does not come is asked for again with it, and what is still not known in the
end is told apart from what failed. Exit status: 0 all done, 1 something refused, 3 the server was not reached.
"""

from __future__ import annotations

import asyncio
import json
import sys
from argparse import Namespace
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orders_tui.actions.draft import Draft
from orders_tui.cli.desk import connect, remedy
from orders_tui.cli.input import rows
from orders_tui.cli.table import table
from orders_tui.cli.verbs import VERBS, Row, by_name
from orders_tui.errors import ApiError, Refused, SignInNeeded, TimedOut, UsageError, VersionSkew
from orders_tui.pace import new_key
from orders_tui.sanitise import lines
from orders_wire.vocabulary import ActionName

if TYPE_CHECKING:
    from orders_tui.api.client import SyncApi
    from orders_wire.actions import ActionAnswer

FIRST_WAIT_S = 0.5
AT_ONCE = 8
GID = "gid://shopify/Order/"
_PATIENCE_S = 45.0


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one request: its answer, or why there is none. `unknown`: it may have been done."""

    draft: Draft
    key: str
    answer: ActionAnswer | None = None
    error: ApiError | None = None
    unknown: bool = False


def act(given: Namespace) -> int:
    """Carries out one acting command."""
    wanted = [request for draft in _drafts(given) for request in draft.requests()]
    if not getattr(given, "yes", True) and not _agreed(wanted):
        print("nothing was sent", file=sys.stderr)
        return 2
    results, names = asyncio.run(_perform(given, wanted))
    if given.json:
        print(json.dumps(_as_json(results), ensure_ascii=False, indent=1))
    else:
        sys.stdout.write(_as_table(results, names))
    for result in results:
        print(lines(_message(result)), file=sys.stderr)
    return _status(results)


def _drafts(given: Namespace) -> Iterable[Draft]:
    """What the command line and stdin ask for. Raises UsageError naming what is missing or wrong."""
    verb = VERBS[ActionName(given.command)]
    if verb.columns is None:
        return verb.drafts(given, ())
    orders: list[Row] = [{"order": order} for order in given.orders]
    orders = orders or list(rows(verb.columns, sys.stdin))
    if not orders:
        raise UsageError(f"{given.command}: no orders; name them, or give CSV on stdin")
    return verb.drafts(given, orders)


def _agreed(wanted: Iterable[Draft]) -> bool:
    """Money and final steps are asked about where a person sits at the terminal."""
    final = [draft.final for draft in wanted if draft.final]
    if not final or not sys.stdin.isatty():
        return True
    print(f"{', '.join(sorted(set(final)))} for {len(final)} order(s)? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


async def _perform(given: Namespace, wanted: list[Draft]) -> tuple[list[Result], Mapping[str, str]]:
    """The results, and what the orders are called that nobody named."""
    async with connect(given) as api:
        results = await _in_turn(api, given, wanted)
        return results, {} if given.json else await _names(api, _unnamed(results))


async def _in_turn(api: SyncApi, given: Namespace, wanted: list[Draft]) -> list[Result]:
    """One after the other. A server that is gone, or does not know us, is not asked again for the rest."""
    base = given.key or new_key()
    results: list[Result] = []
    if getattr(given, "me", False):
        name = (await api.me()).name
        wanted = [by_name(draft, name) for draft in wanted]
    for number, draft in enumerate(wanted):
        key = base if len(wanted) == 1 else f"{base}-{number}"
        results.append(await _settled(api, draft, key))
        if results[-1].error is not None and not isinstance(results[-1].error, Refused):
            rest = wanted[number + 1 :]
            return results + [Result(left, "", error=results[-1].error) for left in rest]
    return results


async def _settled(api: SyncApi, draft: Draft, key: str) -> Result:
    """Asks until the outcome is known, or patience ends."""
    from tenacity import AsyncRetrying, retry_if_exception, stop_after_delay, wait_random_exponential

    maybe_done = False

    def again(error: BaseException) -> bool:
        nonlocal maybe_done
        maybe_done = maybe_done or isinstance(error, TimedOut)
        passing = isinstance(error, Refused) and error.passing
        return (maybe_done and not isinstance(error, Refused | SignInNeeded | VersionSkew)) or passing

    async def ask() -> ActionAnswer:
        return await api.act(draft.action, draft.request({}), key)

    waiting = AsyncRetrying(
        retry=retry_if_exception(again),
        wait=wait_random_exponential(multiplier=FIRST_WAIT_S, max=8),
        stop=stop_after_delay(_PATIENCE_S),
        reraise=True,
    )
    try:
        return Result(draft, key, answer=await waiting(ask))
    except ApiError as error:
        known = isinstance(error, Refused) and not error.passing
        return Result(draft, key, error=error, unknown=maybe_done and not known)


def _as_json(results: Iterable[Result]) -> dict[str, object]:
    done: list[object] = []
    actions: list[object] = []
    failures: list[object] = []
    unknown: list[object] = []
    for result in results:
        if result.answer is not None:
            done += result.answer.updated_orders
            until = result.answer.model_dump(mode="json", by_alias=True)["undoUntil"]
            actions.append({"actionId": result.answer.action_id, "undoUntil": until, "message": result.answer.message})
        failures += [{"id": order, "code": code, "message": why} for order, code, why in _failures(result)]
        if result.unknown:
            unknown.append({"orders": list(result.draft.subjects), "key": result.key})
    return {"done": done, "failures": failures, "unknown": unknown, "actions": actions}


def _unnamed(results: Iterable[Result]) -> list[str]:
    """Orders of which an answer tells by their GID, because the request did not name them."""
    told = [
        (str(order.get("id", "")), result.draft.order_ids)
        for result in results
        if result.answer is not None
        for order in result.answer.updated_orders
    ]
    return [order for order, asked in told if order.startswith(GID) and order not in asked]


async def _names(api: SyncApi, orders: list[str]) -> Mapping[str, str]:
    """The number of each order, by GID; without those that cannot be had."""
    free = asyncio.Semaphore(AT_ONCE)
    names: dict[str, str] = {}

    async def look(order: str) -> None:
        async with free:
            with suppress(ApiError):
                names[order] = (await api.order(order)).order_number

    await asyncio.gather(*map(look, orders))
    return names


def _as_table(results: Iterable[Result], names: Mapping[str, str]) -> str:
    rows: list[tuple[str, str, str]] = []
    for result in results:
        if result.answer is not None:
            rows += [(str(order.get("id", "")), "done", "") for order in result.answer.updated_orders]
            failed = {failure.id for failure in result.answer.failures or ()}
            told = {str(order.get("id")) for order in result.answer.updated_orders} | failed
            rows += [(order, "done", "") for order in result.draft.order_ids if order not in told]
        word = "unknown" if result.unknown else "failed"
        rows += [(order, word, f"{why} [{code}]") for order, code, why in _failures(result)]
    return table(("ORDER", "OUTCOME", "REASON"), [(names.get(order, order), *rest) for order, *rest in rows])


def _failures(result: Result) -> list[tuple[str, str, str]]:
    """Order, code and reason of everything that was not done."""
    if result.answer is not None:
        return [(failure.id, failure.code.value, failure.message) for failure in result.answer.failures or ()]
    error = result.error
    assert error is not None
    told = error.failures if isinstance(error, Refused) else ()
    if told:
        return [(failure.id, failure.code.value, failure.message) for failure in told]
    code = error.code.value if isinstance(error, Refused) else "unknown" if result.unknown else "not_sent"
    return [(subject, code, str(error)) for subject in result.draft.subjects]


def _message(result: Result) -> str:
    if result.answer is None:
        about = ", ".join(result.draft.subjects[:3])
        if result.unknown:
            return f"{result.draft.action} {about}: not known whether it was done; repeat it with --key {result.key}"
        return f"{result.draft.action} {about}: {result.error}{remedy(result.error)}"
    action = result.answer.action_id
    return f"{result.answer.message}" + (
        f" (undo: orders-tui undo {action})" if action and result.draft.undoes is None else ""
    )


def _status(results: Iterable[Result]) -> int:
    errors = [result.error for result in results]
    if any(error is not None and not isinstance(error, Refused | SignInNeeded) for error in errors):
        return 3
    refused = any(result.answer is not None and result.answer.failures for result in results)
    return 1 if refused or any(errors) else 0
