"""How lines are other now than when they were seen, in sentences for whoever has a parcel of them in hand. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from orders_tui.packing.lines import PackLine, kept_back


def differences(packed: Mapping[str, int], seen: Sequence[PackLine], now: Sequence[PackLine]) -> Iterator[str]:
    """What has to be known, and what to be taken out; `packed`: units by line id."""
    known = {line.id: line for line in seen}
    for line in now:
        was = known.pop(line.id, None)
        sendable = was.sendable if was is not None else 0
        if line.sendable != sendable:
            why = kept_back([line])
            out = _take_out(packed.get(line.id, 0) - line.sendable)
            yield f"{line.name}: {line.sendable} to pack, was {sendable}{f' ({why})' if why else ''}{out}"
    for line in known.values():
        units = packed.get(line.id, 0)
        if line.sendable or units:
            yield f"nothing of {line.name} is owed any more{_take_out(units)}"


def _take_out(units: int) -> str:
    return f"; take {units} out" if units > 0 else ""
