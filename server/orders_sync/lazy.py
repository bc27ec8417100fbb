"""A property that is computed when it is first read and kept: `functools.cached_property` without its lock.

Until Python 3.12 that one locks for all instances at every first read. Here two threads may compute it twice, to the same value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

T = TypeVar("T")


class lazy(Generic[T]):  # a decorator, named as such
    """For a pure function of an instance that has a `__dict__`, frozen dataclasses among them."""

    def __init__(self, compute: Callable[[Any], T]) -> None:
        self._compute = compute
        self._name = compute.__name__
        self.__doc__ = compute.__doc__

    @overload
    def __get__(self, of: None, owner: type) -> Self: ...

    @overload
    def __get__(self, of: object, owner: type) -> T: ...

    def __get__(self, of: object | None, owner: type) -> Self | T:
        if of is None:
            return self
        value = of.__dict__[self._name] = self._compute(of)
        return value
