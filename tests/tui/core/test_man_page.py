"""The manual page is what the parsers, the registry and the settings make it, and troff has nothing to say against it."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from tests.conftest import ROOT

from orders_tui.cli.man_page import EXIT, page
from orders_tui.cli.server_parsers import every
from orders_tui.commands import COMMANDS
from orders_tui.config.settings import SETTINGS, VARIABLES
from orders_wire.arguments import commands

PAGE = ROOT / "docs" / "orders-tui.1"


@pytest.fixture(scope="module")
def shown() -> str:
    """As a terminal of 80 columns shows it; every warning of groff is an error."""
    if shutil.which("groff") is None:
        pytest.skip("groff is not installed")
    done = subprocess.run(
        ["groff", "-man", "-ww", "-Tutf8", "-P-cbou", "-rLL=78n", str(PAGE)], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return done.stdout


def test_the_page_is_not_stale(request: pytest.FixtureRequest) -> None:
    if request.config.option.update_snapshots:
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "draw it again: pytest tests/tui/core/test_man_page.py --snapshot-update"
    )


def test_it_fits_a_terminal_and_has_every_section(shown: str) -> None:
    assert max(map(len, shown.splitlines())) <= 80
    titles = [line for line in shown.splitlines() if line.isupper() and not line.startswith(" ")]
    assert {
        "NAME",
        "COMMANDS",
        "FILTERS",
        "SETTINGS",
        "KEYS",
        "EXIT STATUS",
        "ENVIRONMENT",
        "FILES",
        "EXAMPLES",
    } <= set(titles)


def test_it_has_every_command_option_key_setting_and_variable(shown: str) -> None:
    text = " ".join(shown.split())
    for name, command in commands(every()).items():
        assert f"orders-tui {name}" in text
        assert not [
            option
            for option in command._option_string_actions
            if option != "-h" and option not in text and option != "--help"
        ]
    assert not [command.id for command in COMMANDS if command.keys and command.explanation.split()[0] not in text]
    assert not [word for word in (*SETTINGS, *VARIABLES, *EXIT) if word not in text]


def test_the_wheel_installs_it() -> None:
    import tomllib

    built = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    assert built["targets"]["wheel"]["shared-data"] == {"docs/orders-tui.1": "share/man/man1/orders-tui.1"}
