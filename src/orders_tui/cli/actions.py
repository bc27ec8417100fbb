"""`assign`, `fulfill`, `hold` and the others: the same actions as on the screen, for scripts.

Every request has an idempotency key; an answer that does not come is asked for again with it, and what is still not known in the
end is kept apart from what failed. Exit status: 0 all done, 1 something refused, 3 the server was not reached.
"""

from __future__ import annotations

import asyncio
import json
import sys
from argparse import Namespace
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from random import random
from typing import TYPE_CHECKING

from orders_tui.actions.draft import Draft
from orders_tui.backoff import delay_s
from orders_tui.cli.connection import configured, connect, remedy
from orders_tui.cli.input import rows
from orders_tui.cli.naming import named
from orders_tui.cli.output import say
from orders_tui.cli.table import table
from orders_tui.cli.verb import Row
from orders_tui.cli.verbs import VERBS, asks_who, known_to
from orders_tui.errors import ApiError, ReadOnly, Refused, SignInNeeded, TimedOut, UsageError, VersionSkew
from orders_tui.pace import new_key, utc_now
from orders_tui.wording import Sign, Tone, zone
from orders_wire.vocabulary import ActionName

if TYPE_CHECKING:
    from orders_tui.api.client import SyncApi
    from orders_wire.actions import ActionAnswer

FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 8.0
AT_ONCE = 8
GID = "gid://shopify/Order/"
_PATIENCE_S = 45.0
_DONE, _FAILED, _UNKNOWN = (
    Sign("", "", word, word, tone) for word, tone in (("done", Tone.GOOD), ("failed", Tone.BAD), ("unknown", Tone.WARN))
)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one request: its answer, or why there is none. `unknown`: it may have been done."""

    draft: Draft
    key: str
    answer: ActionAnswer | None = None
    error: ApiError | None = None
    unknown: bool = False


def act(given: Namespace) -> int:
    """Carries out one acting command. Raises ReadOnly before anything is asked or read."""
    if configured(given).read_only:
        raise ReadOnly
    wanted = list(_drafts(given))
    if not getattr(given, "yes", True) and not _agreed(wanted):
        say("nothing was sent")
        return 2
    return conclude(given, *asyncio.run(_perform(given, wanted)))


def conclude(given: Namespace, results: list[Result], names: Mapping[str, str]) -> int:
    """Says what became of each request; the exit status. `names`: what orders are called that nobody named."""
    if given.json:
        print(json.dumps(_as_json(results), ensure_ascii=False, indent=1))
    else:
        sys.stdout.write(_as_table(results, names))
    return told(results)


def told(results: list[Result]) -> int:
    """Says on stderr what became of each request; the exit status that it comes to."""
    for number, result in enumerate(results, start=1):
        advice = _remedy(results) if number == len(results) else ""
        say(_message(result) + advice, "plain" if result.answer is not None else "warn" if result.unknown else "bad")
    return _status(results)


def _remedy(results: Iterable[Result]) -> str:
    """What can be done about the last failure, said once; nothing where it is not known whether it failed."""
    return next((remedy(result.error) for result in list(results)[::-1] if result.error and not result.unknown), "")


def _drafts(given: Namespace) -> Iterable[Draft]:
    """What the command line and stdin ask for. Raises UsageError naming what is missing or wrong."""
    verb = VERBS[ActionName(given.command)]
    if verb.columns is None:
        return verb.drafts(given, ())
    orders: list[Row] = [{"order": order} for order in given.orders] or list(rows(verb.columns, sys.stdin))
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
        if any(asks_who(draft) for draft in wanted):
            me, now = await api.me(), utc_now()
            wanted = [known_to(draft, me.name, zone(me.time_zone), now) for draft in wanted]
        results, requests = await _requests(api, wanted)
        results += await in_turn(api, requests, given.key or new_key())
        return results, {} if given.json else await _names(api, _unnamed(results))


async def _requests(api: SyncApi, wanted: Iterable[Draft]) -> tuple[list[Result], list[Draft]]:
    """What is asked for, request by request; and the orders of which nothing is, since what was named in them is not there."""
    results: list[Result] = []
    requests: list[Draft] = []
    for draft in wanted:
        found, failed = await named(api, draft)
        results += [Result(replace(draft, order_ids=(order,)), "", error=error) for order, error in failed.items()]
        requests += found.requests()
    return results, requests


async def in_turn(api: SyncApi, wanted: list[Draft], base: str) -> list[Result]:
    """One after the other. A server that is gone, or does not know us, is not asked again for the rest."""
    results: list[Result] = []
    for number, draft in enumerate(wanted):
        key = base if len(wanted) == 1 else f"{base}-{number}"
        results.append(await settled(api, draft, key))
        error = results[-1].error
        if error is not None and not isinstance(error, Refused):
            return results + [Result(left, "", error=error) for left in wanted[number + 1 :]]
    return results


async def settled(api: SyncApi, draft: Draft, key: str) -> Result:
    """Asks until the outcome is known, or patience ends."""
    from tenacity import AsyncRetrying, retry_if_exception, stop_after_delay

    maybe_done = False

    def again(error: BaseException) -> bool:
        nonlocal maybe_done
        maybe_done = maybe_done or isinstance(error, TimedOut)
        passing = isinstance(error, Refused) and error.passing
        return (maybe_done and not isinstance(error, Refused | SignInNeeded | VersionSkew)) or passing

    async def ask() -> ActionAnswer:
        return await draft.send(api, draft.versions, key)

    waiting = AsyncRetrying(
        retry=retry_if_exception(again),
        wait=lambda tried: delay_s(tried.attempt_number - 1, FIRST_WAIT_S, LONGEST_WAIT_S, random()),
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
    for answer in (result.answer for result in results if result.answer is not None):
        done += answer.updated_orders
        until = answer.model_dump(mode="json", by_alias=True)["undoUntil"]
        actions.append({"actionId": answer.action_id, "undoUntil": until, "message": answer.message})
    failed = (failure for result in results for failure in _failures(result))
    failures = [{"id": order, "code": code, "message": why} for order, code, why in failed]
    unknown = [{"orders": _subjects(result.draft), "key": result.key} for result in results if result.unknown]
    return {"done": done, "failures": failures, "unknown": unknown, "actions": actions}


def _unnamed(results: Iterable[Result]) -> list[str]:
    """Orders that an answer names by their GID, because the request did not name them."""
    return [
        order
        for result in results
        for order in _updated(result)
        if order.startswith(GID) and order not in result.draft.order_ids
    ]


def _updated(result: Result) -> list[str]:
    """The orders that an answer calls done."""
    return [str(order.get("id", "")) for order in result.answer.updated_orders] if result.answer is not None else []


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
    rows: list[tuple[str, Sign, str]] = []
    for result in results:
        updated, failures = _updated(result), _failures(result)
        if result.answer is not None:
            spoken_of = {*updated, *(order for order, *_ in failures)}
            updated += [order for order in result.draft.order_ids if order not in spoken_of]
        outcome = _UNKNOWN if result.unknown else _FAILED
        rows += [(order, _DONE, "") for order in updated]
        rows += [(order, outcome, f"{why} [{code}]") for order, code, why in failures]
    return table(
        ("ORDER", "OUTCOME", "REASON"), [(names.get(order, order), (outcome,), why) for order, outcome, why in rows]
    )


def _failures(result: Result) -> list[tuple[str, str, str]]:
    """Order, code and reason of everything that was not done."""
    answer, error = result.answer, result.error
    failures = answer.failures if answer is not None else error.failures if isinstance(error, Refused) else ()
    if failures or answer is not None:
        return [(failure.id, failure.code.value, failure.message) for failure in failures or ()]
    code = error.code.value if isinstance(error, Refused) else "unknown" if result.unknown else "not_sent"
    return [(subject, code, str(error)) for subject in _subjects(result.draft)]


def _subjects(draft: Draft) -> list[str]:
    """Its orders; where it names none, what it is about instead."""
    return list(draft.order_ids) or [draft.subject]


def _message(result: Result) -> str:
    draft, answer = result.draft, result.answer
    if answer is not None:
        undo = f" (undo: orders-tui undo {answer.action_id})" if answer.action_id and draft.undoes is None else ""
        return f"{answer.message}{undo}"
    about = f"{draft.action} {', '.join(_subjects(draft)[:3])}"
    if result.unknown:
        return f"{about}: not known whether it was done; repeat it with --key {result.key}"
    assert result.error is not None
    return f"{about}: {result.error}"


def _status(results: Iterable[Result]) -> int:
    errors = [result.error for result in results]
    if any(error is not None and not isinstance(error, Refused | SignInNeeded) for error in errors):
        return 3
    refused = any(result.answer is not None and result.answer.failures for result in results)
    return 1 if refused or any(errors) else 0
