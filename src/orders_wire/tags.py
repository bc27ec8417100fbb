"""Tags as both sides compare them: blind to case, the first spelling stays (contract §3a, `tags`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def changed(tags: Sequence[str], add: Iterable[str], remove: Iterable[str]) -> tuple[str, ...]:
    """The tags with some more and without some, in Shopify's order where any were added."""
    gone = {tag.casefold() for tag in remove}
    left = [tag for tag in tags if tag.casefold() not in gone]
    there = {tag.casefold() for tag in left}
    more = {tag.casefold(): tag for tag in reversed([*add]) if tag.casefold() not in there}
    return tuple(sorted([*left, *more.values()], key=str.casefold)) if more else tuple(left)
