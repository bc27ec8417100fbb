"""Every open alert that is wanted, read by following the pages of `GET /sync/alerts` to their end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orders_tui.errors import ApiError, Refused, VersionSkew, is_unknown_endpoint
from orders_tui.query.alerts import AlertFilter
from orders_wire.vocabulary import ErrorCode, EventType, OpenClosed

if TYPE_CHECKING:
    from orders_tui.api.client import SyncApi
    from orders_wire.alerts import Event


MOST_PAGES = 400
"""No desk has a hundred thousand open alerts: a list that does not end is none."""


@dataclass(frozen=True, slots=True)
class Read:
    """What was read. `whole` is false where an older server told only what a stream begins with."""

    alerts: tuple[Event, ...]
    whole: bool = True


async def read_all(api: SyncApi, wanted: AlertFilter) -> Read:
    """The open alerts, most severe and newest first, each once. Raises ApiError; Refused where an older server is asked whose
    orders they are about.
    """
    try:
        return Read(tuple(each for each in await _walk(api, wanted) if wanted.takes(each)))
    except ApiError as error:
        if not is_unknown_endpoint(error):
            raise
    if wanted.owner:
        raise Refused(ErrorCode.NOT_FOUND, "this server is older and cannot tell whose alerts they are")
    known = [each for each in (await api.alerts()).alerts if each.status is OpenClosed.OPEN]
    alerts = (each for each in reversed(known) if each.type is not EventType.DATA_GAP and wanted.takes(each))
    return Read(tuple(alerts), whole=False)


async def _walk(api: SyncApi, wanted: AlertFilter) -> list[Event]:
    found: dict[str, Event] = {}
    followed: set[str] = set()
    cursor: str | None = None
    while True:
        page = await api.open_alerts(wanted, cursor)
        found.update((each.alert_id or each.id, each) for each in page.alerts)
        if page.next is None:
            return list(found.values())
        if page.next in followed or not page.alerts or len(followed) == MOST_PAGES:
            raise VersionSkew("the server's pages of alerts lead nowhere")
        followed.add(page.next)
        cursor = page.next
