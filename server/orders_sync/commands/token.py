"""`token`: draws a bearer token and prints it once, with the table that goes into the tokens file."""

from __future__ import annotations

import secrets
import sys

from orders_sync.http.auth import MAX_NAME, digest
from orders_wire.vocabulary import Role


def run(name: str, role: Role) -> int:
    """The token on stdout, for its owner; its table for the tokens file (which holds no token) on stderr."""
    if not name.strip() or len(name) > MAX_NAME or not name.isprintable():
        print(f"--name is a name of 1 to {MAX_NAME} printable characters", file=sys.stderr)
        return 2
    token = secrets.token_urlsafe(32)
    print(token)
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    print(f'[[token]]\nname = "{quoted}"\nrole = "{role}"\nsha256 = "{digest(token)}"', file=sys.stderr)
    return 0
