"""What an answer of the Sync server means: a body of the contract, or the error that stands for it.

Every body is sanitised before anybody reads it. Nothing of the contract's models is imported before an answer is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from json import JSONDecodeError
from typing import TYPE_CHECKING, Any, TypeVar

from orders_tui.api.body import UnusableBody, parse_safe, position_of
from orders_tui.errors import ApiError, NotASyncServer, Refused, SignInNeeded, TimedOut, Unreachable, VersionSkew
from orders_tui.sanitise import text
from orders_wire.vocabulary import ErrorCode

if TYPE_CHECKING:
    import httpx

    from orders_wire.alerts import Event
    from orders_wire.presence import PresenceEvent

_CODE_OF_STATUS = {
    400: ErrorCode.INVALID_REQUEST,
    403: ErrorCode.FORBIDDEN,
    404: ErrorCode.NOT_FOUND,
    413: ErrorCode.TOO_LARGE,
    422: ErrorCode.IDEMPOTENCY_MISMATCH,
    429: ErrorCode.RATE_LIMITED,
    503: ErrorCode.UNAVAILABLE,
}
_LONGEST_WAIT_S = 60.0
"""No server keeps the client away for longer, whatever its `Retry-After` says."""
_LONGEST_MESSAGE = 500
T = TypeVar("T")


@contextmanager
def contract() -> Iterator[None]:
    """Raises VersionSkew for a body that is not JSON, or does not read as the contract's."""
    try:
        yield
    except UnusableBody as error:
        raise VersionSkew(f"the server's answer is not read: {error}") from error
    except (JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotASyncServer("the server's answer is not JSON; is this the address of a Sync server?") from error
    except (ValueError, OverflowError) as error:
        where = text("; ".join(str(error).splitlines()[:2]))[:_LONGEST_MESSAGE]
        raise VersionSkew(f"the server's answer does not read as this contract ({where})") from error


def read(response: httpx.Response, validate: Callable[[Any], T]) -> T:
    """The body, sanitised, as a model of the contract. Raises VersionSkew when it does not read as one."""
    with contract():
        return validate(parse_safe(response.content))


def read_event(value: Any) -> Event | None:
    """An event of the alerts channel; None for a kind that is not known yet, or one whose id cannot be sent back."""
    from orders_wire.alerts import Event

    try:
        event = Event.model_validate(value)
    except (ValueError, OverflowError):
        return None
    return event if position_of(event.id) is not None else None


def read_presence(value: Any) -> PresenceEvent | None:
    """Where somebody is; None for what names nobody."""
    from orders_wire.presence import PresenceEvent

    try:
        said = PresenceEvent.model_validate(value)
    except (ValueError, OverflowError):
        return None
    return said if said.name.strip() else None


def refusal(response: httpx.Response, *, writes: bool) -> ApiError:
    """What an answer that is not a success means; with `writes`, to a request that may have changed something."""
    status = response.status_code
    body: Any = None
    with suppress(VersionSkew):
        body = read(response, lambda value: value)
    given = body if isinstance(body, dict) else {}
    message = str(given.get("message") or given.get("detail") or f"the server answered {status}")[:_LONGEST_MESSAGE]
    if status == 401:
        return SignInNeeded(message)
    code: ErrorCode | None
    try:
        code = ErrorCode(str(given.get("code")))
    except ValueError:
        code = _CODE_OF_STATUS.get(status)
    if "success" not in given or code is None:
        return _unexpected(status, message, writes=writes)
    return _refused(given, code, message, response)


def _refused(body: dict[str, Any], code: ErrorCode, message: str, response: httpx.Response) -> ApiError:
    from pydantic import ValidationError

    from orders_wire.actions import Failure
    from orders_wire.vocabulary import ReturnAction

    try:
        allowed = body.get("allowed_actions")
        return Refused(
            code,
            message,
            failures=[Failure.model_validate(item) for item in body.get("failures") or ()],
            allowed_actions=None if allowed is None else [ReturnAction(action) for action in allowed],
            version=body.get("version"),
            retry_after_s=_seconds(response.headers.get("retry-after", "")),
        )
    except (ValidationError, ValueError, TypeError) as error:
        raise VersionSkew(f"the server refused in words that this client does not know ({message})") from error


def _unexpected(status: int, message: str, *, writes: bool) -> ApiError:
    """No envelope: something between us and the server spoke, or the server is another one."""
    if status >= 500:
        return TimedOut(message) if writes else Unreachable(message)
    if status == 429:
        return Refused(ErrorCode.RATE_LIMITED, message)
    if 300 <= status < 400:
        return VersionSkew(f"the server answered {status}, which points elsewhere; name the address where it is")
    return NotASyncServer(f"{message}; is this the address of a Sync server?")


def _seconds(retry_after: str) -> float | None:
    """`Retry-After`, in seconds or as a date, within reason; None for one that says nothing."""
    if retry_after.isascii() and retry_after.isdecimal():
        return min(float(retry_after[:9]), _LONGEST_WAIT_S)
    until = http_date(retry_after)
    wait_s = (until - datetime.now(UTC)).total_seconds() if until is not None else 0.0
    return min(wait_s, _LONGEST_WAIT_S) if wait_s > 0 else None


def http_date(header: str) -> datetime | None:
    """An HTTP date; None for one that is none, or lies outside every year that a clock could mean."""
    try:
        date = parsedate_to_datetime(header)
        return date.astimezone(UTC) if date.tzinfo is not None and 1970 <= date.year < 3000 else None
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
