"""To the shop of another profile, without leaving the client."""

from __future__ import annotations

from contextlib import suppress

from orders_tui.api.client import SyncApi
from orders_tui.config import Config
from orders_tui.errors import ClientError, SignInNeeded
from orders_tui.plain.desk import Desk


async def other_shop(desk: Desk, name: str) -> Config | None:
    """Its configuration, once its server has answered; None, once it was said why, where it cannot be gone to. Raises Left."""
    names = desk.profiles()
    if desk.load is None or not names:
        desk.console.say("there is no other shop to go to here: the configuration has no profiles")
        return None
    name = name or await desk.console.choose("shops", [(each, each) for each in names])
    try:
        config = desk.load(name)
        async with SyncApi(config.server, config.token, config.name) as api:
            with suppress(SignInNeeded):
                await api.me()
    except ClientError as error:
        desk.console.say(f"{name} cannot be gone to: {error}")
        return None
    return config
