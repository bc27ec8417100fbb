"""Any bytes in any header, cursor, address or body of every endpoint: the contract's refusal, never a 500, never a traceback."""

from __future__ import annotations

from tests.fuzz.fuzz import answered_wrongly, doors, fuzz, left_in_order
from tests.fuzz.requests import Wanted, shopify_signature

SEED = 7
REQUESTS = 800


async def test_hostile_requests_are_refused_in_the_contracts_shape(database_url: str) -> None:
    async with doors(database_url, SEED) as opened:
        findings = await fuzz(opened, 0, REQUESTS)
        assert not findings.faults, "\n".join(findings.faults[:5])
        assert min(findings.statuses[200], findings.statuses[400], findings.statuses[404]) > REQUESTS / 20
        assert await left_in_order(opened[0]) == []


GET, POST = "GET %s HTTP/1.1", "POST /shopify/webhook HTTP/1.1"
REFUSED: tuple[tuple[str, dict[str, str]], ...] = (
    (GET % ("/sync/orders?cursor=" + "W1tb" * 1333), {}),
    (GET % "/sync/me", {"X-Shop-Domain": "\xff"}),
    (GET % "/sync/me", {"Expect": "a surprise"}),
    (GET % "/nothing", {"Expect": "\xff"}),
    (GET % "/sync/orders/%ED%A0%80", {}),
    (GET % ("/" + "%ED" * 2500), {}),
)
SIGNED = (
    {"X-Shopify-Topic": "orders/\xff"},
    {"X-Shopify-Webhook-Id": "\xff"},
    {"X-Shopify-Webhook-Id": "x" * 8000},
    {"X-Shopify-Event-Id": "\xed\xa0\x80"},
    {"X-Shopify-Topic": "orders/create", "X-Shopify-Triggered-At": "\xff"},
)


def raw(line: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    named = {"Host": "localhost", "Content-Length": str(len(body)), **headers}
    head = "\r\n".join((line, *(f"{name}: {value}" for name, value in named.items()), "", ""))
    return head.encode("latin-1") + body


async def test_each_kind_that_can_break_an_answer_is_refused(sqlite_url: str) -> None:
    """These stand here by name, whatever the seed draws."""
    async with doors(sqlite_url, SEED) as opened:
        for line, headers in REFUSED:
            assert await answered_wrongly(opened[0], Wanted("GET", "", raw(line, headers))) == []


async def test_a_signed_webhook_is_taken_whatever_its_headers_say(database_url: str) -> None:
    body = b"{"
    async with doors(database_url, SEED) as opened:
        for headers in SIGNED:
            signed = headers | {"X-Shopify-Hmac-Sha256": shopify_signature(body).decode()}
            assert await answered_wrongly(opened[2], Wanted("POST", "", raw(POST, signed, body))) == []
        assert await left_in_order(opened[0]) == []


async def test_a_refusal_that_names_many_fields_has_an_end(sqlite_url: str) -> None:
    body = b'{"assignee":"bo","orderIds":[' + b",".join([b"1"] * 5000) + b"]}"
    line, json = "POST /sync/orders/assign HTTP/1.1", {"Content-Type": "application/json"}
    async with doors(sqlite_url, SEED) as opened:
        assert await answered_wrongly(opened[0], Wanted("POST", "", raw(line, json, body))) == []
