"""Every GraphQL document that is sent to the shop, valid for Admin API 2026-07 (a test validates each against the schema).

Costs, as recorded from a live shop: an object is 1, a scalar 0, a mutation 10; a connection is sized by its `first`, a plain
list (`fulfillments`, `transactions`, `refunds`, `trackingInfo`) is not. So what most orders lack (the insides of returns, the
lines of fulfilment orders) is left out of the page and read by `DETAILS` for those that have it, and what most orders
have few of is cut short here and read to its end by the documents under "The rest of what an answer cuts short".

Invariant: every list that takes `first` is a page of its document (`$after`) or among its `lists` (a test reads all documents).
"""

from __future__ import annotations

from dataclasses import dataclass

API_VERSION = "2026-07"


MOST_AT_ONCE = 250
"""The shop's limit for `first`."""


@dataclass(frozen=True, slots=True)
class Document:
    """One operation with the fragments it needs. `name` is the operation's.

    `at`: the names in the answer that lead to the objects which it reads, one or a list of them; what fails inside one of a
    list concerns that one alone. `lists`: the lists in such an object that an answer may cut short, outer ones first.
    """

    name: str
    text: str
    at: tuple[str, ...] = ()
    lists: tuple[TruncatedList, ...] = ()


@dataclass(frozen=True, slots=True)
class TruncatedList:
    """A list that an answer may cut short. `path`: the names that lead to it from an object of its document, without `nodes`;
    `rest`: reads on in the object that has it; `first`: how many a plain list was asked for, null for a connection, whose
    `pageInfo` says whether more follow.
    """

    path: tuple[str, ...]
    rest: Document
    first: int | None = None


def query(
    name: str,
    signature: str,
    body: str,
    *fragments: str,
    at: tuple[str, ...] = (),
    lists: tuple[TruncatedList, ...] = (),
) -> Document:
    return Document(name, f"query {name}{signature} {{{body}}}\n" + "".join(fragments), at, lists)


def mutation(name: str, signature: str, body: str, *fragments: str) -> Document:
    return Document(name, f"mutation {name}{signature} {{{body}}}\n" + "".join(fragments))


PAGE_INFO = "pageInfo { hasNextPage endCursor }"
