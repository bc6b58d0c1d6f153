"""What a side no longer shows: deleted, hidden, or only otherwise for the moment in which we asked."""

from altior_sellsy.ledger.model import EnvironmentStatus, Pair, State
from altior_sellsy.service.decisions import decide
from altior_sellsy.service.environments import resume
from altior_sellsy.sync.scan import scan
from altior_sellsy.values.reference import Side
from tests.simulation.world import World

SIRET = "73282932000074"
SUPPLIER = frozenset({"supplier"})
DAY = 86_400.0


def with_one_pair() -> tuple[World, str]:
    world = World()
    company = world.sellsy.add(name="Alpha", siret=SIRET, gate=True, phone="0102030405")
    world.sync()
    world.clock.advance(300)
    return world, company


def the_pair(world: World) -> Pair:
    [pair] = world.ledger.all_pairs()
    return pair


def told(world: World) -> list[str]:
    return [card.code for card in world.ledger.cards()]


def gone_unsure() -> tuple[World, str]:
    """The last known company, no longer there: nothing else answers that could tell a deletion from lost rights."""
    world, company = with_one_pair()
    world.sellsy.delete(company)
    world.sync()
    assert told(world) == ["gone_unsure"]
    assert (the_pair(world).state, the_pair(world).closed) == (State.HELD, False)
    return world, company


def asked_after(world: World, *, days: int) -> int:
    """How often Sellsy is asked after a record by itself, while both sides are scanned each quarter of an hour."""
    asked = list[str]()
    world.sellsy.on_call = asked.append
    for _ in range(days * 24 * 4):
        for side in Side:
            scan(world.engine, world.binding, side)
        world.drain()
        world.clock.advance(900)
    return asked.count("exists")


def test_the_last_known_one_that_is_gone_is_asked_for_less_and_less_often() -> None:
    world, _ = gone_unsure()
    asked = list[str]()
    world.sellsy.on_call = asked.append
    began = world.clock.now()
    for _ in range(1000):
        due = world.drain().next_due
        assert due is not None
        if (due - began).total_seconds() > 10 * DAY:
            break
        world.clock.advance((due - world.clock.now()).total_seconds())
    assert 10 <= asked.count("observe") < 20
    assert told(world) == ["gone_unsure"]


def test_the_last_known_one_is_found_deleted_within_a_day_once_another_one_answers() -> None:
    world, _ = gone_unsure()
    world.sellsy.add(name="Bravo", gate=False)
    world.sync()
    world.clock.advance(DAY)
    world.settle()
    assert told(world) == ["gone"]
    assert not world.ledger.all_pairs()


def test_one_that_was_only_hidden_comes_back_and_its_card_closes() -> None:
    world, company = gone_unsure()
    world.sellsy.records[company] = world.sellsy.last[company]
    world.sellsy.edit(company, phone="0123456789")
    world.sync()
    [tiers] = world.altior.records.values()
    assert tiers.fields["phone"] == "0123456789"
    assert the_pair(world).state is State.IN_STEP
    assert not told(world)


def test_a_person_unlinks_one_of_which_nobody_can_tell_whether_it_is_deleted() -> None:
    world, _ = gone_unsure()
    decide(world.ledger, str(the_pair(world).altior), "unlink", by="Claire Martin", clock=world.clock)
    world.settle()
    [tiers] = world.altior.records.values()
    assert not tiers.stamps
    assert not world.ledger.all_pairs()
    assert not told(world)


def test_who_rests_because_of_a_record_that_was_archived_for_a_moment_is_linked_to_it() -> None:
    """Archived between our reading of it and our search for it, and back before anybody looked at it again."""
    world = World()
    company = world.sellsy.add(name="Alpha", siret=SIRET, gate=False)
    tiers = world.altior.add(name="Alpha", siret=SIRET)

    def archived(name: str) -> None:
        if name == "find":
            world.sellsy.on_call = lambda name: None
            world.sellsy.archive(company)

    world.sellsy.on_call = archived
    scan(world.engine, world.binding, Side.SELLSY)
    scan(world.engine, world.binding, Side.ALTIOR)
    world.drain()
    assert told(world) == ["siret_taken"]
    world.sellsy.archive(company, False)
    world.clock.advance(300)
    world.sync()
    assert (the_pair(world).sellsy.id, the_pair(world).altior.id, the_pair(world).code) == (company, tiers, "gate_off")
    assert not told(world)


def test_two_that_rest_because_of_each_other_come_to_rest() -> None:
    """Each stands, in the search, otherwise than it was last looked at."""
    world = World()
    world.sellsy.add(name="Alpha", siret=SIRET, gate=True)
    world.sellsy.add(name="Bravo", siret=SIRET, gate=True)
    world.altior.add(name="Charlie", siret=SIRET)
    world.altior.add(name="Delta", siret=SIRET)
    names = iter(f"Nom {n}" for n in range(100))

    def renamed(name: str) -> None:
        if name == "find":
            for one in world.sellsy.records:
                world.sellsy.edit(one, name=next(names, "Fin"))

    world.altior.on_call = world.sellsy.on_call = renamed
    world.sync()
    world.altior.on_call = world.sellsy.on_call = lambda name: None
    world.sync()
    calls = world.sellsy.calls + world.altior.calls
    world.drain()
    assert world.sellsy.calls + world.altior.calls == calls


def test_a_fields_card_closes_when_its_record_comes_back_without_its_cause() -> None:
    world, company = with_one_pair()
    [tiers] = world.altior.records
    for n in range(6):
        for system, id in ((world.sellsy, company), (world.altior, tiers)):
            if "oscillating" not in told(world):
                system.edit(id, phone=f"0{n + 1}000000{'1' if system is world.sellsy else '2'}0")
                world.sync()
                world.clock.advance(20)
    assert told(world) == ["oscillating"]
    world.sellsy.delete(company)
    world.sync()
    assert "gone_unsure" in told(world)
    world.sellsy.records[company] = world.sellsy.last[company]
    world.sellsy.edit(company, phone=world.altior.values(tiers)["phone"], email="a@b.fr")
    world.clock.advance(3 * DAY)
    world.sync()
    assert world.sellsy.values(company) == world.altior.values(tiers)
    assert not told(world)


def two_pairs(*, another: bool) -> tuple[World, str]:
    world = World()
    client = world.sellsy.add(name="Client", siret=SIRET, gate=True)
    world.sync()
    world.sellsy.add(name="Fournisseur", siret=SIRET, gate=True, roles=SUPPLIER)
    if another:
        world.altior.add(name="Zoulou")
    world.sync()
    [tiers] = [id for id, record in world.altior.records.items() if record.fields["siret"]]
    assert len([p for p in world.ledger.all_pairs() if p.altior.id == tiers]) == 2
    world.clock.advance(300)
    world.altior.delete(tiers)
    world.sellsy.edit(client, phone="0102030499")
    world.mark(world.ref(Side.SELLSY, client))
    world.settle()
    for _ in range(4):
        world.clock.advance(2 * DAY)
        world.sync()
    return world, tiers


def test_both_pairs_of_a_tiers_that_is_gone_are_told() -> None:
    world, _ = two_pairs(another=False)
    assert {(p.state, p.code) for p in world.ledger.all_pairs()} == {(State.HELD, "gone_unsure")}
    assert told(world) == ["gone_unsure", "gone_unsure"]


def test_both_pairs_of_a_tiers_that_is_deleted_are_unlinked() -> None:
    world, tiers = two_pairs(another=True)
    assert not [p for p in world.ledger.all_pairs() if p.altior.id == tiers]
    assert told(world) == ["gone", "gone"]


def test_one_that_comes_back_as_it_was_is_found_by_the_next_scan() -> None:
    world, company = with_one_pair()
    world.sellsy.delete(company)
    world.sync()
    world.clock.advance(5 * DAY)
    world.settle()
    assert told(world) == ["gone_unsure"]
    world.sellsy.records[company] = world.sellsy.last[company]
    world.clock.advance(60)
    world.sync()
    assert not told(world)


def test_the_card_names_the_side_that_does_not_show_it() -> None:
    world, company = with_one_pair()
    [tiers] = world.altior.records
    world.sellsy.delete(company)
    world.altior.delete(tiers)
    world.sync()
    world.sellsy.records[company] = world.sellsy.last[company]
    world.sellsy.edit(company, phone="0102030499")
    world.sync()
    [card] = world.ledger.cards()
    assert card.code == "gone_unsure"
    assert "dans Altior," in card.sentence


def shown_by_the_search_alone(world: World, company: str) -> None:
    """A search that lags: its answer still holds what is deleted, edited since it was looked at."""

    def blinking(name: str) -> None:
        if name == "find":
            world.sellsy.records[company] = world.sellsy.last[company]
            world.sellsy.edit(company, phone="0102030499")
        elif name == "exists":
            world.sellsy.on_call = lambda name: None
            world.sellsy.delete(company)

    world.sellsy.on_call = blinking


def test_what_was_met_and_found_gone_in_one_pass_stays_gone() -> None:
    world = World()
    company = world.sellsy.add(name="Alpha", siret=SIRET, gate=False, archived=True)
    world.sellsy.add(name="Bravo", gate=False)
    world.sync()
    tiers = world.altior.add(name="Alpha", siret=SIRET)
    world.sellsy.delete(company)

    shown_by_the_search_alone(world, company)
    world.mark(world.ref(Side.SELLSY, company), world.ref(Side.ALTIOR, tiers))
    world.drain()
    [seen] = world.ledger.sightings([world.ref(Side.SELLSY, company)]).values()
    assert seen.gone_at
    world.clock.advance(700)
    world.sync()
    assert not world.ledger.sightings([world.ref(Side.SELLSY, company)])


def test_what_was_met_and_not_found_in_one_pass_keeps_since_when_it_is_gone() -> None:
    world, company = with_one_pair()
    second = world.altior.add(name="Second", siret=SIRET)
    world.sellsy.delete(company)

    shown_by_the_search_alone(world, company)
    world.mark(world.ref(Side.SELLSY, company), world.ref(Side.ALTIOR, second))
    world.drain()
    assert world.ledger.sightings([world.ref(Side.SELLSY, company)])[world.ref(Side.SELLSY, company)].gone_at


def test_rights_that_come_back_between_two_questions_unlink_nothing() -> None:
    world = World()
    alpha = world.sellsy.add(name="Alpha", gate=True)
    world.sellsy.add(name="Bravo", gate=True)
    world.sync()
    world.clock.advance(300)
    hidden = dict(world.sellsy.records)
    world.sellsy.records.clear()
    world.mark(world.ref(Side.SELLSY, alpha))
    asked = [0]

    def again(name: str) -> None:
        asked[0] += name == "exists"
        if asked[0] == 3:  # after Alpha at once, and ten minutes later; now after Bravo
            world.sellsy.records.update(hidden)

    world.sellsy.on_call = again
    world.settle()
    assert world.sellsy.records
    assert len(world.ledger.all_pairs()) == 2


def test_so_many_that_vanish_together_stop_the_environment_with_one_card() -> None:
    world = World()
    for n in range(30):
        world.sellsy.add(name=f"Nom {n}", gate=True)
    world.sync()
    world.clock.advance(300)
    world.sellsy.records.clear()
    world.mark(*(world.ref(Side.ALTIOR, id) for id in world.altior.records))
    world.settle()
    assert told(world) == ["missing_many"]
    assert world.ledger.environment().status is EnvironmentStatus.PAUSED


def test_the_last_known_one_is_asked_for_less_and_less_often_though_the_other_side_was_edited() -> None:
    world, company = with_one_pair()
    [tiers] = world.altior.records
    world.sellsy.delete(company)
    world.sync()
    world.altior.edit(tiers, phone="0102030499")
    assert asked_after(world, days=5) < 20
    world.sellsy.records[company] = world.sellsy.last[company]
    world.clock.advance(2 * DAY)
    world.sync()
    assert world.sellsy.values(company)["phone"] == "0102030499"
    assert not told(world)


def test_one_that_answered_in_between_is_not_found_deleted_by_a_single_404() -> None:
    world = World()
    company = world.sellsy.add(name="Alpha", gate=True)
    world.sellsy.add(name="Bravo", gate=True)
    world.sync()
    world.clock.advance(300)
    record = world.sellsy.records.pop(company)
    world.mark(world.ref(Side.SELLSY, company))
    world.drain()
    world.sellsy.records[company] = record
    world.sellsy.hidden.add(company)  # from pages: asked for by itself, it answers
    for _ in range(100):
        world.clock.advance(900)
        world.drain()
    del world.sellsy.records[company]
    world.mark(world.ref(Side.SELLSY, company))
    world.drain()
    world.sellsy.records[company] = record
    world.sellsy.hidden.clear()
    world.clock.advance(900)
    world.sync()
    assert len(world.ledger.all_pairs()) == 2


def test_absences_accepted_in_sellsy_say_nothing_of_altior() -> None:
    world = World()
    for number in range(60):
        world.sellsy.add(name=f"Nom {number}", gate=True)
    world.sync()
    world.clock.advance(300)
    gone = list(world.sellsy.records)[:40]
    for id in gone:
        world.sellsy.delete(id)
    world.mark(*(world.ref(Side.SELLSY, id) for id in gone))
    world.settle()
    assert told(world) == ["missing_many"]
    resume(world.ledger, world.clock, "Claire Martin")
    world.settle()
    assert len(world.ledger.all_pairs()) == 20
    hidden = list(world.altior.records)[42:]
    for id in hidden:
        world.altior.delete(id)
    world.mark(*(world.ref(Side.ALTIOR, id) for id in hidden))
    world.settle()
    assert world.ledger.environment().status is EnvironmentStatus.PAUSED


def test_who_rests_because_of_a_siret_that_was_entered_by_mistake_goes_on() -> None:
    """On another company, which nobody has looked at before it was taken away again."""
    world, company = with_one_pair()
    world.sellsy.edit(company, siret="12345678900011")
    world.mark(world.ref(Side.ALTIOR, world.altior.add(name="Bravo", siret="12345678900011")))
    world.drain()
    assert told(world) == ["siret_taken"]
    world.sellsy.edit(company, siret=SIRET)
    for _ in range(3):
        world.clock.advance(900)
        world.sync()
    assert not told(world)
    assert len(world.ledger.all_pairs()) == 2
