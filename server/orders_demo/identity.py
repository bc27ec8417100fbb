"""Who the simulated parties are, and what they share with the desk. Light: whoever starts the processes needs it too."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass

DOMAIN = "lighthouse-goods.myshopify.com"


@dataclass(frozen=True, slots=True)
class Secrets:
    """What the shop, the ERP and the support queue share with the desk."""

    webhook: str
    admin_token: str
    erp: str
    support: str

    @staticmethod
    def fresh() -> Secrets:
        """New ones, in the forms that the real parties use."""
        keys = [f"whsec_{base64.b64encode(secrets.token_bytes(24)).decode()}" for _ in range(2)]
        return Secrets(secrets.token_hex(16), f"shpat_{secrets.token_hex(16)}", *keys)
