"""A pick on paper: whatever a stranger has typed is harmless there, in every form, and a scanner reads the slip."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser

import pytest
from tests.tui.core.samples import NOON, order
from tests.tui.core.test_picking import line, picked

from orders_tui import sanitise
from orders_tui.picking.barcode import bars
from orders_tui.picking.choices import By, Form
from orders_tui.picking.sheet import Sheet, written
from orders_wire.detail import LineProperty

HOSTILE = [
    "=cmd()|' /C calc'!A0",
    "<script>alert(1)</script>",
    "\x1b]52;c;aGk=\x07\x1b[2J\x9b31m",
    "abc\u202egnp.exe\u2066\u200b",
    "{{ 7 * 7 }}{% include '/etc/passwd' %}",
    '"><img src=x onerror=alert(1)>',
    "</style></title><meta http-equiv=refresh content='0;url=//evil'>",
    "@SUM(A1)\r\n=1+1\f\ttab",
    "x" * 5000,
    "\ud800",
]
"""What stands in titles, names, properties, numbers: all at once."""


def sheet(by: By, words: str, **fields: object) -> Sheet:
    told = [LineProperty(name=words, value=words)]
    strange = order(1, order_number=words, customer_name=words, together="g")
    lines = [line(words, 2, 1, title=words, variant_title=words, barcode=words, properties=told)]
    other = order(2, together="g", blockers=["payment"])
    return Sheet(picked((strange, lines), (other, lines)), by, words, NOON, "UTC", words)


class Page(HTMLParser):
    """The elements, attributes and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


OURS = {
    "html", "head", "meta", "title", "style", "body", "header", "div", "section", "h1", "h2", "p", "b", "bdi", "span", "ul", "li",
    "table", "thead", "tbody", "tr", "th", "td", "footer", "svg", "path",
}  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("by", By)
def test_what_a_stranger_typed_is_text_in_a_page(by: By, words: str) -> None:
    text = written(sheet(by, words), Form.HTML)
    page, harmless = Page(text), Page(written(sheet(by, "plain words"), Form.HTML))
    assert page.tags <= OURS
    assert not {name for name, _ in page.attributes if name.startswith("on") or name in {"src", "href", "style"}}
    assert [name for name, _ in page.attributes if name in {"http-equiv", "content"}] == [
        name for name, _ in harmless.attributes if name in {"http-equiv", "content"}
    ]
    assert sanitise.text(words)[:100] in page.text
    assert all(sanitise.safe(each) for each in text.splitlines())
    text.encode("utf-8")


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("by", By)
def test_what_a_stranger_typed_is_no_formula_and_no_row_in_csv(by: By, words: str) -> None:
    (row,) = csv.DictReader(io.StringIO(written(sheet(by, words), Form.CSV), newline=""))
    assert all(None not in {key, value} for key, value in row.items())
    assert not [value for value in row.values() if value.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]
    assert all(sanitise.safe(value) for value in row.values())
    assert row["title"].removeprefix("'") == sanitise.text(words)


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("by", By)
def test_what_a_stranger_typed_steers_no_terminal_and_no_printer(by: By, words: str) -> None:
    text = written(sheet(by, words), Form.TEXT)
    lines = re.split("[\n\f]", text)
    assert all(sanitise.safe(each) and len(each) <= 79 for each in lines)
    assert text.count("\f") == (1 if by is By.ORDER else 0), "the slip, and what is left out"


def test_a_page_takes_nothing_from_elsewhere_and_runs_nothing() -> None:
    text = written(sheet(By.ORDER, "words"), Form.HTML)
    assert "default-src 'none'; style-src 'unsafe-inline'" in text
    assert not re.search(r"https?:|url\(|@import|<script|<link|<img", text)


def test_a_slip_says_what_is_packed_with_it_and_what_is_not_in_it() -> None:
    one = picked(
        (order(1, together="g"), [line(owed=3, sendable=2)]), (order(3, together="g", priority="vip"), [line("CUP")])
    )
    for form in (Form.HTML, Form.TEXT):
        text = written(Sheet(one, By.ORDER, "s", NOON), form)
        text = Page(text).text if form is Form.HTML else text
        assert "ship with #1003" in text
        assert "ship with #1001" in text
        assert "VIP" in text
        assert re.search(r"1 [x×] TEE: waits for stock", text)
    listed = written(Sheet(one, By.SKU, "s", NOON), Form.TEXT)
    assert "#1001 + #1003" in listed


def test_the_bar_code_is_the_number_as_it_is_typed() -> None:
    code = bars("#1001")
    assert code is not None
    assert (code.content, code.path.count("M")) == ("1001", 4 * 3 + 4), "start, two pairs of digits, check, stop"
    assert bars("EU-4711") is not None
    for none in ("#", "No. \u2116 7", "a\tb", "1" * 25):
        assert bars(none) is None
