"""The `demo` command: what it starts, what it prints when, and that nothing outlives it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from orders_demo.command import main
from orders_demo.identity import operator_name
from orders_wire.arguments import Parser

SERVER = """
import http.server, json, os, sys
folder, mode = sys.argv[1:3]
json.dump(dict(os.environ), open(f"{folder}/server.json", "w"))
if mode == "broken":
    print("cannot start: disk full", file=sys.stderr)
    sys.exit(3)
asked = 0
class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        global asked
        asked += 1
        state = "done" if asked > 2 else "running"
        body = json.dumps({"backfill": {"state": state, "done": asked, "total": 3}}).encode()
        self.send_response(200); self.end_headers(); self.wfile.write(body)
    def do_POST(self):
        self.send_response(200); self.end_headers()
    def log_message(self, *args): pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["ORDERS_SYNC_PORT"])), Health)
open(f"{folder}/server.pid", "w").write(str(os.getpid()))
print(f"Sync server listening on http://127.0.0.1:{server.server_address[1]}", flush=True)
server.serve_forever()
"""
CLIENT = """
import json, sys, urllib.request
folder, url = sys.argv[1], sys.argv[2]
health = json.load(urllib.request.urlopen(url + "/health"))
json.dump({"url": url, "named": sys.argv[3:], "backfill": health["backfill"]["state"]}, open(f"{folder}/client.json", "w"))
sys.exit(7)
"""
DRIVER = """
import json, sys
from orders_demo.command import Commands, run_demo
folder, headless, mode = sys.argv[1], sys.argv[2] == "headless", sys.argv[3]
python = sys.executable
commands = Commands(
    server=(python, f"{folder}/server.py", folder, mode),
    client=(python, f"{folder}/client.py", folder),
)
sys.exit(run_demo(20, 7, headless=headless, port=0, still=True, commands=commands))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "server.py").write_text(SERVER)
    (tmp_path / "client.py").write_text(CLIENT)
    (tmp_path / "driver.py").write_text(DRIVER)
    (tmp_path / "tmp").mkdir()
    return tmp_path


def _start(folder: Path, headless: str, mode: str = "fine") -> subprocess.Popen[str]:
    environment = os.environ | {"ORDERS_SYNC_HOST": "0.0.0.0", "TMPDIR": str(folder / "tmp")}
    return subprocess.Popen(
        [sys.executable, str(folder / "driver.py"), str(folder), headless, mode],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )


@pytest.fixture
def running(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A headless demo that has said where it is."""
    demo = _start(folder, "headless")
    assert demo.stdout is not None
    assert demo.stderr is not None
    line = demo.stdout.readline()
    assert line.startswith("Sync server listening on http://127.0.0.1:"), line or demo.stderr.read()
    yield demo
    if demo.poll() is None:
        demo.kill()
    demo.communicate()


def _gone(pid: int) -> bool:
    """Whether a process ends within a few seconds."""
    for _ in range(200):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.05)
    return False


def _children(pid: int) -> list[int]:
    return [int(text) for text in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def test_the_server_gets_settings_of_its_own_and_none_of_those_around(
    folder: Path, running: subprocess.Popen[str]
) -> None:
    seen = json.loads((folder / "server.json").read_text())
    settings = {name: value for name, value in seen.items() if name.startswith("ORDERS_SYNC_")}
    assert settings["ORDERS_SYNC_HOST"] == "127.0.0.1"
    assert settings["ORDERS_SYNC_DATABASE_URL"].startswith(f"sqlite:///{folder}/tmp/orders-desk-")
    assert settings["ORDERS_SYNC_SHOPIFY_API_URL"].endswith("/admin/api/2026-07/graphql.json")
    assert settings["ORDERS_SYNC_SHOPIFY_WRITES"] == "on"
    assert {"ORDERS_SYNC_ERP_SECRET", "ORDERS_SYNC_SUPPORT_SECRET", "ORDERS_SYNC_SHOPIFY_WEBHOOK_SECRET"} <= set(
        settings
    )


@linux
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_all_and_the_folder_goes(
    number: signal.Signals, folder: Path, running: subprocess.Popen[str]
) -> None:
    children = _children(running.pid)
    assert len(children) == 2
    running.send_signal(number)
    assert running.wait(10) == 0
    assert all(_gone(pid) for pid in children)
    assert list((folder / "tmp").iterdir()) == []


@linux
def test_children_die_with_it_even_when_it_is_killed(running: subprocess.Popen[str]) -> None:
    children = _children(running.pid)
    running.kill()
    running.wait(5)
    assert all(_gone(pid) for pid in children)


@linux
def test_when_the_server_ends_by_itself_the_demo_says_so_and_ends(folder: Path, running: subprocess.Popen[str]) -> None:
    os.kill(int((folder / "server.pid").read_text()), signal.SIGKILL)
    _, errors = running.communicate(timeout=15)
    assert running.returncode == 1
    assert "The Sync server ended with status -9" in errors


def test_a_server_that_cannot_start_ends_the_demo_with_its_last_words(folder: Path) -> None:
    demo = _start(folder, "headless", "broken")
    output, errors = demo.communicate(timeout=30)
    assert (demo.returncode, output) == (1, "")
    assert "The Sync server ended with status 3" in errors
    assert "cannot start: disk full" in errors
    assert list((folder / "tmp").iterdir()) == []


def test_the_client_starts_when_the_history_is_in_and_its_status_is_the_demos(folder: Path) -> None:
    demo = _start(folder, "with-client")
    output, errors = demo.communicate(timeout=30)
    assert demo.returncode == 7, errors
    assert output == ""
    client = json.loads((folder / "client.json").read_text())
    assert client["backfill"] == "done"
    assert client["named"] == [f"--as={operator_name()}"]
    assert list((folder / "tmp").iterdir()) == []


@pytest.mark.parametrize(
    "arguments", [["--orders", "-1"], ["--orders", "many"], ["--nonsense"], ["--shop", "--headless"]]
)
def test_a_wrong_option_is_a_usage_error(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments, Parser)
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("orders-tui demo: ")


def test_without_a_terminal_it_names_the_headless_way_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "--headless" in capsys.readouterr().err
