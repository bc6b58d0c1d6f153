"""The quota of a Sellsy account: shared, sliding, live first, corrected by what answers say (design 7.7)."""

import random
from datetime import datetime

import pytest

from altior_sellsy.ledger.port import Ledgers, Quota, Window
from tests.contract.ledger.records import NOON, at


@pytest.fixture
def quota(ledgers: Ledgers) -> Quota:
    quota = ledgers.quota("97417")
    quota.limits([Window(60, 8)], NOON)
    return quota


def _take(quota: Quota, seconds: float, *, live: bool = True, reserve: float = 0.25) -> datetime | None:
    return quota.take(at(seconds), live=live, reserve=reserve)


def test_everything_is_granted_before_the_limits_are_known(ledgers: Ledgers) -> None:
    assert ledgers.quota("97417").take(NOON, live=False, reserve=0.25) is None
    assert ledgers.quota("97417").usage(NOON) == {}


def test_live_may_use_the_whole_limit(quota: Quota) -> None:
    assert [_take(quota, n) for n in range(8)] == [None] * 8
    again = _take(quota, 8)
    assert again is not None
    assert at(60) <= again <= at(61)
    assert quota.usage(at(8)) == {60: (8, 8)}
    assert quota.take(again, live=True, reserve=0.25) is None


def test_bulk_leaves_the_reserve_to_live(quota: Quota) -> None:
    assert [_take(quota, n, live=False) for n in range(6)] == [None] * 6
    assert _take(quota, 6, live=False) is not None
    assert [_take(quota, 6), _take(quota, 6)] == [None, None]
    assert _take(quota, 6) is not None


def test_a_refusal_names_an_instant_at_which_it_is_granted(quota: Quota) -> None:
    for n in range(8):
        assert _take(quota, n) is None
    live, bulk = _take(quota, 8), _take(quota, 8, live=False)
    assert live is not None
    assert bulk is not None
    assert live < bulk
    assert quota.take(bulk, live=False, reserve=0.25) is None


def test_room_is_told_for_a_whole_record_and_books_nothing(quota: Quota) -> None:
    for n in range(6):
        assert _take(quota, n) is None
    assert _take(quota, 6, live=False) is not None
    one, four, many = (quota.room(at(6), live=False, reserve=0.25, calls=calls) for calls in (1, 4, 50))
    assert at(60) <= one < four < many <= at(67)
    assert quota.room(at(6), live=True, reserve=0.25, calls=2) == at(6)
    assert [quota.take(many, live=False, reserve=0.25) for _ in range(6)] == [None] * 6


def test_a_limit_of_one_still_lets_bulk_through(ledgers: Ledgers) -> None:
    quota = ledgers.quota("97417")
    quota.limits([Window(1, 1)], NOON)
    assert _take(quota, 0, live=False) is None
    assert _take(quota, 0.5, live=False) is not None


def test_every_window_must_have_room(ledgers: Ledgers) -> None:
    quota = ledgers.quota("97417")
    quota.limits([Window(1, 2), Window(60, 3)], NOON)
    assert [_take(quota, 0), _take(quota, 0)] == [None, None]
    second = _take(quota, 0.5)
    assert second is not None
    assert at(1) <= second <= at(1.1)
    assert _take(quota, 2) is None
    minute = _take(quota, 4)
    assert minute is not None
    assert minute >= at(60)


def test_windows_slide_and_bulk_uses_what_it_may(ledgers: Ledgers) -> None:
    quota = ledgers.quota("97417")
    quota.limits([Window(1, 24), Window(60, 149)], NOON)
    chance = random.Random(7)
    calls: list[datetime] = []
    now = NOON
    while now < at(300):
        again = quota.take(now, live=False, reserve=0.25)
        if again is None:
            calls.append(now)
            now = max(now, at((now - NOON).total_seconds() + chance.random() * 0.05))
        else:
            assert again > now
            now = again
    for window, most in ((1, 18), (60, 111)):
        for i, start in enumerate(calls):
            inside = [c for c in calls[i : i + most + 1] if (c - start).total_seconds() < window]
            assert len(inside) <= most
    assert len(calls) >= 0.95 * 149 * 0.75 * 5


def test_what_others_spent_counts_as_answers_tell(quota: Quota) -> None:
    assert _take(quota, 0) is None
    quota.correct({60: 2, 86400: 5}, at(1))
    assert quota.usage(at(1)) == {60: (6, 8)}
    assert [_take(quota, 1), _take(quota, 1)] == [None, None]
    assert _take(quota, 2) is not None


def test_a_later_answer_takes_the_others_calls_back(quota: Quota) -> None:
    quota.correct({60: 0}, at(1))
    assert _take(quota, 2) is not None
    quota.correct({60: 7}, at(3))
    assert _take(quota, 3) is None


def test_an_answer_never_hides_our_own_calls(quota: Quota) -> None:
    for _ in range(5):
        _take(quota, 0)
    quota.correct({60: 8}, at(1))
    assert quota.usage(at(1)) == {60: (5, 8)}


def test_a_negative_remainder_closes_the_window(quota: Quota) -> None:
    quota.correct({60: -3}, NOON)
    assert quota.usage(NOON) == {60: (11, 8)}
    again = _take(quota, 1)
    assert again is not None
    assert again <= at(60)
    assert quota.take(again, live=True, reserve=0.25) is None


def test_a_used_up_window_whose_limit_is_unknown_closes_too(ledgers: Ledgers) -> None:
    quota = ledgers.quota("97417")
    quota.correct({1: 0}, NOON)
    assert _take(quota, 0.5) == at(1)
    assert _take(quota, 1) is None


def test_the_others_calls_in_a_long_window_are_believed_for_five_minutes(ledgers: Ledgers) -> None:
    quota = ledgers.quota("97417")
    quota.limits([Window(86400, 100)], NOON)
    quota.correct({86400: 0}, NOON)
    assert _take(quota, 1) == at(300)
    assert _take(quota, 300) is None


def test_exhausted_grants_nothing_before_its_end(quota: Quota) -> None:
    quota.exhausted(at(20))
    quota.exhausted(at(10))
    assert _take(quota, 5) == at(20)
    assert _take(quota, 20) is None


def test_new_limits_keep_what_was_used(quota: Quota) -> None:
    for _ in range(4):
        _take(quota, 0)
    quota.limits([Window(60, 4), Window(1, 5)], at(1))
    assert quota.usage(at(1)) == {60: (4, 4), 1: (0, 5)}
    assert _take(quota, 1) is not None


def test_the_quota_is_the_accounts_whoever_asks(ledgers: Ledgers, quota: Quota) -> None:
    for _ in range(8):
        assert ledgers.quota("97417").take(NOON, live=True, reserve=0.25) is None
    assert _take(quota, 0) is not None
    other = ledgers.quota("12")
    other.limits([Window(60, 8)], NOON)
    assert _take(other, 0) is None
