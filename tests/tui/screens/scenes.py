"""The states that an operator can see: what is done to the desk before it is looked at. A scene is one sentence of that."""

from __future__ import annotations

from collections.abc import Callable

from tests.tui.screens import address_data, desk_data, shipping_data
from tests.tui.screens.bench_scenes import BENCH
from tests.tui.screens.cancel_scenes import CANCELLING
from tests.tui.screens.desk_data import NOW, ago
from tests.tui.screens.fake_session import FakeSession
from tests.tui.screens.hold_scenes import HOLDS
from tests.tui.screens.note_scenes import NOTES
from tests.tui.screens.people_scenes import PEOPLE
from tests.tui.screens.pick_scenes import PICKS
from tests.tui.screens.ready_scenes import READY
from tests.tui.screens.scene import Scene

from orders_tui.actions.tracking import ParcelNumber, TrackingDraft
from orders_tui.errors import SignInNeeded, Unreachable
from orders_tui.feed import ConnectionState
from orders_tui.session import changes
from orders_tui.session.log import ActionState, OrderFailure
from orders_tui.session.view import PageSpan
from orders_tui.store.patches import MarkKind
from orders_wire.orders import TimelineEntry
from orders_wire.page import Backfill, Desk
from orders_wire.vocabulary import DeskState, ErrorCode, OpenClosed, Tab

UNREACHABLE = Unreachable("The server at http://127.0.0.1:8765 does not answer")


def _first(session: FakeSession, at: int = 0) -> str:
    return session.table.view.rows[at].order.id


def _empty(session: FakeSession) -> None:
    session.put(rows=(), cursor_id=None, span=PageSpan())
    session.tell(changes.PageShown())


def _loading(session: FakeSession) -> None:
    session.put(rows=(), cursor_id=None, span=PageSpan(), loading=True)


def _state(state: DeskState, backfill: Backfill | None = None) -> Callable[[FakeSession], None]:
    def given(session: FakeSession) -> None:
        _empty(session)
        assert session.summary_now is not None
        desk = Desk(id="d", version=1, state=state, backfill=backfill)
        tabs = dict.fromkeys(Tab, 0)
        session.summary_now = desk_data.nothing().model_copy(update={"desk": desk, "tabs": tabs})
        session.tell(changes.SummaryChanged())

    return given


def _nothing_known(session: FakeSession) -> None:
    session.summary_now = None
    for event in desk_data.alert_events():
        session.alerts.absorb(event.model_copy(update={"status": OpenClosed.CLEARED}))
    session.tell(changes.PageShown())
    session.tell(changes.SummaryChanged())


def _no_server(session: FakeSession) -> None:
    session.put(rows=(), cursor_id=None, span=PageSpan(), as_of=None, problem=UNREACHABLE)
    session.me_now = None
    _nothing_known(session)
    session.set_line(state=ConnectionState.OFFLINE, since=ago(0.01), retry_at=ago(-4 / 3600), last_contact=None)


def _unreadable(session: FakeSession) -> None:
    session.put(rows=(), cursor_id=None, span=PageSpan(), as_of=None, problem=UNREACHABLE)
    session.tell(changes.PageShown())
    session.set_line(state=ConnectionState.RECONNECTING, retry_at=ago(-4 / 3600))


def _offline(session: FakeSession) -> None:
    session.put(as_of=ago(0.24))
    session.tell(changes.ViewChanged())
    session.set_line(state=ConnectionState.OFFLINE, since=ago(0.23), retry_at=ago(-12 / 3600))


def _reconnecting(session: FakeSession) -> None:
    session.set_line(state=ConnectionState.RECONNECTING, since=NOW, retry_at=ago(-2 / 3600))


def _stale(session: FakeSession) -> None:
    session.put(as_of=ago(0.1))
    session.tell(changes.ViewChanged())


def _not_refreshed(session: FakeSession) -> None:
    session.put(problem=UNREACHABLE)
    session.tell(changes.ViewChanged())


def _signed_out(session: FakeSession) -> None:
    session.set_line(state=ConnectionState.SIGNED_OUT, last_contact=NOW)


def _not_signed_in(session: FakeSession) -> None:
    session.put(rows=(), cursor_id=None, span=PageSpan(), as_of=None, problem=SignInNeeded("a token is needed"))
    _nothing_known(session)
    session.set_line(state=ConnectionState.SIGNED_OUT, last_contact=None)


def _skewed(session: FakeSession) -> None:
    session.set_line(state=ConnectionState.SKEWED, reason="the server speaks 2.0, this client 1.2")


def _polling(session: FakeSession) -> None:
    session.set_line(state=ConnectionState.POLLING, reason="the stream was silent for 35 s")


def _frozen(session: FakeSession) -> None:
    session.put(new_count=3)
    session.table.freeze(True)


def _toasts(session: FakeSession) -> None:
    session.tell(changes.Notice(changes.Level.ERROR, "#104231 could not be assigned to zoe: changed by bo meanwhile"))
    session.tell(changes.Notice(changes.Level.WARNING, "no answer for #104230 yet; it is asked for again"))
    session.tell(changes.Notice(changes.Level.INFO, "the server is back"))


def _marks_of_rows(session: FakeSession) -> None:
    session.put(new_count=12)
    session.mark_row(_first(session, 1), MarkKind.PENDING)
    session.mark_row(_first(session, 2), MarkKind.UNCONFIRMED)
    session.mark_row(_first(session, 3), MarkKind.FAILED, "on hold since 14:02")
    session.change_order(_first(session, 4), assigned_to="zoe")
    session.remove_order(_first(session, 0))


def _answered(
    state: ActionState, message: str = "", failures: tuple[OrderFailure, ...] = ()
) -> Callable[[FakeSession], None]:
    return lambda session: session.settle(state, failures, message)


def _changed_underneath(session: FakeSession) -> None:
    entry = TimelineEntry(ts=ago(5 / 3600), event="assigned", details="bo, by bo")
    session.change_order(_first(session), assigned_to="bo", timeline=[entry])


def _went_up(session: FakeSession) -> None:
    """The desk has been open for a while."""
    page = session.summary_now
    assert page is not None
    for minutes, more in enumerate((2, 5, 9, 4, 12, 18)):
        session.minutes = minutes + 1
        tabs = {tab: count + more if tab != "returns" else count - more for tab, count in page.tabs.items()}
        session.summary_now = page.model_copy(update={"tabs": tabs})
        session.tell(changes.SummaryChanged())


def _partly(session: FakeSession) -> None:
    failure = OrderFailure(_first(session, 1), ErrorCode.ON_HOLD, "held for inventory")
    session.settle(ActionState.PARTLY, (failure,))


def _unread(session: FakeSession) -> None:
    session.details_known = False


def _nothing_ready(session: FakeSession) -> None:
    order = session.orders[_first(session)]
    session.change_order(order.id, hold=None)
    session.details[order.id] = shipping_data.owing(order, shipping_data.line(1, "Mug", 2, short=2))


def _ambiguous(session: FakeSession) -> None:
    """A number that was given without a parcel."""
    order_id = _first(session)
    draft = TrackingDraft((order_id,), (ParcelNumber(order_id, "1Z999AA10123456795"),))
    message = f"{session.orders[order_id].order_number} has 4 parcels with numbers: name the one that is meant"
    session.actions.act(draft)
    session.drafts.keep(draft)
    session.settle(ActionState.FAILED, (OrderFailure(order_id, ErrorCode.AMBIGUOUS, message),), message)


def _many_alerts(session: FakeSession) -> None:
    session.alert_pages.open_more(130)
    session.tell(changes.SummaryChanged())


def _alerts_away(session: FakeSession) -> None:
    _many_alerts(session)
    session.alert_pages.problem = UNREACHABLE


FOUR = ("space", "space", "space", "space", "f")
MANY = ("asterisk", "a", "down", "enter")

TABS = [Scene("tab_unfulfilled")] + [
    Scene(f"tab_{name}", (key,))
    for key, name in (
        ("1", "all"),
        ("3", "overdue"),
        ("4", "awaiting_tracking"),
        ("5", "tracking_pending"),
        ("6", "delayed"),
        ("7", "holds"),
        ("8", "returns"),
        ("9", "refunded"),
    )
]
STATES = [
    Scene("order", ("8", "j", "enter")),
    Scene("help", ("question_mark",)),
    Scene("search", ("slash",), "owner:none sta"),
    Scene("empty", then=_empty),
    Scene("no_server", then=_no_server),
    Scene("no_shop", then=_state(DeskState.NO_SHOP)),
    Scene("backfill", then=_state(DeskState.BACKFILL, Backfill(done=3120, total=6000))),
    Scene("loading", given=_loading),
    Scene("unreadable", then=_unreadable),
    Scene("offline", then=_offline),
    Scene("stale", then=_stale),
    Scene("not_refreshed", then=_not_refreshed),
    Scene("rows_in_every_state", then=_marks_of_rows),
]
"""With `TABS` what is looked at in every size, in colour and without."""

DESK = [
    Scene("marks", ("j", "space", "space", "v", "j", "j")),
    Scene("search_with_fault", ("slash",), "status:late", ("enter",)),
    Scene("search_empty", ("colon",), "find-search owner:bo -country:US value:>100", ("enter", "backslash", "slash")),
    Scene("search_offers", ("slash",), "-country:US -hold:"),
    Scene("search_with_wrong_word", ("slash",), "-hold:froud", ("enter",)),
    Scene("filtered_by_more", ("colon",), "find-search -hold:any issue:none -country:US value:>100", ("enter",)),
    Scene("filtered", ("colon",), "find-search owner:bo", ("enter",)),
    Scene("narrowed", ("ampersand",), "roux", ("enter",)),
    Scene("reconnecting", then=_reconnecting),
    Scene("signed_out", then=_signed_out),
    Scene("not_signed_in", then=_not_signed_in),
    Scene("skewed", then=_skewed),
    Scene("polling", then=_polling),
    Scene("frozen", then=_frozen),
    Scene("toasts", then=_toasts),
    Scene("side_bar", ("tab", "exclamation_mark", "j")),
    Scene("alerts_of_a_kind", ("colon",), "alerts order-overdue", ("enter", "j", "j"), given=_many_alerts),
    Scene("alerts_failed", ("colon",), "alerts all", ("enter", *["j"] * 6), given=_alerts_away),
]
LISTS = [
    Scene("outbox", ("O",)),
    Scene("log", ("m", "L")),
    Scene("pulse", then=_went_up, last=("p",)),
]
DIALOGS = [
    Scene("sort", ("S", "j", "j", "space")),
    Scene("columns", ("C",)),
    Scene("views", ("W",), "late in Berlin", ("enter", "V")),
    Scene("save_view", ("3", "W"), "late"),
    Scene("alert_types", ("exclamation_mark", "exclamation_mark", "tab", "ampersand", "space")),
    Scene("assign", ("a",), "an"),
    Scene("assign_several", ("space", "space", "space", "a")),
    Scene("assign_taken", ("j", "j", "j", "a")),
    Scene("assign_changed_underneath", ("a",), then=_changed_underneath),
    Scene("fulfil", ("f",), "00340434292135100186"),
    Scene("fulfil_several", ("space", "space", "space", "f"), "#104231,00340434292135100186,DHL"),
    Scene("fulfil_many", ("asterisk", "f"), "#104231,00340434292135100186,DHL"),
    Scene("return", ("8", "j", "j", "r")),
    Scene("return_with_amount", ("8", "r")),
    Scene("return_ended", ("1", *["j"] * 8, "r")),
    Scene("support", ("s",), "split it"),
    Scene("inventory", ("i",)),
    Scene("copy", ("Y",)),
    Scene("export", ("e",)),
    Scene("command_line", ("colon",), "as"),
    Scene("command_line_argument", ("colon",), "assign an", ("down",)),
    Scene("command_line_wrong", ("colon",), "theme nordd", ("enter",)),
    Scene("palette", ("ctrl+p",), given=_offline),
    Scene("palette_found", ("ctrl+p",), "hol"),
    Scene("sign_in", ("enter",), given=_signed_out),
    Scene("handover", ("p", "W"), "two chargebacks are due tomorrow"),
    Scene("quit", ("m", "ctrl+q")),
    Scene("shops", ("colon",), "shop", ("enter",)),
    Scene("shops_with_action_on_its_way", ("m", "colon"), "shop test", ("enter",)),
    Scene("read_only", ("f",), settings={"read_only": True, "profile": "look", "environment": None, "band": "teal"}),
]
SHIPPING = [
    Scene("fulfil_part", ("f", "tab", "tab", "minus"), given=shipping_data.show_mixed),
    Scene("fulfil_forty", ("f", "tab", "tab", *["down"] * 20), given=shipping_data.show_forty),
    Scene("fulfil_unread", ("f",), given=_unread),
    Scene("fulfil_nothing_ready", ("f", "ctrl+s"), given=_nothing_ready),
    Scene("fulfil_part_whole", FOUR, given=shipping_data.show_several),
    Scene("fulfil_in_stock", FOUR, "#104230,00340434292135100186,DHL", ("ctrl+t",), given=shipping_data.show_several),
    Scene("parcels", ("f",), given=shipping_data.show_parcels),
    Scene("parcels_edited", ("f",), "1Z999AA10123456784", ("ctrl+n",), given=shipping_data.show_parcels),
    Scene("parcels_ambiguous", (), then=_ambiguous, given=shipping_data.show_parcels),
    Scene("fulfil_refused", ("f", "ctrl+s"), then=_answered(ActionState.FAILED, "#104233: of line 1 nothing is owed")),
    Scene("fulfil_part_done", ("f", "ctrl+s"), then=_answered(ActionState.DONE)),
]
OUTCOMES = [
    Scene("outcome_sending", ("m",)),
    Scene("outcome_done", ("m",), then=_answered(ActionState.DONE)),
    Scene("outcome_failed", ("m",), then=_answered(ActionState.FAILED, "the order is held")),
    Scene("outcome_partly", ("space", "space", "m", "down", "enter"), then=_partly),
    Scene("outcome_unconfirmed", ("m",), then=_answered(ActionState.UNCONFIRMED)),
    Scene("outcome_undone", ("m",), then=_answered(ActionState.UNDONE)),
    Scene("outcome_refused", ("m",), given=_offline),
    Scene("bulk_running", MANY, then=lambda session: session.move_run(ended=False)),
    Scene("bulk_result", MANY, then=lambda session: session.move_run(ended=True)),
]
TAGS_AND_ADDRESS = [
    Scene("tags", ("j", "number_sign"), "loyal, g", ("ctrl+y", "up", "ctrl+t")),
    Scene("tags_several", ("space", "space", "space", "space", "number_sign"), "rush, w", ("ctrl+t", "down")),
    Scene("tags_both", ("j", "number_sign"), "vip", ("down", "ctrl+t", "ctrl+s")),
    Scene("tags_done", ("number_sign", *"rush", "enter"), then=_answered(ActionState.DONE)),
    Scene("address", ("colon",), "address", ("enter",), given=address_data.show),
    Scene("address_held", ("colon",), "address", ("enter", "tab", "ctrl+t", "ctrl+t"), given=address_data.show_held),
    Scene("address_unread", ("colon",), "address", ("enter",), given=address_data.unread),
    Scene("address_refused", ("colon",), "address", ("enter",), given=address_data.show_refused),
    Scene("address_wrong", ("colon",), "address", ("enter", *["up"] * 2, "x", "ctrl+s"), given=address_data.show),
]
SCENES = [
    *TABS,
    *STATES,
    *DESK,
    *LISTS,
    *DIALOGS,
    *SHIPPING,
    *TAGS_AND_ADDRESS,
    *OUTCOMES,
    *HOLDS,
    *NOTES,
    *PEOPLE,
    *PICKS,
    *READY,
    *CANCELLING,
    *BENCH,
]
