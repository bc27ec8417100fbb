"""How long to wait before the next attempt: ever longer up to a cap, with jitter where many clients may wait for one server."""

from __future__ import annotations

YOUNG_S = 30.0
_FIRST_S = 0.3
_QUICK_S = 1.0
_CAP_S = 10.0


def delay_s(failures: int, first_s: float, cap_s: float, chance: float = 1.0) -> float:
    """Seconds before the next attempt: `first_s` after the first failure (0), then twice as long each time, at most `cap_s`.

    `chance` is a random number in 0…1: down to half of it is left out, so that clients do not come back all at once.
    """
    return min(cap_s, first_s * 2.0 ** min(failures, 10)) * (0.5 + chance / 2)


def reconnect_delay_s(attempt: int, outage_s: float, chance: float, asked_s: float | None = None) -> float:
    """Seconds before attempt number `attempt` (0: the first after a loss) of an outage that began `outage_s` ago.

    A server that returns within half a minute is found again within 2 s; after a longer outage within 15 s. `chance` is as for
    `delay_s`; `asked_s` what the server asked for (`retry:`), which is a floor, up to the cap.
    """
    if attempt == 0:
        return chance * _FIRST_S
    longest = max(_QUICK_S, min(asked_s or 0.0, _CAP_S))
    if outage_s >= YOUNG_S:
        longest = min(_CAP_S, max(longest, (outage_s - YOUNG_S) / 4 + 2 * _QUICK_S))
    return delay_s(0, longest, _CAP_S, chance)
