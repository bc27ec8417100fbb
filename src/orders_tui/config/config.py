"""What the client is set to, once file, environment and command line have been read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from orders_tui.config.band import band_color

if TYPE_CHECKING:
    from orders_tui.config.own_commands import OwnCommand

APP = "orders-tui"
DEFAULT_SERVER = "http://127.0.0.1:8765"


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that the client needs to start. The token never shows in `repr`. `unicode`: the terminal's encoding has it.

    What can be set in a profile is described in `settings.SETTINGS`.
    """

    server: str = DEFAULT_SERVER
    token: str | None = field(default=None, repr=False)
    name: str | None = None
    profile: str | None = None
    theme: str | None = None
    page_size: int = 50
    ascii: bool = False
    unicode: bool = True
    bell: bool = False
    mouse: bool = True
    environment: str | None = None
    band: str | None = None
    read_only: bool = False
    plain: bool = False
    typed_amount_above: float = 100.0
    views: str | None = None
    print_command: tuple[str, ...] | None = None
    keys: Mapping[str, str] = field(default_factory=dict)
    commands: tuple[OwnCommand, ...] = ()
    templates: Mapping[str, str] = field(default_factory=dict)
    path: Path | None = None
    state_dir: Path | None = None
    desk: str | None = None

    @property
    def band_color(self) -> str | None:
        """The colour of the band as `#rrggbb`; None where there is none."""
        return band_color(self.environment, self.band)

    @property
    def profile_shown(self) -> str:
        """The profile's name, where the environment's word does not say the same."""
        same = (self.profile or "").casefold() == (self.environment or "").casefold()
        return "" if same or (self.band and not self.environment) else self.profile or ""

    @property
    def security_warning(self) -> str:
        """What is unsafe about the way to the server, as a sentence; empty when nothing is."""
        url = urlsplit(self.server)
        if not self.token or url.scheme != "http" or _is_this_machine(url.hostname or ""):
            return ""
        return f"the token goes to {url.hostname} unencrypted, where others on the way can read it; use https://"


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
