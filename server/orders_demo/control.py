"""Strings for tests to pull: everything the simulated world does can be made to happen, to stop, or to fail.

`GET /control/status` tells where things are; `GET /ledger` what had an effect. `POST /control/<verb>` takes a JSON object:

| verb | body | does |
|---|---|---|
| `target` | `{"url"}` | the desk is at this base URL: subscribe it to every topic, let the ERP tell it the past |
| `tick` | `{"count": 1, "story": null}` | let so many things happen now; answers `{"happened": [...]}` |
| `pause`, `resume` | | stop and start life; `tick` still works |
| `webhooks-off`, `webhooks-on` | | announcements are lost while off |
| `manners` | `{"polite": true}` or fields of `Manners` | how often webhooks come twice, late, swapped |
| `fail-next` | `{"target": "graphql", "count": 1, "status": 503, "when": "before"}` | refuse; status 0 cuts the line |
| `latency` | `{"target": "graphql", "ms": 0, "when": "before"}` | be slow |
| `bucket` | `{"maximum", "available", "restoreRate"}` | change the API's cost bucket |
| `erp-pace` | `{"answer_s": [4, 12], "inspection_s": [20, 45]}` | how long the ERP takes |
| `jobs` | `{"after_s": 1, "fruitless": 0}` | how long what is done later takes to begin; so many of the next end without effect |
| `scopes` | `{"granted": [...]}` or `{"without": [...]}` | what the app may see and do |
| `revoke` | | tokens that the app drew for itself are accepted no more |
| `drain` | | answer once every webhook and ERP message was taken or given up |

Targets are `graphql`, `erp` and `support`. `when` is `before`, or `after`: the work is done, only its answer suffers.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import orjson
from aiohttp import web

from orders_demo.admin.call import ALL_SCOPES
from orders_demo.erp import Pace
from orders_demo.simulation import Simulation
from orders_demo.webhooks.manners import POLITE, Manners

Json = dict[str, Any]
Verb = Callable[[Simulation, Json], Awaitable[Json]]


async def _target(simulation: Simulation, body: Json) -> Json:
    simulation.listen_at(body["url"])
    return {"subscriptions": len(simulation.subscriptions.entries)}


async def _tick(simulation: Simulation, body: Json) -> Json:
    told = [simulation.life.tick(body.get("story")) for _ in range(body.get("count", 1))]
    return {"happened": [entry for entry in told if entry]}


async def _pause(simulation: Simulation, _: Json) -> Json:
    simulation.life.paused = True
    return {}


async def _resume(simulation: Simulation, _: Json) -> Json:
    simulation.life.paused = False
    return {}


async def _webhooks_off(simulation: Simulation, _: Json) -> Json:
    simulation.deliveries.on = False
    return {}


async def _webhooks_on(simulation: Simulation, _: Json) -> Json:
    simulation.deliveries.on = True
    return {}


async def _manners(simulation: Simulation, body: Json) -> Json:
    polite = body.pop("polite", False)
    simulation.deliveries.manners = replace(POLITE if polite else Manners(), **body)
    return {}


async def _fail_next(simulation: Simulation, body: Json) -> Json:
    trouble = simulation.faults.of(body.get("target", "graphql"))
    trouble.failures = body.get("count", 1)
    trouble.status = body.get("status", 503)
    trouble.after = body.get("when") == "after"
    return {}


async def _latency(simulation: Simulation, body: Json) -> Json:
    trouble = simulation.faults.of(body.get("target", "graphql"))
    trouble.latency_s = body.get("ms", 0) / 1000
    trouble.after = body.get("when") == "after"
    return {}


async def _bucket(simulation: Simulation, body: Json) -> Json:
    bucket = simulation.admin.bucket
    bucket.set(maximum=body.get("maximum"), available=body.get("available"), restore_rate=body.get("restoreRate"))
    return bucket.status()


async def _erp_pace(simulation: Simulation, body: Json) -> Json:
    spans = {name: (float(low), float(high)) for name, (low, high) in body.items()}
    simulation.erp.pace = replace(Pace(), **spans)
    return {}


async def _jobs(simulation: Simulation, body: Json) -> Json:
    jobs = simulation.stage.jobs
    jobs.after_s = float(body.get("after_s", jobs.after_s))
    jobs.fruitless = int(body.get("fruitless", jobs.fruitless))
    return {"after_s": jobs.after_s, "fruitless": jobs.fruitless}


async def _scopes(simulation: Simulation, body: Json) -> Json:
    granted = frozenset(body.get("granted", ALL_SCOPES)) - frozenset(body.get("without", ()))
    simulation.admin.scopes = granted
    return {"granted": sorted(granted)}


async def _revoke(simulation: Simulation, _: Json) -> Json:
    simulation.drawn.clear()
    return {}


async def _drain(simulation: Simulation, _: Json) -> Json:
    await simulation.deliveries.idle()
    await simulation.messenger.idle()
    await simulation.deliveries.idle()
    return status(simulation)


VERBS: dict[str, Verb] = {
    "target": _target,
    "tick": _tick,
    "pause": _pause,
    "resume": _resume,
    "webhooks-off": _webhooks_off,
    "webhooks-on": _webhooks_on,
    "manners": _manners,
    "fail-next": _fail_next,
    "latency": _latency,
    "bucket": _bucket,
    "erp-pace": _erp_pace,
    "jobs": _jobs,
    "scopes": _scopes,
    "revoke": _revoke,
    "drain": _drain,
}


def status(simulation: Simulation) -> Json:
    """Where things are. `past_unsaid`: what the ERP still has to tell of the past; nothing once it was taken or given up."""
    counts = simulation.deliveries.counts
    return {
        "orders": len(simulation.stage.shop.orders),
        "happened": simulation.life.happened,
        "paused": simulation.life.paused or simulation.plan.still,
        "webhooks": {
            "on": simulation.deliveries.on,
            "in_flight": simulation.deliveries.in_flight,
            "delivered": counts.delivered,
            "attempts": counts.attempts,
            "given_up": counts.given_up,
            "unheard": counts.unheard,
        },
        "erp": {
            "unsaid": simulation.messenger.unsaid(),
            "past_unsaid": simulation.messenger.unsaid(past=True),
            "sent": simulation.messenger.sent,
            "given_up": simulation.messenger.given_up,
        },
        "bucket": simulation.admin.bucket.status(),
    }


async def handle(simulation: Simulation, request: web.Request) -> web.Response:
    """`POST /control/<verb>`."""
    verb = VERBS.get(request.match_info["verb"])
    if verb is None:
        raise web.HTTPNotFound(text=f"verbs: {', '.join(VERBS)}")
    raw = await request.read()
    try:
        answer = await verb(simulation, orjson.loads(raw) if raw else {})
    except (KeyError, TypeError, ValueError) as error:
        raise web.HTTPBadRequest(text=repr(error)) from error
    return web.json_response(answer)
