"""Three profiles, none of which is ever entered."""

from __future__ import annotations

from collections.abc import Sequence

from orders_tui.config import Config
from orders_tui.context.shops import Opening, Shop
from orders_tui.errors import Unreachable
from orders_tui.session.log import ActionEntry


class FakeShops:
    """No server of theirs answers; `entered` and `instead` are what was asked for."""

    def __init__(self) -> None:
        self.unsettled: Sequence[ActionEntry] = ()
        self.entered: list[Opening] = []
        self.instead: list[tuple[str, ...]] = []

    def names(self) -> list[str]:
        return [shop.name for shop in self.all()]

    def all(self) -> list[Shop]:
        eu = Config(server="https://desk.acme.example", environment="PROD")
        test = Config(server="http://127.0.0.1:8765", environment="TEST", band="teal")
        look = Config(server="https://desk.acme.example", environment="PROD", read_only=True)
        old = "profile.old.band is #rrggbb or one of red, orange, yellow, green"
        return [
            Shop("eu", eu, present=True),
            Shop("test", test),
            Shop("look", look),
            Shop("old", Config(), problem=old),
        ]

    async def ready(self, name: str) -> Opening:
        raise Unreachable(f"no server answers at the address of {name} (connection refused: nothing listens there)")

    async def ready_at(self, server: str) -> Opening:
        raise Unreachable(f"no server answers at the address {server} (connection refused: nothing listens there)")

    def enter(self, opening: Opening) -> None:
        self.entered.append(opening)

    def run_instead(self, *arguments: str) -> None:
        self.instead.append(arguments)
