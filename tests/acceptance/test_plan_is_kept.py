"""The dry run says, record by record, what the approved run then does: judged through both servers' HTTP."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.ledger.model import Planned, State
from altior_sellsy.ledger.port import Ledger
from altior_sellsy.service import first_sync
from altior_sellsy.values.reference import Reference, Side
from tests.acceptance.deal_town import EVENTS, RESOLVED
from tests.acceptance.every_case import CASES, Cases, every_case
from tests.acceptance.steps import initialise, sync
from tests.acceptance.town import Town


def rows(ledger: Ledger) -> Iterator[Planned]:
    after = -1
    while page := ledger.plan_rows(after=after):
        yield from page
        after = page[-1].number


class Whole(Town):
    """With deals."""

    def __init__(self, cases: Cases) -> None:
        super().__init__(cases.sellsy(), cases.altior(), served=False)

    def environment(self, **tiers: Any) -> Any:
        made = super().environment(**tiers)
        begun = {"pipeline": "Commercial", "step": "Proposition envoyée", "establishment": "Menuiserie Léo"}
        made.settings.update({"deals": {"import": True, "events": EVENTS | {"1": [begun]}}, "resolved": RESOLVED})
        return made


@pytest.mark.parametrize(
    ("firms", "answers"),
    [
        (len(CASES), {}),
        (len(CASES), {"import": False}),
        (len(CASES), {"siret": False}),
        (len(CASES), {"import": False, "export": False, "siret": None}),
        pytest.param(2000, {}, marks=[pytest.mark.slow, pytest.mark.timeout(1800)]),
    ],
)
def test_what_the_dry_run_says_is_what_is_done(firms: int, answers: dict[str, bool | None]) -> None:
    cases = every_case(firms)
    with Whole(cases) as town, town.runtime(MemoryLedgers(town.clock), **answers) as runtime:
        town.forget_writes()
        before = everything(town)
        first_sync.preview(runtime)
        assert town.writes() == (0, 0)
        assert everything(town) == before
        plan = list(rows(runtime.ledger))
        report = initialise(runtime)
        assert report.waiting == 0

        assert_as_planned(runtime.ledger, plan, before, everything(town))
        if not answers:
            assert_all_cases_met(plan)
        town.forget_writes()
        sync(runtime)
        assert town.writes() == (0, 0)


def everything(town: Town) -> dict[str, dict[str, Any]]:
    """Reference → record, of both systems."""
    found: dict[str, dict[str, Any]] = {}
    for thing, path in (
        ("company", "companies"),
        ("individual", "individuals"),
        ("contact", "contacts"),
        ("opportunity", "opportunities"),
    ):
        found |= {f"sellsy:97417:{thing}:{one['id']}": one for one in town.sellsy("GET", f"records/{path}")}
    for thing, path in (("tiers", "tiers"), ("contact", "contacts"), ("affaire", "affaires")):
        listed = town.altior("GET", path)["elements"]
        found |= {f"altior:menuiserie-leo:{thing}:{one['id']}": one for one in listed}
    return found


def assert_as_planned(
    ledger: Ledger, plan: list[Planned], before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]
) -> None:
    created, done = set(), {}
    for row in plan:
        done[row.number] = outcome(ledger, row, before, after)
        if row.decision == "create":
            created.add(done[row.number][1])
    wrong = [(row, done[row.number]) for row in plan if not agrees(row, *done[row.number])]
    assert not wrong, "\n".join(f"{row}\n  → {got}" for row, got in wrong[:20])
    assert_fields_as_planned(ledger, plan)
    # Nothing else was made.
    assert created == after.keys() - before.keys()
    made = {pair.made_by for pair in ledger.all_pairs()}
    assert made <= {"created_in_altior", "created_in_sellsy", "siret", "stamp", "email"}
    assert all(after[str(row.reference)]["sa"] is True for row in plan if "brought" in row.data)
    # Nor was anything written on what the plan leaves alone.
    touched = {str(r) for pair in ledger.all_pairs() for r in (pair.sellsy, pair.altior)}
    touched |= {str(row.reference) for row in plan if "brought" in row.data}
    assert {name for name, was in before.items() if after[name] != was} <= touched


def outcome(
    ledger: Ledger, row: Planned, before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]
) -> tuple[str, str, str]:
    """What became of it: (decision, the other record, code)."""
    pairs = [p for p in ledger.pairs([row.reference]) if p.volet is row.volet]
    if pairs:
        [pair] = pairs
        other = str(pair.reference(row.reference.side.other))
        assert other in after
        return ("link" if other in before else "create", other, pair.made_by)
    sighting = ledger.sightings([row.reference])[row.reference]
    if ledger.pairs([row.reference]) or (row.decision == "exclude" and sighting.volet is not row.volet):
        return ("exclude", "", row.code)  # its standing is that of its other volet
    cards = [card for card in ledger.cards(reference=row.reference) if not card.field_name]
    if sighting.state is State.HELD:
        assert [card.code for card in cards] == [sighting.code]
        return ("ask", "", sighting.code)
    return ({State.EXCLUDED: "exclude", State.WAITING: "wait"}[sighting.state], sighting.waits_for, sighting.code)


def assert_fields_as_planned(ledger: Ledger, plan: list[Planned]) -> None:
    """Fields of linked records: what differs and which side is right, and what is held. The roles of contacts follow
    once these are linked or made themselves."""
    written: dict[tuple[Reference | None, Reference | None], set[tuple[str, str, Any, Any]]] = {}
    for e in ledger.journal(limit=1_000_000):
        if e.field_name and e.side is not None and not e.field_name.endswith("_contact"):
            key = (e.reference, e.counterpart) if e.side is Side.SELLSY else (e.counterpart, e.reference)
            written.setdefault(key, set()).add((e.field_name, e.side.other.value, str(e.before), str(e.after)))
    compared = 0
    for row in plan:
        if row.decision != "link" or row.frozen:
            continue
        [pair] = [p for p in ledger.pairs([row.reference]) if p.volet is row.volet]
        said = set()
        for name, sellsy, altior, right in row.data.get("differences", ()):
            before, after = (altior, sellsy) if right == "sellsy" else (sellsy, altior)
            said.add((name, right, str(before), str(after)))
        assert said == written.get((pair.sellsy, pair.altior), set()), row
        assert row.data.get("held", {}).keys() == set(pair.held) | problems(ledger, pair.sellsy), row
        compared += len(said)
    assert compared


def problems(ledger: Ledger, reference: Reference) -> set[str]:
    return {card.field_name for card in ledger.cards(reference=reference) if card.field_name}


def agrees(row: Planned, decision: str, other: str, code: str) -> bool:
    if row.decision == "create":
        return decision == "create"
    if row.decision == "link":
        return (decision, other, code) == ("link", str(row.other), row.code)
    if row.code == "same_tiers":
        # Another record of its firm makes the tiers: it is linked to that one.
        return decision == "create"
    if row.decision == "wait":
        return (decision, other, code) == ("wait", row.detail, row.code)
    return (decision, code) == (row.decision, row.code)


def assert_all_cases_met(plan: list[Planned]) -> None:
    met = Counter((row.kind, row.decision, row.code) for row in plan)
    for code in ("not_ticked", "duplicate", "archived_sellsy", "archived_altior", "role_not_exported"):
        assert met["third_party", "exclude", code], code
    for code in ("siret", "stamp"):
        assert met["third_party", "link", code], code
    assert met["contact", "link", "email"]
    assert met["contact", "wait", "parent"]
    assert met["third_party", "ask", "stamp_unknown"]
    assert met["third_party", "ask", "siret_taken"]
    assert met["third_party", "wait", "same_tiers"]
    assert met["third_party", "create", "brought"]
    assert any(row.decision == "link" and "brought" in row.data for row in plan)
    assert met["deal", "create", ""]
    assert met["deal", "ask", "affaire_alike"]
    assert met["deal", "wait", "deal_third_party"]
    for code in ("before_event_1", "affaire_stays"):
        assert met["deal", "exclude", code], code
    for code in ("no_last_name", "no_third_party", "individual_contact"):
        assert met["contact", "exclude", code], code
    for side in Side:
        assert any(row.decision == "create" and row.reference.side is side for row in plan)
    assert any(row.frozen for row in plan)
