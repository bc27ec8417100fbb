"""What the machine was busy with: all of it, and this soak with every process that it started. From /proc, where there is one."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Cpu:
    """Seconds of all cores. `ours`: of this process and all below it, also those that are gone."""

    whole: float
    busy: float
    ours: float

    @classmethod
    def now(cls) -> Cpu | None:
        """Since the machine started; null where it cannot be told."""
        try:
            spent = [int(word) / _TICKS for word in (_PROC / "stat").read_text().split("\n", 1)[0].split()[1:9]]
        except (OSError, ValueError):
            return None
        idle = spent[3] + spent[4]
        return cls(sum(spent), sum(spent) - idle, _below(os.getpid()))

    def __sub__(self, earlier: Cpu) -> Cpu:
        return Cpu(self.whole - earlier.whole, self.busy - earlier.busy, self.ours - earlier.ours)


def _below(pid: int) -> float:
    """What a process, all under it, and those of them that it waited for have spent."""
    spent, children = {}, defaultdict(list)
    for path in _PROC.glob("[0-9]*/stat"):
        try:
            words = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        of = int(path.parent.name)
        children[int(words[1])].append(of)
        spent[of] = sum(map(int, words[11:15])) / _TICKS
    total, waiting = 0.0, [pid]
    while waiting:
        of = waiting.pop()
        total += spent.get(of, 0.0)
        waiting += children[of]
    return total
