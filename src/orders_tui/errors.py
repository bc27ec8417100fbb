"""What can go wrong between the client and the Sync server, as one small tree.

    ClientError
    ├── ApiError
    │   ├── Unreachable      no server there; what was asked has certainly not been done
    │   │   └── NotTrusted   there is one, whose certificate is not trusted; nothing was said to it
    │   ├── TimedOut         no answer in time, or the connection broke: whether it was done is not known
    │   │   └── Unread       a write was taken, and its answer cannot be read: not known either (a VersionSkew as well)
    │   ├── ReadOnly         this client was told to change nothing; it was not sent
    │   ├── SignInNeeded     401: the token is missing, wrong or expired
    │   ├── Refused          the server's own refusal: a code of the contract, its message, per-order failures
    │   │   └── NotKnownHere the server is of an earlier release, and would have ignored a part of what is asked
    │   └── VersionSkew      an answer that does not read as this contract
    │       └── NotASyncServer   what answers there is something else
    ├── ConfigError          a configuration file, key or value that cannot be used
    └── UsageError           a command or its input that makes no sense

Every message is one calm sentence for a person, free of control characters and secrets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders_wire.vocabulary import ErrorCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orders_wire.actions import Failure
    from orders_wire.vocabulary import ReturnAction


class ClientError(Exception):
    """Root of everything this package raises on purpose. `str(error)` is the sentence to show."""


class ApiError(ClientError):
    """A request that brought no usable answer."""


class Unreachable(ApiError):
    """Nothing answered at the server's address. What was asked has not been done."""


class NotTrusted(Unreachable):
    """The server's certificate does not prove who it is."""


class TimedOut(ApiError):
    """The answer did not come: the outcome of a write is unknown until its key is sent again."""


class ReadOnly(ApiError):
    """What would change something is not sent from here: `--read-only`, or `read_only` in the profile."""

    def __init__(self) -> None:
        super().__init__("read only: nothing can be changed from here")


class SignInNeeded(ApiError):
    """The server does not know this token (401)."""


class VersionSkew(ApiError):
    """Client and server speak different versions of the contract."""


class NotASyncServer(VersionSkew):
    """Something answers at the address, and it is no Sync server: a web page, a 404, no HTTP at all."""


class Unread(TimedOut, VersionSkew):
    """A write was answered with a success that cannot be read: whether it was done is not known."""


class Refused(ApiError):
    """The server understood and said no: contract §3, Codes.

    `failures` are per order, in the spelling that was sent; `retry_after_s` stands with `rate_limited` and `unavailable`.
    """

    def __init__(
        self,
        code: ErrorCode,
        message: str,
        *,
        failures: Sequence[Failure] = (),
        allowed_actions: Sequence[ReturnAction] | None = None,
        version: int | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.failures = tuple(failures)
        self.allowed_actions = None if allowed_actions is None else tuple(allowed_actions)
        self.version = version
        self.retry_after_s = retry_after_s

    @property
    def passing(self) -> bool:
        """True for `rate_limited` and `unavailable`: the same request may be sent again later, with the same key."""
        return self.code in {"rate_limited", "unavailable"}


class NotKnownHere(Refused):
    """The server is of an earlier release: it ignores a parameter, so that its answer is to another question."""

    def __init__(self, what: str) -> None:
        super().__init__(ErrorCode.INVALID_REQUEST, f"this server is of an earlier release and does not know {what}")


def is_unknown_endpoint(error: ApiError) -> bool:
    """Whether a server that answers this has no such endpoint, since it is of an earlier release."""
    return isinstance(error, NotASyncServer) or (isinstance(error, Refused) and error.code is ErrorCode.NOT_FOUND)


class ConfigError(ClientError):
    """A configuration that cannot be used. Names the file and the key."""


class UsageError(ClientError):
    """A command line, or its input, that cannot be carried out as written."""
