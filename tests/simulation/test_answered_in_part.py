"""A write of several fields of which one is acknowledged or refused while the answer to the rest is lost."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from altior_sellsy.errors import NotSent, Unclear
from altior_sellsy.kinds.port import Problem, Write, Written
from altior_sellsy.ledger.model import Value
from altior_sellsy.values.reference import Side
from tests.simulation.simulated import Simulated
from tests.simulation.test_decisions_on_pairs import both, paired
from tests.simulation.world import World

REFUSED = {"phone": Problem("refused", "Non.")}


def without(name: str, writes: Sequence[Write]) -> list[Write]:
    return [replace(one, fields={n: v for n, v in one.fields.items() if n != name}) for one in writes]


class Story:
    """Telephone and e-mail are edited on one side, and written to `target` under `answered`."""

    def __init__(self, target: Side, patch: pytest.MonkeyPatch, *, shown: Mapping[str, Value] | None = None) -> None:
        self.world, company, tiers = paired(phone="0102030405", email="a@b.fr")
        there: Simulated = self.world.sellsy if target is Side.SELLSY else self.world.altior
        self.here: Simulated = self.world.altior if target is Side.SELLSY else self.world.sellsy
        self.id = tiers if target is Side.SELLSY else company
        self.here.edit(self.id, phone="0102030499", email="new@b.fr")
        update = there.update

        def in_part(writes: Sequence[Write]) -> Sequence[Written]:
            update(writes if shown else without("phone", writes))
            refused = {} if shown else REFUSED
            return [Written(shown=shown or {}, refused=refused, error=Unclear("réponse perdue"))]

        patch.setattr(there, "update", in_part)
        self.world.mark(self.here.reference(self.id))
        self.world.drain()
        patch.undo()

    def actions(self, action: str) -> list[str]:
        return sorted(entry.field_name for entry in self.world.ledger.journal() if entry.action == action)


def nothing_is_open(world: World) -> bool:
    return not world.ledger.announcements(pair_ids=[pair.id for pair in world.ledger.all_pairs()])


@pytest.mark.parametrize("target", list(Side))
@pytest.mark.parametrize("wait", [5, 40, 86400])
def test_a_refusal_is_an_answer(target: Side, wait: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """A correction, made before the rest is known or long after, is an ordinary edit."""
    story = Story(target, monkeypatch)
    story.world.clock.advance(wait)
    if wait > 60:
        story.world.sync()
        assert nothing_is_open(story.world)
    story.here.edit(story.id, phone="0655555555")
    story.world.sync()
    assert both(story.world, "phone") == {"0655555555"}
    assert both(story.world, "email") == {"new@b.fr"}
    assert not story.actions("conflict")


@pytest.mark.parametrize("target", list(Side))
def test_what_was_acknowledged_is_told_once(target: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    story = Story(target, monkeypatch, shown={"phone": "0102030499"})
    story.world.clock.advance(300)
    story.world.sync()
    assert story.actions("updated") == ["email", "phone"]
    assert nothing_is_open(story.world)


def test_a_set_that_one_side_refuses_is_heard_of_on_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """An element that arrived in Sellsy unheard, and is removed in Altior later, goes."""
    world, company, tiers = paired(tags=["a"])
    world.altior.edit(tiers, tags=["a", "x"])
    world.sellsy.edit(company, tags=["a", "y"])
    altior, sellsy = world.altior.update, world.sellsy.update

    def refuses(writes: Sequence[Write]) -> Sequence[Written]:
        refused = {"tags": Problem("refused", "Non.")}
        return [replace(one, refused=refused, shown={}) for one in altior(without("tags", writes))]

    def loses(writes: Sequence[Write]) -> Sequence[Written]:
        sellsy(writes)
        return [Written(error=Unclear("réponse perdue"))]

    monkeypatch.setattr(world.altior, "update", refuses)
    monkeypatch.setattr(world.sellsy, "update", loses)
    world.mark(world.ref(Side.ALTIOR, tiers))
    world.drain()
    monkeypatch.undo()
    world.clock.advance(300)
    world.sync()
    assert [one for one in world.ledger.journal() if one.field_name == "tags" and one.side is Side.SELLSY]
    world.altior.edit(tiers, tags=["a"])
    world.sync()
    assert "x" not in {*world.altior.values(tiers)["tags"], *world.sellsy.values(company)["tags"]}


def test_what_the_second_write_acknowledged_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first one was lost. Of the second the PUT passed; the call of the telephone did not leave: the quota was
    used up."""
    world, _, tiers = paired(phone="0102030405", email="a@b.fr")
    update = world.sellsy.update

    def lost(writes: Sequence[Write]) -> Sequence[Written]:
        raise Unclear("réponse perdue")

    def in_part(writes: Sequence[Write]) -> Sequence[Written]:
        update(without("phone", writes))
        return [Written(shown={"email": "new@b.fr"}, error=NotSent("quota"))]

    world.altior.edit(tiers, phone="0102030499", email="new@b.fr")
    world.mark(world.ref(Side.ALTIOR, tiers))
    for answer in (lost, in_part):
        monkeypatch.setattr(world.sellsy, "update", answer)
        world.drain()
        world.clock.advance(31)
    monkeypatch.undo()
    world.settle()
    world.clock.advance(300)
    world.sync()
    told = sorted(e.field_name for e in world.ledger.journal() if e.action in ("updated", "conflict"))
    assert told == ["email", "phone"]
    assert nothing_is_open(world)
