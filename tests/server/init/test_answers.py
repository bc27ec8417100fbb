"""What is taken for an answer, and what a wrong one is told: never without what is allowed, never with the secret."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders_sync.commands.init import answers
from orders_sync.commands.init.answers import Wrong

SECRET = f"shpss_{'5' * 32}"


@pytest.mark.parametrize(
    "spelled",
    [
        "acme",
        " ACME ",
        "acme.myshopify.com",
        "Acme.MyShopify.com.",
        "https://acme.myshopify.com",
        "https://acme.myshopify.com/admin/orders?x=1",
        "http://acme.myshopify.com:443/",
        "https://admin.shopify.com/store/acme",
        "admin.shopify.com/store/ACME/settings/apps",
    ],
)
def test_a_shop_may_be_spelled_in_every_usual_way(spelled: str) -> None:
    assert answers.shop_domain(spelled) == "acme.myshopify.com"


@pytest.mark.parametrize(
    "spelled",
    [
        "",
        "   ",
        "www.acme.com",
        "https://acme.com/admin",
        "acme.myshopify.io",
        "myshopify.com",
        ".myshopify.com",
        "-acme",
        "a b",
        "acme_shop",
        "https://admin.shopify.com/",
        "https://admin.shopify.com/store/",
        "http://[::1",
        "https://evil.com/acme.myshopify.com",
        "acme.myshopify.com.evil.com",
        "127.0.0.1:4000",
    ],
)
def test_another_address_is_no_shop(spelled: str) -> None:
    with pytest.raises(Wrong, match="NAME"):
        answers.shop_domain(spelled)


@given(st.text(max_size=40))
@settings(max_examples=200)
def test_whatever_is_typed_is_a_shop_or_wrong(text: str) -> None:
    try:
        told = answers.shop_domain(text)
    except Wrong as error:
        told = str(error)
    assert told.endswith(".myshopify.com") or "NAME" in told


@pytest.mark.parametrize(
    "token", [f"shpat_{'a' * 32}", f"shpca_{'a' * 32}", "0123456789abcdef" * 2, f' "shpat_{"b" * 32}" ']
)
def test_an_admin_token_is_taken_without_what_was_pasted_around_it(token: str) -> None:
    assert answers.admin_token(token) == token.strip().strip('"')


@pytest.mark.parametrize(
    ("check", "given", "told"),
    [
        (answers.admin_token, "", "Nothing was given"),
        (answers.admin_token, SECRET, "client secret (shpss_…)"),
        (answers.admin_token, "shptka_0123456789abcdef", "Theme Access"),
        (answers.admin_token, "whsec_0123456789abcdef", "Standard Webhooks"),
        (answers.admin_token, "shpat_ab cd", "one word of printable ASCII"),
        (answers.admin_token, "shpat_äöü", "one word of printable ASCII"),
        (answers.client_id, SECRET, "client ID stands above"),
        (answers.client_id, "", "Nothing was given"),
        (lambda text: answers.webhook_secret(text, "same" * 9), "same" * 9, "Admin API access token"),
        (lambda text: answers.webhook_secret(text, None), f"shpat_{'a' * 32}", "Admin API access token"),
        (lambda text: answers.webhook_secret(text, None), f"whsec_{'a' * 32}", "Standard Webhooks"),
        (lambda text: answers.webhook_secret(text, None), "0123456789", "too short"),
        (lambda text: answers.webhook_secret(text, None), " , ", "two with a comma"),
        (lambda text: answers.webhook_secret(text, None), f"{SECRET},{SECRET}1,{SECRET}2", "two with a comma"),
        (answers.port, "eighty", "1 to 65535"),
        (answers.port, "0", "1 to 65535"),
        (answers.port, "65536", "1 to 65535"),
    ],
)
def test_a_wrong_answer_is_told_apart_and_not_repeated(check: Callable[[str], object], given: str, told: str) -> None:
    with pytest.raises(Wrong) as wrong:
        check(given)
    assert told in str(wrong.value)
    assert len(given.strip()) < 6 or given not in str(wrong.value)


def test_two_webhook_secrets_do_while_one_replaces_the_other() -> None:
    assert answers.webhook_secret(f"{SECRET}, {SECRET}x", None) == f"{SECRET},{SECRET}x"


@pytest.mark.parametrize(
    ("token", "told"),
    [
        (f"shpat_{'a' * 32}", "another shop's"),
        ("prtapi_0123456789", "begins with prtapi_"),
        ("0123456789abcdef" * 2, "no such mark"),
    ],
)
def test_a_token_that_is_not_accepted_is_told_by_its_mark_alone(token: str, told: str) -> None:
    assert told in answers.not_accepted(token)
    assert token not in answers.not_accepted(token)


@pytest.mark.parametrize(
    ("given", "simulated", "address"),
    [
        ("", False, None),
        ("https://hooks.example.org", False, "https://hooks.example.org/shopify/webhook"),
        ("hooks.example.org/", False, "https://hooks.example.org/shopify/webhook"),
        ("https://hooks.example.org:8443/desk/hook", False, "https://hooks.example.org:8443/desk/hook"),
        ("http://127.0.0.1:8765", True, "http://127.0.0.1:8765/shopify/webhook"),
        ("http://localhost:8765/shopify/webhook", True, "http://localhost:8765/shopify/webhook"),
    ],
)
def test_where_webhooks_may_go(given: str, simulated: bool, address: str | None) -> None:
    assert answers.webhook_url(given, simulated=simulated) == address


@pytest.mark.parametrize(
    ("given", "simulated", "told"),
    [
        ("http://hooks.example.org", False, "https:// only"),
        ("http://127.0.0.1:8765", False, "https:// only"),
        ("http://hooks.example.org", True, "https:// only"),
        ("https://localhost", False, "does not deliver to localhost"),
        ("https://10.1.2.3/hook", False, "does not deliver to 10.1.2.3"),
        ("https://desk", False, "does not deliver to desk"),
        ("https://desk.local", False, "does not deliver to"),
        ("https://acme.myshopify.com/hook", False, "does not deliver to"),
        ("https://me@hooks.example.org", False, "no user"),
        ("ftp://hooks.example.org", False, "https:// only"),
        ("https://[::1", False, "no address"),
        ("https://hooks.example.org:99999", False, "no address"),
    ],
)
def test_where_webhooks_may_not_go(given: str, simulated: bool, told: str) -> None:
    with pytest.raises(Wrong) as wrong:
        answers.webhook_url(given, simulated=simulated)
    assert told in str(wrong.value)
