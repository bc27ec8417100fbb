"""What the shop sells, and from where."""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import NamedTuple

from stdnum import ean

from orders_demo.world.goods import Item, Level, Location, Product, Variant
from orders_demo.world.shop import Shop

SCARCE = ("LAMP-ARC-BRS", "MUG-ENSO-BLK", "BAG-FJORD-32", "CHAIR-OAK-NAT", "TEA-SENCHA-100", "RUG-KILIM-RED")
"""SKUs of which the shop has promised more than it has."""


UNCODED = "CNDL-BW-1"
"""The SKU of what is made by hand, and has no barcode."""


class Goods(NamedTuple):
    """One product: price in minor units, weight in grams, variants as (title, SKU)."""

    title: str
    vendor: str
    kind: str
    price: int
    grams: int
    variants: tuple[tuple[str, str], ...]


_GOODS = (
    Goods(
        "Arc Floor Lamp", "Lumen & Co", "Lighting", 18900, 5200, (("Brass", "LAMP-ARC-BRS"), ("Black", "LAMP-ARC-BLK"))
    ),
    Goods(
        "Ensō Mug “Mokko”", "三日月商店", "Kitchen", 2450, 420, (("Black", "MUG-ENSO-BLK"), ("White", "MUG-ENSO-WHT"))
    ),
    Goods("Fjord Rucksack", "Ångström", "Bags", 14900, 1100, (("20 L", "BAG-FJORD-20"), ("32 L", "BAG-FJORD-32"))),
    Goods(
        "Oak Side Chair",
        "Nordlicht",
        "Furniture",
        24900,
        6800,
        (("Natural", "CHAIR-OAK-NAT"), ("Smoked", "CHAIR-OAK-SMK")),
    ),
    Goods(
        "Sencha, first flush",
        "Uji Farms",
        "Pantry",
        1890,
        130,
        (("100 g", "TEA-SENCHA-100"), ("250 g", "TEA-SENCHA-250")),
    ),
    Goods(
        "Kilim “Açelya”",
        "Yıldız Halı",
        "Textiles",
        32900,
        4300,
        (("Red", "RUG-KILIM-RED"), ("Indigo", "RUG-KILIM-IND")),
    ),
    Goods(
        "Linen Duvet Cover", "Maison Lefèvre", "Textiles", 12900, 1600, (("Double", "BED-LIN-D"), ("King", "BED-LIN-K"))
    ),
    Goods("Cast-Iron Skillet", "Hammersmith", "Kitchen", 6900, 2700, (("26 cm", "PAN-CI-26"), ("30 cm", "PAN-CI-30"))),
    Goods(
        "Merino Socks [3-pack]",
        "Sjöström",
        "Apparel",
        3200,
        180,
        (("S", "SOCK-M-S"), ("M", "SOCK-M-M"), ("L", "SOCK-M-L")),
    ),
    Goods("Brush Pen Set", "Kuretake", "Stationery", 2100, 90, (("Default Title", "PEN-BRUSH-6"),)),
    Goods(
        "Field Notebook", "Paper & Sons", "Stationery", 1250, 160, (("Dotted", "NOTE-F-DOT"), ("Plain", "NOTE-F-PLN"))
    ),
    Goods("Beeswax Candle", "La Ruche", "Home", 1690, 310, (("Default Title", "CNDL-BW-1"),)),
    Goods("Espresso Tamper", "Caffè Nero Lucido", "Kitchen", 4590, 480, (("53 mm", "TAMP-53"), ("58 mm", "TAMP-58"))),
    Goods("Rain Shell", "Þór Outdoor", "Apparel", 19900, 390, (("S", "SHELL-S"), ("M", "SHELL-M"), ("L", "SHELL-L"))),
    Goods("Wooden Train", "Spielwerk", "Toys", 3990, 720, (("Default Title", "TOY-TRAIN"),)),
    Goods("Desk Clock", "Zeit & Söhne", "Home", 8800, 640, (("Walnut", "CLOCK-WAL"), ("Ash", "CLOCK-ASH"))),
    Goods("Ceramic Planter", "Barro Studio", "Garden", 5400, 2900, (("18 cm", "PLANT-18"), ("24 cm", "PLANT-24"))),
    Goods("Pocket Radio ☂ AM/FM", "Retrowave", "Electronics", 7450, 260, (("Default Title", "RADIO-PKT"),)),
)
_GIFT = Goods("Gift Card", "Lighthouse Goods", "Gift Cards", 5000, 0, (("$50.00", "GIFT-50"),))
_DOWNLOAD = Goods("Pattern Book (PDF)", "Lighthouse Press", "Downloads", 1500, 0, (("Default Title", "PDF-PATTERN"),))

WAREHOUSES = (
    ("Portland Warehouse", "1200 NW Front Ave", "Portland", "Oregon", "OR", "97209"),
    ("Brooklyn Store", "88 Water Street", "Brooklyn", "New York", "NY", "11201"),
)


def stock_up(shop: Shop, rng: Random) -> None:
    """Give a new shop its locations, products and stock; the scarce SKUs get none."""
    for name, street, city, province, code, postcode in WAREHOUSES:
        number = shop.ids.next("Location")
        shop.locations.append(
            Location(
                number,
                name,
                street,
                city,
                province,
                code,
                "United States",
                "US",
                postcode,
                "+15035550100",
                shop.created_at,
            )
        )
    for goods in (*_GOODS, _GIFT, _DOWNLOAD):
        _list(shop, rng, goods, digital=goods in (_GIFT, _DOWNLOAD))


def shippable(shop: Shop) -> list[Variant]:
    """What is sent in parcels and not scarce."""
    return [entry for entry in shop.variants if entry.requires_shipping and entry.sku not in SCARCE]


def scarce(shop: Shop) -> list[Variant]:
    """What the shop has promised too much of."""
    return [entry for entry in shop.variants if entry.sku in SCARCE]


def digital(shop: Shop) -> list[Variant]:
    """What is never sent."""
    return [entry for entry in shop.variants if not entry.requires_shipping]


def _list(shop: Shop, rng: Random, goods: Goods, *, digital: bool) -> None:
    words = "".join(char for char in goods.title.lower() if char.isascii() and (char.isalnum() or char == " "))
    product = Product(
        shop.ids.next("Product"),
        goods.title,
        goods.vendor,
        goods.kind,
        "-".join(words.split()),
        shop.created_at,
        is_gift_card=goods is _GIFT,
    )
    shop.products.append(product)
    for position, (name, sku) in enumerate(goods.variants, start=1):
        item = _count(shop, rng, sku, shop.created_at, digital=digital)
        price = goods.price + (position - 1) * goods.price // 5
        number = shop.ids.next("ProductVariant")
        barcode = None if digital or sku == UNCODED else _barcode(len(shop.variants))
        shop.variants.append(Variant(number, product, name, sku, price, goods.grams, position, item, barcode))


def _barcode(number: int) -> str:
    """An EAN-13 of the range that is kept for use within a shop."""
    digits = f"2000000{number:05}"
    return f"{digits}{ean.calc_check_digit(digits)}"


def _count(shop: Shop, rng: Random, sku: str, at: datetime, *, digital: bool) -> Item:
    item = Item(shop.ids.next("InventoryItem"), sku, not digital, at, at)
    shop.items[item.id] = item
    if not digital:
        for location in shop.locations:
            left = 0 if sku in SCARCE else rng.randint(8, 160)
            item.levels[location.id] = Level(item, location, left, 0, at, at)
    return item
