"""What the server really answers, done and refused, is what the OpenAPI document says: every operation over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import httpx
import orjson
import pytest
import schemathesis
from standardwebhooks import Webhook
from tests.server.shell.conftest import tell
from tests.support import shop_bodies as shop

from orders_sync.instants import system_clock, to_datetime
from orders_sync.openapi.document import document
from orders_wire.vocabulary import ActionName

described = document()
schema = cache(lambda: schemathesis.openapi.from_dict(described))


AFTER_A_FAILURE = {("post", "/sync/outbox/{id}/retry"), ("post", "/sync/dead-letters/{id}/retry")}
"""Done only on what a receiver, or an older server, could not take; the answers are those of `discard`."""


class Client:
    """Asks, and holds every answer against the document; `seen` are the statuses that each operation gave."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = httpx.Client(verify=False, timeout=30)
        self.seen: dict[tuple[str, str], set[int]] = {}

    def close(self) -> None:
        self._http.close()

    def ask(
        self, method: str, template: str, body: Any = None, /, headers: dict[str, str] | None = None, **names: str
    ) -> Any:
        path, query = template.format(**names), names.pop("query", "")
        answer = self._http.request(method, f"{self.url}{path}?{query}", json=body, headers=headers)
        return self.check(method, template, answer)

    def check(self, method: str, template: str, answer: httpx.Response) -> Any:
        """The answer's JSON; fails when the document does not know this status, or describes another body."""
        known = described["paths"][template][method.lower()]["responses"]
        assert str(answer.status_code) in known, f"{method} {template}: {answer.status_code} {answer.text}"
        schema()[template][method].validate_response(answer)
        self.seen.setdefault((method.lower(), template), set()).add(answer.status_code)
        return answer.json() if "json" in answer.headers.get("content-type", "") else answer.text


@pytest.fixture(scope="module")
def client(desk_url: str) -> Iterator[Client]:
    client = Client(desk_url)
    yield client
    client.close()


def test_every_operation_answers_as_described(client: Client) -> None:
    """One working day, in an order in which each step has something to work on."""
    _read(client)
    _act(client)
    _decide(client)
    _hear(client)
    every = {(method, path) for path, methods in described["paths"].items() for method in methods}
    assert set(client.seen) == every
    assert {operation for operation, statuses in client.seen.items() if not statuses & {200, 204}} == AFTER_A_FAILURE


def _read(client: Client) -> None:
    for tab in ("all", "unfulfilled", "awaiting_tracking", "returns", "refunded", "delayed"):
        client.ask("GET", "/sync/orders", query=f"tab={tab}")
    client.ask("GET", "/sync/orders", query="q=ada&sort=-ship_by&date_start=2026-03-01&pageSize=2")
    client.ask("GET", "/sync/orders", query="tab=nothing")
    assert client.ask("GET", "/sync/orders", headers={"If-None-Match": "*"}) == ""
    for spelling in ("1", "%231002", "gid:%2F%2Fshopify%2FOrder%2F3", "4"):
        client.ask("GET", "/sync/orders/{id}", id=spelling)
    client.ask("GET", "/sync/orders/{id}", id="%23none")
    assert client.ask("GET", "/sync/orders/{id}", headers={"If-None-Match": "*"}, id="1") == ""
    for named in (["#1002", "1", "#none"], ["#none"], ["1"] * 251, [], None):
        client.ask("POST", "/sync/orders/lines", {"orderIds": named})
    for order_id in ("#1002", "#none", 7, None):
        client.ask("PUT", "/sync/presence", {"orderId": order_id, "doing": "fulfill"})
    for path in ("/sync/owners", "/sync/me", "/sync/orders/alerts", "/sync/alerts", "/openapi.json", "/prometheus"):
        client.ask("GET", path)
    client.ask("GET", "/sync/orders/alerts", query="since=2026-01-01T00:00:00Z")
    client.ask("GET", "/sync/me", headers={"X-Shop-Domain": "another.example"})
    for path in ("/health", "/health/live", "/health/ready"):
        client.ask("GET", path)


def _act(client: Client) -> None:
    act, key = "/sync/orders/", {"Idempotency-Key": "a"}
    done = client.ask("POST", act + "assign", {"orderIds": ["#1001", "#none"], "assignee": "bo"}, headers=key)
    assert (len(done["updatedOrders"]), len(done["failures"])) == (1, 1)
    client.ask("POST", act + "assign", {"orderIds": ["#1001"], "assignee": "cy"}, headers=key)
    client.ask("POST", act + "assign", {"orderIds": ["#1001"], "assignee": "cy", "expectedVersions": {"#1001": 99}})
    client.ask("POST", act + "assign", {"orderIds": ["x"] * 251, "assignee": "cy"})
    client.ask("POST", act + "fulfill", {"orderIds": ["1"], "tracking": {"number": "1Z999AA10123456784"}})
    client.ask("POST", act + "tracking", {"items": [{"orderId": "1", "number": "1Z999AA10123456795"}]})
    client.ask("POST", act + "hold", {"orderIds": ["#1002"], "reason": "customer", "until": "2030-01-02T09:00:00Z"})
    client.ask("POST", act + "release", {"orderIds": ["#1002"]})
    client.ask("POST", act + "release", {"orderIds": ["#1002"]})
    client.ask("POST", act + "tags", {"orderIds": ["#1002"], "add": ["gift"]})
    client.ask("POST", act + "tags", {"orderIds": ["#1002"], "add": ["one, two"]})
    client.ask("POST", act + "address", {"orderId": "#1002", "shippingAddress": {"city": "Ulm", "country_code": "DE"}})
    client.ask("POST", act + "support", {"orderId": "#1002", "note": "late"})
    client.ask("POST", act + "inventory", {"sku": "TEE-M", "note": "none left"})
    client.ask("POST", act + "fulfill", {"orderIds": ["#1003"]})
    client.ask("POST", act + "returns", {"orderId": "#1003", "action": "deny"})
    client.ask("POST", act + "returns", {"orderId": "#1003", "action": "approve_refund"})
    noted = client.ask("POST", act + "note", {"orderIds": ["#1003"], "note": "calls back"})["updatedOrders"][0]
    client.ask("POST", act + "note", {"orderIds": ["#1003"], "note": "@bo calls back"})
    (mention,) = client.ask("GET", "/sync/mentions", query="state=unread", headers={"X-Operator": "bo"})["mentions"]
    client.ask("POST", "/sync/mentions/read", {"ids": [mention["id"]]})
    client.ask("POST", "/sync/mentions/read", {"ids": [mention["id"]] * 251})
    client.ask("GET", "/sync/mentions", query="state=read")
    for _ in ("done", "gone"):
        client.ask("DELETE", act + "note/{id}", id=noted["noteId"])
    wish = {"reason": "fraud", "refund": "original", "restock": False}
    assert client.ask("POST", act + "cancel", {"orderId": "#1001", **wish})["code"] == "illegal_transition"
    answer = client.ask("POST", act + "cancel", {"orderId": "#1004", **wish})
    assert answer["success"], answer
    client.ask("GET", "/sync/orders/{id}", id="%231004")
    client.ask("POST", act + "undo", {"actionId": done["actionId"]})
    client.ask("POST", act + "undo", {"actionId": done["actionId"]})
    for action in ActionName:
        client.ask("POST", act + action, [])


def _decide(client: Client) -> None:
    """What waits to leave, and what could not be read."""
    row = client.ask("GET", "/sync/outbox", query="state=queued")["items"][0]["id"]
    for verb in ("retry", "discard", "discard"):
        client.ask("POST", f"/sync/outbox/{{id}}/{verb}", id=row)
    client.ask("POST", "/sync/outbox/{id}/retry", id="999")
    client.ask("GET", "/sync/outbox", query="state=lost")
    letters = client.ask("GET", "/sync/dead-letters")["items"]
    client.ask("POST", "/sync/dead-letters/{id}/retry", id=letters[0]["id"])
    client.ask("POST", "/sync/dead-letters/{id}/discard", id=letters[0]["id"])
    client.ask("POST", "/sync/dead-letters/{id}/discard", id=letters[0]["id"])


def _hear(client: Client) -> None:
    told = tell(client.url, "orders/updated", orjson.dumps(shop.order(1, "11:00")))
    client.check("POST", "/shopify/webhook", told)
    client.ask("POST", "/shopify/webhook", {})
    now, body = (
        to_datetime(system_clock()),
        b'{"type": "inventory.expected", "data": {"sku": "TEE-M", "eta": "2026-04-01T08:00:00Z"}}',
    )
    signed = Webhook("whsec_aHVzaCwgaHVzaCwgaHVzaA==").sign("msg_1", now, body.decode())
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": signed}
    client.check("POST", "/erp/webhook", httpx.post(f"{client.url}/erp/webhook", content=body, headers=headers))
    client.ask("POST", "/erp/webhook", {})
