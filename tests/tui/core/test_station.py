"""The bench on a whole session: what others do to the order meanwhile, what is sent and how often, and what is kept."""

from __future__ import annotations

from pathlib import Path

from tests.tui.core.fake_desk import DOWN, LOST
from tests.tui.core.samples import gid
from tests.tui.core.test_session import Watched, play
from tests.tui.core.virtual_time import now

from orders_tui.context.station import Station
from orders_tui.feed import ConnectionState
from orders_tui.packing.bench import Stage
from orders_tui.packing.folder import ParcelFolder
from orders_wire.actions import FulfillBody
from orders_wire.vocabulary import Status

LABEL = "1Z999AA10123456784"


class At:
    """A station that is told what its session says."""

    def __init__(self, w: Watched, path: Path) -> None:
        self.w, self.drawn = w, 0
        self.station = Station(w.session, ParcelFolder(path), now, self._changed)
        self.bench = self.station.bench
        w.session.subscribe(self.station.session_changed)

    def _changed(self) -> None:
        self.drawn += 1

    async def scan(self, *texts: str) -> None:
        for text in texts:
            self.station.enter(text)
        await self.w.rest(0.2)

    @property
    def sent(self) -> list[FulfillBody]:
        return [body for _, body in self.w.desk.posted if isinstance(body, FulfillBody)]


def test_a_parcel_is_sent_once_and_its_order_is_said_to_be_packed(tmp_path: Path) -> None:
    async def scenario(w: Watched) -> None:
        at = At(w, tmp_path)
        await at.scan(gid(1), "MUG", "mug")
        await w.rest(1)
        assert w.desk.presences[-1][1:] == (gid(1), "packing")
        await at.scan(LABEL, gid(2), "MUG")
        (body,) = at.sent
        assert (body.packed and body.packed.scanned, body.tracking and body.tracking.number) == (2, LABEL)
        assert (body.lines or [])[0].quantity == 2
        assert (at.bench.parcel and at.bench.parcel.order_id, at.bench.parcel and at.bench.parcel.count) == (gid(2), 1)
        assert [each.parcel.order_id for each in at.station.folder.all()] == [gid(2)]

    play(scenario)


def test_an_answer_that_is_lost_is_asked_for_again_and_nothing_is_sent_twice(tmp_path: Path) -> None:
    async def scenario(w: Watched) -> None:
        at = At(w, tmp_path)
        await at.scan(gid(1), "MUG", "mug")
        w.desk.writes.after.append(LOST)
        at.station.enter(LABEL)
        await w.rest(0.5)
        assert "no answer yet" in at.bench.said
        assert [each.parcel.count for each in at.station.folder.all()] == [2], "it may have been done: it is kept"
        await w.rest(30)
        assert (at.bench.stage, len(w.desk.done), at.station.folder.all()) == (Stage.SLIP, 1, [])
        assert {key for key, _ in w.desk.posted} == {"k1"}

    play(scenario)


def test_what_changes_meanwhile_is_heard_wherever_the_order_is_listed(tmp_path: Path) -> None:
    async def scenario(w: Watched) -> None:
        at = At(w, tmp_path)
        await at.scan(gid(1), "MUG")
        w.desk.change(1, note_count=1)
        await w.rest(1)
        assert at.bench.parcel is not None
        assert at.bench.parcel.changes == ("what is to be packed is as it was",)
        w.desk.change(1, status=Status.CANCELLED)
        await w.rest(1)
        assert at.bench.parcel is not None
        assert at.bench.parcel.changes[0].endswith("is cancelled")
        await at.scan("")
        assert "nothing of" in at.bench.alarm
        w.desk.change(2)
        reads = len(w.desk.details)
        await w.rest(1)
        assert len(w.desk.details) - reads <= 1, "others are not read for it"
        assert at.drawn > 0

    play(scenario)


def test_a_conflict_is_said_and_the_parcel_can_be_sent_again(tmp_path: Path) -> None:
    async def scenario(w: Watched) -> None:
        at = At(w, tmp_path)
        await at.scan(gid(1), "MUG", "mug")
        w.desk.change(1, ping=False, note_count=1)
        at.station.enter(LABEL)
        await w.rest(1)
        assert "changed meanwhile" in at.bench.alarm
        at.station.escape()
        await at.scan(LABEL)
        assert "changed: read what is different" in at.bench.alarm
        at.station.escape()
        await at.scan("", LABEL)
        await w.rest(1)
        assert (at.bench.stage, len(at.sent)) == (Stage.SLIP, 2)

    play(scenario)


def test_without_the_server_the_label_waits_and_is_sent_when_the_order_was_read_again(tmp_path: Path) -> None:
    async def scenario(w: Watched) -> None:
        at = At(w, tmp_path)
        await at.scan(gid(1), "MUG")
        w.desk.feed.line(ConnectionState.OFFLINE, "gone")
        await w.rest(0.1)
        await at.scan("mug", LABEL)
        assert (at.sent, at.bench.said) == ([], "offline: it is sent when the server is there")
        w.desk.reads.before.append(DOWN)
        w.desk.feed.line(ConnectionState.LIVE)
        await w.rest(0.1)
        w.desk.ping(w.desk.version, [gid(1)])
        await w.rest(1)
        assert (at.bench.stage, len(at.sent)) == (Stage.SLIP, 1)
        await at.scan(":undo")
        await w.rest(1)
        assert at.bench.said.endswith("its counts are kept, its slip opens it again")
        assert [each.parcel.count for each in at.station.folder.all()] == [2]

    play(scenario)


def test_an_order_that_should_wait_is_said_before_it_is_packed(tmp_path: Path) -> None:
    async def scenario(w: Watched) -> None:
        w.desk.rows[gid(1)] = w.desk.rows[gid(1)].model_copy(update={"blockers": ["stock:MUG", "payment"]})
        at = At(w, tmp_path)
        await at.scan(gid(1), "MUG")
        assert (at.bench.alarm, at.bench.missed) == ("#1001 is not ready: not paid", 1)
        at.station.escape()
        await at.scan("MUG")
        assert (at.bench.parcel and at.bench.parcel.count, at.bench.alarm) == (1, "")

    play(scenario)


def test_an_order_that_is_gone_is_said(tmp_path: Path) -> None:
    async def scenario(w: Watched) -> None:
        at = At(w, tmp_path)
        await at.scan("nowhere")
        assert at.bench.alarm == "there is no order nowhere: scan a slip"
        at.station.escape()
        await at.scan(gid(1), "MUG")
        del w.desk.rows[gid(1)]
        w.session.slips.again()
        await w.rest(1)
        assert at.bench.parcel is not None
        assert at.bench.parcel.changes[0] == "no such order"
        assert not at.bench.parcel.packable
        at.station.escape()
        assert at.station.folder.all() == []
        at.station.leave()

    play(scenario)
