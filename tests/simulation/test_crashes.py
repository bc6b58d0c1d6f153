"""Killed at each point of a pass, then a person acts: the person's last value stands on both sides, or the policy's
value stands and the journal holds both. Both directions, with and without rewriting."""

import itertools

import pytest

from altior_sellsy.errors import NotSent, Unclear
from altior_sellsy.ledger.model import State
from altior_sellsy.ledger.port import Changes
from altior_sellsy.sync.drain import drain
from altior_sellsy.sync.scan import scan
from altior_sellsy.values.reference import Side
from tests.simulation.world import Crash, World, made_unanswered

SIRET = "73282932000074"
POINTS = ("announced", "written", "remembering")
AFTER = ("no edit", "revert", "further edit", "edit on the other side")
DIRECTIONS = (Side.SELLSY, Side.ALTIOR)
FIELDS = ("name", "phone")


def dies_at(point: str, world: World) -> None:
    world.crash_at = point
    with pytest.raises(Crash):
        world.sync()
    world.crash_and_restart()


@pytest.mark.parametrize(
    ("point", "after", "source", "field"), list(itertools.product(POINTS, AFTER, DIRECTIONS, FIELDS))
)
def test_killed_then_edited(point: str, after: str, source: Side, field: str) -> None:
    world = World()
    company = world.sellsy.add(name="Alpha", siret=SIRET, phone="0100000000", gate=True)
    world.sync()
    [tiers] = world.altior.records
    ids = {Side.SELLSY: company, Side.ALTIOR: tiers}
    systems = {Side.SELLSY: world.sellsy, Side.ALTIOR: world.altior}
    world.clock.advance(300)
    old = world.sellsy.values(company)[field]
    systems[source].edit(ids[source], **{field: "Bravo"})
    world.mark(world.ref(source, ids[source]))
    world.crash_at = point
    with pytest.raises(Crash):
        world.drain()
    world.clock.advance(2)
    expected = "Bravo"
    if after == "revert":
        systems[source].edit(ids[source], **{field: old})
        expected = str(old)
    elif after == "further edit":
        systems[source].edit(ids[source], **{field: "Charlie"})
        expected = "Charlie"
    elif after == "edit on the other side":
        systems[source.other].edit(ids[source.other], **{field: "Delta"})
    world.crash_and_restart()
    world.sync()
    shown = {side: systems[side].values(ids[side])[field] for side in Side}
    assert shown[Side.SELLSY] == shown[Side.ALTIOR]
    entries = world.ledger.journal()
    if after == "edit on the other side":
        winner = world.binding.policy[world.binding.kind.field(field).family]
        both_edited = point == "announced"
        expected = ("Bravo" if winner is source else "Delta") if both_edited else shown[source]
        assert shown[source] == expected
        if shown[source] == "Bravo":
            assert any(e.action == "conflict" and e.other == "Delta" and e.after == "Bravo" for e in entries)
        else:
            assert any("Bravo" in (e.before, e.after, e.other) for e in entries)
    else:
        assert shown[source] == expected
    assert len(world.sellsy.records) == len(world.altior.records) == 1
    world.clock.advance(300)
    assert not any(world.sync().writes.values())


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("source", DIRECTIONS)
def test_killed_in_a_create(point: str, source: Side) -> None:
    world = World()
    if source is Side.SELLSY:
        world.sellsy.add(name="Alpha", siret=SIRET, phone="0100000000", gate=True)
    else:
        world.altior.add(name="Alpha", siret=SIRET, phone="0100000000")
    dies_at(point, world)
    world.sync()
    assert len(world.sellsy.records) == len(world.altior.records) == 1
    [company] = world.sellsy.records.values()
    assert company.gate is True
    [pair] = world.ledger.all_pairs()
    assert not pair.owed
    world.clock.advance(300)
    assert not any(world.sync().writes.values())


@pytest.mark.parametrize("source", DIRECTIONS)
def test_what_a_create_has_made_asks_nothing_in_the_pass_that_finds_it(source: Side) -> None:
    """Nobody worked until its call was long over: both records are looked at at once."""
    world = World()
    world.sellsy.default_gate = True
    if source is Side.SELLSY:
        world.sellsy.add(name="Alpha", siret=SIRET, gate=True)
    else:
        world.altior.add(name="Alpha", siret=SIRET)
    dies_at("written", world)
    world.clock.advance(600)
    for _ in range(2):
        world.sync()
        world.clock.advance(600)
    assert len(world.ledger.all_pairs()) == 1
    assert not world.ledger.cards()


def test_what_a_create_has_made_asked_after_its_company_before_that_one_was_in_the_index() -> None:
    world = World()
    company = world.sellsy.add(name="Alpha", siret=SIRET, gate=True)
    made_unanswered(world, world.ref(Side.SELLSY, company))
    [tiers] = world.altior.records
    world.sellsy.search_late = 60.0
    world.mark(world.ref(Side.ALTIOR, tiers))
    world.drain()
    assert [card.code for card in world.ledger.cards()] == ["stamp_unknown"]
    for _ in range(2):
        world.clock.advance(600)
        world.sync()
    assert len(world.ledger.all_pairs()) == 1
    assert not world.ledger.cards()


def test_an_untick_stands_though_our_own_tick_was_never_remembered() -> None:
    """The create's answer is lost, the record is found again and ticked, the process dies before it remembers the tick:
    a person who then says «Non» is not taken for a tick that never arrived."""
    world = World()
    world.altior.add(name="Alpha", siret=SIRET)
    dies_at("written", world)
    world.clock.advance(60)
    [company] = world.sellsy.records.values()

    def die(point: str) -> None:
        if point == "after" and company.gate is True:
            raise Crash(point)

    world.sellsy.fault = die
    with pytest.raises(Crash):
        world.settle()
    world.sellsy.fault = lambda point: None
    world.sellsy.tick(company.id, False)
    world.crash_and_restart()
    world.sync()
    assert company.gate is False
    [pair] = world.ledger.all_pairs()
    assert (pair.state, pair.code) == (State.FROZEN, "gate_off")
    world.sellsy.tick(company.id, True)
    world.sync()
    [pair] = world.ledger.all_pairs()
    assert (pair.state, pair.owed) == (State.IN_STEP, {})


def test_a_tick_that_never_arrived_is_sent_again() -> None:
    world = World()
    world.altior.add(name="Alpha", siret=SIRET)

    def die(point: str) -> None:
        if point == "before" and world.sellsy.records:
            raise Crash(point)

    world.sellsy.fault = die
    with pytest.raises(Crash):
        world.sync()
    world.sellsy.fault = lambda point: None
    world.crash_and_restart()
    world.sync()
    assert [company.gate for company in world.sellsy.records.values()] == [True]


@pytest.mark.parametrize("gone", [False, True], ids=["unticked", "deleted"])
def test_what_an_unanswered_create_sent_is_known_though_the_record_no_longer_descends(gone: bool) -> None:
    """Unticked before the answer is found: what Altior made of the name is not compared with later edits. Deleted: its
    announcement holds nobody up for ever."""
    world = World()
    world.altior.rewrite["name"] = lambda value: str(value)[:10]
    company = world.sellsy.add(name="Menuiserie Léo", siret=SIRET, gate=True)
    world.sellsy.add(name="Une autre fiche", gate=None)
    world.crash_at = "written"
    with pytest.raises(Crash):
        world.sync()
    if gone:
        world.sellsy.delete(company)
    else:
        world.sellsy.tick(company, False)
    world.crash_and_restart()
    world.sync()
    assert not world.ledger.announcements(creates_of="third_party")
    if gone:
        return
    world.sellsy.edit(company, name="Menuiserie Léo et fils")
    world.sellsy.tick(company, True)
    world.sync()
    assert world.sellsy.values(company)["name"] == "Menuiserie Léo et fils"
    assert [tiers.fields["name"] for tiers in world.altior.records.values()] == ["Menuiserie"]


@pytest.mark.parametrize("source", DIRECTIONS)
def test_a_create_announced_before_a_long_sleep_is_not_sent_after_it(source: Side) -> None:
    """The process sleeps between its announcement and its call; another one settles the announcement meanwhile."""
    world = World()
    side = world.sellsy if source is Side.SELLSY else world.altior
    id = side.add(name="Alpha", siret=SIRET, **({"gate": True} if source is Side.SELLSY else {}))
    slept: list[int] = []
    made_while_awake: list[int] = []

    def sleep(point: str) -> None:
        if point == "after" and not slept and world.ledger.announcements(creates_of="third_party"):
            slept.append(1)
            world.clock.advance(40)
            drain(world.new_engine())
            made_while_awake.append(len(world.sellsy.records) + len(world.altior.records))

    world.at_commit = sleep
    world.mark(world.ref(source, id))
    world.drain()
    assert slept
    assert len(world.sellsy.records) + len(world.altior.records) == made_while_awake[0]
    world.sync()
    assert len(world.sellsy.records) == len(world.altior.records) == 1


def test_a_repeat_that_is_not_sent_does_not_forget_the_call_before_it() -> None:
    """The first create lands, its answer is lost; the repeat never leaves; a person adds an element meanwhile: it is
    not taken for one that somebody dropped in Altior."""
    world = World()
    company = world.sellsy.add(name="Alpha", siret=SIRET, tags=[], gate=True)
    faults = iter([Unclear("réponse perdue")])

    def lose(point: str) -> None:
        if point == "after" and (fault := next(faults, None)):
            raise fault

    def refuse(point: str) -> None:
        if point == "before":
            raise NotSent("refusé")

    world.altior.fault = lose
    scan(world.engine, world.binding, Side.SELLSY)
    world.drain()
    world.sellsy.edit(company, tags=["un"])
    world.mark(world.ref(Side.SELLSY, company))
    world.altior.fault = refuse
    world.drain()
    world.altior.fault = lose
    world.sync()
    [tiers] = world.altior.records.values()
    assert world.sellsy.values(company)["tags"] == tiers.fields["tags"] == ["un"]


def test_what_an_unanswered_create_made_is_not_linked_to_its_twin() -> None:
    """Two tiers of one SIRET: the record made of the first is found by that SIRET before its create is settled."""
    world = World()
    first = world.altior.add(name="Alpha", siret=SIRET)
    world.mark(world.ref(Side.ALTIOR, first))
    world.crash_at = "written"
    with pytest.raises(Crash):
        world.drain()
    world.altior.add(name="Bravo", siret=SIRET)
    world.crash_and_restart()
    world.sync()
    [company] = world.sellsy.records.values()
    [pair] = world.ledger.all_pairs()
    assert (pair.altior.id, company.fields["name"]) == (first, "Alpha")


def test_a_name_that_is_always_cut_to_less_than_half_is_known_as_ours() -> None:
    """The write's answer is lost: what stands there is a beginning as long as the one before it, no edit to ascend."""
    world = World()
    world.altior.rewrite["name"] = lambda value: str(value)[:10]
    company = world.sellsy.add(name="Gikecogo 4 ogocekig", gate=True)
    world.sync()
    world.clock.advance(300)
    longer = "Gukogago 119 ogagokug et fils"
    world.sellsy.edit(company, name=longer)
    world.mark(world.ref(Side.SELLSY, company))
    world.crash_at = "written"
    with pytest.raises(Crash):
        world.drain()
    world.crash_and_restart()
    world.sync()
    [tiers] = world.altior.records.values()
    assert (world.sellsy.values(company)["name"], tiers.fields["name"]) == (longer, "Gukogago 1")
    assert "conflict" not in {entry.action for entry in world.ledger.journal()}


def test_a_process_that_slept_before_its_tick_does_not_tick_over_a_person() -> None:
    """It has made the record and is suspended just before it ticks it; another process ticks, a person says «Non»."""
    world = World()
    world.altior.add(name="Alpha", siret=SIRET)

    def sleep(name: str) -> None:
        if name != "set_gate":
            return
        world.sellsy.on_call = lambda name: None
        ours = world.sellsy.not_after
        world.clock.advance(world.timing.lease + 1)
        drain(world.new_engine())
        world.clock.advance(300)
        world.sync()
        [company] = world.sellsy.records.values()
        assert company.gate is True
        world.sellsy.tick(company.id, False)
        world.set_not_after(ours)

    world.sellsy.on_call = sleep
    sleeper = world.engine
    scan(sleeper, world.binding, Side.ALTIOR)
    drain(sleeper)
    [company] = world.sellsy.records.values()
    assert company.gate is False
    world.engine = world.new_engine()
    world.sync()
    assert company.gate is False


def test_a_twin_entered_in_the_second_of_a_create_that_never_was_empties_nothing() -> None:
    """It may be what that create made, renamed since: what it lacks is filled in, as at a first pairing."""
    world = World()
    world.ledger.commit(Changes(cursors={"honours_created": True}), None)
    tiers = world.altior.add(name="Alpha", siret=SIRET, phone="0100000000", email="a@example.test", tags=["un"])
    world.crash_at = "announced"
    with pytest.raises(Crash):
        world.sync()
    company = world.sellsy.add(name="Bravo", siret=SIRET, phone="0199999999", tags=["deux"], gate=False)
    world.crash_and_restart()
    world.sync()
    [pair] = world.ledger.all_pairs()
    assert (pair.sellsy.id, pair.altior.id) == (company, tiers)
    shown = {"name": "Alpha", "siret": SIRET, "phone": "0199999999", "email": "a@example.test", "tags": ["deux", "un"]}
    assert world.sellsy.values(company) == world.altior.values(tiers) == shown
    assert {"Bravo", "0100000000"} <= {e.other for e in world.ledger.journal() if e.action == "conflict"}


def test_a_create_that_never_was_frees_its_siret() -> None:
    """The process dies before it creates; SA is taken back, and somebody enters the firm in Altior too: until that
    create is settled its SIRET is taken, then both are linked, figées."""
    world = World()
    company = world.sellsy.add(name="Alpha", siret=SIRET, gate=True)
    world.mark(world.ref(Side.SELLSY, company))
    world.crash_at = "announced"
    with pytest.raises(Crash):
        world.drain()
    world.sellsy.tick(company, None)
    world.mark(world.ref(Side.SELLSY, company))
    tiers = world.altior.add(name="Alpha et fils", siret=SIRET)
    world.mark(world.ref(Side.ALTIOR, tiers))
    world.crash_and_restart()
    world.drain()
    assert [card.code for card in world.ledger.cards()] == ["siret_taken"]
    world.sync()
    [pair] = world.ledger.all_pairs()
    assert (pair.sellsy.id, pair.altior.id, pair.code) == (company, tiers, "gate_off")
    assert not world.ledger.cards()


def test_a_record_met_by_searching_was_still_once_at_oui() -> None:
    """The answer of its create is lost; SA is taken back, and read so; then the tiers is met, and links the two.
    Nothing may tick that record by itself (rules R28)."""
    world = World()
    company = world.sellsy.add(name="Alpha", siret=SIRET, gate=True)
    made_unanswered(world, world.ref(Side.SELLSY, company))
    world.sellsy.tick(company, False)
    world.mark(world.ref(Side.SELLSY, company))
    world.drain()
    [tiers] = world.altior.records
    world.mark(world.ref(Side.ALTIOR, tiers))
    world.settle()
    [pair] = world.ledger.all_pairs()
    assert (pair.sellsy.id, pair.altior.id) == (company, tiers)
    assert world.ledger.sightings([pair.sellsy])[pair.sellsy].gate_seen


def test_a_set_is_not_written_to_one_side_while_the_other_has_not_answered() -> None:
    """It lost an element here and gained one there: what a person drops meanwhile could not be told from what never
    arrived."""
    world = World()
    company = world.sellsy.add(name="Alpha", siret=SIRET, tags=["un"], gate=True)
    world.sync()
    [tiers] = world.altior.records
    world.clock.advance(300)
    world.sellsy.edit(company, tags=[])
    world.altior.edit(tiers, tags=["deux", "un"])
    faults = iter([Unclear("réponse perdue")])

    def lose(point: str) -> None:
        if point == "before" and (fault := next(faults, None)):
            raise fault

    world.altior.fault = lose
    world.mark(world.ref(Side.SELLSY, company))
    world.drain()
    assert world.sellsy.values(company)["tags"] == []
    world.altior.edit(tiers, tags=["un"])
    world.settle()
    assert world.sellsy.values(company)["tags"] == world.altior.values(tiers)["tags"] == []


def test_of_a_reading_that_lags_nothing_is_remembered() -> None:
    """Read fresh at first, then, just before the write, as it was twenty seconds ago: the next one may lag as well."""
    world = World()
    company = world.sellsy.add(name="Alpha", phone="0102030405", tags=[], gate=True)
    world.sync()
    [tiers] = world.altior.records
    world.clock.advance(300)
    world.sellsy.edit(company, phone="0102030406")
    world.altior.edit(tiers, name="Bravo")
    world.clock.advance(5)
    world.mark(world.ref(Side.SELLSY, company))
    readings = iter([0.0, 20.0])

    def turn(name: str) -> None:
        if name == "observe":
            world.sellsy.stale_for = next(readings, 20.0)

    def slow(point: str) -> None:
        if point == "after":
            world.clock.advance(1.5)  # too long to write to Sellsy from the first reading

    world.sellsy.on_call, world.altior.fault = turn, slow
    world.drain()
    world.settle()
    assert world.altior.records[tiers].fields["phone"] == "0102030406"
    assert world.altior.changed[tiers, "phone"] == 1
    assert world.sellsy.records[company].fields == {**world.altior.records[tiers].fields, "name": "Bravo", "tags": []}
