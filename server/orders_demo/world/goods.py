"""Products, their variants, and how many of each lie where."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True, eq=False, repr=False)
class Location:
    """A warehouse or a store."""

    id: int
    name: str
    address1: str
    city: str
    province: str
    province_code: str
    country: str
    country_code: str
    zip: str
    phone: str
    created_at: datetime


@dataclass(slots=True, eq=False, repr=False)
class Level:
    """How many of an item a location can still promise; below zero when it has promised too much."""

    item: Item
    location: Location
    available: int
    committed: int
    created_at: datetime
    updated_at: datetime


@dataclass(slots=True, eq=False, repr=False)
class Item:
    """An inventory item: what is counted."""

    id: int
    sku: str
    requires_shipping: bool
    created_at: datetime
    updated_at: datetime
    levels: dict[int, Level] = field(default_factory=dict)

    @property
    def available(self) -> int:
        """What all locations together can still promise."""
        return sum(level.available for level in self.levels.values())


@dataclass(slots=True, eq=False, repr=False)
class Product:
    """What the shop sells."""

    id: int
    title: str
    vendor: str
    product_type: str
    handle: str
    created_at: datetime
    is_gift_card: bool = False


@dataclass(slots=True, eq=False, repr=False)
class Variant:
    """A product in one size or colour, with its price in minor units of the shop currency."""

    id: int
    product: Product
    title: str
    sku: str
    price: int
    grams: int
    position: int
    item: Item
    barcode: str | None = None

    @property
    def requires_shipping(self) -> bool:
        """False for gift cards and downloads."""
        return self.item.requires_shipping
