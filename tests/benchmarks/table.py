"""Ratios as a Markdown table, against their goals."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from tests.benchmarks.timing import Measured


class Table:
    """`keys`: the headings of what tells a row from the others. `goals`: for `p50` and `p99`; what has none is only shown."""

    def __init__(self, title: str, keys: Sequence[str], over: str, goals: Mapping[str, float]) -> None:
        self.title = title
        self._keys = keys
        self._over = over
        self._goals = goals
        self._rows: list[tuple[Sequence[str], Measured, Measured]] = []

    def add(self, key: Sequence[str], mine: Measured, floor: Measured) -> None:
        self._rows.append((key, mine, floor))

    @property
    def missed(self) -> list[str]:
        """The rows that are over a goal."""
        found = []
        for key, mine, floor in self._rows:
            for name, ratio in zip(("p50", "p99"), mine.ratio(floor), strict=True):
                if name in self._goals and ratio > self._goals[name]:
                    found.append(f"{self.title}: {', '.join(key)}: {name} {ratio:.2f} > {self._goals[name]}")
        return found

    def __str__(self) -> str:
        goals = ", ".join(f"{name} ≤ {goal}" for name, goal in self._goals.items())
        lines = [f"### {self.title}" + (f" ({goals})" if goals else ""), ""]
        lines.append(_row([*self._keys, "p50 ms", f"{self._over} p50 ms", "p50 ratio", "p99 ratio"]))
        lines.append(_row([*("---" for _ in self._keys), *("---:" for _ in range(4))]))
        for key, mine, floor in self._rows:
            p50, p99 = mine.ratio(floor)
            lines.append(_row([*key, _ms(mine.p50), _ms(floor.p50), f"{p50:.2f}", f"{p99:.2f}"]))
        return "\n".join(lines)


def _row(cells: Sequence[Any]) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


def _ms(seconds: Sequence[float]) -> str:
    return f"{median(seconds) * 1000:.3f}"


def machine() -> str:
    """What the figures were measured on."""
    return f"{os.cpu_count()} CPUs, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


def report(tables: Sequence[Table]) -> int:
    """Prints the tables and what missed its goal. The exit status."""
    for table in tables:
        print(f"\n{table}")
    print(f"\n{machine()}")
    missed = [line for table in tables for line in table.missed]
    for line in missed:
        print(f"over its goal: {line}")
    return 1 if missed else 0
