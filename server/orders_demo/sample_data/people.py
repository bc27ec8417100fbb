"""Draws customers: believable ones from many cultures, every eightieth a hostile one."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random

from orders_demo.sample_data.names import COMPANIES, CULTURES, HOSTILE, Culture
from orders_demo.sample_data.places import COUNTRIES, phone, street
from orders_demo.world.people import Address, Customer
from orders_demo.world.shop import Shop

HOSTILE_EVERY = 80
_CUM_WEIGHTS = list(accumulate(weight for weight, _ in CULTURES))


def customer(shop: Shop, rng: Random, at: datetime) -> Customer:
    """A new customer of the shop."""
    culture = rng.choices(CULTURES, cum_weights=_CUM_WEIGHTS)[0][1]
    turn, hostile = divmod(len(shop.customers), HOSTILE_EVERY)
    usual = rng.choice(culture.firsts), rng.choice(culture.lasts)
    first, last = HOSTILE[turn % len(HOSTILE)] if hostile == HOSTILE_EVERY // 2 else usual
    home = _address(shop, rng, culture, first, last)
    number = shop.ids.next("Customer")
    since = at - timedelta(days=rng.randint(0, 700), minutes=rng.randint(5, 600))
    entry = Customer(
        id=number,
        first_name=first,
        last_name=last,
        email=_email(rng, first, last, len(shop.customers)),
        phone=home.phone if rng.random() < 0.4 else None,
        address=home,
        locale=culture.locale,
        created_at=since,
        updated_at=since,
        tags=_tags(rng),
    )
    shop.customers.append(entry)
    return entry


def _address(shop: Shop, rng: Random, culture: Culture, first: str, last: str) -> Address:
    country = COUNTRIES[culture.country]
    town = rng.choice(country.towns)
    return Address(
        id=shop.ids.next("MailingAddress"),
        first_name=first,
        last_name=last,
        company=rng.choice(COMPANIES) if rng.random() < 0.12 else None,
        address1=street(rng, culture.country),
        address2=f"Apt {rng.randint(1, 40)}" if rng.random() < 0.2 else None,
        city=town.city,
        province=town.province,
        province_code=town.province_code,
        country=country.name,
        country_code=culture.country,
        zip=town.zip,
        phone=phone(rng, culture.country) if rng.random() < 0.7 else None,
    )


def _email(rng: Random, first: str, last: str, index: int) -> str | None:
    if rng.random() < 0.03:
        return None
    plain = unicodedata.normalize("NFKD", f"{first}.{last}").encode("ascii", "ignore").decode().lower()
    local = "".join(char for char in plain if char.isalnum() or char == ".").strip(".")[:30] or "kunde"
    return f"{local}.{index}@example.{rng.choice(('com', 'net', 'org'))}"


def _tags(rng: Random) -> list[str]:
    roll = rng.random()
    if roll < 0.03:
        return ["VIP"]
    return ["Noël", "newsletter"] if roll < 0.08 else []
