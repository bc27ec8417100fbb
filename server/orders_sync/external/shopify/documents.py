"""What a GraphQL document is: its text, where its answer has what it reads, and which lists the answer may cut short.

Every document is valid for `API_VERSION` (a test validates each against the schema). Costs, as recorded from a live shop: an
object is 1, a scalar 0, a mutation 10; a connection is sized by its `first`, a plain list (`fulfillments`, `transactions`,
`refunds`, `trackingInfo`) is not.

Invariant: every list that takes `first` is a page of its document (`$after`) or among its `lists` (a test reads all documents).
"""

from __future__ import annotations

from dataclasses import dataclass

API_VERSION = "2026-07"

MOST_AT_ONCE = 250
"""The shop's limit for `first`, and for one list in a request."""

PAGE_INFO = "pageInfo { hasNextPage endCursor }"


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
    `rest`: reads on in the object that has it; `first`: how many a plain list was asked for, `None` for a connection, whose
    `pageInfo` says whether more follow.
    """

    path: tuple[str, ...]
    rest: Document
    first: int | None = None

    @property
    def name(self) -> str:
        return self.path[-1]


def query(
    name: str,
    signature: str,
    body: str,
    *fragments: str,
    at: tuple[str, ...] = (),
    lists: tuple[TruncatedList, ...] = (),
) -> Document:
    """`signature`: the variables in parentheses; `body`: the selection without its braces."""
    return Document(name, f"query {name}{signature} {{{body}}}\n" + "".join(fragments), at, lists)


def mutation(
    name: str,
    signature: str,
    call: str,
    parts: str,
    errors: str = "field message code",
    *,
    errors_field: str = "userErrors",
) -> Document:
    """`call`: the mutation's field with its arguments; `parts`, `errors`: what is read of its payload and of its errors, which it
    calls `errors_field`."""
    errors_as = "userErrors" if errors_field == "userErrors" else f"userErrors: {errors_field}"
    return Document(name, f"mutation {name}{signature} {{{call} {{ {parts} {errors_as} {{ {errors} }} }}}}\n")


def connection(
    name: str, root: str, field: str, nodes: str, *fragments: str, first: int = 100, order: str = ""
) -> Document:
    """A page of a connection of the object that `root` reads by its id."""
    page = f"{field}(first: {first}, after: $after{order}) {{ nodes {{ {nodes} }} {PAGE_INFO} }}"
    return query(name, "($id: ID!, $after: String)", f"{root}(id: $id) {{ {page} }}", *fragments, at=(root,))


def plain_list(name: str, root: str, field: str, parts: str, *fragments: str) -> Document:
    """A plain list of the object that `root` reads, as long as the shop lets one ask for."""
    body = f"{root}(id: $id) {{ {field}(first: {MOST_AT_ONCE}) {{ {parts} }} }}"
    return query(name, "($id: ID!)", body, *fragments, at=(root,))
