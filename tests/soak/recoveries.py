"""How long things were away, each by its kind: from when it was lost to when it worked again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence


class Recoveries:
    """`took[kind]`: seconds, one for each recovery."""

    def __init__(self) -> None:
        self.took: defaultdict[str, list[float]] = defaultdict(list)

    def note(self, kind: str, seconds: float) -> None:
        self.took[kind].append(seconds)

    def lines(self) -> Iterator[str]:
        """A kind each."""
        for kind, seconds in sorted(self.took.items()):
            yield f"{kind} {len(seconds)}×, p50 {quantile(seconds, 0.5):.1f} s, at most {max(seconds):.1f} s"


def quantile(values: Sequence[float], share: float) -> float:
    """The value that this share of them does not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
