"""Délier, choisir un côté, annuler: what a person decides of a pair is done through the ordinary announce and apply."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from altior_sellsy.errors import Final, Unclear
from altior_sellsy.kinds.admission import AWAITED
from altior_sellsy.kinds.port import Problem, Snapshot
from altior_sellsy.ledger.model import Decision
from altior_sellsy.ledger.port import Changes
from altior_sellsy.service.decisions import decide, hold, take_side, undo
from altior_sellsy.sync.scan import scan
from altior_sellsy.values.reference import Reference, Side
from tests.simulation.world import Crash, World, made_unanswered

SIRET = "73282932000074"
BY = "Claire Martin"
POINTS = ("", "announced", "written", "remembering")


def paired(**fields: str) -> tuple[World, str, str]:
    world = World()
    company = world.sellsy.add(name="Alpha", siret=SIRET, gate=True, **fields)
    world.sync()
    [tiers] = world.altior.records
    world.clock.advance(300)
    return world, company, tiers


def both(world: World, field: str) -> set[object]:
    [company], [tiers] = world.sellsy.records.values(), world.altior.records.values()
    return {company.fields[field], tiers.fields[field]}


def decisions(world: World) -> list[Decision]:
    return world.ledger.decisions([s.reference for s in world.ledger.all_sightings()])


def without_phone(shown: Snapshot) -> Snapshot:
    fields = {name: value for name, value in shown.fields.items() if name != "phone"}
    return replace(
        shown, fields=fields, problems={"phone": Problem("unreadable", "Illisible.")}, hash=f"{shown.hash} ?"
    )


def settled(world: World, point: str) -> None:
    """Drained, dying once at `point` on the way."""
    world.crash_at = point
    if point:
        with pytest.raises(Crash):
            world.settle()
        world.crash_and_restart()
    world.settle()
    world.sync()


@pytest.mark.parametrize("unreadable", [False, True])
def test_a_write_that_arrived_unheard_is_no_edit_of_altior_once_its_field_travels_again(
    unreadable: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Meanwhile the field is held by a person, or its value in Sellsy cannot be read."""
    world, company, tiers = paired(phone="0102030405")
    reference, shown, patch = str(world.ref(Side.SELLSY, company)), world.sellsy._snapshot, monkeypatch
    world.sellsy.edit(company, phone="0102030406")
    world.mark(world.ref(Side.SELLSY, company))
    world.crash_at = "written"
    with pytest.raises(Crash):
        world.drain()
    assert world.altior.records[tiers].fields["phone"] == "0102030406"
    world.crash_and_restart()
    if unreadable:
        patch.setattr(world.sellsy, "_snapshot", lambda *known: without_phone(shown(*known)))
    else:
        hold(world.ledger, reference, "phone", by=BY, clock=world.clock)
    world.clock.advance(300)
    world.sync()
    world.sellsy.edit(company, phone="0102030407")
    world.sync()
    assert both(world, "phone") == {"0102030406", "0102030407"}
    if unreadable:
        patch.undo()
    else:
        hold(world.ledger, reference, "phone", by=BY, clock=world.clock, release=True)
    world.sync()
    assert both(world, "phone") == {"0102030407"}
    assert not [entry for entry in world.ledger.journal() if entry.action == "conflict"]


@pytest.mark.parametrize("side", list(Side))
def test_unlinked_records_stay_as_they_are_and_are_not_linked_again(side: Side) -> None:
    world, company, tiers = paired()
    ids = {Side.SELLSY: company, Side.ALTIOR: tiers}
    decide(world.ledger, str(world.ref(side, ids[side])), "unlink", by=BY, clock=world.clock)
    world.settle()
    assert not world.ledger.all_pairs()
    assert not world.altior.records[tiers].stamps
    world.sellsy.edit(company, name="Bravo")
    world.altior.edit(tiers, name="Charlie")
    world.clock.advance(300)
    world.sync()
    assert both(world, "name") == {"Bravo", "Charlie"}
    assert {s.code for s in world.ledger.all_sightings()} == {"unlinked"}
    assert not decisions(world)
    [entry] = [e for e in world.ledger.journal() if e.action == "unlinked"]
    assert entry.who == BY


def test_a_write_that_lands_after_a_person_unlinked_is_told() -> None:
    """Its answer is lost, she unlinks at once, it lands a few seconds later over an edit of the other side."""
    world, company, tiers = paired()
    world.altior.edit(tiers, name="Bravo")
    world.sync()
    world.clock.advance(300)
    world.sellsy.edit(company, name="Charlie")
    world.mark(world.ref(Side.SELLSY, company))

    def late(act: Callable[[], None]) -> bool:
        world.altior.late = lambda act: False
        world.clock.at(world.clock.now() + timedelta(seconds=15), act)
        return True

    world.altior.late = late
    world.drain()
    decide(world.ledger, str(world.ref(Side.SELLSY, company)), "unlink", by=BY, clock=world.clock)
    world.settle()
    assert not world.ledger.all_pairs()
    assert world.altior.values(tiers)["name"] == "Charlie"
    told = [(e.action, e.before, e.after) for e in world.ledger.journal(reference=world.ref(Side.ALTIOR, tiers))]
    assert ("updated", "Bravo", "Charlie") in told


@pytest.mark.parametrize("side", list(Side))
def test_what_an_unanswered_write_replaced_is_told_when_the_other_record_is_gone(side: Side) -> None:
    world, company, tiers = paired()
    ids, systems = {Side.SELLSY: company, Side.ALTIOR: tiers}, {Side.SELLSY: world.sellsy, Side.ALTIOR: world.altior}
    systems[side].add(name="Une autre fiche", archived=True)
    systems[side].edit(ids[side], name="Charlie")
    world.mark(world.ref(side, ids[side]))
    world.crash_at = "written"
    with pytest.raises(Crash):
        world.drain()
    systems[side].delete(ids[side])
    world.crash_and_restart()
    world.sync()
    assert not world.ledger.all_pairs()
    kept = world.ref(side.other, ids[side.other])
    told = [(e.action, e.before, e.after) for e in world.ledger.journal(reference=kept)]
    assert ("updated", "Alpha", "Charlie") in told


def test_an_unlinked_record_is_not_taken_by_another_one_of_its_siret() -> None:
    world, company, tiers = paired()
    decide(world.ledger, str(world.ref(Side.SELLSY, company)), "unlink", by=BY, clock=world.clock)
    world.settle()
    world.sellsy.add(name="Bravo", siret=SIRET, gate=True)
    world.sync()
    assert not world.ledger.all_pairs()
    assert not world.altior.records[tiers].stamps
    assert {c.code for c in world.ledger.cards()} == {"siret_taken"}


def test_unlinked_then_linked_to_the_right_one() -> None:
    world, company, tiers = paired()
    right = world.altior.add(name="Alpha Bis", phone="0102030405")
    world.ledger.commit(_left_out(world, right), None)
    world.sync()
    here = str(world.ref(Side.SELLSY, company))
    decide(world.ledger, here, "unlink", by=BY, clock=world.clock)
    world.settle()
    decide(world.ledger, here, "link", to=str(world.ref(Side.ALTIOR, right)), by=BY, clock=world.clock)
    world.settle()
    [pair] = world.ledger.all_pairs()
    assert (pair.sellsy.id, pair.altior.id) == (company, right)
    assert world.sellsy.values(company)["phone"] == "0102030405"
    assert world.altior.records[right].stamps == {here}
    assert not world.altior.records[tiers].stamps
    world.clock.advance(300)
    assert not any(world.sync().writes.values())


def _left_out(world: World, tiers: str):  # type: ignore[no-untyped-def]
    from altior_sellsy.ledger.port import Changes

    return Changes(decisions=[Decision(world.ref(Side.ALTIOR, tiers), "leave_out")])


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("side", list(Side))
def test_the_side_that_a_person_takes_stands_on_both(side: Side, point: str) -> None:
    world, company, tiers = paired(phone="0100000000")
    world.sellsy.edit(company, name="De Sellsy")
    world.altior.edit(tiers, name="D'Altior")
    here = str(world.ref(Side.SELLSY, company))
    take_side(world.ledger, here, "name", side, by=BY, clock=world.clock)
    settled(world, point)
    assert both(world, "name") == {"De Sellsy" if side is Side.SELLSY else "D'Altior"}
    assert not decisions(world)
    world.clock.advance(300)
    assert not any(world.sync().writes.values())


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("source", list(Side))
def test_a_change_that_is_taken_back_returns_on_both_sides(source: Side, point: str) -> None:
    world, company, tiers = paired()
    if source is Side.SELLSY:
        world.sellsy.edit(company, name="Bravo")
    else:
        world.altior.edit(tiers, name="Bravo")
    world.sync()
    assert both(world, "name") == {"Bravo"}
    world.clock.advance(300)
    undo(world.ledger, str(world.ref(Side.SELLSY, company)), "name", by=BY, clock=world.clock)
    settled(world, point)
    assert both(world, "name") == {"Alpha"}
    assert not decisions(world)
    if point in ("", "announced"):
        assert any(e.action == "undone" and e.who == BY for e in world.ledger.journal())
    world.clock.advance(300)
    assert not any(world.sync().writes.values())


def test_what_lost_a_conflict_comes_back() -> None:
    world, company, tiers = paired()
    world.sellsy.edit(company, name="De Sellsy")
    world.altior.edit(tiers, name="D'Altior")
    world.sync()
    assert both(world, "name") == {"D'Altior"}
    world.clock.advance(300)
    undo(world.ledger, str(world.ref(Side.SELLSY, company)), "name", by=BY, clock=world.clock)
    settled(world, "")
    assert both(world, "name") == {"De Sellsy"}


def test_a_later_edit_is_not_taken_back() -> None:
    world, company, tiers = paired()
    world.sellsy.edit(company, name="Bravo")
    world.sync()
    world.clock.advance(300)
    undo(world.ledger, str(world.ref(Side.SELLSY, company)), "name", by=BY, clock=world.clock)
    world.altior.edit(tiers, name="Charlie")
    settled(world, "")
    assert both(world, "name") == {"Charlie"}
    assert not decisions(world)


def test_bad_wishes_are_one_sentence() -> None:
    world, company, _ = paired()
    here = str(world.ref(Side.SELLSY, company))
    alone = str(world.ref(Side.SELLSY, world.sellsy.add(name="Seule", gate=None)))
    world.sync()
    with pytest.raises(Final, match="rien à délier"):
        decide(world.ledger, alone, "unlink", by=BY, clock=world.clock)
    with pytest.raises(Final, match="rien à choisir"):
        take_side(world.ledger, alone, "name", Side.SELLSY, by=BY, clock=world.clock)
    with pytest.raises(Final, match="à annuler"):
        undo(world.ledger, here, "email", by=BY, clock=world.clock)
    assert isinstance(Reference.parse(alone), Reference)
    assert not decisions(world)


def test_a_reference_that_lands_after_unlinking_is_taken_off_too() -> None:
    """The call that stores our reference in Altior lands after its answer was given up: she unlinks in between."""
    world = World()
    tiers = world.altior.add(name="Alpha", siret=SIRET)

    def later(act: Callable[[], None]) -> bool:
        if not world.sellsy.records:
            return False
        world.clock.at(world.clock.now() + timedelta(seconds=20), act)
        return True

    world.altior.late = later
    for side in Side:
        scan(world.engine, world.binding, side)
    world.drain()
    world.altior.late = lambda act: False
    [company] = world.sellsy.records
    decide(world.ledger, str(world.ref(Side.SELLSY, company)), "unlink", by=BY, clock=world.clock)
    world.sync()
    assert not world.altior.records[tiers].stamps
    assert not world.ledger.all_pairs()


def test_linked_by_a_person_while_its_own_create_is_unanswered() -> None:
    """Her word stands; what the create made stays alone, on a card that closes when it is deleted."""
    world = World()
    world.sellsy.add(name="Autre", gate=None)
    world.sync()
    tiers = world.altior.add(name="Alpha", siret=SIRET)

    def lose(point: str) -> None:
        if point == "after":
            raise Unclear("réponse perdue")

    world.sellsy.fault = lose
    scan(world.engine, world.binding, Side.ALTIOR)
    world.drain()
    world.sellsy.fault = lambda point: None
    other, made = world.sellsy.records
    here, there = str(world.ref(Side.SELLSY, other)), str(world.ref(Side.ALTIOR, tiers))
    decide(world.ledger, here, "link", to=there, by=BY, clock=world.clock)
    world.sync()
    world.sync()
    assert [(p.sellsy.id, p.altior.id) for p in world.ledger.all_pairs()] == [(other, tiers)]
    [card] = [c for c in world.ledger.cards() if c.code == "made_beside"]
    assert card.reference == world.ref(Side.SELLSY, made)
    assert not world.ledger.announcements(creates_of="third_party")
    world.sellsy.delete(made)
    world.sync()
    assert not [c for c in world.ledger.cards() if c.code == "made_beside"]


def test_what_a_record_was_to_be_linked_to_is_created_otherwise_meanwhile() -> None:
    """Its own create, unanswered when she decided, made its counterpart: the link cannot be, nobody waits for it."""
    world = World()
    tiers = world.altior.add(name="Autre", siret=SIRET)
    company = world.sellsy.add(name="Alpha", gate=True)
    world.altior.archive(tiers)
    world.sync()
    [made] = [p.altior.id for p in world.ledger.all_pairs()]
    here, there = world.ref(Side.SELLSY, company), world.ref(Side.ALTIOR, tiers)
    now = world.clock.now()
    wish = [Decision(here, "link", there, who=BY, at=now), Decision(there, AWAITED, here, who=BY, at=now)]
    world.ledger.commit(Changes(decisions=wish), None)
    world.altior.archive(tiers, False)
    world.sync()
    assert not decisions(world)
    assert {p.altior.id for p in world.ledger.all_pairs()} == {made, tiers}
    assert not world.ledger.cards()


@pytest.mark.parametrize("arrived", [True, False])
def test_a_link_decided_while_an_own_create_in_altior_is_unanswered_waits_for_it(arrived: bool) -> None:
    """What that made bears the reference that no second tiers can bear: it stays linked. If it made nothing, her word
    is done."""
    world, first, tiers = paired()
    decide(world.ledger, str(world.ref(Side.SELLSY, first)), "unlink", by=BY, clock=world.clock)
    world.settle()
    company = world.sellsy.add(name="Bravo", gate=True)
    faults = iter([Unclear("réponse perdue")])

    def lose(point: str) -> None:
        if point == ("after" if arrived else "before") and (fault := next(faults, None)):
            raise fault

    world.altior.fault = lose
    scan(world.engine, world.binding, Side.SELLSY)
    world.drain()
    assert len(world.altior.records) == (2 if arrived else 1)
    here, there = str(world.ref(Side.ALTIOR, tiers)), str(world.ref(Side.SELLSY, company))
    decide(world.ledger, here, "link", to=there, by=BY, clock=world.clock)
    world.sync()
    world.sync()
    [pair] = world.ledger.all_pairs()
    assert (pair.sellsy.id, pair.altior.id == tiers) == (company, not arrived)
    assert world.altior.records[pair.altior.id].stamps == {there}
    assert not [card for card in world.ledger.cards() if card.code in ("failed", "stamp_taken")]
    assert world.sellsy.records[company].fields["name"] == world.altior.records[pair.altior.id].fields["name"]


@pytest.mark.parametrize("hidden", [False, True])
def test_a_tiers_of_an_unanswered_create_is_linked_elsewhere_once_that_cannot_make_it_again(hidden: bool) -> None:
    """It is the first one's, that finds it again; where that one does not show itself, a person's word stands, and the
    tiers bears one reference."""
    world = World()
    first = world.sellsy.add(name="Alpha", siret=SIRET, gate=True)
    made_unanswered(world, world.ref(Side.SELLSY, first))
    [tiers] = world.altior.records
    if hidden:
        world.sellsy.hidden.add(first)
    second = world.sellsy.add(name="Bravo", siret=SIRET, gate=True)
    for side in Side:
        scan(world.engine, world.binding, side)
    world.drain()
    here = str(world.ref(Side.SELLSY, second))
    decide(world.ledger, here, "link", to=str(world.ref(Side.ALTIOR, tiers)), by=BY, clock=world.clock)
    world.drain()
    assert [p.sellsy.id for p in world.ledger.all_pairs()] == ([] if hidden else [first])
    world.clock.advance(world.timing.call_deadline)
    world.settle(within=10)
    world.sellsy.hidden.clear()
    world.sync()
    [pair] = world.ledger.all_pairs()
    assert (pair.sellsy.id, pair.altior.id) == (second if hidden else first, tiers)
    assert world.altior.records[tiers].stamps == {str(pair.sellsy)}
    assert {c.code for c in world.ledger.cards()} == {"siret_taken" if hidden else "link_impossible"}


def test_a_reference_back_from_a_backup_leaves_the_tiers_that_a_person_links_to_another_record() -> None:
    world, company, tiers = paired()
    world.altior.back_up()
    decide(world.ledger, str(world.ref(Side.SELLSY, company)), "unlink", by=BY, clock=world.clock)
    world.settle()
    world.altior.restore()
    other = world.sellsy.add(name="Bravo")
    world.sync()
    here = str(world.ref(Side.SELLSY, other))
    decide(world.ledger, here, "link", to=str(world.ref(Side.ALTIOR, tiers)), by=BY, clock=world.clock)
    world.settle()
    [pair] = world.ledger.all_pairs()
    assert (pair.sellsy.id, world.altior.records[tiers].stamps) == (other, {here})
