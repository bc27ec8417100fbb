"""Whatever is pressed, pasted, clicked and resized, from the first millisecond: the client goes on. (`python -m tests.monkey`)"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.e2e.conftest import running
from tests.monkey.monkey import Monkey
from tests.monkey.strokes import LARGEST, REGISTRY, SMALLEST, code, stroke

pytestmark = pytest.mark.e2e

KEYS = 700


def test_no_key_paste_click_or_size_ends_the_client(tmp_path: Path) -> None:
    with running("--orders", "120", "--seed", "7") as desk:
        monkey = Monkey(desk.url, tmp_path, seed=11, patience=0.2, look_every=KEYS // 3)
        monkey.press(0, KEYS)
    assert monkey.pressed == KEYS
    assert monkey.starts > 1


def test_the_strokes_hold_every_key_of_the_registry_and_every_kind_of_size() -> None:
    made = [stroke(11, number) for number in range(20_000)]
    sent, sizes = {each.sent for each in made}, [size for each in made for size in each.sizes]
    assert [key for key in REGISTRY if code(key).encode() not in sent] == []
    assert {SMALLEST, LARGEST, (0, 0), (1, 1)} <= set(sizes)
    assert made == [stroke(11, number) for number in range(20_000)]
