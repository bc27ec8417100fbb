"""`init` with a person who answers in every way, on a simulated shop: what is said, asked again, written, and left behind."""

from __future__ import annotations

import os
import signal
import socket
import stat
import sys
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.server.init.conftest import LEAVES, ORDERS, SECRETS, Person, Shop

from orders_demo.admin.call import ALL_SCOPES
from orders_demo.identity import CLIENT_ID, DOMAIN
from orders_sync.__main__ import main
from orders_sync.commands import serve
from orders_sync.commands.init import first_reading, ports, program
from orders_sync.commands.init import run as init
from orders_sync.commands.init.first_reading import Held
from orders_sync.commands.init.prompt import Plain, Terminal
from orders_sync.commands.init.run import Options
from orders_sync.external.shopify import client as shopify_client
from orders_sync.external.shopify.shop import TOPICS
from orders_sync.settings import Settings, SettingsError, load

VARIABLES = {
    "ORDERS_SYNC_SHOP_DOMAIN": DOMAIN,
    "ORDERS_SYNC_SHOPIFY_ADMIN_TOKEN": SECRETS.admin_token,
    "ORDERS_SYNC_SHOPIFY_WEBHOOK_SECRET": SECRETS.webhook,
}
TOKEN, SECRET = SECRETS.admin_token, SECRETS.webhook


@contextmanager
def a_taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield int(taken.getsockname()[1])


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return str(free.getsockname()[1])


@pytest.fixture
def flags(shop: Shop, home: Path, sqlite_url: str) -> dict[str, Any]:
    """What a run on the simulated shop has on its command line."""
    return {"shopify_api_url": shop.url, "database_url": sqlite_url, "port": free_port()}


@pytest.fixture
def reading() -> None:
    """For a test in which the shop is read, too."""


@pytest.fixture(autouse=True)
def _unread(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "reading" not in request.fixturenames:
        monkeypatch.setattr(first_reading, "read_everything", lambda _settings, _prompt: Held(ORDERS, 1))


@pytest.fixture
def variables(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)


def run(flags: Mapping[str, Any], person: Person, **options: Any) -> int:
    return init.run(flags, Options(**{"serve": False, **options}), person)


def written(home: Path) -> dict[str, Any]:
    return tomllib.loads(home.read_text())


@pytest.mark.usefixtures("reading")
def test_answers_lead_from_an_empty_folder_to_a_desk(
    flags: dict[str, Any], home: Path, shop: Shop, capfd: pytest.CaptureFixture[str]
) -> None:
    person = Person([DOMAIN, TOKEN, SECRET, ""])
    assert run(flags, person) == 0
    assert stat.S_IMODE(home.stat().st_mode) == 0o600
    assert written(home) == {
        "shopify_api_url": shop.url,
        "database_url": flags["database_url"],
        "shop_domain": DOMAIN,
        "shopify_admin_token": TOKEN,
        "shopify_webhook_secret": SECRET,
        "timezone": "America/New_York",
        "port": int(flags["port"]),
    }
    near = f"http://127.0.0.1:{flags['port']}"
    assert {entry.uri for entry in shop.simulation.subscriptions.entries} == {f"{near}/shopify/webhook"}
    assert f"subscribed to {len(TOPICS)} topics; 0 were there already" in person.heard
    assert f"The desk holds {ORDERS} orders, " in person.heard
    assert 'shopify_writes = "on"' in person.heard
    assert f"    {program.program()} serve --config {home}" in person.said
    assert f"    {program.program()} --server {near}" in person.said
    assert "(hidden)" in person.heard
    written_out = capfd.readouterr()
    for secret in (TOKEN, SECRET):
        assert secret not in person.heard + written_out.out + written_out.err


@pytest.mark.usefixtures("variables")
def test_again_it_changes_nothing_and_goes_on(flags: dict[str, Any], home: Path) -> None:
    assert run(flags, Person([""])) == 0
    before = home.read_bytes()
    again = Person([""])
    assert run(flags, again) == 0
    assert "says all that already" in again.heard
    assert "there already" in again.heard
    assert home.read_bytes() == before
    assert [file.name for file in home.parent.iterdir()] == ["sync.toml"]


@pytest.mark.usefixtures("reading")
def test_an_app_without_a_token_is_connected_by_its_client_id(flags: dict[str, Any], home: Path, shop: Shop) -> None:
    other = f"shpss_{'6' * 32}"
    person = Person([DOMAIN, "none", "0" * 32, SECRET, CLIENT_ID, other, CLIENT_ID, SECRET, "none"])
    assert run(flags, person) == 0
    assert person.heard.count("Shopify gives this app no token: HTTP 400 application_cannot_be_found") == 1
    assert person.heard.count("Shopify gives this app no token: HTTP 400 invalid_client") == 1
    assert "shopify_admin_token" not in written(home)
    settings = load({}, {}, home)
    assert (settings.shopify_client_id, settings.webhook_secrets) == (CLIENT_ID, (SECRET,))
    assert not any(token in home.read_text() for token in shop.simulation.drawn)
    assert f"The desk holds {ORDERS} orders, " in person.heard


def test_each_wrong_answer_is_told_and_asked_for_again(flags: dict[str, Any], shop: Shop, home: Path) -> None:
    answers = ["www.acme.com", DOMAIN, "", SECRET, f"shpat_{'b' * 32}", TOKEN, "", "short", TOKEN, SECRET]
    person = Person([*answers, "http://example.org", "https://desk.local", "none"])
    assert run(flags, person) == 0
    for told in (
        "no address of Shopify's own",
        "Nothing was given; a token is wanted",
        "That is an app's client secret",
        "Shopify does not accept the Admin token: HTTP 401",
        "Nothing was given; a secret is wanted",
        "too short",
        "That is an Admin API access token; webhooks",
        "https:// only",
        "does not deliver to desk.local",
        "orders-tui shopify subscribe --url",
    ):
        assert told in person.heard, told
    assert shop.simulation.subscriptions.entries == []


def test_a_token_of_another_shop_is_found_out(flags: dict[str, Any], home: Path) -> None:
    person = Person(["acme", TOKEN, "n", TOKEN, "y", SECRET, "none"])
    assert run(flags, person) == 0
    assert person.heard.count(f"belongs to {DOMAIN} (Lighthouse Goods), not to acme.myshopify.com") == 2
    assert written(home)["shop_domain"] == DOMAIN


def test_scopes_that_lack_are_named_and_looked_at_again(flags: dict[str, Any], shop: Shop) -> None:
    shop.simulation.admin.scopes = frozenset(ALL_SCOPES) - {
        *("read_customers", "read_all_orders", "read_products", "write_returns")
    }

    class Granting(Person):
        def ask(self, question: str, *, hidden: bool = False) -> str:
            if "look again" in question:
                shop.simulation.admin.scopes |= {"read_customers"}
            return super().ask(question, hidden=hidden)

    person = Granting([DOMAIN, TOKEN, "y", SECRET, "none"])
    assert run(flags, person) == 0
    assert "lacks scopes that the desk needs: read_customers" in person.heard
    assert "It may read all that the desk needs" in person.heard
    assert "Without the scope read_all_orders Shopify shows the orders of the last 60 days only" in person.heard
    assert "Without the scope read_products no barcodes are read" in person.heard
    assert "writing to the shop would need: write_returns" in person.heard


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shopify_client, "READ_ATTEMPTS", 1)


@pytest.mark.usefixtures("at_once")
def test_a_fault_of_the_network_is_said_and_may_be_tried_again(flags: dict[str, Any], shop: Shop) -> None:
    shop.simulation.faults.of("graphql").failures = 2
    shop.simulation.faults.of("graphql").status = 0
    person = Person([DOMAIN, "maybe", "y", "n", DOMAIN, TOKEN, SECRET, "none"])
    assert run(flags, person) == 0
    assert person.heard.count(f"{DOMAIN} could not be asked at {shop.url}: Shopify did not answer") == 2
    assert person.heard.count("Try again?") == 3


@pytest.mark.parametrize(
    ("status", "told"), [(402, "frozen"), (404, "There is no such shop"), (423, "locked"), (301, "has moved")]
)
def test_a_shop_that_is_none_or_does_not_open_is_told_and_asked_for_again(
    status: int, told: str, flags: dict[str, Any], shop: Shop
) -> None:
    shop.simulation.faults.of("graphql").failures = 1
    shop.simulation.faults.of("graphql").status = status
    person = Person(["acme", LEAVES])
    assert run(flags, person) == 130
    assert "acme.myshopify.com: " in person.heard
    assert told in person.heard


@pytest.mark.usefixtures("variables")
def test_what_the_environment_gives_is_taken_with_a_word_about_it(flags: dict[str, Any], home: Path) -> None:
    person = Person(["none"])
    assert run(flags, person) == 0
    for name in VARIABLES:
        assert f"from {name}." in person.heard
    assert TOKEN not in person.heard
    assert SECRET not in person.heard


def test_a_wrong_one_of_the_environment_is_asked_for(
    flags: dict[str, Any], monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    monkeypatch.setenv("ORDERS_SYNC_SHOPIFY_ADMIN_TOKEN", f"shpat_{'b' * 32}")
    person = Person([DOMAIN, TOKEN, SECRET, "none"])
    assert run(flags, person) == 0
    assert written(home)["shopify_admin_token"] == TOKEN


def test_without_a_terminal_all_that_lacks_is_named_at_once(
    flags: dict[str, Any], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run({**flags, "shop_domain": "www.acme.com"}, Person(asks=False)) == 2
    told = capsys.readouterr().err
    assert "www" not in told
    for named in (
        "--shop",
        "ORDERS_SYNC_SHOPIFY_ADMIN_TOKEN",
        "--shopify-client-id",
        "ORDERS_SYNC_SHOPIFY_WEBHOOK_SECRET",
    ):
        assert named in told
    assert "from the command line: That is no address" in told
    assert not home.exists()


@pytest.mark.usefixtures("variables", "reading")
def test_without_a_terminal_variables_and_flags_do(flags: dict[str, Any], home: Path, shop: Shop) -> None:
    person = Person(asks=False)
    assert run({**flags, "shopify_writes": "on"}, person, webhook_url="http://127.0.0.1:1/shopify/webhook") == 0
    assert load({}, {}, home).shopify_writes is True
    assert len(shop.simulation.subscriptions.entries) == len(TOPICS)
    assert any("Reading the shop" in step for step in person.steps)
    assert "Nothing is written to the shop" not in person.heard


@pytest.mark.usefixtures("variables", "at_once")
@pytest.mark.parametrize("fault", ["token", "network", "port"])
def test_without_a_terminal_what_the_shop_or_the_machine_refuses_is_one_line(
    fault: str, flags: dict[str, Any], home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if fault == "token":
        monkeypatch.setenv("ORDERS_SYNC_SHOPIFY_ADMIN_TOKEN", f"shpat_{'b' * 32}")
    elif fault == "network":
        flags["shopify_api_url"] = f"http://127.0.0.1:{free_port()}"
    with a_taken_port() as taken:
        given = {**flags, "port": str(taken)} if fault == "port" else flags
        assert run(given, Person(asks=False)) == 1
    told = capsys.readouterr().err
    assert {"token": "HTTP 401", "network": "cannot be reached", "port": "--port"}[fault] in told
    assert len(told.splitlines()) == 1
    assert not home.exists()


def test_an_existing_file_is_shown_asked_about_and_kept_beside(flags: dict[str, Any], home: Path) -> None:
    home.parent.mkdir()
    home.write_text('# ours\nshop_domain = "old.myshopify.com"\nundo_seconds = 5\n')
    refusing = Person([DOMAIN, TOKEN, SECRET, "none", "n"])
    assert run(flags, refusing) == 1
    assert "shop_domain = old.myshopify.com" in refusing.heard
    assert f"shop_domain: old.myshopify.com → {DOMAIN}" in refusing.heard
    assert 'shop_domain = "old' in home.read_text()
    agreeing = Person([DOMAIN, TOKEN, SECRET, "none", "y"])
    assert run(flags, agreeing) == 0
    kept = next(file for file in home.parent.iterdir() if file != home)
    assert str(kept) in agreeing.heard
    assert "old.myshopify.com" in kept.read_text()
    assert load({}, {}, home).undo_seconds == 5
    assert "# ours" in home.read_text()


@pytest.mark.usefixtures("variables")
def test_without_a_terminal_only_replace_changes_an_existing_one(
    flags: dict[str, Any], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home.parent.mkdir()
    home.write_text('shop_domain = "old.myshopify.com"\n')
    assert run(flags, Person(asks=False)) == 2
    assert "--replace" in capsys.readouterr().err
    assert run(flags, Person(asks=False), replace=True) == 0
    assert written(home)["shop_domain"] == DOMAIN


def test_enter_keeps_what_the_file_has(flags: dict[str, Any], home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(flags, Person([DOMAIN, TOKEN, SECRET, "none"])) == 0
    again = Person(["", "", "", "none"])
    assert run({}, again) == 0
    assert f"[{DOMAIN}]" in again.heard
    assert "enter keeps the one that is there" in again.heard
    assert TOKEN not in again.heard


def test_a_wrong_setting_that_no_question_is_about_is_told_before_the_first(flags: dict[str, Any], home: Path) -> None:
    person = Person([])
    with pytest.raises(SettingsError, match="TIMEZONE"):
        run({**flags, "timezone": "Mars"}, person)
    assert "Shop (" not in person.heard
    assert not home.exists()


def test_another_port_is_asked_for_where_one_does_not_do(flags: dict[str, Any], home: Path) -> None:
    with a_taken_port() as taken:
        person = Person([DOMAIN, TOKEN, SECRET, str(taken), "x", "", "none"])
        assert run({**flags, "port": "0"}, person) == 0
        assert person.heard.count("A port is a number from 1 to 65535") == 2
        assert f"Port {taken} is taken by another program" in person.heard
    assert 8765 <= written(home)["port"] < 8965


def test_a_port_on_which_a_desk_is_served_stays(
    flags: dict[str, Any], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "served", lambda _host, _port: True)
    with a_taken_port() as taken:
        person = Person([DOMAIN, TOKEN, SECRET, "none"])
        assert run({**flags, "port": str(taken)}, person, serve=None) == 0
    assert "start it again afterwards" in person.heard
    assert written(home)["port"] == taken


@pytest.mark.usefixtures("variables")
def test_no_database_begins_where_nobody_meant_one_and_nothing_is_written(
    flags: dict[str, Any], home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--shopify-api-url", flags["shopify_api_url"], "--port", flags["port"], "--no-serve"]
    assert main(["init", *given, "--database", f"sqlite:///{tmp_path}/no/desk.db"]) == 1
    assert "no such folder" in capsys.readouterr().err
    assert not home.exists()


@pytest.mark.parametrize("at", range(5))
def test_whoever_leaves_at_a_question_leaves_nothing_behind(
    at: int, flags: dict[str, Any], home: Path, shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    home.parent.mkdir()
    home.write_text('shop_domain = "old.myshopify.com"\n')
    answers: list[str | BaseException] = [DOMAIN, TOKEN, SECRET, "", "y"]
    answers[at] = LEAVES
    assert run(flags, Person(answers)) == 130
    assert capsys.readouterr().err == "Left; nothing was written.\n"
    assert home.read_text() == 'shop_domain = "old.myshopify.com"\n'
    assert shop.simulation.subscriptions.entries == []


def test_sigterm_at_a_question_ends_it_in_order(flags: dict[str, Any], home: Path) -> None:
    class Killing(Person):
        def ask(self, question: str, *, hidden: bool = False) -> str:
            os.kill(os.getpid(), signal.SIGTERM)
            return super().ask(question, hidden=hidden)

    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as ended:
        run(flags, Killing([DOMAIN]))
    assert ended.value.code == 143
    assert signal.getsignal(signal.SIGTERM) is before
    assert not home.exists()


@pytest.mark.usefixtures("reading")
def test_ctrl_c_while_the_shop_is_read_says_what_goes_on(
    flags: dict[str, Any], home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Leaving(Person):
        def progress(self, text: str) -> None:
            super().progress(text)
            if "orders" in text:
                raise KeyboardInterrupt

    person = Leaving([DOMAIN, TOKEN, SECRET, "none"])
    monkeypatch.setattr(first_reading, "_LOOK_S", 0.0)
    assert run(flags, person) == 130
    told = capsys.readouterr().err
    assert "goes on from there" in told
    assert f"orders-tui serve --config {home}" in told
    assert run({}, Person(["", "", "", "none"])) == 0


@pytest.mark.usefixtures("at_once", "reading")
def test_a_reading_that_stops_may_be_tried_again_and_is_resumed(flags: dict[str, Any], shop: Shop, home: Path) -> None:
    class Cutting(Person):
        def say(self, text: str = "") -> None:
            super().say(text)
            if "Written to" in text:
                shop.simulation.faults.of("graphql").failures = 1
                shop.simulation.faults.of("graphql").status = 503

    person = Cutting([DOMAIN, TOKEN, SECRET, "none", "y"])
    assert run(flags, person) == 0
    assert "Reading the shop stopped: Shopify answered HTTP 503" in person.heard
    assert f"The desk holds {ORDERS} orders, " in person.heard


@pytest.mark.usefixtures("variables")
@pytest.mark.parametrize(("answer", "option", "serves"), [("y", None, True), ("n", None, False), ("", True, True)])
def test_it_goes_on_as_the_server_where_that_is_wanted(
    answer: str, option: bool | None, serves: bool, flags: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[Settings] = []

    def serving(settings: Settings) -> int:
        served.append(settings)
        return 0

    monkeypatch.setattr(serve, "run", serving)
    assert run(flags, Person(["none", answer]), serve=option) == 0
    assert [str(settings.port) for settings in served] == [flags["port"]] * serves


@pytest.mark.usefixtures("reading")
def test_both_databases_are_filled(database_url: str, flags: dict[str, Any], home: Path) -> None:
    person = Person([DOMAIN, TOKEN, SECRET, "none"])
    assert run({**flags, "database_url": database_url}, person) == 0
    assert f"The desk holds {ORDERS} orders, " in person.heard
    assert main(["verify", "--config", str(home)]) == 0


def test_orders_that_cannot_be_read_are_counted(
    flags: dict[str, Any], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_reading, "read_everything", lambda _settings, _prompt: Held(ORDERS, 1, 2))
    person = Person([DOMAIN, TOKEN, SECRET, "none"])
    assert run(flags, person) == 0
    assert "2 more could not be read" in person.heard


def test_topics_that_fail_are_named_with_the_reason(
    flags: dict[str, Any], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def partly(_settings: Settings, _url: str) -> tuple[int, int, list[tuple[str, str]]]:
        lacks = "needs read_shopify_payments_disputes"
        return 3, 1, [("DISPUTES_CREATE", lacks), ("ORDERS_PAID", "no luck"), ("DISPUTES_UPDATE", lacks)]

    monkeypatch.setattr("orders_sync.commands.shopify.subscribed", partly)
    person = Person([DOMAIN, TOKEN, SECRET, ""])
    assert run(flags, person) == 1
    assert "needs read_shopify_payments_disputes: DISPUTES_CREATE, DISPUTES_UPDATE" in person.heard
    assert "no luck: ORDERS_PAID" in person.heard


@pytest.mark.parametrize("name", ["shopify-admin-token", "shopify-webhook-secret"])
def test_a_secret_is_no_flag(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", f"--{name}", "hush"]) == 2
    assert "would show a secret" in capsys.readouterr().err


def test_what_a_shop_says_of_itself_does_not_command_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    for speaker in (Terminal(), Plain()):
        speaker.say("a\x1b]0;x\x07b\x9b2J")
        speaker.progress("c\x1b[2J")
    assert not {char for char in capsys.readouterr().out if not char.isprintable()} - {"\n", "\r"}


def test_a_command_is_called_so_that_it_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = tmp_path / ".venv" / "bin" / "orders-tui"
    ours.parent.mkdir(parents=True)
    ours.write_text("#!/bin/sh\n")
    ours.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(ours.with_name("python")))
    monkeypatch.setenv("PATH", "/usr/bin")
    assert program.program() == str(ours)
    monkeypatch.chdir(tmp_path)
    assert program.program() == ".venv/bin/orders-tui"
    monkeypatch.setenv("PATH", f"{ours.parent}:/usr/bin")
    assert program.program() == "orders-tui"
