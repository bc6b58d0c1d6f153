"""Sets merge element by element, by random histories: what was added or removed anywhere ends on both sides."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from altior_sellsy.kinds.field import Family, Field
from altior_sellsy.ledger.model import Sent
from altior_sellsy.sync.fields import MISSING, OpenAnnouncement, View
from altior_sellsy.sync.sets import decide_set, half_after
from altior_sellsy.timing import Timing
from altior_sellsy.values.reference import Side

NOW = datetime(2026, 3, 12, tzinfo=UTC)
LINKS = Field("links", "Liens", Family.COORDINATES, is_set=True)
ELEMENTS = st.frozensets(st.sampled_from("abcdef"), max_size=5)


class Pair:
    def __init__(self, sellsy: frozenset[str], altior: frozenset[str]) -> None:
        self.now = {Side.SELLSY: set(sellsy), Side.ALTIOR: set(altior)}
        self.half = {Side.SELLSY: MISSING, Side.ALTIOR: MISSING}

    def look(self) -> int:
        view = View(now={s: sorted(v) for s, v in self.now.items()}, half=dict(self.half))
        plan = decide_set(LINKS, view, now=NOW, timing=Timing())
        self.half.update(plan.moves)
        for target, sent in plan.writes:
            self.now[target] = set(sent.sent)
            for side in Side:
                before = None if self.half[side] is MISSING else self.half[side]
                self.half[side] = half_after(before, sent, sent.sent)
        return len(plan.writes)


@given(ELEMENTS, ELEMENTS, st.lists(st.tuples(st.sampled_from(list(Side)), st.sampled_from("abcdef")), max_size=12))
def test_sides_converge_and_then_rest(sellsy: frozenset[str], altior: frozenset[str], toggles: list) -> None:
    pair = Pair(sellsy, altior)
    pair.look()
    assert pair.now[Side.SELLSY] == pair.now[Side.ALTIOR] == sellsy | altior
    for side, element in toggles:
        pair.now[side] ^= {element}
        wanted = element in pair.now[side]
        pair.look()
        assert (element in pair.now[side]) == wanted
        assert pair.now[Side.SELLSY] == pair.now[Side.ALTIOR]
        assert pair.look() == 0


@given(ELEMENTS, ELEMENTS, ELEMENTS)
def test_edits_on_both_sides_of_different_elements_all_count(start: frozenset, s: frozenset, a: frozenset) -> None:
    pair = Pair(start, start)
    pair.look()
    pair.now[Side.SELLSY] = set(start ^ s)
    pair.now[Side.ALTIOR] = set(start ^ (a - s))
    pair.look()
    assert pair.now[Side.SELLSY] == pair.now[Side.ALTIOR] == set(start ^ s ^ (a - s))
    assert pair.look() == 0


def test_an_old_reading_after_our_own_write_is_waited_for() -> None:
    """Sellsy still shows what our write replaced: nothing of it was dropped by a person."""
    view = View(now={Side.SELLSY: [], Side.ALTIOR: []}, half={Side.SELLSY: ["a"], Side.ALTIOR: ["a"]})
    written = {Side.SELLSY: {"at": NOW.isoformat(), "replaced": []}}
    fresh = NOW + timedelta(seconds=Timing().stale_after_write)
    plan = decide_set(LINKS, view, now=NOW + timedelta(seconds=5), timing=Timing(), written=written)
    assert (plan.look_again, plan.moves, plan.writes) == (fresh, {}, [])
    plan = decide_set(LINKS, view, now=fresh, timing=Timing(), written=written)
    assert plan.moves == {Side.SELLSY: [], Side.ALTIOR: []}


def test_another_element_does_not_wait_for_an_old_reading() -> None:
    view = View(now={Side.SELLSY: ["a", "b"], Side.ALTIOR: ["a"]}, half={Side.SELLSY: ["a"], Side.ALTIOR: ["a"]})
    written = {Side.SELLSY: {"at": NOW.isoformat(), "replaced": []}}
    plan = decide_set(LINKS, view, now=NOW, timing=Timing(), written=written)
    assert [(side, sent.sent) for side, sent in plan.writes] == [(Side.ALTIOR, ["a", "b"])]


def test_of_a_write_that_was_not_answered_what_stands_has_arrived() -> None:
    """«a» and «b» were sent; «b» stands in Sellsy, where a person has dropped «a» since, and Altior has dropped «b»:
    it is no addition of Sellsy's, and goes. «a» may never have come: it is sent again."""
    sent = Sent(sent=["a", "b"], replaced=[], source=["a", "b"])
    ours = OpenAnnouncement(Side.SELLSY, sent, deadline=NOW, version_unmoved=False)
    view = View(now={Side.SELLSY: ["b"], Side.ALTIOR: ["a"]}, half={Side.SELLSY: [], Side.ALTIOR: []})
    later = NOW + timedelta(minutes=5)
    plan = decide_set(LINKS, view, now=later, timing=Timing(), announced=ours)
    assert plan.settled
    assert plan.arrived == (Side.SELLSY, sent)
    assert [(side, one.sent) for side, one in plan.writes] == [(Side.SELLSY, ["a"])]
    # What we took off and is gone is no removal of people's there.
    sent = Sent(sent=[], replaced=["a", "b"], source=[])
    ours = OpenAnnouncement(Side.SELLSY, sent, deadline=NOW, version_unmoved=False)
    view = View(now={Side.SELLSY: ["a"], Side.ALTIOR: ["b"]}, half={side: ["a", "b"] for side in Side})
    plan = decide_set(LINKS, view, now=later, timing=Timing(), announced=ours)
    assert [(side, one.sent) for side, one in plan.writes] == [(Side.SELLSY, ["b"])]
