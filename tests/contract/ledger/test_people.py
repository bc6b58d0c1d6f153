"""Cards (histories 31) and the journal."""

from altior_sellsy.clock import ManualClock
from altior_sellsy.ledger.port import Changes, Ledger
from tests.contract.ledger.records import NOON, altior, at, card, entry, sellsy


def test_the_same_card_counts_instead_of_multiplying(ledger: Ledger, clock: ManualClock) -> None:
    for minute in range(3):
        ledger.commit(Changes(cards=[card(sellsy(1), sentence=f"Essai {minute}", data={"n": minute})]), None)
        clock.advance(60)
    [only] = ledger.cards()
    assert (only.count, only.sentence, only.data, only.at) == (3, "Essai 2", {"n": 2}, NOON)
    assert only.id


def test_one_open_card_per_reference_code_and_field(ledger: Ledger) -> None:
    different = [
        card(sellsy(1)),
        card(sellsy(1), field_name="siret"),
        card(sellsy(1), code="email"),
        card(altior(1)),
        card(None),
        card(None, sentence="Encore."),
    ]
    ledger.commit(Changes(cards=different), None)
    assert [(c.reference, c.code, c.field_name, c.count) for c in ledger.cards()] == [
        (sellsy(1), "siret", "", 1),
        (sellsy(1), "siret", "siret", 1),
        (sellsy(1), "email", "", 1),
        (altior(1), "siret", "", 1),
        (None, "siret", "", 2),
    ]
    assert [c.code for c in ledger.cards(reference=altior(1))] == ["siret"]
    assert len({c.id for c in ledger.cards()}) == 5


def test_cards_close_by_reference_code_and_field(ledger: Ledger, clock: ManualClock) -> None:
    ledger.commit(
        Changes(
            cards=[
                card(sellsy(1), "siret", field_name="siret"),
                card(sellsy(1), "siret", field_name="vat"),
                card(sellsy(1), "email"),
                card(sellsy(2), "siret"),
                card(None, "breaker"),
            ]
        ),
        None,
    )
    clock.advance(5)
    ledger.commit(Changes(close_cards=[(sellsy(1), "siret", "vat")]), None)
    assert {(c.code, c.field_name) for c in ledger.cards(reference=sellsy(1))} == {("siret", "siret"), ("email", "")}
    ledger.commit(Changes(close_cards=[(sellsy(1), "siret", None), (None, None, None)]), None)
    assert {(c.reference, c.code) for c in ledger.cards()} == {(sellsy(1), "email"), (sellsy(2), "siret")}
    ledger.commit(Changes(close_cards=[(sellsy(1), None, None)]), None)
    assert [c.reference for c in ledger.cards()] == [sellsy(2)]
    assert {c.closed_at for c in ledger.cards(open_only=False)} == {None, at(5)}


def test_a_closed_card_that_comes_back_is_a_new_one(ledger: Ledger) -> None:
    ledger.commit(Changes(cards=[card(sellsy(1))]), None)
    [old] = ledger.cards()
    ledger.commit(Changes(close_cards=[(sellsy(1), None, None)]), None)
    ledger.commit(Changes(cards=[card(sellsy(1))]), None)
    [new] = ledger.cards()
    assert (new.count, new.id == old.id) == (1, False)
    assert len(ledger.cards(open_only=False)) == 2


def test_what_one_commit_closes_and_meets_again_stays_open_and_counts(ledger: Ledger) -> None:
    ledger.commit(Changes(cards=[card(sellsy(1)), card(sellsy(1), "email")]), None)
    ledger.commit(Changes(close_cards=[(sellsy(1), None, None)], cards=[card(sellsy(1))]), None)
    assert [(c.code, c.count) for c in ledger.cards()] == [("siret", 2)]


def test_the_journal_is_newest_first_and_keeps_the_order_of_one_instant(ledger: Ledger) -> None:
    ledger.commit(Changes(journal=[entry(5, "c"), entry(1, "a"), entry(1, "b")]), None)
    ledger.commit(Changes(journal=[entry(9, "d")]), None)
    assert [j.action for j in ledger.journal()] == ["d", "c", "b", "a"]
    assert [j.action for j in ledger.journal(limit=2)] == ["d", "c"]


def test_a_journal_entry_comes_back_as_it_went(ledger: Ledger) -> None:
    whole = entry(
        0,
        who="Claire Martin",
        field_name="address",
        before={"town": "Évry", "line2": None},
        after="x",
        other=False,
        counterpart=sellsy(1),
    )
    bare = entry(-1, "paused", side=None, reference=None)
    ledger.commit(Changes(journal=[whole, bare]), None)
    assert ledger.journal() == [whole, bare]


def test_what_was_done_since_an_instant_is_counted_by_action_and_side(ledger: Ledger) -> None:
    entries = [
        entry(1, "created"),
        entry(2, "created"),
        entry(2, "paused", side=None, reference=None),
        entry(-5, "old"),
    ]
    ledger.commit(Changes(journal=entries), None)
    side = entries[0].side
    assert dict(ledger.done_since(at(0))) == {("created", side): 2, ("paused", None): 1}
    assert dict(ledger.done_since(at(2))) == {("created", side): 1, ("paused", None): 1}


def test_the_journal_of_one_record_from_either_side(ledger: Ledger) -> None:
    ledger.commit(
        Changes(
            journal=[
                entry(1, "a", reference=altior(1), counterpart=sellsy(1)),
                entry(2, "b", reference=sellsy(1), counterpart=altior(1)),
                entry(3, "c", reference=altior(2)),
            ]
        ),
        None,
    )
    assert [j.action for j in ledger.journal(reference=sellsy(1))] == ["b", "a"]
    assert [j.action for j in ledger.journal(reference=altior(1), limit=1)] == ["b"]
