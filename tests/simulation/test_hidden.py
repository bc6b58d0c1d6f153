"""What is hidden for a moment: nothing is unlinked, nothing is made a second time, and many say so with one card."""

from dataclasses import replace

import pytest

from altior_sellsy.errors import Unclear
from altior_sellsy.kinds.port import Page
from altior_sellsy.sync.scan import mark_oldest, scan
from altior_sellsy.values.reference import Side
from tests.simulation.deals.test_life import FIRST, Sales
from tests.simulation.deals.world import COMMERCIAL
from tests.simulation.moments import answering, failing, later
from tests.simulation.test_gone_beside import DAY, SIRET, SUPPLIER, told
from tests.simulation.world import World


def two_companies() -> tuple[World, str, str]:
    """One of them, and its tiers."""
    world = World()
    company = world.sellsy.add(name="Alpha", gate=True, phone="0102030405")
    world.sellsy.add(name="Bravo", gate=True)
    world.sync()
    [tiers] = [pair.altior.id for pair in world.ledger.all_pairs() if pair.sellsy.id == company]
    world.clock.advance(300)
    return world, company, tiers


def looked_at(world: World, company: str) -> None:
    world.mark(world.ref(Side.SELLSY, company))
    world.drain()


def test_one_that_was_shown_beside_an_absent_tiers_is_not_found_deleted_by_a_single_404() -> None:
    world, company, tiers = two_companies()
    alpha, its_tiers = world.sellsy.records.pop(company), world.altior.records.pop(tiers)
    looked_at(world, company)
    world.sellsy.records[company] = alpha
    world.clock.advance(60)
    looked_at(world, company)
    world.clock.advance(900)
    world.altior.records[tiers] = its_tiers
    del world.sellsy.records[company]
    looked_at(world, company)
    world.sellsy.records[company] = alpha
    world.clock.advance(900)
    world.sync()
    assert len(world.ledger.all_pairs()) == 2


def test_one_that_vanishes_just_before_it_is_written_stays_linked() -> None:
    """It was not shown once before; read again since the reading was too old to write upon, it is hidden."""
    world, company, tiers = two_companies()
    alpha = world.sellsy.records.pop(company)
    looked_at(world, company)
    world.clock.advance(900)
    world.sellsy.records[company] = alpha
    world.altior.edit(tiers, phone="0102030499")
    asked = [0]

    def vanishing(name: str) -> None:
        if name == "observe":
            asked[0] += 1
            if asked[0] == 1:
                world.clock.advance(1.5)
            elif asked[0] == 2:
                del world.sellsy.records[company]

    world.sellsy.on_call = vanishing
    world.drain()
    world.sellsy.on_call = answering
    world.sellsy.records[company] = alpha
    world.clock.advance(900)
    world.sync()
    later(world, DAY)
    assert not told(world)
    assert len(world.ledger.all_pairs()) == 2
    assert world.sellsy.values(company)["phone"] == "0102030499"


def test_hundreds_of_deals_that_are_hidden_together_stop_the_environment_with_one_card() -> None:
    sales = Sales()
    world = sales.world
    for number in range(450):
        sales.deals.add(name=f"Véranda {number}", pipeline=COMMERCIAL, step=FIRST, company=sales.company)
    world.sync(most=2000)
    for id in list(sales.deals.rows):
        sales.deals.delete(id)
    for _ in range(12):
        world.clock.advance(900)
        mark_oldest(world.engine, world.engine.binding("deal"), Side.SELLSY)
        if world.settle(most=2000, within=700).paused:
            break
    assert told(world) == ["missing_many"]


# -- a supplier of one SIRET with a client whose tiers is hidden
def client_and_tiers(*, another: bool) -> tuple[World, str, str]:
    world = World()
    client = world.sellsy.add(name="Client", siret=SIRET, gate=True)
    if another:
        world.altior.add(name="Zoulou", roles=SUPPLIER)
    world.sync()
    [tiers] = [id for id, record in world.altior.records.items() if record.fields["siret"]]
    world.clock.advance(300)
    return world, client, tiers


def with_supplier(world: World) -> str:
    return world.sellsy.add(name="Fournisseur", siret=SIRET, gate=True, roles=SUPPLIER)


def sirets(world: World) -> list[str]:
    return [str(record.fields["siret"]) for record in world.altior.records.values() if record.fields["siret"]]


def test_no_second_tiers_of_a_siret_is_made_beside_one_that_may_be_deleted() -> None:
    world, _, tiers = client_and_tiers(another=False)
    hidden = world.altior.records.pop(tiers)
    world.sync()
    later(world, DAY)
    assert told(world) == ["gone_unsure"]
    with_supplier(world)
    later(world, 600)
    world.altior.records[tiers] = hidden
    later(world, 600)
    later(world, DAY)
    assert sirets(world) == [SIRET]
    assert len(world.altior.records) == 1


@pytest.mark.parametrize("known", [False, True])
def test_no_second_tiers_of_a_siret_is_made_beside_one_that_is_not_shown_for_a_moment(known: bool) -> None:
    """Its client was looked at meanwhile, or else not."""
    world, client, tiers = client_and_tiers(another=True)
    hidden = world.altior.records.pop(tiers)
    if known:
        looked_at(world, client)
    looked_at(world, with_supplier(world))
    world.altior.records[tiers] = hidden
    later(world, 600)
    later(world, DAY)
    assert sirets(world) == [SIRET]
    assert len(world.ledger.all_pairs()) == 2
    assert not told(world)


def test_the_tiers_of_a_supplier_is_made_once_the_one_of_its_siret_is_deleted() -> None:
    world, client, tiers = client_and_tiers(another=True)
    world.altior.delete(tiers)
    looked_at(world, client)
    looked_at(world, with_supplier(world))
    later(world, 600)
    later(world, DAY)
    assert sirets(world) == [SIRET]
    assert len(world.ledger.all_pairs()) == 1
    assert told(world) == ["gone"]


def test_a_fault_of_the_question_after_a_hidden_record_holds_up_no_other_edit() -> None:
    world = World()
    company = world.sellsy.add(name="Alpha", siret=SIRET, tags=[], gate=True)
    others = [world.sellsy.add(name=f"Bravo {number}", tags=[], gate=True) for number in range(20)]
    world.sync()
    world.clock.advance(300)
    world.sellsy.records.pop(company)
    world.altior.add(name="Second", siret=SIRET, tags=[])
    for other in others:
        world.sellsy.edit(other, phone="0102030405")
    world.sellsy.on_call = failing("exists", Unclear("panne"))
    for side in Side:
        scan(world.engine, world.binding, side)
    world.drain()
    there = sum(record.fields["phone"] == "0102030405" for record in world.altior.records.values())
    assert there == len(others)


def test_what_answers_by_itself_and_is_in_no_list_is_expected_in_none_until_it_is_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An account that hides what is archived: its own look goes on asking, no scan counts it among what vanished."""
    world, company, _ = two_companies()
    whole, hidden = world.sellsy.scan, world.sellsy.hidden

    def scanned(after: str | None) -> Page:
        page = whole(after)
        return replace(page, snapshots=[one for one in page.snapshots if one.reference.id not in hidden])

    def vanished() -> int:
        return scan(world.engine, world.binding, Side.SELLSY).marked

    monkeypatch.setattr(world.sellsy, "scan", scanned)
    hidden.add(company)
    assert vanished() == 1
    world.drain()
    assert vanished() == 0
    hidden.clear()
    later(world, 1000)
    hidden.add(company)
    assert vanished() == 1
