"""Marks coalesce and are never lost (histories 4, 5)."""

from dataclasses import replace

from altior_sellsy.ledger.port import Changes, Lease, Ledger
from tests.contract.ledger.records import NOON, altior, at, look, pair, sellsy, sighting


def test_marking_twice_is_one_row(ledger: Ledger) -> None:
    ledger.mark([look(sellsy(1), due=10, reason="scan")])
    first = ledger.looks()[0].seq
    ledger.mark([look(sellsy(1), due=5, live=True, reason="webhook")])
    [row] = ledger.looks()
    assert (row.due, row.live, row.reason) == (at(5), True, "webhook")
    assert row.seq > first


def test_a_later_bulk_mark_neither_delays_nor_demotes(ledger: Ledger) -> None:
    ledger.mark([look(sellsy(1), due=5, live=True)])
    ledger.mark([look(sellsy(1), due=50)])
    [row] = ledger.looks()
    assert (row.due, row.live) == (at(5), True)


def test_one_mark_with_the_same_reference_twice(ledger: Ledger) -> None:
    ledger.mark([look(sellsy(1), due=5, live=True), look(sellsy(1), due=9), look(sellsy(2), due=9)])
    assert [(row.reference, row.due, row.live) for row in ledger.looks()] == [
        (sellsy(1), at(5), True),
        (sellsy(2), at(9), False),
    ]


def test_claiming_gives_what_is_due_live_first_then_by_due_and_takes_nothing_away(ledger: Ledger) -> None:
    ledger.mark(
        [
            look(sellsy(1), due=-30),
            look(sellsy(2), due=-10, live=True),
            look(sellsy(3), due=-20, live=True),
            look(sellsy(4), due=1, live=True),
            look(sellsy(5), due=-40),
        ]
    )
    order = [sellsy(3), sellsy(2), sellsy(5), sellsy(1)]
    assert [row.reference for row in ledger.claim(NOON, 10)] == order
    assert [row.reference for row in ledger.claim(NOON, 3)] == order[:3]
    assert [row.reference for row in ledger.claim(NOON, 10, live_only=True)] == order[:2]
    assert [row.reference for row in ledger.claim(at(1), 1)] == [sellsy(3)]
    assert len(ledger.looks()) == 5


def test_bulk_is_claimed_by_pages_of_the_kind_that_has_waited_longest(ledger: Ledger) -> None:
    ledger.mark(
        [
            look(sellsy(1), due=-30),
            replace(look(sellsy(2, "contact"), due=-20), kind="contact"),
            replace(look(sellsy(3, "contact"), due=-25, live=True), kind="contact"),
            look(sellsy(4), due=-10),
            look(sellsy(5), due=5),
        ]
    )
    assert [row.reference for row in ledger.claim(NOON, 10)] == [sellsy(3, "contact"), sellsy(1), sellsy(4)]
    assert [row.reference for row in ledger.claim(NOON, 2)] == [sellsy(3, "contact"), sellsy(1)]
    ledger.mark([replace(look(sellsy(2, "contact"), due=-40), kind="contact")])
    assert [row.reference for row in ledger.claim(NOON, 10)] == [sellsy(3, "contact"), sellsy(2, "contact")]


def test_done_clears_the_row_that_was_claimed(ledger: Ledger, lease: Lease) -> None:
    ledger.mark([look(sellsy(1)), look(sellsy(2))])
    claimed = {row.reference: row for row in ledger.claim(NOON, 10)}
    ledger.commit(Changes(done=[claimed[sellsy(1)]]), lease)
    assert ledger.looks() == [claimed[sellsy(2)]]


def test_a_mark_between_claim_and_done_stays(ledger: Ledger, lease: Lease) -> None:
    ledger.mark([look(sellsy(1))])
    [claimed] = ledger.claim(NOON, 10)
    ledger.mark([look(sellsy(1), reason="decision")])
    ledger.commit(Changes(done=[claimed]), lease)
    [row] = ledger.claim(NOON, 10)
    assert (row.reference, row.reason) == (sellsy(1), "decision")


def test_postponing_replaces_due_attempts_and_failing_since(ledger: Ledger, lease: Lease) -> None:
    ledger.mark([look(sellsy(1), live=True)])
    [claimed] = ledger.claim(NOON, 10)
    ledger.commit(Changes(postpone=[replace(claimed, due=at(20), attempts=3, failing_since=at(-60))]), lease)
    assert ledger.claim(at(19), 10) == []
    [row] = ledger.claim(at(20), 10)
    assert (row.attempts, row.failing_since, row.live, row.seq) == (3, at(-60), True, claimed.seq)


def test_a_mark_during_a_failing_look_is_due_now(ledger: Ledger, lease: Lease) -> None:
    ledger.mark([look(sellsy(1))])
    [claimed] = ledger.claim(NOON, 10)
    ledger.mark([look(sellsy(1))])
    ledger.commit(Changes(postpone=[replace(claimed, due=at(900), attempts=7)]), lease)
    [row] = ledger.claim(NOON, 10)
    assert (row.due, row.attempts) == (NOON, 0)


def test_a_mark_ends_a_back_off_but_not_the_memory_of_the_failure(ledger: Ledger, lease: Lease) -> None:
    ledger.mark([look(sellsy(1))])
    [claimed] = ledger.claim(NOON, 10)
    ledger.commit(Changes(postpone=[replace(claimed, due=at(900), attempts=7, failing_since=NOON)]), lease)
    ledger.mark([look(sellsy(1), due=1)])
    [row] = ledger.looks()
    assert (row.due, row.attempts, row.failing_since) == (at(1), 0, NOON)


def test_cleared_and_marked_again_in_one_commit_waits_for_its_new_due(ledger: Ledger, lease: Lease) -> None:
    ledger.mark([look(sellsy(1), live=True)])
    [claimed] = ledger.claim(NOON, 10)
    ledger.commit(Changes(done=[claimed], mark=[look(sellsy(1), due=60)]), lease)
    [row] = ledger.looks()
    assert (row.due, row.live) == (at(60), False)


def test_a_sequence_number_is_never_given_twice(ledger: Ledger, lease: Lease) -> None:
    ledger.mark([look(sellsy(1))])
    [old] = ledger.claim(NOON, 10)
    ledger.commit(Changes(done=[old]), lease)
    ledger.mark([look(sellsy(1))])
    ledger.commit(Changes(done=[old]), lease)
    assert [row.reference for row in ledger.looks()] == [sellsy(1)]


def test_the_sequence_numbers_of_some_references(ledger: Ledger) -> None:
    ledger.mark([look(sellsy(1)), look(altior(1))])
    by_reference = {row.reference: row.seq for row in ledger.looks()}
    assert ledger.look_seqs([sellsy(1), sellsy(9)]) == {sellsy(1): by_reference[sellsy(1)]}


def test_remembering_a_key_marks_its_waiters_in_the_same_commit(ledger: Ledger, lease: Lease) -> None:
    waiting = [
        sighting(sellsy(7, "contact"), kind="contact", waits_for=str(sellsy(1))),
        sighting(sellsy(8, "contact"), kind="contact", waits_for=str(sellsy(2))),
    ]
    ledger.commit(Changes(sightings=waiting), lease)
    assert ledger.looks() == []
    same_commit = sighting(sellsy(9, "contact"), kind="contact", waits_for=str(altior(1)))
    ledger.commit(Changes(pairs=[pair(1)], sightings=[same_commit], wake=[str(sellsy(1)), str(altior(1))]), lease)
    assert {(row.reference, row.kind, row.due) for row in ledger.looks()} == {
        (sellsy(7, "contact"), "contact", NOON),
        (sellsy(9, "contact"), "contact", NOON),
    }


def test_who_no_longer_waits_is_not_woken(ledger: Ledger, lease: Lease) -> None:
    ledger.commit(Changes(sightings=[sighting(sellsy(7), waits_for="k"), sighting(sellsy(8), waits_for="k")]), lease)
    ledger.commit(Changes(sightings=[sighting(sellsy(7))], forget=[sellsy(8)]), lease)
    ledger.commit(Changes(wake=["k"]), lease)
    assert ledger.looks() == []


def test_pending_counts_all_and_names_the_earliest(ledger: Ledger) -> None:
    assert ledger.pending() == (0, None)
    ledger.mark([look(sellsy(1), due=30), look(sellsy(2), due=-10), look(sellsy(3), due=5, live=True)])
    assert ledger.pending() == (3, at(-10))


def test_what_waits_is_told_in_numbers_up_to_a_mark(ledger: Ledger) -> None:
    assert ledger.queue(NOON) == (0, 0, None, 0)
    ledger.mark([look(sellsy(1), due=-30), look(sellsy(2), due=60)])
    before = ledger.queue(NOON)
    assert before[:3] == (2, 1, at(-30))
    ledger.mark([look(sellsy(3), due=-90)])
    ledger.mark([look(sellsy(1), due=-30)])
    assert ledger.queue(NOON)[:3] == (3, 2, at(-90))
    assert ledger.queue(NOON, before.latest)[:3] == (1, 0, at(60))
    assert [one.reference for one in ledger.looks(before.latest)] == [sellsy(2)]
