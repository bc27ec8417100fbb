"""How long to wait before the next attempt: quickly while an outage is young, then ever more slowly, always with jitter.

A server that returns within half a minute is found again within 2 s; after a longer outage within 15 s.
"""

from __future__ import annotations

YOUNG_S = 30.0
_FIRST_S = 0.3
_QUICK_S = 1.0
_CAP_S = 10.0


def delay_s(attempt: int, outage_s: float, chance: float, asked_s: float | None = None) -> float:
    """Seconds before attempt number `attempt` (0: the first after a loss) of an outage that began `outage_s` ago.

    `chance` is a random number in 0…1; `asked_s` what the server asked for (`retry:`), which is a floor, up to the cap.
    """
    if attempt == 0:
        return chance * _FIRST_S
    longest = max(_QUICK_S, min(asked_s or 0.0, _CAP_S))
    if outage_s >= YOUNG_S:
        longest = min(_CAP_S, max(longest, (outage_s - YOUNG_S) / 4 + 2 * _QUICK_S))
    return longest * (0.5 + chance / 2)
