"""A parcel at the bench: what a scan means, what counts, and that nothing but what was counted right gets to the label."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders_tui.packing.bench import Bench, Stage
from orders_tui.packing.codes import named
from orders_tui.packing.folder import ParcelFolder
from orders_tui.packing.lines import How, NotCounted, PackLine
from orders_tui.packing.parcel import OpenParcel
from orders_tui.packing.words import Word

EAN, SAME_AS_UPC = "4006381333931", "0012345678905"
LABEL = "00340434292135100186"
ORDER = "gid://shopify/Order/1001"


def line(number: int, sku: str, owed: int = 1, barcode: str = "", *, held: int = 0, short: int = 0) -> PackLine:
    return PackLine(f"gid://shopify/LineItem/{number}", sku, barcode, f"Item {number}", owed, held, owed - held - short)


def parcel(*lines: PackLine, version: int = 7) -> OpenParcel:
    return OpenParcel(ORDER, "#1001", version, lines)


TEE, MUG, CAP = line(1, "TEE-M", 2, EAN), line(2, "MUG", 1, SAME_AS_UPC), line(3, "", 2)


class World:
    """Notes what the bench wants; `orders` can be opened at once."""

    def __init__(self, *orders: OpenParcel) -> None:
        self.orders = {order.order_number: order for order in orders}
        self.kept: dict[str, OpenParcel] = {}
        self.opening: list[str] = []
        self.sent: list[OpenParcel] = []
        self.undone = 0
        self.bench = Bench(self)

    def keep(self, parcel: OpenParcel) -> None:
        self.kept[parcel.order_id] = parcel

    def drop(self, order_id: str) -> None:
        self.kept.pop(order_id, None)

    def open(self, code: str) -> None:
        self.opening.append(code)

    def send(self, parcel: OpenParcel) -> None:
        self.sent.append(parcel)

    def undo(self) -> None:
        self.undone += 1

    def scan(self, *codes: str, chosen: str = "") -> Bench:
        for code in codes:
            self.bench.enter(code, chosen)
        return self.bench


def at_items(*lines: PackLine) -> World:
    world = World()
    world.scan("1001")
    world.bench.opened(parcel(*lines))
    return world


def stage(world: World) -> Stage:
    return world.bench.stage


# -- what a scan means


@pytest.mark.parametrize(
    ("code", "found"),
    [
        (EAN, [TEE]),
        ("012345678905", [MUG]),
        (SAME_AS_UPC, [MUG]),
        ("tee-m", [TEE]),
        ("MUG", [MUG]),
        ("", []),
        ("4006381333932", []),
        ("TEE", []),
        ("12345678905", []),
    ],
)
def test_a_code_is_a_barcode_or_else_a_sku(code: str, found: list[PackLine]) -> None:
    assert named(code, [TEE, MUG, CAP]) == found


def test_a_barcode_without_its_zero_at_the_shop_is_found_with_it() -> None:
    upc = line(1, "A", 1, "012345678905")
    assert named(SAME_AS_UPC, [upc]) == [upc]


def test_a_barcode_counts_before_another_lines_sku() -> None:
    other = line(9, EAN, 1, "X")
    assert named(EAN, [other, TEE]) == [TEE]


def test_lines_of_one_code_fill_one_after_the_other() -> None:
    one, other = line(1, "A", 1, EAN), line(2, "A", 2, EAN)
    full = parcel(one, other).scan(EAN).scan("a").scan(EAN)
    assert (full.packed(one), full.packed(other), full.complete) == (1, 2, True)
    with pytest.raises(NotCounted, match=r"one 4006381333931 .A. too many: 3 packed"):
        full.scan(EAN)


def test_what_is_held_or_not_covered_is_not_packed() -> None:
    part, held = line(1, "A", 3, held=1, short=1), line(2, "B", 1, held=1)
    open_ = parcel(part, held).scan("A")
    assert (open_.total, open_.complete, open_.left) == (1, True, 3)
    with pytest.raises(NotCounted, match=r"one A too many: 1 packed, and no more to pack .1 held, 1 not covered"):
        open_.scan("A")
    with pytest.raises(NotCounted, match="B is not to be packed: 1 held"):
        open_.scan("B")


# -- on the bench


def test_a_parcel_from_slip_to_label() -> None:
    world = at_items(TEE, MUG, CAP)
    assert world.opening == ["1001"]
    world.scan(EAN, EAN, "mug")
    assert stage(world) is Stage.ITEMS
    world.scan("", "", chosen=CAP.id)
    assert stage(world) is Stage.LABEL
    world.scan(LABEL)
    (sent,) = world.sent
    assert (sent.scanned, sent.by_hand, sent.left, sent.number) == (3, 2, 0, LABEL)
    assert sent.units == ((TEE.id, 2), (MUG.id, 1), (CAP.id, 2))
    assert ORDER in world.kept
    world.bench.sent(ORDER, "done")
    assert (world.bench.stage, world.kept, world.bench.said) == (Stage.SLIP, {}, "done")


def test_an_alarm_stands_until_it_is_left_and_nothing_counts_meanwhile() -> None:
    world = at_items(TEE)
    bench = world.scan("4012345678901")
    assert (
        bench.alarm == "4012345678901 is not in #1001; as a slip: " or bench.busy
    )  # nothing was counted: it may be a slip
    bench.not_opened("there is no order 4012345678901")
    assert "4012345678901 is not in #1001" in bench.alarm
    world.scan(EAN, EAN, "", "-", ":short TEE-M", LABEL)
    assert (bench.parcel and bench.parcel.count, bench.missed, bench.bells) == (0, 5, 7)
    assert bench.escape()
    world.scan(EAN)
    assert (bench.alarm, bench.parcel and bench.parcel.count) == ("", 1)
    world.scan("nothing")
    assert bench.alarm == "nothing is not in #1001: take it away", "with something counted it is no slip"


def test_one_is_taken_back_and_one_is_left_owed() -> None:
    world = at_items(TEE, MUG)
    world.scan(EAN, "mug", "-")
    assert world.bench.said == "MUG taken back"
    world.scan(":short mug", EAN)
    assert (world.bench.stage, world.bench.parcel and world.bench.parcel.left) == (Stage.LABEL, 1)
    world.scan("-MUG")
    assert world.bench.said == "MUG is to be packed again"
    world.scan("- tee-m", "-", "-")
    assert world.bench.alarm == "nothing is packed yet: there is nothing to take back"
    assert world.kept == {}, "what has no counts is not begun"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (":short", "no line is chosen"),
        (":short CUP", ":short CUP: #1001 has no such line; it has TEE-M, MUG"),
        (":shrot MUG", "':shrot' is none of :short"),
        (":label 1", "1 of 3 are packed: the label comes when all are"),
        (":no-label", "1 of 3 are packed"),
        (":hand mug", "MUG has a barcode: scan it, or type 0012345678905"),
        ("", "no line is chosen: up and down choose one"),
        ("x" * 301, "301 characters are no code"),
    ],
)
def test_what_is_wrong_is_said_with_what_is_right(typed: str, said: str) -> None:
    world = at_items(TEE, MUG)
    world.scan(EAN, typed)
    assert said in world.bench.alarm


def test_a_question_mark_says_what_can_be_typed() -> None:
    world = World(parcel(TEE))
    world.bench.opened(parcel(TEE))
    world.bench.enter("?")
    assert (world.bench.alarm, world.bench.said) == ("", f"typed, with Enter: -, {', '.join(Word)}")


def test_all_short_sends_nothing() -> None:
    world = at_items(MUG)
    world.scan(":short mug", LABEL)
    assert world.bench.stage is Stage.ITEMS
    assert world.sent == []


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (EAN, "an item and not the label"),
        ("tee-m", "an item and not the label"),
        ("012345678905", "an item and not the label"),
        ("#1001", "the slip of #1001"),
        ("1001", "the slip of #1001"),
        (ORDER, "the slip of #1001"),
        ("#1002", "looks like the slip of another order"),
        ("1002", "looks like the slip of another order"),
        ("10023", "looks like the slip of another order"),
        ("4012345678901", "looks like an item"),
        ("x" * 251, "at most 250 characters"),
    ],
)
def test_what_is_no_label_is_refused(code: str, why: str) -> None:
    world = at_items(TEE, MUG)
    world.scan(EAN, EAN, "mug", code)
    assert why in world.bench.alarm
    assert world.sent == []
    world.bench.escape()
    world.scan(LABEL)
    assert [sent.number for sent in world.sent] == [LABEL]


def test_a_label_of_another_parcel_is_refused_unless_both_are_in_it() -> None:
    world = at_items(MUG)
    world.scan("mug", LABEL)
    world.bench.sent(ORDER, "done")
    world.scan("#EU-2")
    world.bench.opened(replace(parcel(MUG), order_id="gid://shopify/Order/2", order_number="#EU-2"))
    world.scan("mug", LABEL)
    assert world.bench.alarm == f"{LABEL} is the label of #1001; if it is the label, type :label {LABEL}"
    world.bench.escape()
    world.scan("eu-17")
    assert "looks like the slip of another order" in world.bench.alarm
    world.bench.escape()
    world.scan(f":label {LABEL}")
    assert [sent.number for sent in world.sent] == [LABEL, LABEL]


def test_a_label_that_looks_like_an_item_can_be_said_to_be_one() -> None:
    world = at_items(MUG)
    world.scan("mug", ":label 4012345678901")
    assert [sent.number for sent in world.sent] == ["4012345678901"]
    world.bench.not_sent(ORDER, "the server said no")
    assert (world.bench.alarm, world.bench.stage) == ("the server said no", Stage.LABEL)
    world.bench.escape()
    world.scan(":no-label")
    assert world.sent[-1].number == ""


def test_scans_that_come_while_an_order_is_read_or_sent_wait_their_turn() -> None:
    world = World()
    world.scan("1001", "MUG", LABEL, "1002", "TEE-M")
    assert (list(world.bench.waiting), world.opening) == (["MUG", LABEL, "1002", "TEE-M"], ["1001"])
    world.bench.opened(parcel(MUG))
    assert [sent.number for sent in world.sent] == [LABEL]
    world.bench.sent(ORDER, "done")
    assert world.opening == ["1001", "1002"]
    world.bench.opened(replace(parcel(TEE), order_id="gid://shopify/Order/1002"))
    assert (world.bench.parcel and world.bench.parcel.count, len(world.bench.waiting)) == (1, 0)


def test_a_label_that_cannot_be_sent_waits_and_goes_when_the_server_is_there() -> None:
    world = at_items(MUG)
    world.scan("mug", LABEL)
    world.bench.held_back("offline")
    world.scan("MUG")
    assert f"label {LABEL} waits" in world.bench.alarm
    world.bench.escape()
    world.bench.send_waiting()
    assert [sent.number for sent in world.sent] == [LABEL, LABEL]
    world.bench.held_back("offline")
    world.scan("-")
    world.bench.send_waiting()
    assert len(world.sent) == 2, "it was taken off"


# -- the order changed


def changed_to(*lines: PackLine, version: int = 8) -> OpenParcel:
    return parcel(*lines, version=version)


def test_an_order_that_changed_is_confirmed_before_its_label() -> None:
    world = at_items(TEE, MUG)
    world.scan(EAN, EAN, "mug")
    world.bench.changed(changed_to(replace(TEE, owed=1, sendable=1)))
    bench = world.bench
    assert bench.parcel is not None
    assert bench.parcel.changes == (
        "TEE-M: 1 to pack, was 2; take 1 out",
        "nothing of MUG is owed any more; take 1 out",
    )
    assert (bench.parcel.count, stage(world), bench.bells) == (2, Stage.ITEMS, 1)
    world.scan("")
    assert (bench.parcel.count, stage(world)) == (1, Stage.LABEL)
    world.bench.changed(changed_to(replace(TEE, owed=1, sendable=1), version=9))
    world.scan(LABEL)
    assert "#1001 changed: read what is different, enter confirms it" in bench.alarm
    bench.escape()
    world.scan("", LABEL)
    assert [sent.version for sent in world.sent] == [9]


def test_what_is_said_to_have_changed_is_against_what_was_confirmed() -> None:
    world = at_items(TEE, MUG)
    world.scan(EAN)
    world.bench.changed(changed_to(TEE, MUG, version=8))
    world.bench.changed(changed_to(TEE, version=9))
    world.bench.changed(changed_to(TEE, replace(MUG, owed=3, sendable=3), version=10), also=("#1001 has a note",))
    assert world.bench.parcel is not None
    assert world.bench.parcel.changes == ("#1001 has a note", "MUG: 3 to pack, was 1")


def test_an_order_of_which_nothing_is_counted_is_just_as_it_is_now() -> None:
    world = at_items(TEE)
    world.bench.changed(changed_to(TEE, MUG))
    assert (world.bench.parcel, world.bench.said) == (changed_to(TEE, MUG), "#1001 changed")
    world.bench.changed(changed_to(replace(TEE, owed=0, sendable=0), version=9), also=("#1001 is cancelled",))
    assert (world.bench.stage, world.bench.alarm) == (Stage.SLIP, "#1001 is cancelled")


def test_a_hold_keeps_the_counts_and_refuses_the_label() -> None:
    world = at_items(TEE)
    world.scan(EAN, EAN)
    world.bench.changed(changed_to(replace(TEE, held=2, sendable=0)), also=("#1001 is held",))
    world.scan("")
    assert "nothing of #1001 can be packed now" in world.bench.alarm
    world.bench.escape()
    world.bench.changed(changed_to(TEE, version=9))
    world.scan("", LABEL)
    assert [sent.count for sent in world.sent] == [2]


def test_an_order_that_was_sent_elsewhere_is_dropped_when_it_is_put_aside() -> None:
    world = at_items(MUG, TEE)
    world.scan(EAN)
    world.bench.changed(changed_to(replace(MUG, owed=0, sendable=0), replace(TEE, owed=0, sendable=0)))
    assert world.bench.escape()
    assert world.kept == {}
    assert not world.bench.escape(), "there is nothing to leave but the bench"


# -- laws

LINES = st.lists(
    st.builds(
        lambda owed, sku, barcode, held: (owed, sku, barcode, min(held, owed)),
        st.integers(0, 3),
        st.sampled_from(["A", "B", ""]),
        st.sampled_from([EAN, SAME_AS_UPC, ""]),
        st.integers(0, 1),
    ),
    min_size=1,
    max_size=4,
).map(lambda made: [line(n, sku, owed, code, held=held) for n, (owed, sku, code, held) in enumerate(made)])
TYPED = st.sampled_from(
    ["A", "b", EAN, SAME_AS_UPC, "012345678905", "4012345678901", "", "-", "-A", ":short", ":short B", ":hand", ":start-over",
     "1001", "#1002", LABEL, LABEL, ":no-label", ":label 5", "ESC", "CHANGE", "YES", "NO"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(LINES, LINES, st.lists(st.tuples(TYPED, st.integers(0, 3)), max_size=40))
def test_a_parcel_is_sent_only_with_exactly_what_was_counted_right(
    lines: list[PackLine], others: list[PackLine], typed: list[tuple[str, int]]
) -> None:
    """`ESC` leaves, `CHANGE` has the order edited, `YES` and `NO` are the world's answers."""
    world = World()
    bench, now = world.bench, parcel(*lines)
    world.scan("1001")
    bench.opened(now)
    for text, at in typed:
        before, sends, missed, waits = bench.parcel, len(world.sent), bench.missed, len(bench.waiting)
        alarm, busy, bells = bench.alarm, bench.busy, bench.bells
        _play(world, text, at, now, others)
        if text == "CHANGE":
            now = replace(now, version=now.version + 1, lines=tuple(others if now.lines == tuple(lines) else lines))
        elif text.isupper() and text in {"ESC", "YES", "NO"}:
            continue
        elif alarm and not busy:
            assert bench.parcel == before
            assert (bench.missed, bench.bells, len(world.sent)) == (missed + bool(text), bells + 1, sends)
        elif busy:
            assert (bench.parcel, len(bench.waiting)) == (before, waits + bool(text))
        _holds(world, sends)


def _play(world: World, text: str, at: int, now: OpenParcel, others: list[PackLine]) -> None:
    bench = world.bench
    match text:
        case "ESC":
            bench.escape()
        case "CHANGE":
            other = tuple(others) if now.lines != tuple(others) else now.lines
            bench.changed(replace(now, version=now.version + 1, lines=other))
        case "YES" if bench.stage is Stage.OPENING:
            bench.opened(now)
        case "NO" if bench.stage is Stage.OPENING:
            bench.not_opened("no")
        case "YES" if bench.stage is Stage.SENDING:
            bench.sent(ORDER, "done")
        case "NO" if bench.stage is Stage.SENDING:
            bench.not_sent(ORDER, "no")
        case "YES" | "NO":
            pass
        case _:
            bench.enter(text, now.lines[at % len(now.lines)].id)


def _holds(world: World, sends: int) -> None:
    """What was sent is exactly what could be packed of every line but for what was left owed, and nothing stood against it."""
    for sent in world.sent[sends:]:
        tally = Counter((step.line_id, step.how) for step in sent.steps)
        for each in sent.lines:
            packed = tally[each.id, How.SCANNED] + tally[each.id, How.BY_HAND]
            assert packed == each.sendable - tally[each.id, How.SHORT]
            assert not (tally[each.id, How.BY_HAND] and each.barcode)
        assert sum(quantity for _, quantity in sent.units) == sent.scanned + sent.by_hand > 0
        assert not sent.changes
    if world.bench.parcel is not None and world.bench.parcel.steps:
        assert replace(world.kept[ORDER], number="") == replace(world.bench.parcel, number="")


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([EAN, "TEE-M", "MUG", "012345678905", "wrong", "-", "ESC"]), max_size=30))
def test_every_scan_counts_once_or_is_refused(codes: list[str]) -> None:
    many, mug = replace(TEE, owed=9, sendable=9), replace(MUG, owed=9, sendable=9)
    world = at_items(replace(many, barcode=EAN), mug, line(4, "NEVER", 50))
    world.scan("NEVER")
    counted, alarmed = 1, False
    for code in codes:
        if code == "ESC":
            alarmed = False if alarmed and world.bench.escape() else alarmed
        else:
            bells = world.bench.bells
            world.scan(code)
            if world.bench.busy:
                world.bench.not_opened("no slip")
            rang = world.bench.bells > bells
            counted += 0 if rang else -1 if code == "-" else 1
            alarmed = alarmed or rang
        assert world.bench.parcel is not None
        assert world.bench.parcel.count == counted


# -- on disk


def test_what_was_counted_outlives_the_desk(tmp_path: Path) -> None:
    begun = parcel(replace(TEE, details="engraved: for Ana"), CAP).scan(EAN).count_by_hand(CAP.id).shorten(CAP.id)
    folder = ParcelFolder(tmp_path / "a" / "packing")
    assert folder.keep(begun)
    again = ParcelFolder(tmp_path / "a" / "packing")
    assert [each.parcel for each in again.all()] == [begun]
    assert again.find(ORDER) == begun
    assert again.find("gid://shopify/Order/2") is None
    (file,) = (tmp_path / "a" / "packing").glob("*.json")
    assert file.stat().st_mode & 0o777 == 0o600
    assert "Ana" not in file.read_text(), "what a customer wrote is not kept"
    file.write_text('{"order_id": 1}')
    assert again.all() == []
    again.drop(ORDER)
    assert again.find(ORDER) is None


CLAIMS = """
import sys
from pathlib import Path
from orders_tui.packing.folder import ParcelFolder
folder = ParcelFolder(Path(sys.argv[1]))
print([folder.claim(order) for order in sys.argv[2:]], flush=True)
"""


def test_a_parcel_is_one_terminals_at_a_time(tmp_path: Path) -> None:
    def elsewhere(*orders: str) -> str:
        told = subprocess.run([sys.executable, "-c", CLAIMS, str(tmp_path), *orders], capture_output=True, check=True)
        return told.stdout.decode().strip()

    folder = ParcelFolder(tmp_path)
    assert folder.claim(ORDER)
    assert elsewhere("gid://shopify/Order/2", ORDER) == "[True, False]"
    folder.release()
    assert elsewhere(ORDER) == "[True]"
    assert folder.claim(ORDER), "whoever ended holds nothing"
    folder.release()


def test_every_word_is_explained() -> None:
    from orders_tui.packing.words import WORDS

    assert list(WORDS) == list(Word)
