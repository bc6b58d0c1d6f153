"""Contacts survive random histories beside their third parties; a planted defect does not."""

from typing import Any

import pytest

from altior_sellsy.kinds.contact.record import LINKS
from altior_sellsy.sync import plan, sets
from altior_sellsy.values.reference import Side
from tests.simulation.contacts.history import run
from tests.simulation.contacts.world import ContactWorld

FEW, HISTORIES, PART = 250, 3_000, 275
CAUGHT_WITHIN = 100


def survive(seeds: range) -> None:
    verdicts = [run(seed) for seed in seeds]
    assert {v.seed: v.fault for v in verdicts if v.fault} == {}
    assert sum(v.edits for v in verdicts) > len(seeds)


@pytest.mark.parametrize("first", range(0, FEW, 125))
def test_whatever_happens_contacts_belong_to_the_same_on_both_sides(first: int) -> None:
    survive(range(first, first + 125))


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("first", range(FEW, HISTORIES, PART))
def test_more_histories_of_contacts(first: int) -> None:
    survive(range(first, first + PART))


def test_links_that_do_not_travel_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    decide_set = sets.decide_set

    def planted(spec: Any, view: Any, **more: Any) -> Any:
        decided = decide_set(spec, view, **more)
        if spec.name == LINKS:
            decided.writes = []
        return decided

    monkeypatch.setattr(plan, "decide_set", planted)
    caught = next((v for seed in range(CAUGHT_WITHIN) if (v := run(seed)).fault), None)
    assert caught is not None
    assert "links not in step" in caught.fault


def test_an_old_reading_after_a_create_does_not_show_the_links_yet() -> None:
    """Sellsy links by a call of its own: nobody has taken the link away."""
    world = ContactWorld()
    assert world.contacts is not None
    view = world.contacts
    tiers = world.altior.add(name="Alpha", tags=[])
    world.sync()
    [company] = world.sellsy.records
    view.sellsy.stale_for = 20
    contact = view.altior.add(name="Durand", tags=[])
    view.altior.edit(contact, **{LINKS: [tiers]})
    view.mark(view.ref(Side.ALTIOR, contact))
    for _ in range(3):
        world.drain()
        world.clock.advance(5)
    view.sellsy.stale_for = 0
    world.clock.advance(700)
    world.sync()
    assert view.altior.records[contact].fields[LINKS] == [tiers]
    assert not [fields for verb, _, fields in view.altior.writes if LINKS in fields]
    assert [made.fields[LINKS] for made in view.sellsy.records.values()] == [[company]]
