"""Pairs, announcements, tombstones, sightings, decisions, reserved seconds: round trips, unique rules, counters."""

from dataclasses import replace

import pytest

from altior_sellsy.ledger.model import Announcement, Decision, Pair, Sent, State, Tombstone
from altior_sellsy.ledger.port import Changes, Lease, Ledger, Ledgers, Taken
from altior_sellsy.values.reference import Side, Volet
from tests.contract.ledger.records import KIND, NOON, altior, at, create, environment, pair, sellsy, sighting


def test_a_pair_comes_back_as_it_went(ledger: Ledger, lease: Lease) -> None:
    whole = pair(
        1,
        volet=Volet.ACHAT,
        half_sellsy={"name": "Société « Léo »", "empty": None, "archived": False, "tags": ["a", "b"]},
        half_altior={"name": "SOCIETE", "address": {"town": "Évry", "line2": None}, "rank": 3},
        state=State.HELD,
        code="siret",
        sellsy_created="2026-01-02T10:00:00+01:00",
        gate_seen=True,
        owed={"gate": True},
        held={"siret": {"value": "1", "code": "siret"}},
        written={"altior": {"name": {"at": "2026-03-12T12:00:00+00:00", "replaced": "x"}}},
        rhythm={"name": [["2026-03-12T12:00:00+00:00", "altior"]]},
        seen={"sellsy": "v1"},
        bindings={"phones": {"mobile": "12"}},
        made_by="siret",
    )
    ledger.commit(Changes(pairs=[whole]), lease)
    assert ledger.pairs([altior(1)]) == [whole]
    ledger.commit(Changes(pairs=[replace(whole, half_altior={}, state=State.IN_STEP)]), lease)
    assert ledger.pairs([sellsy(1)]) == [replace(whole, half_altior={}, state=State.IN_STEP)]


def test_pairs_are_found_by_either_reference_while_open(ledger: Ledger, lease: Lease) -> None:
    ledger.commit(Changes(pairs=[pair(1), pair(2), pair(3, kind="contact")]), lease)
    assert {p.id for p in ledger.pairs([sellsy(1), altior(2), altior(1)])} == {"pair-1", "pair-2"}
    assert ledger.pairs([]) == []
    assert {p.id for p in ledger.all_pairs(KIND)} == {"pair-1", "pair-2"}
    ledger.commit(Changes(pairs=[pair(1, closed=True)]), lease)
    assert ledger.pairs([sellsy(1), altior(1)]) == []
    assert {p.id for p in ledger.all_pairs()} == {"pair-2", "pair-3"}


def test_a_sellsy_reference_is_in_one_open_pair(ledger: Ledger, lease: Lease) -> None:
    ledger.commit(Changes(pairs=[pair(1)]), lease)
    with pytest.raises(Taken, match="fiche Sellsy"):
        ledger.commit(Changes(pairs=[pair(2, sellsy=sellsy(1))]), lease)
    with pytest.raises(Taken):
        ledger.commit(Changes(pairs=[pair(3), pair(4, sellsy=sellsy(3))]), lease)


def test_an_altior_reference_is_in_one_open_pair_per_volet(ledger: Ledger, lease: Lease) -> None:
    ledger.commit(Changes(pairs=[pair(1, volet=Volet.VENTE)]), lease)
    ledger.commit(Changes(pairs=[pair(2, altior=altior(1), volet=Volet.ACHAT)]), lease)
    with pytest.raises(Taken, match="volet"):
        ledger.commit(Changes(pairs=[pair(3, altior=altior(1), volet=Volet.VENTE)]), lease)
    assert {p.id for p in ledger.pairs([altior(1)])} == {"pair-1", "pair-2"}


def test_closing_frees_both_references_even_in_the_same_commit(ledger: Ledger, lease: Lease) -> None:
    ledger.commit(Changes(pairs=[pair(1)]), lease)
    again = pair(2, sellsy=sellsy(1), altior=altior(1))
    ledger.commit(Changes(pairs=[again, pair(1, closed=True)]), lease)
    assert ledger.all_pairs() == [again]


def test_two_environments_may_hold_the_same_pair_id_and_references(ledgers: Ledgers, ledger: Ledger) -> None:
    other = ledgers.add(environment("autre"))
    for each in (ledger, other):
        held = each.lease("w", NOON, 8)
        each.commit(Changes(pairs=[pair(1)], announce=[create(1, match_key="732")]), held)
    assert ledger.all_pairs() == other.all_pairs() == [pair(1)]


def test_an_announcement_comes_back_as_it_went_and_is_settled(ledger: Ledger, lease: Lease) -> None:
    update = Announcement(
        id="a1",
        kind=KIND,
        side=Side.ALTIOR,
        fields={"name": Sent("B", "A", "b"), "note": Sent(None, "x", None, replaced_known=False)},
        deadline=at(30),
        pair_id="pair-1",
        version="7",
    )
    born = create(1, created=at(-3), after_id="555", match_key="73282932000074", checks=1, checked_at=at(9))
    ledger.commit(Changes(announce=[update, born, create(2, kind="contact")]), lease)
    assert ledger.announcements(pair_ids=["pair-1"]) == [update]
    assert ledger.announcements(creates_of=KIND) == [born]
    assert ledger.announcements() == []
    assert {a.id for a in ledger.announcements(pair_ids=["pair-1"], creates_of=KIND)} == {"a1", "create-1"}
    ledger.commit(Changes(announce=[replace(born, checks=2)]), lease)
    assert ledger.announcements(creates_of=KIND) == [replace(born, checks=2)]
    ledger.commit(Changes(settle=["create-1", "a1", "unknown"]), lease)
    assert ledger.announcements(pair_ids=["pair-1"], creates_of=KIND) == []


def test_one_open_create_per_match_key(ledger: Ledger, lease: Lease) -> None:
    ledger.commit(Changes(announce=[create(1, match_key="732")]), lease)
    with pytest.raises(Taken, match="SIRET"):
        ledger.commit(Changes(announce=[create(2, match_key="732")]), lease)
    with pytest.raises(Taken):
        ledger.commit(Changes(announce=[create(2, match_key="9"), create(3, match_key="9")]), lease)
    elsewhere = [
        create(4, match_key="732", volet=Volet.ACHAT),
        create(5, match_key="732", side=Side.ALTIOR),
        create(6, match_key="732", kind="contact"),
        create(7),
        create(8),
        create(9, match_key="732", pair_id="pair-9"),
    ]
    ledger.commit(Changes(announce=elsewhere), lease)
    ledger.commit(Changes(settle=["create-1"], announce=[create(2, match_key="732")]), lease)
    assert {a.id for a in ledger.announcements(creates_of=KIND)} == {f"create-{n}" for n in (2, 4, 5, 7, 8)}


def test_one_open_create_per_second(ledger: Ledger, lease: Lease) -> None:
    ledger.commit(Changes(announce=[create(1, created=at(1))]), lease)
    with pytest.raises(Taken, match="seconde"):
        ledger.commit(Changes(announce=[create(2, created=at(1))]), lease)
    ledger.commit(Changes(announce=[create(2, created=at(1), kind="contact"), create(3, created=at(2))]), lease)


def test_reserved_seconds_are_whole_free_and_never_given_twice(ledgers: Ledgers, ledger: Ledger, lease: Lease) -> None:
    given = [ledger.reserve_second(KIND, at(0.7), lease) for _ in range(3)]
    assert given == [NOON, at(-1), at(-2)]
    assert ledger.reserve_second(KIND, at(1), lease) == at(1)
    assert ledger.reserve_second(KIND, at(1.9), lease) == at(-3)
    assert ledger.reserve_second("contact", at(1.9), lease) == at(1)
    reopened = ledgers.open(ledger.name)
    assert reopened.reserve_second(KIND, at(3), lease) == at(3)
    assert reopened.reserve_second(KIND, at(3), lease) == at(2)
    assert reopened.reserve_second(KIND, at(3), lease) == at(-4)


def test_a_reserved_second_stays_reserved_when_its_create_is_settled(ledger: Ledger, lease: Lease) -> None:
    second = ledger.reserve_second(KIND, NOON, lease)
    ledger.commit(Changes(announce=[create(1, created=second)]), lease)
    ledger.commit(Changes(settle=["create-1"]), lease)
    assert ledger.reserve_second(KIND, NOON, lease) != second


def test_tombstones_per_reference_and_volet(ledger: Ledger, lease: Lease) -> None:
    stones = [
        Tombstone(altior(1), Volet.VENTE, "déliée", NOON),
        Tombstone(altior(1), Volet.ACHAT, "déliée", NOON),
        Tombstone(sellsy(1), Volet.NONE, "déliée", NOON),
    ]
    ledger.commit(Changes(tombstones=stones), lease)
    assert ledger.tombstones([altior(1)]) == stones[:2]
    again = Tombstone(sellsy(1), Volet.NONE, "supprimée", at(5))
    ledger.commit(Changes(tombstones=[again]), lease)
    assert ledger.tombstones([sellsy(1), sellsy(2)]) == [again]


def test_a_sighting_comes_back_as_it_went_until_forgotten(ledger: Ledger, lease: Lease) -> None:
    whole = sighting(
        altior(1),
        keys={"siret": "732"},
        gate=False,
        state=State.WAITING,
        code="parent",
        detail="attend sa société",
        waits_for="k",
        volet=Volet.ACHAT,
        gate_seen=True,
        released=True,
        created=at(-9),
        at=NOON,
        gone_checks=1,
        gone_at=at(-1),
    )
    ledger.commit(Changes(sightings=[whole, sighting(sellsy(1)), sighting(sellsy(2), kind="contact")]), lease)
    assert ledger.sightings([altior(1), altior(9)]) == {altior(1): whole}
    assert [s.reference for s in ledger.all_sightings(KIND, Side.SELLSY)] == [sellsy(1)]
    assert len(list(ledger.all_sightings())) == 3
    ledger.commit(Changes(sightings=[replace(whole, gate=None)], forget=[sellsy(1)]), lease)
    assert ledger.sightings([altior(1), sellsy(1)]) == {altior(1): replace(whole, gate=None)}


def test_sightings_are_found_by_match_key_paired_ones_too(ledger: Ledger, lease: Lease) -> None:
    seen = [
        sighting(sellsy(1), keys={"siret": "111", "email": "a@b.fr"}),
        sighting(sellsy(2), keys={"siret": "111"}),
        sighting(sellsy(3), keys={"siret": ""}),
        sighting(altior(1), keys={"siret": "111"}),
        sighting(sellsy(4), kind="contact", keys={"siret": "111"}),
        sighting(sellsy(5), keys={"email": "111"}),
        sighting(sellsy(6), keys={"siret": "222"}),
    ]
    ledger.commit(Changes(pairs=[pair(1)], sightings=seen), lease)
    found = ledger.find_by_key(KIND, Side.SELLSY, "siret", ["111", "222", "333", ""])
    assert {value: set(references) for value, references in found.items()} == {
        "111": {sellsy(1), sellsy(2)},
        "222": {sellsy(6)},
    }
    ledger.commit(Changes(sightings=[sighting(sellsy(1), keys={"siret": "333"})], forget=[sellsy(2)]), lease)
    assert ledger.find_by_key(KIND, Side.SELLSY, "siret", ["111", "333"]) == {"333": [sellsy(1)]}


def test_decisions_per_reference_and_verb(ledger: Ledger) -> None:
    lie = Decision(sellsy(1), "link", altior(7), "Claire", NOON, {"volet": "vente"})
    ledger.commit(Changes(decisions=[lie, Decision(sellsy(1), "create")]), None)
    changed = replace(lie, other=altior(8))
    ledger.commit(Changes(decisions=[changed]), None)
    assert {(d.verb, d.other) for d in ledger.decisions([sellsy(1)])} == {("link", altior(8)), ("create", None)}
    ledger.commit(Changes(drop_decisions=[(sellsy(1), "create"), (sellsy(2), "link")]), None)
    assert ledger.decisions([sellsy(1), sellsy(2)]) == [changed]


def test_counters_count_pairs_once_and_what_is_not_paired_by_state(ledger: Ledger, lease: Lease) -> None:
    pairs: list[Pair] = [pair(1), pair(2, state=State.FROZEN), pair(3, closed=True)]
    seen = [
        sighting(sellsy(1), state=State.FAILED),
        sighting(altior(1), state=State.IN_STEP),
        sighting(altior(2), state=State.EXCLUDED),
        sighting(sellsy(3), state=State.EXCLUDED),
        sighting(sellsy(4), state=State.EXCLUDED, code="not_ticked"),
        sighting(sellsy(5), kind="contact", state=State.WAITING),
    ]
    ledger.commit(Changes(pairs=pairs, sightings=seen), lease)
    assert dict(ledger.standing()) == {
        (KIND, "in_step", ""): 1,
        (KIND, "frozen", ""): 1,
        (KIND, "excluded", ""): 1,
        (KIND, "excluded", "not_ticked"): 1,
        ("contact", "waiting", ""): 1,
    }
    assert ledger.counters() == {
        KIND: {"in_step": 1, "frozen": 1, "excluded": 2},
        "contact": {"waiting": 1},
    }


def test_sightings_are_read_by_page_in_the_order_in_which_they_came(ledger: Ledger, lease: Lease) -> None:
    references = [sellsy(number) for number in range(1, 4_502)]
    for start in range(0, len(references), 1_000):
        page = references[start : start + 1_000]
        ledger.commit(Changes(sightings=[sighting(one) for one in page]), lease)
    assert [one.reference for one in ledger.all_sightings(KIND, Side.SELLSY)] == references


def test_what_answers_and_what_does_not_is_told_by_kind_side_and_thing(ledger: Ledger, lease: Lease) -> None:
    seen = [
        sighting(sellsy(1)),
        sighting(sellsy(2), gone_at=NOON),
        sighting(sellsy(3, "individual")),
        sighting(sellsy(4)),
        sighting(sellsy(5), kind="contact"),
        sighting(altior(6)),
    ]
    ledger.commit(Changes(sightings=seen), lease)
    assert ledger.known(KIND, Side.SELLSY) == 4
    assert ledger.gone(KIND, Side.SELLSY) == [sellsy(2)]
    assert set(ledger.answering(KIND, Side.SELLSY, 9)) == {sellsy(1), sellsy(3, "individual"), sellsy(4)}
    assert set(ledger.answering(KIND, Side.SELLSY, 9, "company")) == {sellsy(1), sellsy(4)}
    assert len(ledger.answering(KIND, Side.SELLSY, 1, "company")) == 1


# -- what a turn of the rolling scan has shown
def test_what_a_turn_should_have_shown_is_found(ledger: Ledger, lease: Lease) -> None:
    """Not what is not listed, is known to be gone, was looked at since the turn began, or is of another side."""
    seen = [sighting(sellsy(n), at=at(0)) for n in range(1, 8)]
    seen[3] = replace(seen[3], listed=False)
    seen[4] = replace(seen[4], gone_at=at(1))
    seen[5] = replace(seen[5], at=at(20))
    ledger.commit(Changes(sightings=[*seen, sighting(altior(1), at=at(0))]), lease)
    ledger.shown(KIND, Side.SELLSY, at(10), [sellsy(1)])
    ledger.shown(KIND, Side.SELLSY, at(10), [sellsy(2)])
    ledger.shown(KIND, Side.ALTIOR, at(10), [])
    assert ledger.unshown(KIND, Side.SELLSY, at(10)) == [sellsy(3), sellsy(7)]
    assert ledger.unshown(KIND, Side.ALTIOR, at(10)) == [altior(1)]


def test_a_turn_counts_no_page_of_another_one(ledger: Ledger, lease: Lease) -> None:
    """Neither of the one before, nor what its worker, suspended meanwhile, adds to it."""
    ledger.commit(Changes(sightings=[sighting(sellsy(n), at=at(0)) for n in (1, 2)]), lease)
    ledger.shown(KIND, Side.SELLSY, at(10), [sellsy(1)])
    ledger.shown(KIND, Side.SELLSY, at(20), [sellsy(2)])
    ledger.shown(KIND, Side.SELLSY, at(10), [sellsy(1)])
    assert ledger.unshown(KIND, Side.SELLSY, at(20)) == [sellsy(1)]
