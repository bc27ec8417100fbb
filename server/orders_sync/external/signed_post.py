"""HTTP POST in the Standard Webhooks form: how the ERP and the support queue are reached.

The message id is the row's dedupe key, the same at every attempt: the receiver knows a repeat, so that an unknown outcome
is simply tried again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import aiohttp
import orjson
from standardwebhooks import Webhook

from orders_sync.db.outbox import OutboxRow
from orders_sync.evidence.json_fields import clean
from orders_sync.instants import Clock, from_datetime, to_datetime
from orders_sync.outbox.outcome import Later, Outcome, Refused, Sent, Unknown

TIMEOUT_S = 20.0
CONNECT_TIMEOUT_S = 5.0

MOST_REASON = 200
"""Characters of a receiver's reason phrase that are kept, whatever bytes it is made of."""

LONGEST_WAIT_S = 86_400
_SECONDS = re.compile(r"[0-9]{1,18}")

_LATER = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})


class SignedPost:
    """One receiver. A row's payload is the message: `{"type", "timestamp", "data"}`."""

    def __init__(self, session: aiohttp.ClientSession, url: str, secret: str, clock: Clock) -> None:
        self._session = session
        self._url = url
        self._signer = Webhook(secret)
        self._clock = clock
        self._timeout = aiohttp.ClientTimeout(total=TIMEOUT_S, connect=CONNECT_TIMEOUT_S)

    async def send(self, rows: Sequence[OutboxRow]) -> list[Outcome]:
        """Posts each row; an outcome for each. Never raises for what the network or the receiver does."""
        return [await self._post(row) for row in rows]

    async def _post(self, row: OutboxRow) -> Outcome:
        body = orjson.dumps(row.payload)
        try:
            async with self._session.post(
                self._url,
                data=body,
                headers=self._headers(row.dedupe_key, body),
                timeout=self._timeout,
                allow_redirects=False,
            ) as response:
                return self._outcome(response)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            return Later(f"no connection ({type(error).__name__})")
        except aiohttp.InvalidURL:
            return Refused("the configured address is not a URL")
        except (aiohttp.ClientError, TimeoutError) as error:
            return Unknown(f"no answer ({type(error).__name__})")

    def _headers(self, message_id: str, body: bytes) -> dict[str, str]:
        now = to_datetime(self._clock())
        return {
            "Content-Type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._signer.sign(message_id, now, body.decode()),
        }

    def _outcome(self, response: aiohttp.ClientResponse) -> Outcome:
        status = response.status
        if 200 <= status < 300:
            return Sent()
        said = f"HTTP {status} {clean(response.reason or '')[:MOST_REASON]}".rstrip()
        if status >= 500 or status in _LATER:
            return Later(said, self._after_ms(response.headers.get("Retry-After")))
        return Refused(said)

    def _after_ms(self, text: str | None) -> int | None:
        """`Retry-After` in seconds or as an HTTP date; `None` when there is none that can be read."""
        if text is None:
            return None
        if _SECONDS.fullmatch(text.strip()):
            return min(int(text), LONGEST_WAIT_S) * 1000
        try:
            at = from_datetime(_aware(parsedate_to_datetime(text)))
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
        return min(max(0, at - self._clock()), LONGEST_WAIT_S * 1000)


def _aware(at: datetime) -> datetime:
    """`-0000` reads as naive; HTTP dates are in UTC."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)
