"""What nobody should send: fragments of JSON, text and bytes that are wrong, too long, too deep or cut in the middle."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from random import Random
from typing import Any

import orjson

_TEXT_JSON = tuple(
    part.encode("utf-8", "surrogatepass")
    for part in (
        r'"\ud800"', r'"a\udfffb"', r'"\u0000"', r'"a\u0000b"', '"\ud800"', '"\x00"', '"\n"', r'"\x"', '"open', "NaN",
        "Infinity", "-Infinity", "1e999", "-1e999", "1e-999", "1e15", "5.0", "0.1", "-0", "-1", "0", "007",
        "9007199254740993", "9223372036854775807", "9223372036854775808", "18446744073709551616", "-9223372036854775809",
        "1" * 400, "1" * 5000, "true", "false", "null", "[]", "{}", "[null]", "[[]]", "[{}]", '[1,"a",{}]', '{"":null}',
        '{"a":1,"a":2}', '""', '" "', '"\u200b"', '"\u2028\u2029"', '"\u202eabc"', '"ſﬁİ"', '"e\u0301"', '"\ufffe"',
        '"👩\u200d🚀"', "'a'", "undefined", ",", '"0001-01-01T00:00:00+14:00"', '"0001-01-01T00:00:00Z"',
        '"9999-12-31T23:59:59-14:00"', '"9999-12-31T23:59:59.999999Z"', '"0000-00-00T00:00:00Z"', '"2026-02-30T00:00:00Z"',
        '"2026-03-10T12:00:00+99:99"', '"2026-03-10T12:00:00"', '"2026-W01"', '"1e400"', '"NaN"', '"-Infinity"',
        '"' + "9" * 400 + '"', '"' + "9" * 5000 + '"', '"12.345678901234567890123456789"', '"-5"', '"+1"', '"1_000"',
        '"\u0663"', '"gid://shopify/Order/99999999999999999999"', '"gid://shopify/Order/1?a=b"', '"gid://"', '"#"',
        '"#1001"', '"1"', "1", '"1,2,3"', '"%00"', '"%s%n{}{0}"', "\"'; DROP TABLE orders; --\"", '"<script>"',
        '"javascript:alert(1)"', '"https://[::1"', '"https://x.example:99999999/"', '"//x"', '"HTTPS://\\u202e.example"', '"a,b"',
        '"gid://shopify/LineItem/11"', '"gid://shopify/LineItem/0"', '"gid://shopify/Fulfillment/21"', '"-1"', "2",
        '"' + "x" * 300 + '"', '"' + "y" * 3000 + '"', '"' + "ü" * 70_000 + '"', "[" * 4000,
        "[" * 4000 + "]" * 4000, "[" * 100_000, '{"a":' * 900 + "1" + "}" * 900, '{"a":' * 20_000,
        "[" + "1," * 20_000 + "1]", '"' + "a," * 3000 + '"', '"' + "\\u0301" * 2000 + '"',
    )
)  # fmt: skip
_BYTES = (b'"\xff\xfe"', b'"\xed\xa0\x80"', b"\xff", b"\x00", b"\xef\xbb\xbf{}", b'"\xc0\xaf"')
JSON = (*_TEXT_JSON, *_BYTES)
"""Values that stand where another was expected; some are no JSON at all."""

DEEP = (b"[" * 4000, b"[" * 900 + b"]" * 900, b'{"last_id":' * 400)

HEADERS = (
    b"", b" ", b"\t", b"\xff\xfe", b"\x80", b"\xed\xa0\x80", "Zoë".encode("latin-1"), "Żółw".encode(), b"a\x00b", b"a\x01b",
    b"a\x7fb", b"a\rb", b"a\r\n b", b"a\nb", b"*", b'"', b'""', b'W/"', b'W/"\xff"', b", ,", b",,,,", b";q=", b"q=nan",
    b"a;" * 500, b"[" * 4000, b"x" * 250, b"x" * 256, b"x" * 3000, b"x" * 8100, b"\xff" * 3000, b"x" * 9000, b"%00",
    b"%ff%fe", b"%ed%a0%80", b"0", b"-1", b"1e999", b"NaN", b"9" * 18, b"9" * 400, b"9" * 5000, b"0001-01-01T00:00:00+14:00",
    b"9999-12-31T23:59:59-14:00", b"2026-03-10T12:00:00+99:99", b"2026-03-10", b"Bearer", b"Bearer ", b"Bearer \xff\xfe",
    b"Bearer a b", b"Basic OTpb", b"text/event-stream", b"text/event-stream;q=0", b"application/json",
    b"application/json; charset=utf-7", b"application/json; charset=\xff", b"application/json; charset=nothing",
    b'application/json; charset="', b"text/plain", b"multipart/form-data; boundary=", b"multipart/form-data; boundary=\xff",
    b"a/b/c", b"/", b"gzip", b"deflate, gzip", b"br", b"identity", b"localhost", b"localhost:99999", b"127.0.0.1:x", b"[::1",
    b"[::1]:1", b"evil.example", b"localhost\xff", b"localhost:\xb2", b"localhost/", b"100-continue", b"bytes=0-1",
    b"close, upgrade", b"websocket", b"h2c", b"v1,", b"v1," + b"A" * 43 + b"=", b"A" * 43 + b"=", b"\xc2\xb2", b"1" * 12,
    b"1.999999999", b"orders/create", b"orders/\xff", b"app/uninstalled\x00", b"{}", b"null",
)  # fmt: skip

TEXTS = (
    b"", b"%20", b"%00", b"a%00b", b"%ff", b"%ed%a0%80", b"%c0%af", b"%", b"%zz", b"%u0041", b"\xff", b"\xed\xa0\x80",
    b"%F0%9F%92%A9", b"..", b"%2e%2e%2f", b"%23", b"%231001", b"1001", b"1", b"0", b"-1", b"-0", b"1.5", b"%2B1", b"9" * 18,
    b"9" * 19, b"9" * 400, b"9" * 5000, b"NaN", b"1e999", b"%D9%A3", b"%C2%B2", b"0001-01-01",
    b"0001-01-01T00:00:00%2B14:00", b"9999-12-31", b"9999-12-31T00:00:00-14:00", b"9999-12-31T00:00:00Z", b"2026-02-30",
    b"2026-03-10T24:00:00Z", b"2026-03-10T12:00:00%2B99:99", b"2026-W01-1", b"20260310", b"[" * 4000, b"%5B" * 1000,
    b"x" * 60, b"x" * 300, b"x" * 501, b"x" * 3000, b"x" * 7000, b"%CC%81" * 300, b"%E2%80%8B", b"%EF%BB%BF", b"%25", b"_",
    b"%25_%5C", b"%27", b"%27%3B--", b"*", b"%23%23", b"gid:%2F%2Fshopify%2FOrder%2F1", b"gid:%2F%2Fshopify%2FOrder%2F",
    b"ofs:", b"ofs:0", b"ofs:zzzzzzzzzzz", b"ofs:zzzzzzzzzz", b"ofs:1", b"ofs:-1", b"ofs:%D9%A3", b"ofs:A", b"e30%3D",
    b"%3D%3D%3D%3D", b"+", b"a+b+c", b"a%26b", b"%0d%0aX:1", b"unassigned", b"%C4%B0", b"%EF%BC%91", b"%F0%90%80%80",
    b"%EF%BF%BE", b"%C3%9F" * 200,
)  # fmt: skip
"""Parts of an address, as they stand in one."""


def cursor(random: Random, sort: str) -> bytes:
    """A `shopifyCursor` of all orders in this sort, around something that is none."""
    if random.random() < 0.2:
        inside = random.choice(JSON)
    else:
        key: dict[str, Any] = {
            "last_id": 1,
            "last_value": 1_700_000_000_000,
            "tab": "all",
            "sort": random.choice(("", "value_usd", "customer_name")),
        }
        inside = spoiled(key, random, [random.choice((*key, *key, "extra"))])
    return base64.b64encode(inside).replace(b"+", b"%2B").replace(b"/", b"%2F").replace(b"=", b"%3D")[:7500]


def spoiled(body: Any, random: Random, names: list[str] | None = None) -> bytes:
    """The JSON of a body in which up to three values, each drawn anywhere in it, are hostile, missing or there twice."""
    places = [(body, name) for name in names] if names else _places(body)
    drawn = random.sample(places, min(len(places), random.choice((0, 1, 1, 1, 2, 3))))
    return _written(body, {(id(holder), name): random for holder, name in drawn})


def _places(value: Any) -> list[tuple[Any, Any]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for name, part in inside for place in ((value, name), *_places(part))]


def _written(value: Any, hostile: Mapping[tuple[int, Any], Random]) -> bytes:
    if isinstance(value, dict):
        told = [pair for name, part in value.items() for pair in _pairs(value, name, part, hostile)]
        return b"{" + b",".join(told) + b"}"
    if isinstance(value, list):
        items = [_item(value, n, part, hostile) for n, part in enumerate(value)]
        return b"[" + b",".join(items) + b"]"
    return json.dumps(value).encode()


def _pairs(holder: Any, name: str, part: Any, hostile: Mapping[tuple[int, Any], Random]) -> list[bytes]:
    key = orjson.dumps(name)
    random = hostile.get((id(holder), name))
    plain = key + b":" + _written(part, hostile)
    if random is None:
        return [plain]
    spoiled_pair = key + b":" + random.choice(JSON)
    return random.choice(
        (
            [spoiled_pair],
            [spoiled_pair],
            [spoiled_pair],
            [spoiled_pair],
            [plain, spoiled_pair],
            [spoiled_pair, plain],
            [],
            [random.choice(JSON) + b":1"],
        )
    )


def _item(holder: Any, n: int, part: Any, hostile: Mapping[tuple[int, Any], Random]) -> bytes:
    random = hostile.get((id(holder), n))
    return _written(part, hostile) if random is None else random.choice(JSON)
