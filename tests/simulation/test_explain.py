"""«Pourquoi cette fiche ?»: each situation brought about by the real engine, then asked about as a person asks."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from altior_sellsy.errors import Unclear
from altior_sellsy.ledger.model import Decision, Tombstone
from altior_sellsy.ledger.port import Changes
from altior_sellsy.service.explain import Explanation, explain
from altior_sellsy.values.reference import Side, Volet
from tests.simulation.world import World

SIRET = "73282932000074"


def asked(world: World, query: str) -> Explanation:
    [one] = explain(world.ledger, query)
    return one


def test_in_step() -> None:
    world = World()
    world.sellsy.add(name="Menuiserie Léo", siret=SIRET, gate=True)
    world.sync()
    one = asked(world, "leo")
    assert (one.state, one.code) == ("À jour", "")
    assert one.counterpart is not None
    assert "à jour" in one.sentence


@pytest.mark.parametrize("query", ["Léo", "menuiserie l", "732 829 320 00074", SIRET, "sellsy:97417:company:1"])
def test_found_by_name_siret_and_reference(query: str) -> None:
    world = World()
    world.sellsy.add(name="Menuiserie Léo", siret=SIRET, gate=None)
    world.sync()
    assert asked(world, query).label == "Menuiserie Léo"


def test_unknown_is_empty() -> None:
    world = World()
    world.sellsy.add(name="Menuiserie Léo", gate=True)
    world.sync()
    assert explain(world.ledger, "Dupont") == []
    assert explain(world.ledger, "…") == []
    assert explain(world.ledger, "sellsy:97417:company:999") == []


def not_ticked(world: World) -> None:
    world.sellsy.add(name="Dupont SAS", gate=None)


def ticked_no(world: World) -> None:
    world.sellsy.add(name="Dupont SAS", gate=False)


def archived_in_sellsy(world: World) -> None:
    world.sellsy.add(name="Dupont SAS", gate=True, archived=True)


def archived_in_altior(world: World) -> None:
    world.altior.add(name="Dupont SAS", archived=True)


def old_company(world: World) -> None:
    world.sellsy.add(name="Dupont SAS", gate=True, created=world.clock.now() - timedelta(days=9))


def old_tiers(world: World) -> None:
    world.altior.add(name="Dupont SAS", created=world.clock.now() - timedelta(days=9))


def role_left_out(world: World) -> None:
    world.altior.add(name="Dupont SAS", roles=frozenset({"supplier"}))


def frozen(world: World) -> None:
    company = world.sellsy.add(name="Dupont SAS", gate=True)
    world.sync()
    world.sellsy.tick(company, False)


def siret_taken(world: World) -> None:
    world.sellsy.add(name="Autre", siret=SIRET, gate=True)
    world.sync()
    world.sellsy.add(name="Dupont SAS", siret=SIRET, gate=True)


def siret_exists(world: World) -> None:
    """The request answers Non to the SIRET question: the creation waits for a person (R8)."""
    world.altior.add(name="Autre", siret=SIRET, archived=False, created=world.clock.now() - timedelta(days=9))
    world.sellsy.add(name="Dupont SAS", siret=SIRET, gate=True)


def siret_ambiguous(world: World) -> None:
    old = world.clock.now() - timedelta(days=9)
    world.altior.add(name="Un", siret=SIRET, created=old)
    world.altior.add(name="Deux", siret=SIRET, created=old)
    world.sellsy.add(name="Dupont SAS", siret=SIRET, gate=True)


def unlinked(world: World) -> None:
    company = world.sellsy.add(name="Dupont SAS", gate=True)
    reference = world.ref(Side.SELLSY, company)
    stone = Tombstone(reference, Volet.NONE, "person", world.clock.now())
    world.ledger.commit(Changes(tombstones=[stone]), None)


def left_out(world: World) -> None:
    company = world.sellsy.add(name="Dupont SAS", gate=True)
    world.ledger.commit(Changes(decisions=[Decision(world.ref(Side.SELLSY, company), "leave_out")]), None)


def duplicate(world: World) -> None:
    company = world.sellsy.add(name="Dupont SAS", siret=SIRET, gate=True)
    decision = Decision(world.ref(Side.SELLSY, company), "duplicate", data={"of": "« Dupont bis »", "siret": SIRET})
    world.ledger.commit(Changes(decisions=[decision]), None)


def unknown_stamp(world: World) -> None:
    tiers = world.altior.add(name="Dupont SAS")
    world.altior.records[tiers].stamps = frozenset({"sellsy:97417:company:999"})


def answer_lost(world: World) -> None:
    tiers = world.altior.add(name="Dupont SAS")

    def fault(point: str) -> None:
        raise Unclear("réponse perdue")

    world.sellsy.fault = fault
    world.mark(world.ref(Side.ALTIOR, tiers))
    world.drain()


def another_record(world: World) -> None:
    company = world.sellsy.add(name="Dupont SAS", gate=True)
    world.sync()
    world.sellsy.records[company].created = world.clock.now() - timedelta(days=3)
    world.sellsy.edit(company, name="Dupont SAS, autre")


def stamp_gone(world: World) -> None:
    world.sellsy.add(name="Dupont SAS", gate=True)
    world.sync()
    [tiers] = world.altior.records.values()
    tiers.stamps = frozenset()
    world.altior.edit(tiers.id, phone="0100000000")


SITUATIONS: list[tuple[Callable[[World], None], dict[str, object], str, str, str]] = [
    # how, the request, state, code, what the remedy speaks of
    (not_ticked, {}, "Exclue", "not_ticked", "Oui"),
    (ticked_no, {}, "Exclue", "not_ticked", "Oui"),
    (archived_in_sellsy, {}, "Exclue", "archived_sellsy", "Désarchivez"),
    (archived_in_altior, {}, "Exclue", "archived_altior", "Désarchivez"),
    (old_company, {"tiers_import": False}, "Exclue", "out_of_scope", "entrer"),
    (old_tiers, {"tiers_export": False}, "Exclue", "out_of_scope", "entrer"),
    (role_left_out, {}, "Exclue", "role_not_exported", "entrer"),
    (frozen, {}, "Figée", "gate_off", "rattrapées"),
    (siret_taken, {}, "À traiter", "siret_taken", "Créer quand même"),
    (siret_exists, {"siret": False, "tiers_export": False}, "À traiter", "siret_exists", "Lier"),
    (siret_ambiguous, {"tiers_export": False}, "À traiter", "siret_ambiguous", "Choisissez"),
    (unlinked, {}, "Exclue", "unlinked", "Liez"),
    (left_out, {}, "Exclue", "left_out", ""),
    (duplicate, {}, "Exclue", "duplicate", "SIRET"),
    (unknown_stamp, {}, "À traiter", "stamp_unknown", "compte Sellsy"),
    (another_record, {}, "À traiter", "identity", "compte Sellsy"),
    (stamp_gone, {}, "À traiter", "stamp_missing", "restauré"),
]


@pytest.mark.parametrize(
    ("bring_about", "request_says", "state", "code", "remedy"), SITUATIONS, ids=[s[0].__name__ for s in SITUATIONS]
)
def test_situation(
    bring_about: Callable[[World], None], request_says: dict[str, bool], state: str, code: str, remedy: str
) -> None:
    world = World(**request_says)
    bring_about(world)
    world.clock.advance(120)
    world.sync()
    one = asked(world, "dupont")
    assert (one.state, one.code) == (state, code)
    assert "Dupont SAS" in one.sentence
    assert remedy in one.remedy


def test_a_create_whose_answer_was_lost_waits() -> None:
    world = World()
    answer_lost(world)
    one = asked(world, "dupont")
    assert (one.state, one.code) == ("En attente", "create_open")


def test_a_refused_field_is_named_and_the_rest_is_in_step() -> None:
    world = World()
    world.altior.refuse = lambda fields: {"email": "adresse refusée"} if fields.get("email") == "x@y" else {}
    company = world.sellsy.add(name="Dupont SAS", gate=True, email="a@b.fr")
    world.sync()
    world.clock.advance(120)
    world.sellsy.edit(company, email="x@y", phone="0102030405")
    world.sync()
    one = asked(world, "dupont")
    assert one.state == "À jour"
    assert [name for name, _ in one.held] == ["email"]
    [tiers] = world.altior.records.values()
    assert tiers.fields["phone"] == "0102030405"
    assert tiers.fields["email"] == "a@b.fr"


def test_deleted_on_one_side() -> None:
    world = World()
    company = world.sellsy.add(name="Dupont SAS", gate=True)
    world.sellsy.add(name="Autre", gate=True)
    world.sync()
    world.sellsy.delete(company)
    for _ in range(2):
        world.clock.advance(700)
        world.sync()
    one = asked(world, "dupont")
    assert one.reference.side is Side.ALTIOR
    assert (one.state, one.code) == ("Exclue", "unlinked")
