"""Cursors round-trip, read nothing else, and are written in Shopify's form: contract §1, Cursors."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders_wire.cursors import CursorError, ShopifyCursor, decode, decode_offset, decode_shopify, encode_offset

INT64 = st.integers(min_value=-(2**63), max_value=2**63 - 1)
KEYS = st.builds(
    ShopifyCursor,
    last_id=INT64,
    last_value=st.none() | INT64 | st.text(),
    tab=st.sampled_from(["all", "holds"]),
    sort=st.sampled_from(["-placed_at", "status"]),
)


@given(st.integers(min_value=0, max_value=2**53))
def test_a_position_survives_the_wire(position: int) -> None:
    assert decode(encode_offset(position)) == position


@given(KEYS)
def test_a_key_survives_the_wire(key: ShopifyCursor) -> None:
    assert decode(key.encode()) == key


def test_positions_are_base_36_in_lower_case() -> None:
    assert [encode_offset(n) for n in (0, 11, 12, 35, 36, 1295)] == [
        "ofs:0",
        "ofs:b",
        "ofs:c",
        "ofs:z",
        "ofs:10",
        "ofs:zz",
    ]


def test_a_negative_position_has_no_cursor() -> None:
    with pytest.raises(ValueError):
        encode_offset(-1)


def test_a_key_is_standard_base64_of_json_that_names_id_and_value() -> None:
    body = json.loads(
        base64.b64decode(ShopifyCursor(8837991727410, 1782167640000, "all", "-placed_at").encode(), validate=True)
    )
    assert body["last_id"] == 8837991727410
    assert body["last_value"] == 1782167640000


@pytest.mark.parametrize(
    "text", ["ofs:", "ofs:Z", "ofs:-1", "ofs: 1", "ofs:1.5", "ofs:٣", "ofs:" + "z" * 12, "ofs:zzzzzzzzzzz"]
)
def test_a_malformed_position_is_refused(text: str) -> None:
    with pytest.raises(CursorError, match="ofs:<base36"):
        decode_offset(text)


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"last_id": "1", "last_value": 1, "tab": "all", "sort": "x"},
        {"last_id": True, "last_value": 1, "tab": "all", "sort": "x"},
        {"last_id": 2**63, "last_value": 1, "tab": "all", "sort": "x"},
        {"last_id": 1, "last_value": 1.5, "tab": "all", "sort": "x"},
        {"last_id": 1, "last_value": 1, "sort": "x"},
    ],
)
def test_a_key_of_another_shape_is_refused(body: object) -> None:
    with pytest.raises(CursorError):
        decode_shopify(base64.b64encode(json.dumps(body).encode()).decode())


@given(st.text())
def test_any_other_text_is_refused_and_never_crashes(text: str) -> None:
    assert isinstance(_read(text), int | ShopifyCursor | CursorError)


def _read(text: str) -> int | ShopifyCursor | CursorError:
    try:
        return decode(text)
    except CursorError as error:
        return error
