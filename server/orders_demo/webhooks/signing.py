"""What a webhook carries besides its body: all of Shopify's headers, and the signature over the raw bytes."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime

API_VERSION = "2026-07"


def signature(secret: str, body: bytes) -> str:
    """`X-Shopify-Hmac-Sha256`: base64 of HMAC-SHA256 with the app's secret."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def headers(
    secret: str, domain: str, topic: str, body: bytes, *, webhook_id: str, event_id: str, at: datetime
) -> dict[str, str]:
    """The headers of one delivery. Siblings of one happening share `event_id`; a repeat keeps its `webhook_id`."""
    return {
        "Content-Type": "application/json",
        "User-Agent": "Shopify-Captain-Hook",
        "X-Shopify-Topic": topic,
        "X-Shopify-Hmac-Sha256": signature(secret, body),
        "X-Shopify-Shop-Domain": domain,
        "X-Shopify-API-Version": API_VERSION,
        "X-Shopify-Webhook-Id": webhook_id,
        "X-Shopify-Event-Id": event_id,
        "X-Shopify-Triggered-At": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f000Z"),
    }
