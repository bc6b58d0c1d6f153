"""Each field of a deal once its affaire exists: both directions, emptied, held, and who is right before and after the
devis and the order. In memory, through the product's own reading and writing of both systems."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from altior_sellsy.errors import NotSent, Unclear
from altior_sellsy.kinds.deal.record import DEAL
from altior_sellsy.ledger.model import Pair
from altior_sellsy.ledger.port import Changes
from altior_sellsy.values.reference import Reference, Side
from tests.simulation.deals.test_life import FIRST, Sales
from tests.simulation.deals.world import STAFF

CLAIRE, JULIEN, LEA = STAFF.items()


@dataclass(frozen=True)
class Case:
    """A field in both systems' words. `one`, `two`: (Sellsy's value, Altior's). `empty`: None where it may not be."""

    name: str
    own: str
    one: tuple[Any, Any]
    two: tuple[Any, Any]
    empty: tuple[Any, Any] | None = None

    @property
    def label(self) -> str:
        return DEAL.field(self.name).label


CASES = (
    Case("name", "nom", ("Rénovation du siège",) * 2, ("Rénovation de l'atelier",) * 2),
    Case("amount", "montant", ("15000.00",) * 2, ("15500.50",) * 2, ("0.00", None)),
    Case("probability", "probabilite", (35, 35), (80, 80)),
    Case("due_date", "echeance", ("2027-03-31",) * 2, ("2027-06-30",) * 2, (None, None)),
    Case("owner", "charge_affaire", JULIEN, LEA),
    Case("note", "note", ("À rappeler",) * 2, ("Vue sur place",) * 2, ("", "")),
)
WITH_EMPTY = [case for case in CASES if case.empty is not None]
by_field = pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)


class Deal(Sales):
    def sell(self, case: Case, value: tuple[Any, Any]) -> None:
        self.deals.edit(self.id, **{case.name: value[0]})

    def book(self, case: Case, value: tuple[Any, Any]) -> None:
        self.world.affaires.edit(self.affaire["id"], **{case.own: value[1]})

    def shown(self, case: Case) -> tuple[Any, Any]:
        return getattr(self.deals.rows[self.id], case.name), self.affaire[case.own]

    def beaten(self, case: Case) -> list[Any]:
        return [e.other for e in self.world.ledger.journal() if e.action == "conflict" and e.field_name == case.name]

    def quiet(self) -> None:
        before = len(self.deals.written), len(self.world.affaires.written)
        self.later(600)
        assert (len(self.deals.written), len(self.world.affaires.written)) == before


@by_field
def test_it_descends_and_ascends(case: Case) -> None:
    deal = Deal()
    deal.sell(case, case.one)
    deal.later(300)
    assert deal.shown(case) == case.one
    deal.book(case, case.two)
    deal.later(300)
    assert deal.shown(case) == case.two
    assert deal.beaten(case) == []
    deal.quiet()


@pytest.mark.parametrize("case", WITH_EMPTY, ids=lambda case: case.label)
@pytest.mark.parametrize("side", Side)
def test_emptied_on_one_side_it_is_emptied_on_the_other(case: Case, side: Side) -> None:
    assert case.empty is not None
    deal = Deal()
    deal.sell(case, case.one)
    deal.later(300)
    (deal.sell if side is Side.SELLSY else deal.book)(case, case.empty)
    deal.later(300)
    assert deal.shown(case) == case.empty
    deal.quiet()


# -- who is right when both have changed it
def with_a_devis(deal: Deal) -> None:
    deal.world.affaires.document("devis", deal.affaire["id"], "brouillon")


def with_an_order(deal: Deal) -> None:
    deal.world.affaires.document("commandes", deal.affaire["id"], "en_cours")


def won_in_sellsy(deal: Deal) -> None:
    deal.deals.edit(deal.id, status="won")


def as_it_is(deal: Deal) -> None:
    """Under way, without a devis."""


RIGHT: tuple[tuple[Callable[[Deal], None], frozenset[str]], ...] = (
    (as_it_is, frozenset()),
    (with_a_devis, frozenset({"amount"})),
    (with_an_order, frozenset(case.name for case in CASES)),
    (won_in_sellsy, frozenset(case.name for case in CASES)),
)
"""What had been agreed on before → the fields in which Altior is right; Sellsy is in the others."""


@by_field
@pytest.mark.parametrize(("before", "altior"), RIGHT, ids=[before.__name__ for before, _ in RIGHT])
def test_of_two_edits_the_policy_keeps_one_and_the_journal_both(
    case: Case, before: Callable[[Deal], None], altior: frozenset[str]
) -> None:
    deal = Deal()
    before(deal)
    deal.later(300)
    deal.later(300)
    deal.sell(case, case.one)
    deal.book(case, case.two)
    deal.later(300)
    kept, lost = (case.two, case.one) if case.name in altior else (case.one, case.two)
    assert deal.shown(case) == kept
    assert deal.beaten(case) == [lost[1]]
    deal.quiet()


def test_the_edit_that_wins_the_deal_is_judged_as_before_it() -> None:
    """Judged by what both had agreed on, not by the order that arrives with the two edits."""
    case = CASES[0]
    deal = Deal()
    deal.sell(case, case.one)
    deal.book(case, case.two)
    with_an_order(deal)
    deal.later(300)
    assert deal.shown(case) == case.one


# -- what only descends, what is held
def test_the_number_is_sellsys_and_stays_where_altior_changed_it() -> None:
    deal = Deal()
    assert deal.affaire["numero"] == f"OPP-{deal.id}"
    deal.world.affaires.edit(deal.affaire["id"], numero="A-2027-1")
    deal.later(300)
    assert deal.affaire["numero"] == "A-2027-1"
    deal.quiet()


def test_an_amount_in_another_currency_is_held_and_the_rest_goes() -> None:
    deal = Deal()
    deal.deals.edit(deal.id, amount="900.00", currency="USD", name="Autre nom")
    deal.later(300)
    assert (deal.affaire["montant"], deal.affaire["nom"]) == ("100.00", "Autre nom")
    [card] = deal.world.ledger.cards(reference=deal.reference)
    assert (card.code, card.field_name) == ("other_currency", "amount")
    deal.quiet()
    deal.deals.edit(deal.id, currency="EUR")
    deal.later(300)
    assert deal.affaire["montant"] == "900.00"
    assert deal.world.ledger.cards(reference=deal.reference) == []


def test_an_amount_with_tax_is_not_synchronised() -> None:
    deal = Deal(amount="TTC")
    assert deal.affaire["montant"] is None
    deal.book(CASES[1], CASES[1].one)
    deal.later(300)
    assert deal.shown(CASES[1]) == ("100.00", "15000.00")


def test_an_owner_without_a_counterpart_is_held_and_stands() -> None:
    deal = Deal()
    deal.world.affaires.edit(deal.affaire["id"], charge_affaire="partie@x.test", note="Vue sur place")
    deal.later(300)
    assert deal.deals.rows[deal.id].owner == CLAIRE[0]
    assert deal.deals.rows[deal.id].note == "Vue sur place"
    [card] = deal.world.ledger.cards(reference=deal.reference)
    assert card.field_name == "owner"
    deal.quiet()


# -- contacts
def link_contacts(deal: Deal, number: int) -> list[tuple[str, str]]:
    """Contacts that are synchronised already: id in Sellsy, id in Altior."""
    world, ids = deal.world, [(f"50{n}", f"c{n}") for n in range(1, number + 1)]
    lease = world.ledger.lease("test", world.clock.now(), 5)
    assert lease is not None
    pairs = [
        Pair(
            id=f"contact-{mine}",
            kind="contact",
            sellsy=Reference(Side.SELLSY, world.sellsy.owner, "contact", mine),
            altior=Reference(Side.ALTIOR, world.altior.owner, "contact", theirs),
        )
        for mine, theirs in ids
    ]
    world.ledger.commit(Changes(pairs=pairs), lease)
    world.ledger.release(lease)
    return ids


def test_contacts_come_and_go_on_both_sides_and_strangers_stay() -> None:
    deal = Deal()
    (s1, a1), (s2, a2), (s3, a3) = link_contacts(deal, 3)
    deal.deals.edit(deal.id, contacts=[s1, "599"])  # 599 is not synchronised
    deal.world.affaires.edit(deal.affaire["id"], contacts=["c99"])
    deal.later(300)
    assert set(deal.affaire["contacts"]) == {a1, "c99"}
    deal.deals.edit(deal.id, contacts=[s1, "599", s2])
    deal.world.affaires.edit(deal.affaire["id"], contacts=[a3])
    deal.later(300)
    assert set(deal.deals.rows[deal.id].contacts) == {s1, s2, s3, "599"}
    assert set(deal.affaire["contacts"]) == {a1, a2, a3, "c99"}
    deal.world.affaires.edit(deal.affaire["id"], contacts=[{"id": a1, "supprimer": True}])
    deal.later(300)
    assert set(deal.deals.rows[deal.id].contacts) == {s2, s3, "599"}
    deal.quiet()


def test_what_the_first_call_wrote_is_remembered_when_the_second_one_is_not_sent() -> None:
    """PATCH takes the name, the PUT that takes the owner does not leave."""
    deal, calls = Deal(), list[str]()

    def second_fails(point: str) -> None:
        if point == "before":
            calls.append(point)
            if len(calls) == 2:
                raise NotSent("injoignable")

    deal.deals.fault = second_fails
    deal.world.affaires.edit(deal.affaire["id"], nom="Rénovation du siège", charge_affaire=JULIEN[1])
    deal.later(1)
    assert (deal.deals.rows[deal.id].name, deal.deals.rows[deal.id].owner) == ("Rénovation du siège", JULIEN[0])
    told = [e.after for e in deal.world.ledger.journal() if e.field_name == "name" and e.side is Side.SELLSY]
    assert told == ["Rénovation du siège"]
    deal.quiet()


def test_a_card_won_just_before_the_put_stays_won() -> None:
    """Sellsy's PUT takes the owner only with the status: what was read for the plan is read once more."""
    deal, reads = Deal(), list[str]()

    def wins_it(name: str) -> None:
        if name == "observe":
            reads.append(name)
            if len(reads) == 2:
                deal.deals.edit(deal.id, status="won")

    deal.world.affaires.edit(deal.affaire["id"], charge_affaire=JULIEN[1])
    deal.world.look(deal.world.affaires.reference(deal.affaire["id"]), "feed")
    deal.world.clock.advance(60)
    deal.deals.on_call = wins_it
    deal.world.settle(within=1)
    deal.deals.on_call = lambda name: None
    assert (deal.deals.rows[deal.id].owner, deal.deals.rows[deal.id].status) == (JULIEN[0], "won")
    deal.later(300)
    assert deal.affaire["etat"] == "gagnee"
    deal.quiet()


def test_an_edit_beaten_by_an_order_is_told_though_two_answers_were_lost() -> None:
    """Both sides edit the note, and Altior books the order: what is sent to Altior is refused by the network, what then
    goes to Sellsy arrives unheard. The note that stood in Sellsy is in the journal."""
    deal = Deal()
    deal.later(300)
    note = next(case for case in CASES if case.name == "note")
    deal.sell(note, note.one)
    deal.book(note, note.two)
    deal.world.affaires.edit(deal.affaire["id"], etat="gagnee")

    def slow(name: str) -> None:
        deal.world.clock.advance(0.4)

    def lose(point: str, when: str) -> None:
        if point == when:
            raise Unclear("réponse perdue")

    deal.deals.on_call = deal.world.affaires.on_call = slow
    deal.world.affaires.fault = partial(lose, when="before")
    deal.deals.fault = partial(lose, when="after")
    deal.world.look(deal.reference, "webhook")
    deal.world.drain()
    deal.deals.fault = deal.world.affaires.fault = lambda point: None
    deal.later(300)
    shown = deal.shown(note)
    assert shown[0] == shown[1]
    assert ({note.one[0], note.two[0]} - {shown[0]}) <= set(deal.beaten(note))
    deal.later(300)
    assert not any(deal.world.sync().writes.values())


def test_a_probability_that_came_with_a_step_does_not_say_that_our_event_arrived() -> None:
    """The order's event and a probability are sent and lost; a person then moves the card to a step that sets that very
    probability by itself."""
    deal = Deal()
    deal.later(300)
    deal.world.affaires.edit(deal.affaire["id"], probabilite=20, jalons=["commande"], etat="gagnee")

    def lose(point: str) -> None:
        deal.deals.fault = lambda point: None
        raise Unclear("réponse perdue")

    deal.deals.fault = lose
    deal.world.look(deal.reference, "webhook")
    deal.world.drain()
    assert deal.deals.rows[deal.id].step == FIRST
    deal.deals.edit(deal.id, step="111")
    assert deal.deals.rows[deal.id].probability == 20
    for _ in range(3):
        deal.later(300)
    assert deal.deals.rows[deal.id].status == "won"
    deal.quiet()
