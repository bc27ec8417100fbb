"""The cost bucket: never ask before the points are there, never wait longer than needed (Shopify's rate limits)."""

from __future__ import annotations

from orders_sync.external.shopify.answers import ThrottleStatus
from orders_sync.external.shopify.client import Bucket
from orders_sync.instants import Ms


def test_nothing_is_waited_for_before_anything_is_known() -> None:
    assert Bucket().wait_s(1000, Ms(0)) == 0


def test_the_wait_is_what_is_missing_over_the_rate() -> None:
    bucket = Bucket()
    bucket.answered(0, ThrottleStatus(2000, 40, 100), Ms(0))
    assert bucket.wait_s(140, Ms(0)) == 1.0
    assert bucket.wait_s(140, Ms(500)) == 0.5
    assert bucket.wait_s(140, Ms(1000)) == 0


def test_requests_under_way_have_their_points_already() -> None:
    bucket = Bucket()
    bucket.answered(0, ThrottleStatus(2000, 300, 100), Ms(0))
    bucket.sent(200)
    assert bucket.wait_s(200, Ms(0)) == 1.0
    bucket.answered(200, None, Ms(0))
    assert bucket.wait_s(200, Ms(0)) == 0


def test_a_bucket_never_holds_more_than_its_size() -> None:
    bucket = Bucket()
    bucket.answered(0, ThrottleStatus(1000, 0, 50), Ms(0))
    assert bucket.wait_s(5000, Ms(20_000)) == 0
    assert bucket.wait_s(5000, Ms(10_000)) == 10


def test_a_clock_that_went_back_only_waits_longer() -> None:
    bucket = Bucket()
    bucket.answered(0, ThrottleStatus(1000, 0, 100), Ms(10_000))
    assert bucket.wait_s(100, Ms(0)) == 1.0
