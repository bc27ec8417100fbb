"""Settings: where they come from, what they take, and what a wrong one says: contract §6."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from orders_sync.commands import flags
from orders_sync.instants import DAY, HOUR
from orders_sync.setting_values import is_loopback
from orders_sync.settings import NAMES, SECRETS, UNNAMED_SHOP, Settings, SettingsError, load
from orders_sync.upkeep.rederive import fingerprint

NOWHERE = Path("/dev/null")


def read(environ: dict[str, str] | None = None, **given: str) -> Settings:
    return load(given, environ or {}, NOWHERE)


def refusal(environ: dict[str, str] | None = None, **given: str) -> str:
    with pytest.raises(SettingsError) as refused:
        read(environ, **given)
    return str(refused.value)


def test_every_setting_of_the_contract_exists() -> None:
    contract = """DATABASE_URL HOST PORT SHOP_DOMAIN SHOPIFY_WEBHOOK_SECRET WEBHOOK_LISTEN SHOPIFY_ADMIN_TOKEN SHOPIFY_API_URL
        SHOPIFY_CLIENT_ID
        SHOPIFY_WRITES ERP_URL ERP_SECRET SUPPORT_URL SUPPORT_SECRET TOKENS_FILE POLL_INTERVAL_S TRACKING_PENDING_HOURS
        DELAYED_HOURS BREACH_HOURS SHIP_WITHIN_HOURS SHIP_DAYS CUTOFF HOLIDAYS RUSH_SHIPPING
        QUIET_AFTER_DAYS USD_RATES TIMEZONE UNDO_SECONDS
        NOTIFY_CUSTOMER READY_WHEN PLACEHOLDER_NUMBERS EVENTS_KEEP_DAYS IDEMPOTENCY_KEEP_HOURS LOG_FORMAT"""
    assert {name.upper() for name in NAMES} == set(contract.split())


def test_the_defaults_are_the_contracts() -> None:
    thresholds = read().thresholds
    assert (thresholds.tracking_pending, thresholds.delayed, thresholds.breach, thresholds.ship_within) == (
        2 * HOUR,
        24 * HOUR,
        24 * HOUR,
        24 * HOUR,
    )
    assert (thresholds.quiet, thresholds.ship_days, thresholds.zone.key) == (30 * DAY, frozenset(range(1, 8)), "UTC")
    settings = read()
    assert (settings.poll_interval_s, settings.undo_seconds, settings.events_keep_days) == (900, 10, 7)
    assert (settings.idempotency_keep_hours, settings.shopify_writes) == (72, False)


def test_a_flag_wins_over_a_variable_and_a_variable_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "sync.toml"
    file.write_text('port = 1000\nhost = "::1"\nundo_seconds = 3\n')
    settings = load({"port": "3000"}, {"ORDERS_SYNC_PORT": "2000", "ORDERS_SYNC_HOST": "localhost"}, file)
    assert (settings.port, settings.host, settings.undo_seconds) == (3000, "localhost", 3)


def test_the_file_is_named_by_a_variable_where_no_flag_names_it(tmp_path: Path) -> None:
    file = tmp_path / "sync.toml"
    file.write_text("port = 1000\n")
    assert load({}, {"ORDERS_SYNC_CONFIG": str(file)}).port == 1000


def test_an_empty_variable_is_one_that_is_not_set() -> None:
    assert read({"ORDERS_SYNC_SHOPIFY_ADMIN_TOKEN": ""}).shopify_admin_token is None


@pytest.mark.parametrize(
    ("spelled", "days"),
    [
        ("mon-fri", {1, 2, 3, 4, 5}),
        ("1,3,7", {1, 3, 7}),
        ("sat-mon", {6, 7, 1}),
        ("Monday, thu", {1, 4}),
        ("sun", {7}),
    ],
)
def test_shipping_days_are_names_numbers_or_ranges(spelled: str, days: set[int]) -> None:
    assert read(ship_days=spelled).ship_days == days


def test_lists_and_tables_read_alike_from_text_and_from_toml(tmp_path: Path) -> None:
    file = tmp_path / "sync.toml"
    file.write_text('ship_days = ["mon-wed"]\nrush_shipping = ["Express, DHL"]\n[usd_rates]\nEUR = 1.08\n')
    from_file = load({}, {}, file)
    assert from_file.ship_days == frozenset({1, 2, 3})
    assert from_file.rush_shipping == ("Express, DHL",)
    assert from_file.usd_rates == read(usd_rates="EUR=1.08").usd_rates
    assert read(rush_shipping="Express, DHL").thresholds.rush_shipping == {"express", "dhl"}


def test_the_shop_s_clock_is_text_or_toml_s_own(tmp_path: Path) -> None:
    file = tmp_path / "sync.toml"
    file.write_text('cutoff = 14:00:00\nholidays = [2026-12-25, "2027-01-01"]\n')
    given = read(cutoff="14:00", holidays="2026-12-25, 2027-01-01")
    for settings in (load({}, {}, file), given):
        assert settings.cutoff == time(14)
        assert settings.holidays == frozenset({date(2026, 12, 25), date(2027, 1, 1)})
        assert fingerprint(settings.thresholds) != fingerprint(read().thresholds)


def test_what_a_malformed_clock_may_be_is_said() -> None:
    assert "CUTOFF: a time of day is written HH:MM, from 00:00 to 23:59" in refusal(cutoff="14")
    assert "HOLIDAYS: dates are written YYYY-MM-DD, with commas" in refusal(holidays="2026-13-01")
    assert "HOLIDAYS: at most 1000 dates" in refusal(holidays=",".join(["2026-12-25"] * 1001))
    assert "READY_WHEN: Input should be 'paid', 'authorized' or 'any' (did you mean paid?)" in refusal(
        ready_when="payd"
    )


def test_two_webhook_secrets_serve_a_rotation() -> None:
    assert read(shopify_webhook_secret="old, new").webhook_secrets == ("old", "new")
    assert "SHOPIFY_WEBHOOK_SECRET" in refusal(shopify_webhook_secret="a,b,c")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "http"),
        ("port", "70000"),
        ("database_url", "mysql://localhost/desk"),
        ("ship_days", "someday"),
        ("cutoff", "24:00"),
        ("cutoff", "2pm"),
        ("cutoff", "14:00:30"),
        ("holidays", "25.12.2026"),
        ("holidays", "2026-02-30"),
        ("holidays", "2026-12-25 2027-01-01"),
        ("ready_when", "payed"),
        ("usd_rates", "EUR"),
        ("usd_rates", "EUR=much"),
        ("usd_rates", "EUR=-1"),
        ("timezone", "Mars/Olympus"),
        ("log_format", "xml"),
        ("shop_domain", "https://desk.myshopify.com"),
        ("shop_domain", "acme.com"),
        ("shop_domain", "acme.myshopify.com.evil.example"),
        ("shop_domain", "acme-myshopify.com"),
        ("shop_domain", " "),
        ("shopify_webhook_secret", " "),
        ("shopify_webhook_secret", ","),
        ("shopify_webhook_secret", " , "),
        ("shopify_webhook_secret", "two words"),
        ("shopify_admin_token", " "),
        ("shopify_admin_token", "shpat_1\n"),
        ("shopify_admin_token", "shpat_\r\nX-Other: 1"),
        ("shopify_admin_token", "shpat_\u00e9"),
        ("shopify_api_url", "http://acme.myshopify.com/admin/api/2026-07/graphql.json"),
        ("shopify_api_url", "http://10.0.0.1/"),
        ("erp_url", "erp"),
        ("erp_secret", "not base64"),
        ("erp_secret", "YQ=="),
        ("erp_secret", "whsec_"),
        ("erp_secret", "whsec_YQ=="),
        ("erp_secret", "SEKRET%%%"),
        ("support_secret", "whsec_c2VjcmV0IG9m IHRoZSBkZXNr"),
        ("support_secret", " "),
        ("webhook_listen", "8080"),
        ("shopify_writes", "perhaps"),
        ("undo_seconds", "61"),
        ("poll_interval_s", "0"),
        ("delayed_hours", "nan"),
    ],
)
def test_a_malformed_setting_is_named_and_its_value_is_not_repeated(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load({name: value}, {}, NOWHERE)
    told = str(refused.value)
    assert name.upper() in told
    assert len(value) < 5 or value not in told


def test_an_unknown_variable_is_named_with_the_nearest_known_one() -> None:
    told = refusal({"ORDERS_SYNC_DATABSE_URL": "x"})
    assert "ORDERS_SYNC_DATABSE_URL" in told
    assert "did you mean ORDERS_SYNC_DATABASE_URL?" in told


def test_an_unknown_key_of_the_file_is_named_with_the_nearest_known_one(tmp_path: Path) -> None:
    file = tmp_path / "sync.toml"
    file.write_text("prot = 1\n")
    with pytest.raises(SettingsError, match=r"prot .*did you mean port\?"):
        load({}, {}, file)


@pytest.mark.parametrize("content", ["port = ", b"\xff"])
def test_a_file_that_is_not_toml_is_named(tmp_path: Path, content: str | bytes) -> None:
    file = tmp_path / "sync.toml"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(SettingsError, match=r"sync\.toml"):
        load({}, {}, file)


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load({}, {}, tmp_path / "missing.toml")


def test_another_host_than_loopback_needs_tokens() -> None:
    assert "TOKENS_FILE" in refusal(host="0.0.0.0")
    assert read(host="0.0.0.0", tokens_file="tokens.toml").host == "0.0.0.0"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "::1", "[::1]"])
def test_loopback_has_several_names(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "example.org"])
def test_other_hosts_are_not_loopback(host: str) -> None:
    assert not is_loopback(host)


def test_settings_that_need_each_other_say_so() -> None:
    assert "SHOP_DOMAIN" in refusal(shopify_admin_token="shpat_1")
    assert "SHOPIFY_ADMIN_TOKEN" in refusal(shopify_writes="on")
    assert "SHOPIFY_WEBHOOK_SECRET" in refusal(shopify_client_id="5f1d", shop_domain="desk.myshopify.com")
    app: dict[str, Any] = {
        "shopify_client_id": "5f1d",
        "shop_domain": "desk.myshopify.com",
        "shopify_webhook_secret": "hush",
    }
    assert read(**app, shopify_writes="on").asks_shop
    assert "two ways" in refusal(**app, shopify_admin_token="shpat_1")
    assert "one word" in refusal(**{**app, "shopify_client_id": "a b"})
    assert "ERP_SECRET" in refusal(erp_url="https://erp.example")


def test_no_secret_is_in_what_a_person_may_see() -> None:
    settings = read(
        database_url="postgresql://desk:pa55word@db/desk",
        shopify_webhook_secret="first-secret,second-secret",
        shopify_admin_token="shpat_hidden",
        shop_domain="desk.myshopify.com",
        erp_secret="whsec_aGlkZGVuLCBhbmQgbG9uZw==",
    )
    shown = repr(settings) + str(settings)
    assert len(settings.secrets()) == 5
    assert not [secret for secret in settings.secrets() if secret in shown]


def test_a_shop_is_told_from_others_by_its_domain() -> None:
    named = read(shop_domain="Desk.myshopify.com")
    assert named.shop == "desk.myshopify.com"
    assert named.owns(None)
    assert named.owns("DESK.myshopify.com")
    assert not named.owns("other.myshopify.com")
    unnamed = read()
    assert unnamed.shop == UNNAMED_SHOP
    assert unnamed.owns("any.myshopify.com")


def test_the_admin_api_may_be_this_machine_in_the_clear() -> None:
    assert read(shopify_api_url="http://127.0.0.1:9/x").shopify_api_url == "http://127.0.0.1:9/x"


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_as_a_flag_is_refused_and_the_variable_named(name: str) -> None:
    with pytest.raises(SettingsError) as refused:
        flags.refuse_secrets({name: "s3cret-of-the-shop"})
    assert f"ORDERS_SYNC_{name.upper()}" in str(refused.value)
    assert "s3cret" not in str(refused.value)


def test_every_setting_that_is_a_secret_is_known_as_one() -> None:
    assert set(SECRETS) == {"shopify_webhook_secret", "shopify_admin_token", "erp_secret", "support_secret"}
    flags.refuse_secrets({"port": "1", "database_url": "postgresql://desk:pa55word@db/desk"})


def test_every_setting_is_a_flag() -> None:
    import argparse

    parser = argparse.ArgumentParser()
    flags.add_settings(parser)
    spelled = [part for name in NAMES for part in (f"--{name.replace('_', '-')}", "1")]
    assert set(flags.given(parser.parse_args(spelled))) == set(NAMES)
    assert flags.given(parser.parse_args(["--database", "sqlite:///x"])) == {"database_url": "sqlite:///x"}
    assert flags.given(parser.parse_args([])) == {}
