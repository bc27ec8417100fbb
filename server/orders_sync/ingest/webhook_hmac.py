"""The HMAC check: whether a webhook is genuine, signed with one of Shopify's secrets. Pure (contract §4)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence

SIGNATURE = "X-Shopify-Hmac-Sha256"
_WELL_FORMED = re.compile(r"[A-Za-z0-9+/]{43}=")


def well_formed(signature: str) -> bool:
    """False for what can be the signature of no body: it is the base64 of a SHA-256."""
    return _WELL_FORMED.fullmatch(signature) is not None


def genuine(body: bytes, signature: str, secrets: Sequence[str]) -> bool:
    """True when one of the secrets signed exactly these bytes. Every secret is tried, each in constant time."""
    given = signature.encode("utf-8", "surrogateescape")
    fits = [hmac.compare_digest(_signature(body, secret), given) for secret in secrets]
    return any(fits)


def _signature(body: bytes, secret: str) -> bytes:
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256))
