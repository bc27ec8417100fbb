"""The configuration file: TOML under platformdirs' config folder, with profiles. Small, and every key is checked.

    [defaults]                     # and [profile.NAME], which adds to and overrides it
    server = "http://127.0.0.1:8765"
    token_file = "~/.config/orders-tui/token"
    name = "ana"                   # X-Operator on loopback
    theme = "textual-dark"
    page_size = 50
    ascii = false
    bell = false
    mouse = true
    environment = "PROD"           # the band's word
    typed_amount_above = 100.0     # a refund above this is typed to confirm
    [keys]
    "order.assign" = "a"           # action id = keys, comma separated; "none" unbinds

Order of precedence: command line, environment, profile, defaults. An unknown key is an error that names file, key and nearest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Config:
    """Everything the client needs to start. `token` never shows in `repr`."""

    server: str = "http://127.0.0.1:8765"
    token: str | None = field(default=None, repr=False)
    name: str | None = None
    profile: str | None = None
    theme: str | None = None
    page_size: int | None = None
    ascii: bool = False
    bell: bool = False
    mouse: bool = True
    environment: str | None = None
    typed_amount_above: float = 100.0
    keys: Mapping[str, str] = field(default_factory=dict)
    path: Path | None = None
    state_dir: Path | None = None


def load(
    *,
    server: str | None = None,
    profile: str | None = None,
    name: str | None = None,
    environ: Mapping[str, str] | None = None,
    path: Path | None = None,
) -> Config:
    """The configuration in force. Raises ConfigError."""
    raise NotImplementedError
