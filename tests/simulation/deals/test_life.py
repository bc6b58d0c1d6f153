"""Deals over the weeks: what leaves Sellsy's lists, a configuration that is approved anew, the delay before event 1,
what waits, what was typed by hand. In memory, through the product's own binding."""

from datetime import timedelta
from typing import Any

import pytest

from altior_sellsy.errors import NotSent
from altior_sellsy.kinds.deal.record import DERIVED
from altior_sellsy.ledger.model import State
from altior_sellsy.ledger.port import Changes
from altior_sellsy.service import decisions
from altior_sellsy.sync import initialise, planning
from altior_sellsy.sync.scan import mark_oldest
from altior_sellsy.values.reference import Reference, Side
from tests.simulation.deals.sellsy import SimOpportunities
from tests.simulation.deals.world import COMMERCIAL, EVENTS, OTHER, DealWorld
from tests.simulation.world import START, answer_lost_once

FIRST, SECOND = (EVENTS[COMMERCIAL][number] for number in (1, 2))
BEFORE = "110"
DAY = 86400


class Sales:
    """A world with one company, ticked unless `gate` says otherwise, one opportunity of it and what became of that."""

    def __init__(self, step: str = FIRST, *, gate: bool = True, **configure: Any) -> None:
        self.world = DealWorld(configure=configure)
        assert self.world.deals is not None
        self.deals: SimOpportunities = self.world.deals
        self.company = self.world.sellsy.add(name="Boulangerie Morel", tags=[], gate=gate)
        self.id = self.deals.add(
            name="Rénovation des bureaux", pipeline=COMMERCIAL, step=step, company=self.company, amount="100.00"
        )
        self.world.sync()

    @property
    def reference(self) -> Reference:
        return self.deals.reference(self.id)

    @property
    def affaire(self) -> dict[str, Any]:
        [one] = self.world.affaires.rows.values()
        return one

    def stands(self) -> tuple[State, str]:
        sighting = self.world.ledger.sightings([self.reference])[self.reference]
        return sighting.state, sighting.code

    def later(self, seconds: float) -> None:
        self.world.clock.advance(seconds)
        self.world.sync()

    def look(self, within: float) -> None:
        """A signal, and what is due by itself within these seconds."""
        self.world.look(self.reference, "webhook")
        self.world.settle(within=within)

    def asked(self) -> int:
        """How many opportunities a further pass reads one by one."""
        before = self.deals.single_calls
        self.later(600)
        return self.deals.single_calls - before


# -- what leaves the lists
def test_one_that_is_closed_for_long_is_told_so_and_no_longer_looked_for() -> None:
    sales = Sales()
    sales.deals.edit(sales.id, status="won")
    sales.later(60)
    assert sales.affaire["etat"] == "gagnee"
    sales.later(91 * DAY)
    assert sales.stands() == (State.IN_STEP, "followed_no_more")
    assert sales.asked() == 0
    sales.deals.edit(sales.id, status="open", name="Rénovation du siège")
    sales.later(60)
    assert sales.affaire["nom"] == "Rénovation du siège"
    assert sales.stands()[1] != "followed_no_more"


def test_altior_still_reaches_one_that_is_no_longer_followed() -> None:
    sales = Sales()
    sales.deals.edit(sales.id, status="won")
    sales.later(60)
    sales.later(91 * DAY)
    sales.world.affaires.edit(sales.affaire["id"], nom="Rénovation du siège")
    sales.world.look(sales.world.affaires.reference(sales.affaire["id"]), "feed")
    sales.world.settle()
    assert sales.deals.rows[sales.id].name == "Rénovation du siège"


def test_one_moved_to_a_pipeline_that_is_not_configured_is_looked_at_once() -> None:
    sales = Sales()
    sales.deals.edit(sales.id, pipeline=OTHER)
    sales.later(600)
    assert sales.stands() == (State.EXCLUDED, "pipeline_not_configured")
    assert sales.asked() == 0
    sales.deals.edit(sales.id, pipeline=COMMERCIAL, step=SECOND)
    sales.later(600)
    assert sales.stands() == (State.IN_STEP, "")
    assert sales.affaire["champs_personnalises"]["ETAP"] == "Négociation C"


def test_a_known_one_that_the_lists_no_longer_show_is_found_deleted() -> None:
    sales = Sales()
    sales.deals.add(name="Véranda", pipeline=COMMERCIAL, step=BEFORE, company=sales.company)
    sales.world.sync()
    sales.deals.delete(sales.id)
    sales.later(600)
    sales.later(700)
    assert {card.code for card in sales.world.ledger.cards()} == {"gone"}


def test_so_many_that_vanish_together_stop_the_environment_with_one_card() -> None:
    """Hidden rather than deleted: no card per deal."""
    sales = Sales()
    for number in range(30):
        sales.deals.add(name=f"Véranda {number}", pipeline=COMMERCIAL, step=FIRST, company=sales.company)
    sales.world.sync()
    for id in list(sales.deals.rows):
        sales.deals.delete(id)
    sales.later(600)
    sales.later(700)
    assert {card.code for card in sales.world.ledger.cards()} == {"missing_many"}


# -- a configuration that is approved anew
def approve(sales: Sales, **resolved: Any) -> None:
    ledger = sales.world.ledger
    settings = ledger.environment().settings
    ledger.commit(Changes(environment={"settings": {**settings, "resolved": settings["resolved"] | resolved}}), None)
    sales.world.engine = sales.world.new_engine()


def test_deals_of_a_paused_pipeline_go_on_once_its_new_order_is_approved() -> None:
    sales = Sales()
    board = sales.deals.boards[COMMERCIAL]
    order = [*list(board.steps)[1:], BEFORE]
    board.steps = {step: board.steps[step] for step in order}
    sales.deals.edit(sales.id, name="Autre nom")
    sales.later(600)
    assert sales.stands() == (State.WAITING, "pipeline_paused")
    assert [card.code for card in sales.world.ledger.cards()] == ["pipeline_changed"]
    orders = sales.world.ledger.environment().settings["resolved"]["order"]
    approve(sales, order=orders | {COMMERCIAL: order})
    sales.later(600)
    assert sales.stands() == (State.IN_STEP, "")
    assert sales.affaire["nom"] == "Autre nom"
    assert sales.world.ledger.cards() == []


def test_one_before_event_1_is_looked_at_when_another_step_is_approved() -> None:
    sales = Sales(BEFORE)
    assert sales.stands() == (State.EXCLUDED, "before_event_1")
    steps = sales.world.ledger.environment().settings["resolved"]["steps"]
    titles = {title: BEFORE if step == FIRST else step for title, step in steps["Commercial"].items()}
    approve(sales, steps=steps | {"Commercial": titles})
    sales.later(600)
    assert sales.affaire["nom"] == "Rénovation des bureaux"


# -- the delay before event 1
def test_the_affaire_is_made_after_the_delay() -> None:
    sales = Sales(BEFORE, grace_minutes=5)
    sales.deals.edit(sales.id, step=FIRST)
    sales.look(within=60)
    assert sales.stands() == (State.WAITING, "grace_delay")
    assert not sales.world.affaires.rows
    sales.world.clock.advance(240)
    sales.look(within=10)
    assert not sales.world.affaires.rows
    sales.world.clock.advance(60)
    sales.world.settle(within=10)
    assert sales.affaire["etat"] == "en_cours"
    assert sales.world.ledger.decisions([sales.reference]) == []


def test_a_card_moved_back_within_the_delay_makes_no_affaire_and_the_delay_begins_again() -> None:
    sales = Sales(BEFORE, grace_minutes=5)
    for _ in range(2):
        sales.deals.edit(sales.id, step=FIRST)
        sales.look(within=60)
        sales.world.clock.advance(200)
        sales.deals.edit(sales.id, step=BEFORE)
        sales.look(within=60)
        assert sales.stands() == (State.EXCLUDED, "before_event_1")
        sales.world.clock.advance(200)
    sales.world.settle()
    assert not sales.world.affaires.rows


def test_a_person_who_decides_does_not_wait() -> None:
    sales = Sales(BEFORE, grace_minutes=5)
    sales.deals.edit(sales.id, step=FIRST)
    sales.look(within=60)
    decisions.decide(sales.world.ledger, str(sales.reference), "create", by="Claire Martin", clock=sales.world.clock)
    sales.world.settle(within=1)
    assert len(sales.world.affaires.rows) == 1


# -- what waits, says for what, and goes on by itself
def unreachable(point: str) -> None:
    raise NotSent("injoignable")


def test_one_that_waits_names_its_third_party_and_goes_on_by_itself() -> None:
    sales = Sales(BEFORE)
    other = sales.world.sellsy.add(name="Garage Dupont", tags=[], gate=None)
    sales.world.sync()
    sales.world.altior.fault = unreachable
    sales.deals.edit(sales.id, step=FIRST, company=other)
    sales.look(within=1)
    [seen] = sales.world.ledger.sightings([sales.reference]).values()
    assert (seen.state, seen.code, seen.detail) == (State.WAITING, "deal_third_party", " « Garage Dupont »")
    sales.world.altior.fault = lambda point: None
    sales.world.settle()
    assert len(sales.world.affaires.rows) == 1
    assert sales.world.sellsy.records[other].gate is True


# -- affaires typed by hand
@pytest.mark.parametrize("typed", [{"nom": "Renovation bureaux"}, {"nom": "Chantier Morel", "montant": "100.00"}])
def test_an_affaire_typed_by_hand_is_suggested_then_linked_and_never_doubled(typed: dict[str, Any]) -> None:
    sales = Sales(BEFORE)
    sales.deals.rows[sales.id].created = START - timedelta(days=3)
    [tiers] = sales.world.altior.records
    hand = sales.world.affaires.add(typed["nom"], tiers)
    sales.world.affaires.edit(hand, **typed)
    sales.deals.edit(sales.id, step=FIRST)
    sales.later(60)
    [card] = sales.world.ledger.cards()
    assert card.code == "affaire_alike"
    assert card.data["candidates"] == [str(sales.world.affaires.reference(hand))]
    to, clock = card.data["candidates"][0], sales.world.clock
    decisions.decide(sales.world.ledger, str(sales.reference), "link", to=to, by="Claire Martin", clock=clock)
    sales.later(60)
    assert list(sales.world.affaires.rows) == [hand]
    assert sales.affaire["references_externes"] == [str(sales.reference)]
    assert sales.affaire["champs_personnalises"]["PIPE"] == "Commercial"
    assert (sales.affaire["nom"], sales.affaire["numero"]) == ("Rénovation des bureaux", f"OPP-{sales.id}")
    assert sales.world.ledger.cards() == []
    before = len(sales.deals.written), len(sales.world.affaires.written)
    sales.later(600)
    assert (len(sales.deals.written), len(sales.world.affaires.written)) == before


# -- the rolling scan
def test_a_rolling_turn_looks_again_at_those_that_were_looked_at_longest_ago() -> None:
    """Its pages cannot tell what left the list between two of them."""
    sales = Sales()
    binding = sales.world.engine.binding("deal")
    sales.world.clock.advance(600)
    sales.deals.edit(sales.id, pipeline=OTHER)
    assert mark_oldest(sales.world.engine, binding, Side.SELLSY) == 1
    sales.world.settle()
    assert sales.stands() == (State.EXCLUDED, "pipeline_not_configured")
    assert mark_oldest(sales.world.engine, binding, Side.SELLSY) == 0
    assert mark_oldest(sales.world.engine, binding, Side.ALTIOR) == 0


# -- the delay and the first synchronisation
def test_the_approval_of_the_first_synchronisation_waits_for_no_delay() -> None:
    sales = Sales(BEFORE, grace_minutes=5)
    sales.deals.rows[sales.id].created = START - timedelta(days=3)
    sales.deals.edit(sales.id, step=FIRST)
    engine, ledger = sales.world.engine, sales.world.ledger
    found = planning.preview(engine)
    ledger.save_plan({"started": found.started.isoformat(), "feed": None}, planning.rows(found))
    [item] = [item for item in found.items if item.reference == sales.reference]
    assert (item.decision, item.code) == ("create", "")
    initialise.approve(engine, "Claire Martin")
    sales.world.settle(within=1)
    assert sales.affaire["etat"] == "en_cours"


# -- an affaire that was finished by event 4 without an answer, and that a person of Altior reopens at once
@pytest.mark.parametrize("derived_travel", [True, False])
def test_an_affaire_that_is_reopened_stays_open(derived_travel: bool) -> None:
    """Without the names of pipeline and step the probability alone tells that the event has arrived: in Altior it
    follows nothing."""
    sales = Sales()
    world, deal = sales.world, str(sales.reference)
    sales.later(300)
    sales.deals.edit(sales.id, status="won")
    sales.later(300)
    for name in () if derived_travel else DERIVED:
        decisions.hold(world.ledger, deal, name, by="Claire Martin", clock=world.clock)
    sales.later(600)
    sales.deals.edit(sales.id, step=EVENTS[COMMERCIAL][4])
    world.affaires.fault = answer_lost_once()
    world.look(sales.reference, "webhook")
    world.drain()
    assert sales.affaire["etat"] == "terminee"
    world.clock.advance(2)
    world.affaires.edit(sales.affaire["id"], etat="en_cours")
    for _ in range(3):
        sales.later(300)
    assert sales.affaire["etat"] == "en_cours"
