"""What can go wrong in asking the shop.

`ShopifyError` ┬ `NotSent`    no connection: the shop never had the request
               ├ `NoAnswer`   the request left, and no whole answer came: a write may have happened
               ├ `Throttled`  not executed, and still not after waiting; `retry_after_s`
               ├ `TooCostly`  not executed: it asks for more points than one request may cost
               ├ `Denied`     not executed: the token is not accepted, or lacks a scope
               └ `Misread`    not executed as meant: the shop does not take the request, or not its search terms
                 └ `Misshapen` it was executed, and the answer, or a part of it, has another shape than the schema's
"""

from __future__ import annotations


class ShopifyError(Exception):
    """The message is for an operator's eyes: it says what happened and holds no secret."""


class NotSent(ShopifyError):
    pass


class NoAnswer(ShopifyError):
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


class Misread(ShopifyError):
    pass


class Misshapen(Misread):
    pass
