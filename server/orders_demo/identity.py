"""Who the simulated parties are, and what they share with the desk. Light: whoever starts the processes needs it too."""

from __future__ import annotations

import base64
import getpass
import secrets
from collections.abc import Callable
from dataclasses import dataclass

DOMAIN = "lighthouse-goods.myshopify.com"
CLIENT_ID = "5f1d3a7c0b9e4d2886a1c4e7f0935b6d"
"""The app's, by which it may draw tokens instead of having one."""

NAMELESS = "operator"
"""Whoever has no login name, or one that means something else at a desk."""
LONGEST_NAME = 32
_TAKEN = frozenset({"unassigned", "nobody", "assistant", "dashboard"})


def operator_name(login: Callable[[], str] = getpass.getuser) -> str:
    """The login name of whoever sits here, as the name of an operator: printable, short, nobody else's."""
    try:
        given = login()
    except (OSError, KeyError, ImportError):  # what Python says where the system knows no name
        given = ""
    clean = "".join(char if char.isprintable() else " " for char in given)
    name = " ".join(clean.split())[:LONGEST_NAME].strip()
    return name if name and name.casefold() not in _TAKEN else NAMELESS


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
        return Secrets(f"shpss_{secrets.token_hex(16)}", f"shpat_{secrets.token_hex(16)}", *keys)
