"""The configuration file: its owner's alone, whole or not at all, and what stood there is never lost."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from orders_sync.commands.init.config_file import ConfigFile
from orders_sync.commands.init.prompt import Ended
from orders_sync.settings import SettingsError, load

SECRET = f"shpss_{'5' * 32}"
WANTED = {"shop_domain": "acme.myshopify.com", "shopify_webhook_secret": SECRET, "port": 8765}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(autouse=True)
def _careless_umask() -> object:
    before = os.umask(0)
    yield
    os.umask(before)


def test_a_new_one_is_read_by_its_owner_alone_in_a_folder_of_his(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "sync.toml"
    assert ConfigFile.at(path).write(WANTED) is None
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)
    assert load({}, {}, path).webhook_secrets == (SECRET,)
    assert [file.name for file in path.parent.iterdir()] == ["sync.toml"]


def test_what_nobody_asks_about_stays_with_its_comments_and_a_copy_of_the_old_one_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "sync.toml"
    old = '# ours\nport = 9000  # the proxy knows it\nship_days = ["mon", "tue"]\n\n[usd_rates]\nEUR = 1.08\n'
    path.write_text(old)
    kept = ConfigFile.at(path).write(WANTED)
    assert kept is not None
    assert (kept.read_text(), mode(kept), mode(path)) == (old, 0o600, 0o600)
    written = path.read_text()
    assert "# ours" in written
    assert "# the proxy knows it" in written
    settings = load({}, {}, path)
    assert (settings.port, settings.ship_days, settings.usd_rates) == (8765, frozenset({1, 2}), {"EUR": 1.08})
    assert settings.shop_domain == "acme.myshopify.com"


def test_what_is_there_and_what_would_change_is_said_without_a_secret(tmp_path: Path) -> None:
    path = tmp_path / "sync.toml"
    path.write_text(f'port = 9000\nshopify_writes = true\nshopify_webhook_secret = "{SECRET}old"\n')
    file = ConfigFile.at(path)
    said = [file.summary(), *file.changes({**WANTED, "shopify_writes": "on", "shopify_client_id": None})]
    assert SECRET not in " ".join(said)
    assert said[1:] == [
        "shop_domain: not set → acme.myshopify.com",
        "shopify_webhook_secret: (not shown) → (not shown)",
        "port: 9000 → 8765",
    ]
    assert file.changes({"port": "9000"}) == []


@pytest.mark.parametrize(("text", "told"), [("port = = 1\n", "not TOML"), ("prot = 1\nport = 2\n", "prot")])
def test_what_cannot_be_kept_is_told_and_copied(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "sync.toml"
    path.write_text(text)
    file = ConfigFile.at(path)
    assert told in (file.problem or "")
    kept = file.write(WANTED)
    assert kept is not None
    assert kept.read_text() == text
    assert load({}, {}, path).shop_domain == "acme.myshopify.com"


def test_a_link_goes_on_to_lead_where_it_led(tmp_path: Path) -> None:
    target, link = tmp_path / "real.toml", tmp_path / "sync.toml"
    target.write_text("port = 1\n")
    link.symlink_to(target)
    ConfigFile.at(link).write(WANTED)
    assert link.is_symlink()
    assert "acme" in target.read_text()


@pytest.mark.parametrize("fault", ["a file for a folder", "a folder for a file", "full"])
def test_a_fault_of_the_disk_is_one_line_and_leaves_what_was_there(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "sync.toml"
    if fault == "a file for a folder":
        (tmp_path / "x").write_text("")
        path = tmp_path / "x" / "sync.toml"
    elif fault == "a folder for a file":
        path.mkdir()
    else:
        path.write_text("port = 1\n")
        monkeypatch.setattr(os, "fsync", lambda _fd: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(Ended) as ended:
        ConfigFile.at(path).write(WANTED)
    assert len(str(ended.value).splitlines()) == 1
    assert str(path.parent) in str(ended.value)
    if fault == "full":
        assert path.read_text() == "port = 1\n"
        assert not [file for file in tmp_path.iterdir() if file.name.startswith(".")]


@pytest.mark.parametrize(
    "line",
    [
        'database_url = "postgresql://u:hidden-word@h/x"',
        'database_url = "postgresql://u@h/x?password=hidden-word"',
        'database_url = "postgresql://u:hidden-word@h:no-port/x"',
        'erp_url = "https://u:hidden-word@erp.example/"',
        'shopify_api_url = "https://u:hidden-word@h/"',
    ],
)
def test_no_password_of_an_address_is_said(tmp_path: Path, line: str) -> None:
    path = tmp_path / "sync.toml"
    path.write_text(line)
    file = ConfigFile.at(path)
    said = [file.summary(), *file.changes(dict.fromkeys(file.settings, ""))]
    assert "hidden-word" not in " ".join(said)


@pytest.mark.parametrize("text", [f"port = {'[' * 5000}", f"port = {'9' * 5000}"], ids=["deep", "without end"])
def test_what_no_reader_takes_is_not_toml(tmp_path: Path, text: str) -> None:
    path = tmp_path / "sync.toml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=str(path)):
        load({}, {}, path)
    ConfigFile.at(path)
