"""A tiers that is client and supplier: each of its volets is linked, or asks, by itself."""

from datetime import timedelta

import pytest

from altior_sellsy.service.decisions import decide
from altior_sellsy.sync import drain as draining
from altior_sellsy.values.reference import Side
from tests.simulation.moments import later
from tests.simulation.world import START, World

SIRET = "73282932000074"
BOTH = frozenset({"client", "supplier"})
SUPPLIER = frozenset({"supplier"})


def told(world: World) -> list[str]:
    return sorted(card.code for card in world.ledger.cards())


def bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    passes, run = [0], draining.passes.run

    def counted(*arguments: object) -> None:
        passes[0] += 1
        assert passes[0] < 100, "looked at without end"
        run(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(draining.passes, "run", counted)


def counting(monkeypatch: pytest.MonkeyPatch) -> World:
    bounded(monkeypatch)
    return World()


def let_in(world: World, tiers: str) -> None:
    """A person lets it in as a supplier, too: only clients and prospects ascend by themselves."""
    decide(world.ledger, str(world.ref(Side.ALTIOR, tiers)), "let_in", by="Claire Martin", clock=world.clock)


def asks_as_supplier(world: World) -> tuple[str, str, str]:
    """Its tiers, linked to the client; the client; the second one of two suppliers, of which it asks."""
    client = world.sellsy.add(name="Client", siret=SIRET, gate=True)
    world.sync()
    [tiers] = world.altior.records
    world.sellsy.add(name="Un", siret=SIRET, gate=False, roles=SUPPLIER)
    second = world.sellsy.add(name="Deux", siret=SIRET, gate=False, roles=SUPPLIER)
    world.altior.records[tiers].roles = BOTH
    world.altior.edit(tiers, phone="0102030405")
    world.sync()
    let_in(world, tiers)
    world.sync()
    assert told(world) == ["siret_ambiguous"]
    world.clock.advance(300)
    return tiers, client, second


def test_a_tiers_linked_in_one_volet_that_asks_in_the_other_comes_to_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    world = counting(monkeypatch)
    asks_as_supplier(world)
    assert len(world.ledger.all_pairs()) == 1


def both_ask(monkeypatch: pytest.MonkeyPatch) -> tuple[World, str]:
    world = counting(monkeypatch)
    world.sellsy.add(name="Client", siret=SIRET, gate=True)
    world.sync()
    world.sellsy.add(name="Un", siret=SIRET, gate=False, roles=SUPPLIER)
    world.sellsy.add(name="Deux", siret=SIRET, gate=False, roles=SUPPLIER)
    tiers = world.altior.add(name="Second", siret=SIRET, roles=BOTH)
    world.sync()
    let_in(world, tiers)
    world.sync()
    return world, tiers


def test_a_tiers_that_asks_in_both_volets_comes_to_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    world, _ = both_ask(monkeypatch)
    assert told(world) == ["siret_ambiguous", "siret_taken"]


def test_what_one_volet_asked_is_closed_when_it_is_no_longer_there(monkeypatch: pytest.MonkeyPatch) -> None:
    world, tiers = both_ask(monkeypatch)
    world.altior.records[tiers].roles = SUPPLIER
    world.altior.edit(tiers, phone="0102030405")
    world.sync()
    assert told(world) == ["siret_ambiguous"]


def test_what_one_volet_asked_is_closed_though_the_other_one_is_linked(monkeypatch: pytest.MonkeyPatch) -> None:
    world = counting(monkeypatch)
    tiers, _, _ = asks_as_supplier(world)
    world.altior.records[tiers].roles = frozenset({"client"})
    world.altior.edit(tiers, phone="0102030406")
    world.sync()
    assert not told(world)


def test_a_tiers_that_asks_is_woken_though_its_client_was_edited_before() -> None:
    world = World()
    _, client, second = asks_as_supplier(world)
    world.sellsy.edit(client, phone="0102030409")
    world.sync()
    world.clock.advance(300)
    world.sellsy.edit(second, siret="12345678900011")
    world.sync()
    assert not told(world)
    assert len(world.ledger.all_pairs()) == 2


def test_a_tiers_that_asks_is_woken_though_its_client_was_edited_in_the_same_pass() -> None:
    world = World()
    _, client, second = asks_as_supplier(world)
    world.sellsy.edit(client, phone="0102030409")
    world.sellsy.edit(second, siret="12345678900011")
    world.sync()
    assert not told(world)
    assert len(world.ledger.all_pairs()) == 2


@pytest.mark.parametrize("siret", [None, SIRET])
@pytest.mark.parametrize("roles", [SUPPLIER, frozenset({"client"})])
@pytest.mark.parametrize("side", list(Side))
def test_a_tiers_that_serves_both_is_linked_to_one_company_by_a_person(
    side: Side, roles: frozenset[str], siret: str | None
) -> None:
    """In that company's volet; the other one goes on by itself, and nothing else waits for them."""
    world = World(tiers_import=False, tiers_export=False, siret=None)
    old = START - timedelta(days=9)
    company = world.sellsy.add(name="Alpha", tags=[], siret=siret, gate=None, roles=roles, created=old)
    world.clock.advance(60)
    world.sync()
    tiers = world.altior.add(name="Beta", tags=[], siret=siret, roles=BOTH, created=old)
    world.sync()
    assert not world.ledger.all_pairs()
    both = world.ref(Side.SELLSY, company), world.ref(Side.ALTIOR, tiers)
    own, other = both if side is Side.SELLSY else reversed(both)
    decide(world.ledger, str(own), "link", to=str(other), by="Claire Martin", clock=world.clock)
    world.settle(within=60)
    later(world, 600)
    assert [(p.sellsy, p.altior) for p in world.ledger.all_pairs() if p.sellsy == both[0]] == [both]
    assert "fault" not in told(world)


def test_a_client_that_a_supplier_is_linked_to_before_it_was_ever_looked_at_goes_on_by_itself() -> None:
    """Its own signal was lost; the look at the supplier meets it, and keeps what it shows."""
    world = World()
    world.sync()
    supplier = world.sellsy.add(name="Fournisseur", siret=SIRET, tags=[], gate=True, roles=SUPPLIER)
    tiers = world.altior.add(name="Client", siret=SIRET, tags=[], roles=frozenset({"client"}))
    world.mark(world.ref(Side.SELLSY, supplier))
    world.settle()
    for _ in range(2):
        later(world, 900)
    pairs = world.ledger.all_pairs()
    assert sorted(pair.volet.value for pair in pairs) == ["achat", "vente"]
    assert {pair.altior.id for pair in pairs} == {tiers}


def test_a_tiers_that_becomes_a_client_while_its_supplier_is_looked_at_goes_on_by_itself() -> None:
    """Its own signal was lost; the look at the supplier keeps what it shows."""
    world = World()
    supplier = world.sellsy.add(name="Fournisseur", siret=SIRET, tags=[], gate=True, roles=SUPPLIER)
    world.sync()
    [tiers] = world.altior.records
    world.clock.advance(300)
    world.altior.records[tiers].roles = BOTH
    world.altior.edit(tiers, phone="0102030405")
    world.mark(world.ref(Side.SELLSY, supplier))
    world.settle()
    for _ in range(2):
        later(world, 900)
    assert sorted(pair.volet.value for pair in world.ledger.all_pairs()) == ["achat", "vente"]
