"""orderUpdate: note, contact and address of an order. It tells the order with its errors, and every error at once."""

from __future__ import annotations

import re
from typing import Any

from orders_demo.admin import gids
from orders_demo.admin.call import Info, call
from orders_demo.admin.changes.refusal import Payload, Refused, done, refusals
from orders_demo.operations import ordering
from orders_demo.sample_data.places import COUNTRIES
from orders_demo.world.ids import gid
from orders_demo.world.people import Address
from orders_demo.world.shop import Shop

STATES = {
    "US": (
        "State",
        "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR "
        "PA RI SC SD TN TX UT VT VA WA WV WI WY DC AS GU MH FM MP PW PR VI AA AE AP",
    ),
    "CA": ("Province", "AB BC MB NB NL NT NS NU ON PE QC SK YT"),
}
NAMES = {"US": "United States", "CA": "Canada"}


def update(_root: Any, info: Info, input: dict[str, Any]) -> Payload:  # noqa: A002
    """Change what is given; nothing when any of it is wrong."""
    stage = call(info).stage
    order = stage.shop.orders.get(gids.number(input["id"], "Order") or 0)
    if order is None:
        return refusals([Refused(["id"], "Order does not exist")], order=None)
    given = {name: value for name, value in input.items() if name != "id"}
    if errors := _errors(given):
        return refusals(errors, order=order)
    address = _address(stage.shop, given["shippingAddress"]) if given.get("shippingAddress") else None
    stage.perform(lambda at: ordering.amend(stage.shop, order, at, given, address))
    stage.ledger.mutation(stage.now(), "orderUpdate", gid("Order", order.id), {"fields": sorted(given)})
    return done(order=order)


def _errors(given: dict[str, Any]) -> list[Refused]:
    if not given:
        return [Refused(None, "No valid update parameters have been provided")]
    errors = []
    if given.get("phone") and not re.fullmatch(r"\+?[\d\s().-]{5,}", given["phone"]):
        errors.append(Refused(["phone"], "Phone is invalid"))
    if given.get("shippingAddress"):
        errors += _address_errors(given["shippingAddress"])
    return errors


def _address_errors(given: dict[str, Any]) -> list[Refused]:
    path, errors = "shippingAddress", []
    if not (given.get("lastName") or "").strip():
        errors.append(Refused([path, "lastName"], "Enter a last name"))
    if not (given.get("zip") or "").strip():
        errors.append(Refused([path, "zip"], "Enter a ZIP code"))
    country = given.get("countryCode") or ""
    kind, codes = STATES.get(country, ("", ""))
    if codes and given.get("provinceCode") and given["provinceCode"] not in codes.split():
        told = f"{kind} is not a valid {kind.lower()} in {NAMES[country]}"
        errors.append(Refused([path, "province"], told))
    return errors


def _address(shop: Shop, given: dict[str, Any]) -> Address:
    code = given.get("countryCode") or ""
    country = COUNTRIES.get(code)
    towns = country.towns if country else ()
    province = next((town.province for town in towns if town.province_code == given.get("provinceCode")), None)
    return Address(
        id=shop.ids.next("MailingAddress"),
        first_name=given.get("firstName"),
        last_name=given.get("lastName"),
        company=given.get("company"),
        address1=given.get("address1"),
        address2=given.get("address2"),
        city=given.get("city"),
        province=given.get("province") or province or given.get("provinceCode"),
        province_code=given.get("provinceCode"),
        country=country.name if country else NAMES.get(code, code),
        country_code=code,
        zip=given.get("zip"),
        phone=given.get("phone"),
    )
