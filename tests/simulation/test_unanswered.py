"""A call whose answer was lost, and what happens before anybody knows what became of it: the field is held or cannot be
read, the record cannot be read, is linked by a person, or its id is given to another one by a backup."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from altior_sellsy.errors import NotSent, Stale, Unclear
from altior_sellsy.kinds.port import RECORD, Problem, Snapshot
from altior_sellsy.service.decisions import decide, hold, take_side, undo
from altior_sellsy.sync.scan import scan
from altior_sellsy.values.reference import Side
from tests.simulation.test_decisions_on_pairs import BY, SIRET, both, paired, without_phone
from tests.simulation.world import Crash, World, answer_lost_once, made_unanswered


def dies_once_written(world: World, side: Side, id: str) -> None:
    world.mark(world.ref(side, id))
    world.crash_at = "written"
    with pytest.raises(Crash):
        world.drain()
    world.crash_and_restart()


def names(world: World) -> list[str]:
    return sorted(str(one.fields["name"]) for one in world.sellsy.records.values())


def lands_after(world: World, seconds: float) -> Callable[[Callable[[], None]], bool]:
    """For `Simulated.late`: the first write is not answered, and takes effect later."""
    first = iter([True])

    def late(act: Callable[[], None]) -> bool:
        if next(first, False):
            world.clock.at(world.clock.now() + timedelta(seconds=seconds), act)
            return True
        return False

    return late


def leaves_not(world: World, errors: Sequence[Exception]) -> None:
    """The next writes to Sellsy do not leave."""
    left = iter(errors)

    def fail(point: str) -> None:
        if point == "before" and (error := next(left, None)):
            raise error

    world.sellsy.fault = fail


# -- a write taken for lost, because a reading that lagged did not show it; the one in its place does not leave
@pytest.mark.parametrize("dies", [False, True])
@pytest.mark.parametrize("again", ["Charlie", "Delta"])
def test_what_an_unanswered_write_has_replaced_is_told_although_the_next_one_never_left(again: str, dies: bool) -> None:
    world, company, tiers = paired()
    world.sellsy.late, world.sellsy.stale_for = lands_after(world, 25), 20.0
    world.sellsy.edit(company, name="Bravo")
    world.altior.edit(tiers, name="Charlie")
    world.mark(world.ref(Side.ALTIOR, tiers))
    world.drain()
    assert world.sellsy.values(company)["name"] == "Bravo"
    world.clock.advance(30)
    if again != "Charlie":
        world.altior.edit(tiers, name=again)
    if dies:
        world.crash_at = "announced"
        with pytest.raises(Crash):
            world.drain()
        world.crash_and_restart()
    else:
        leaves_not(world, [NotSent("refusé")])
        world.drain()
    world.clock.advance(30)
    world.sync()
    assert both(world, "name") == {again}
    [conflict] = [entry for entry in world.ledger.journal() if entry.action == "conflict"]
    assert (conflict.side, conflict.before) == (Side.SELLSY, "Bravo")
    assert not world.ledger.announcements(pair_ids=[pair.id for pair in world.ledger.all_pairs()])


def lost_then_not_sent(world: World, edit: Callable[[], None], errors: Sequence[Exception]) -> None:
    """Written to Sellsy without an answer, and taken for lost; what is written in its place does not leave."""
    leaves_not(world, [Unclear("réponse perdue"), *errors])
    edit()
    world.settle(within=1)
    world.clock.advance(31)
    world.drain()


@pytest.mark.parametrize("error", [NotSent("quota"), Stale("moved")])
def test_an_edit_is_not_taken_back_because_a_colleague_edits_another_field_meanwhile(error: Exception) -> None:
    world, company, tiers = paired(phone="0102030405")

    def edit() -> None:
        world.altior.edit(tiers, phone="0102030406")
        world.mark(world.ref(Side.ALTIOR, tiers))

    lost_then_not_sent(world, edit, [error])
    world.sellsy.edit(company, email="leo@exemple.fr")
    world.clock.advance(300)
    world.sync()
    assert both(world, "phone") == {"0102030406"}
    assert not [entry for entry in world.ledger.journal() if entry.action == "conflict"]
    assert not world.ledger.announcements(pair_ids=[pair.id for pair in world.ledger.all_pairs()])


# -- a field
def test_what_was_written_to_a_value_that_cannot_be_read_is_heard_of_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Meanwhile the other side is edited again: that edit is not beaten by what we wrote ourselves."""
    world, _, tiers = paired(phone="0102030405")
    shown = world.sellsy._snapshot
    world.altior.edit(tiers, phone="0102030406")
    dies_once_written(world, Side.ALTIOR, tiers)
    monkeypatch.setattr(world.sellsy, "_snapshot", lambda *known: without_phone(shown(*known)))
    world.clock.advance(300)
    world.sync()
    world.altior.edit(tiers, phone="0102030407")
    world.sync()
    monkeypatch.undo()
    world.sync()
    assert both(world, "phone") == {"0102030407"}


@pytest.mark.parametrize("held", [False, True])
def test_a_write_that_stands_as_before_is_doubtful_also_while_its_field_is_held(held: bool) -> None:
    """A person may have set it back: policy decides, and the journal keeps both."""
    world, company, tiers = paired(phone="0102030405")
    reference = str(world.ref(Side.SELLSY, company))
    world.sellsy.edit(company, phone="0102030406")
    dies_once_written(world, Side.SELLSY, company)
    world.altior.edit(tiers, phone="0102030405")
    if held:
        hold(world.ledger, reference, "phone", by=BY, clock=world.clock)
    world.clock.advance(300)
    world.sync()
    if held:
        hold(world.ledger, reference, "phone", by=BY, clock=world.clock, release=True)
        world.sync()
    assert [entry for entry in world.ledger.journal() if entry.action == "conflict"]


def test_what_a_person_took_back_is_told_although_the_field_is_held_meanwhile() -> None:
    world, company, tiers = paired(phone="0102030405")
    world.sellsy.edit(company, phone="0102030406")
    world.sync()
    world.clock.advance(300)
    reference = str(world.ref(Side.SELLSY, company))
    undo(world.ledger, reference, "phone", by=BY, clock=world.clock)
    world.crash_at = "written"
    with pytest.raises(Crash):
        world.drain()
    assert world.altior.values(tiers)["phone"] == "0102030405"
    hold(world.ledger, reference, "phone", by=BY, clock=world.clock)
    world.crash_and_restart()
    world.clock.advance(300)
    world.sync()
    hold(world.ledger, reference, "phone", by=BY, clock=world.clock, release=True)
    world.sync()
    told = [entry for entry in world.ledger.journal() if entry.side is Side.ALTIOR and entry.after == "0102030405"]
    assert [entry.field_name for entry in told] == ["phone"]
    assert not world.ledger.announcements(pair_ids=[pair.id for pair in world.ledger.all_pairs()])


def test_a_side_chosen_while_its_value_is_unknown_is_chosen_once_it_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    world, company, tiers = paired(phone="0102030405")
    shown = world.altior._snapshot
    world.sellsy.edit(company, phone="0102030406")
    world.altior.edit(tiers, phone="0102030499")

    def unknown(*known: object) -> Snapshot:
        return replace(without_phone(shown(*known)), problems={})

    monkeypatch.setattr(world.altior, "_snapshot", unknown)
    reference = str(world.ref(Side.SELLSY, company))
    take_side(world.ledger, reference, "phone", Side.ALTIOR, by=BY, clock=world.clock)
    world.sync()
    monkeypatch.undo()
    world.sync()
    assert both(world, "phone") == {"0102030499"}


def test_what_was_written_to_a_value_that_is_not_shown_is_heard_of_later(monkeypatch: pytest.MonkeyPatch) -> None:
    world, company, _ = paired(phone="0102030405")
    world.sellsy.edit(company, phone="0102030406")
    dies_once_written(world, Side.SELLSY, company)
    shown = world.altior._snapshot
    monkeypatch.setattr(world.altior, "_snapshot", lambda *known: replace(without_phone(shown(*known)), problems={}))
    world.clock.advance(300)
    world.sync()
    world.sellsy.edit(company, phone="0102030407")
    world.sync()
    monkeypatch.undo()
    world.sync()
    assert both(world, "phone") == {"0102030407"}
    assert not [entry for entry in world.ledger.journal() if entry.action == "conflict"]


def test_a_doubt_ends_when_its_source_is_edited_although_the_field_is_held() -> None:
    """A write that was never sent, of a field that a person holds for a month: then it travels as it stands."""
    world, company, tiers = paired(phone="0102030405")
    reference = str(world.ref(Side.SELLSY, company))
    world.altior.edit(tiers, phone="0102030406")
    world.mark(world.ref(Side.ALTIOR, tiers))
    world.crash_at = "announced"
    with pytest.raises(Crash):
        world.drain()
    world.crash_and_restart()
    world.sellsy.edit(company, email="x@y.fr")
    hold(world.ledger, reference, "phone", by=BY, clock=world.clock)
    world.clock.advance(300)
    world.sync()
    world.clock.advance(86400 * 30)
    world.altior.edit(tiers, phone="0655555555")
    world.sync()
    hold(world.ledger, reference, "phone", by=BY, clock=world.clock, release=True)
    world.sync()
    assert both(world, "phone") == {"0655555555"}


Mask = Callable[[Snapshot], Snapshot]


def not_shown(shown: Snapshot) -> Snapshot:
    return replace(without_phone(shown), problems={})


def never_sent() -> tuple[World, str, str]:
    """Altior's telephone was announced to Sellsy, and the process died."""
    world, company, tiers = paired(phone="0102030405")
    world.altior.edit(tiers, phone="0102030406")
    world.mark(world.ref(Side.ALTIOR, tiers))
    world.crash_at = "announced"
    with pytest.raises(Crash):
        world.drain()
    world.crash_and_restart()
    return world, company, tiers


@pytest.mark.parametrize("mask", [without_phone, not_shown])
def test_a_doubt_ends_with_its_source_although_its_target_is_unknown(
    mask: Mask, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, company, tiers = never_sent()
    shown = world.sellsy._snapshot
    monkeypatch.setattr(world.sellsy, "_snapshot", lambda *known: mask(shown(*known)))
    world.sellsy.edit(company, email="x@y.fr")
    world.clock.advance(300)
    world.sync()
    world.clock.advance(86400 * 30)
    world.altior.edit(tiers, phone="0655555555")
    world.sync()
    monkeypatch.undo()
    world.sync()
    assert both(world, "phone") == {"0655555555"}


@pytest.mark.parametrize("mask", [without_phone, not_shown])
def test_a_version_that_we_have_moved_ourselves_makes_no_doubt(mask: Mask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has touched Sellsy: the write was not sent, and is sent once its field is seen again."""
    world, company, tiers = never_sent()
    shown = world.sellsy._snapshot
    monkeypatch.setattr(world.sellsy, "_snapshot", lambda *known: mask(shown(*known)))
    world.clock.advance(300)
    world.sync()
    world.clock.advance(86400)
    world.altior.edit(tiers, email="x@y.fr")
    world.sync()
    assert world.sellsy.values(company)["email"] == "x@y.fr"
    world.clock.advance(86400)
    monkeypatch.undo()
    world.sync()
    assert both(world, "phone") == {"0102030406"}


def test_a_doubt_stays_while_its_source_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    world, company, tiers = paired(phone="0102030405")
    world.sellsy.edit(company, phone="0102030406")
    dies_once_written(world, Side.SELLSY, company)
    world.altior.edit(tiers, phone="0102030405")
    shown = world.sellsy._snapshot
    monkeypatch.setattr(world.sellsy, "_snapshot", lambda *known: not_shown(shown(*known)))
    world.clock.advance(300)
    world.sync()
    monkeypatch.undo()
    world.sync()
    assert [entry for entry in world.ledger.journal() if entry.action == "conflict"]


# -- a create in Altior
def test_a_create_that_was_not_sent_is_repeated_at_once() -> None:
    world = World()
    company = world.sellsy.add(name="Alpha", gate=True)
    world.mark(world.ref(Side.SELLSY, company))
    world.crash_at = "announced"
    with pytest.raises(Crash):
        world.drain()
    world.crash_and_restart()
    world.drain()
    assert len(world.altior.records) == 1


@pytest.mark.parametrize("from_tiers", [False, True])
def test_what_a_create_has_made_is_linked_elsewhere_once_it_cannot_be_made_again(from_tiers: bool) -> None:
    """Whichever of the two the person decides it on."""
    world = World()
    first = world.sellsy.add(name="Alpha", gate=True)
    second = world.sellsy.add(name="Bravo", gate=None)
    scan(world.engine, world.binding, Side.SELLSY)
    made_unanswered(world, world.ref(Side.SELLSY, first))
    [tiers] = world.altior.records
    world.sellsy.hidden.add(first)
    scan(world.engine, world.binding, Side.ALTIOR)
    world.drain()
    here, there = str(world.ref(Side.ALTIOR, tiers)), str(world.ref(Side.SELLSY, second))
    if not from_tiers:
        here, there = there, here
    decide(world.ledger, here, "link", to=there, by=BY, clock=world.clock)
    world.drain()
    world.sellsy.hidden.clear()
    world.sellsy.edit(first, phone="0102030405")
    world.mark(world.ref(Side.SELLSY, first))
    world.drain()
    world.sync()
    assert len(world.altior.records) == 1


def test_a_create_is_settled_although_its_record_could_not_be_read_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person's link to it would wait for ever."""
    world = World()
    tiers = world.altior.add(name="Beta", archived=True)
    company = world.sellsy.add(name="Bravo", gate=None)
    world.sync()
    world.altior.archive(tiers, False)
    world.sellsy.tick(company, True)
    made_unanswered(world, world.ref(Side.SELLSY, company))
    shown = world.sellsy._snapshot

    def unreadable(*known: object) -> Snapshot:
        return replace(shown(*known), problems={RECORD: Problem("unreadable", "?")}, fields={}, hash="?")

    monkeypatch.setattr(world.sellsy, "_snapshot", unreadable)
    world.clock.advance(1)
    world.mark(world.ref(Side.SELLSY, company))
    world.drain()
    here, there = str(world.ref(Side.ALTIOR, tiers)), str(world.ref(Side.SELLSY, company))
    decide(world.ledger, here, "link", to=there, by=BY, clock=world.clock)
    world.clock.advance(600)
    world.settle()
    assert not world.ledger.announcements(creates_of="third_party")


# -- ids that Altior gives again
@pytest.mark.parametrize("wait", [5, 60])
def test_a_create_whose_source_is_gone_is_not_that_of_the_record_that_gets_its_id(wait: float) -> None:
    world = World()
    world.altior.back_up()
    lost = world.altior.add(name="Alpha", phone="0102030405")
    made_unanswered(world, world.ref(Side.ALTIOR, lost))
    world.altior.restore()
    world.clock.advance(wait)
    assert world.altior.add(name="Bravo") == lost
    world.mark(world.ref(Side.ALTIOR, lost))
    world.drain()
    world.sync()
    assert names(world) == ["Alpha", "Bravo"]
    assert [card.code for card in world.ledger.cards()] == ["made_beside"]


@pytest.mark.parametrize("looked_at", [False, True])
def test_what_is_unsure_of_a_record_is_not_said_of_the_one_that_gets_its_id(looked_at: bool) -> None:
    """Also where it was forgotten, or not looked at, when its create was settled."""
    world = World()
    other = world.sellsy.add(name="Autre", gate=None)
    world.sync()
    world.altior.back_up()
    lost = world.altior.add(name="Alpha")
    world.sellsy.fault = answer_lost_once()
    world.mark(world.ref(Side.ALTIOR, lost), live=False)
    world.drain()
    world.altior.restore()
    world.clock.advance(10)
    if looked_at:
        world.mark(world.ref(Side.ALTIOR, lost))
        world.drain()
    world.clock.advance(400)
    world.mark(world.ref(Side.SELLSY, other))
    world.settle()
    world.clock.advance(60)
    assert world.altior.add(name="Bravo") == lost
    world.sync()
    assert names(world) == ["Alpha", "Autre", "Bravo"]


def test_the_reference_that_is_owed_is_not_given_to_the_tiers_that_gets_the_id() -> None:
    """Linked by its SIRET; the backup that comes back before its reference is stored does not hold it."""
    world = World()
    world.altior.back_up()
    tiers = world.altior.add(name="Alpha", siret=SIRET)
    world.clock.advance(5)
    company = world.sellsy.add(name="Alpha", siret=SIRET, gate=True)
    world.mark(world.ref(Side.SELLSY, company))
    world.crash_at = "announced"
    with pytest.raises(Crash):
        world.drain()
    [pair] = world.ledger.all_pairs()
    assert pair.owed == {"stamp": True}
    world.altior.restore()
    assert world.altior.add(name="Bravo") == tiers
    world.crash_and_restart()
    world.sync()
    assert not world.altior.records[tiers].stamps
    assert world.altior.records[tiers].fields["name"] == "Bravo"
    assert "Alpha" in names(world)
    assert [card.code for card in world.ledger.cards()] == ["stamp_missing"]
