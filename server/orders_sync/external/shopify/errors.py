"""What can go wrong in asking the shop.

`ShopifyError` ┬ `NotSent`    no connection: the shop never had the request
               ├ `NoAnswer`   the request left, and no whole answer came: a write may have happened
               │ ├ `NotJson`  something answered, and not in JSON
               │ └ `PartFailed`   the shop failed inside of what it was to tell; `places`: of which objects of a list, if it says
               │   └ `ObjectDenied` the token may not know the object itself
               ├ `Throttled`  not executed, and still not after waiting; `retry_after_s`
               ├ `TooCostly`  not executed: it asks for more points than one request may cost
               ├ `Denied`     not executed: the token is not accepted, or lacks a scope
               │ └ `HttpRefusal`  by an HTTP status, for as long as the shop or its address stays as it is
               ├ `NoProgress` a list that says it goes on, and does not; or is longer than the shop lets anybody read
               └ `BadRequest`    not executed as meant: the shop does not take the request, or not its search terms
                 └ `UnexpectedShape` it was executed, and the answer, or a part of it, has another shape than the schema's
"""

from __future__ import annotations

from collections.abc import Mapping


class ShopifyError(Exception):
    """The message is for an operator's eyes: it says what happened and holds no secret."""


class NotSent(ShopifyError):
    pass


class NoAnswer(ShopifyError):
    pass


class NotJson(NoAnswer):
    pass


class PartFailed(NoAnswer):
    def __init__(self, message: str, places: Mapping[int, str] | None = None) -> None:
        super().__init__(message)
        self.places = places or {}


class ObjectDenied(PartFailed):
    pass


class Throttled(ShopifyError):
    def __init__(self, retry_after_s: float, requested: float | None = None) -> None:
        super().__init__("Shopify's cost limit is used up")
        self.retry_after_s = retry_after_s
        self.requested = requested


class TooCostly(ShopifyError):
    pass


class Denied(ShopifyError):
    pass


class HttpRefusal(Denied):
    """`status`: the HTTP status that the shop refuses everything with."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class NoProgress(ShopifyError):
    pass


class BadRequest(ShopifyError):
    pass


class UnexpectedShape(BadRequest):
    pass


OrderFault = UnexpectedShape | PartFailed | NoProgress
ORDER_FAULTS = (UnexpectedShape, PartFailed, NoProgress)
"""What concerns, when it happens while one order is read, that order alone."""
