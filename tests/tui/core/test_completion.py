"""Completion, in the shells themselves where they are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from orders_tui.cli.completion import script
from orders_tui.cli.parser import SHELLS
from orders_tui.cli.server_parsers import every
from orders_wire.arguments import commands
from orders_wire.vocabulary import Role, StatusFilter, Tab

COMPLETED = {
    "orders-tui li": {"list"},
    "orders-tui --pro": {"--profile"},
    "orders-tui --profile t": {"test", "trial"},
    "orders-tui list --profile p": {"prod"},
    "orders-tui --profile ": {"prod", "test", "trial", "$(>harm)"},
    "orders-tui list --tab ": set(Tab),
    "orders-tui list --tab ov": {"overdue"},
    "orders-tui list --status ": set(StatusFilter),
    "orders-tui list --color ": {"auto", "always", "never"},
    "orders-tui hold 1001 1002 --reason f": {"fraud"},
    "orders-tui returns 1001 --action d": {"deny"},
    "orders-tui config sch": {"schema"},
    "orders-tui completion ": set(SHELLS),
    "orders-tui token --role ": set(Role),
    "orders-tui serve --shopify-wr": {"--shopify-writes"},
    "orders-tui serve --log-format ": {"console", "json"},
    "orders-tui demo --head": {"--headless"},
    "orders-tui shopify ": {"check", "subscribe"},
    "orders-tui serve --config sy": {"sync.toml"},
    "orders-tui export or": {"orders.csv"},
}
"""A line as it is typed, and what a shell offers for its end."""

COMPLETE_IN_BASH = """
source "$1"
while IFS= read -r line; do
  read -ra COMP_WORDS <<< "$line"
  [[ "$line" == *" " ]] && COMP_WORDS+=("")
  COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 )) COMP_LINE="$line" COMP_POINT=${#line} COMPREPLY=()
  _shtab_orders_tui orders-tui "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
  echo "${COMPREPLY[*]}"
done
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Some files, and an `orders-tui` that knows three profiles."""
    for name in ("sync.toml", "orders.csv"):
        (tmp_path / name).touch()
    program = tmp_path / "bin" / "orders-tui"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n[ \"$*\" = 'config profiles' ] && printf '%s\\n' prod test trial '$(>harm)'\n")
    program.chmod(0o755)
    return tmp_path


def shell(folder: Path, *command: str, given: str = "") -> list[str]:
    env = {**os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "HOME": str(folder)}
    done = subprocess.run(
        command, input=given, capture_output=True, text=True, cwd=folder, env=env, timeout=30, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def test_bash_completes(folder: Path) -> None:
    (folder / "completion").write_text(script("bash"))
    lines = "\n".join(COMPLETED) + "\n"
    offered = shell(folder, "bash", "--norc", "-c", COMPLETE_IN_BASH, "bash", "completion", given=lines)
    assert dict(zip(COMPLETED, (set(line.split()) for line in offered), strict=True)) == COMPLETED
    assert not (folder / "harm").exists(), "a profile's name was run"


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
def test_fish_completes(folder: Path) -> None:
    (folder / "completion.fish").write_text(script("fish"))
    for line, words in COMPLETED.items():
        offered = shell(folder, "fish", "--no-config", "-c", f"source completion.fish; complete -C '{line}'")
        assert {each.partition("\t")[0] for each in offered} == words


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
def test_zsh_reads_its_script(folder: Path) -> None:
    (folder / "_orders-tui").write_text(script("zsh"))
    shell(folder, "zsh", "-n", "_orders-tui")


def test_every_command_with_every_option_is_in_every_script() -> None:
    options = {option for command in commands(every()).values() for option in command._option_string_actions}
    for name in SHELLS:
        text = script(name)
        spelled = [option.removeprefix("--") if name == "fish" else option for option in options]
        assert not [option for option in spelled if option not in text]
        assert not [command for command in commands(every()) if command not in text]
