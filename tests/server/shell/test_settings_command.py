"""`settings`: what each setting is, who said so, and the JSON Schema of the file. No secret is shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from jsonschema_rs import Draft202012Validator, meta

from orders_sync.__main__ import main
from orders_sync.commands.configuration import schema
from orders_sync.settings import NAMES, SECRETS, SettingsError, load

Capture = pytest.CaptureFixture[str]
SECRET = "hush-hush-hush"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in NAMES:
        monkeypatch.delenv(f"ORDERS_SYNC_{name.upper()}", raising=False)
    path = tmp_path / "sync.toml"
    path.write_text('# the desk\nport = 1000\nship_days = ["mon-wed"]\n\n[usd_rates]\nEUR = 1.08\n')
    monkeypatch.setenv("ORDERS_SYNC_CONFIG", str(path))
    return path


def told(capsys: Capture, *arguments: str) -> str:
    assert main(["settings", *arguments]) == 0
    return capsys.readouterr().out


def test_every_setting_says_what_it_is_and_who_said_so(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("ORDERS_SYNC_TIMEZONE", "Europe/Berlin")
    head, *lines = told(capsys, "show", "--origin", "--undo-seconds", "3").splitlines()
    assert head.split() == ["SETTING", "VALUE", "FROM"]
    rows = {line.split()[0]: line.split()[1:] for line in lines}
    assert set(rows) == set(NAMES)
    assert rows["port"] == ["1000", f"{file}:2"]
    assert rows["ship_days"] == ["mon,tue,wed", f"{file}:3"]
    assert rows["usd_rates"] == ["EUR=1.08", f"{file}:5"]
    assert rows["timezone"] == ["Europe/Berlin", "ORDERS_SYNC_TIMEZONE"]
    assert rows["undo_seconds"] == ["3", "--undo-seconds"]
    assert rows["host"] == ["127.0.0.1", "default"]


@pytest.mark.parametrize("how", [(), ("show", "--origin"), ("validate",), ("path",), ("schema",)])
def test_no_secret_is_ever_shown(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture, how: tuple[str, ...]
) -> None:
    monkeypatch.setenv("ORDERS_SYNC_SHOPIFY_WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv("ORDERS_SYNC_DATABASE_URL", f"postgresql://desk:{SECRET}@db/desk?sslpassword={SECRET}")
    monkeypatch.setenv("ORDERS_SYNC_ERP_URL", f"https://desk:{SECRET}@erp.example/")
    monkeypatch.setenv("ORDERS_SYNC_ERP_SECRET", "whsec_aGlkZGVuLCBhbmQgbG9uZyBlbm91Z2g=")
    said = told(capsys, *how)
    assert SECRET not in said
    assert "aGlkZGVu" not in said
    if not how:
        shown = json.loads(said)
        assert {shown[name] for name in SECRETS} == {"set", "not set"}
        assert "desk:***@db/desk" in shown["database_url"]


def test_a_setting_that_is_none_or_malformed_is_named_on_one_line(file: Path, capsys: Capture) -> None:
    file.write_text("prot = 1\n")
    assert main(["settings"]) == 2
    assert "did you mean port?" in capsys.readouterr().err
    file.write_text('log_format = "jsn"\n')
    assert main(["settings", "validate"]) == 2
    assert "did you mean json?" in capsys.readouterr().err


VALID: list[dict[str, Any]] = [
    {},
    {"port": 0, "host": "::1", "undo_seconds": 0.5, "log_format": "json", "timezone": "Europe/Berlin"},
    {"shopify_writes": "off", "notify_customer": True, "usd_rates": {"EUR": 1.08}, "ship_days": ["mon-wed", 5]},
    {"ship_days": "mon-fri", "rush_shipping": ["Express"], "usd_rates": "EUR=1.08", "webhook_listen": "127.0.0.1:8080"},
    {"shopify_webhook_secret": ["old", "new"], "tokens_file": "tokens.toml", "shop_domain": "desk.myshopify.com"},
    {"erp_url": "https://erp.example", "erp_secret": "whsec_aGlkZGVuLCBhbmQgbG9uZyBlbm91Z2g="},
]
INVALID: list[dict[str, Any]] = [
    {"prot": 1},
    {"port": 70_000},
    {"port": "http"},
    {"shopify_writes": "perhaps"},
    {"log_format": "xml"},
    {"undo_seconds": 61},
    {"poll_interval_s": 0},
    {"delayed_hours": -1},
    {"usd_rates": {"EUR": -1}},
    {"usd_rates": {"euro": 1}},
    {"ship_days": [9]},
    {"ship_days": []},
    {"shopify_webhook_secret": ["a", "b", "c"]},
    {"webhook_listen": "8080"},
    {"timezone": 3},
    {"host": ["127.0.0.1"]},
    {"rush_shipping": [1]},
    {"placeholder_numbers": ""},
]


@pytest.mark.parametrize("written", [*VALID, *INVALID], ids=str)
def test_schema_and_reader_agree(tmp_path: Path, written: dict[str, Any]) -> None:
    path = tmp_path / "sync.toml"
    path.write_text(tomlkit.dumps(written))
    try:
        load({}, {}, path)
        taken = True
    except SettingsError:
        taken = False
    assert Draft202012Validator(schema()).is_valid(written) == taken == (written in VALID)


def test_the_schema_is_for_editors_and_has_every_setting(capsys: Capture, file: Path) -> None:
    printed = json.loads(told(capsys, "schema"))
    assert printed == schema()
    assert meta.is_valid(printed)
    assert (printed["$id"], printed["additionalProperties"]) == ("urn:orders-tui:sync", False)
    assert set(printed["properties"]) == set(NAMES)
    assert all(each["description"] for each in printed["properties"].values())
    defaults = {name: each["default"] for name, each in printed["properties"].items() if "default" in each}
    assert Draft202012Validator(printed).is_valid(defaults)
