"""How a contact comes to have its counterpart: every answer of admission, from snapshots made by hand."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from altior_sellsy.kinds.admission import Ask, Candidate, Exclude, Link, Make, Search, Situation, Wait
from altior_sellsy.kinds.contact.admission import admit, volets
from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.ledger.model import Decision, Tombstone
from altior_sellsy.values.reference import Reference, Side, Volet
from tests.unit.kinds.people import ACCOUNT, ENVIRONMENT, company, individual, tiers

ACTIVATED = datetime(2026, 3, 1, tzinfo=UTC)
SETTINGS: dict[str, Any] = {"tiers": {"import": True, "export": True, "siret": True}}
MAIL = "anne.durand@leo.fr"


def in_sellsy(id: int = 1, **changes: Any) -> Snapshot:
    made = Snapshot(
        reference=Reference(Side.SELLSY, ACCOUNT, "contact", str(id)),
        at=ACTIVATED,
        fields={},
        label="Anne Durand",
        created="2026-02-01T00:00:00+00:00",
        gate=True,
        roles=frozenset({"contact"}),
        keys={"email": MAIL},
        parents=(company(7),),
        position={"last_name": "Durand"},
    )
    return replace(made, **changes)


def in_altior(id: str = "c1", **changes: Any) -> Snapshot:
    reference = Reference(Side.ALTIOR, ENVIRONMENT, "contact", id)
    return replace(in_sellsy(), reference=reference, gate=None, parents=(tiers(501),), **changes)


def situation(**changes: Any) -> Situation:
    made = Situation(settings=SETTINGS, activated_at=ACTIVATED, candidates=(), twins=())
    return replace(made, **{"parents": {company(7): tiers(501), tiers(501): company(7)}, **changes})


def ask(snapshot: Snapshot, **changes: Any) -> Any:
    assert volets(snapshot) == (Volet.NONE,)
    return admit(snapshot, Volet.NONE, situation(**changes))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"gate": None}, "not_ticked"),
        ({"gate": False}, "not_ticked"),
        ({"archived": True}, "archived_sellsy"),
        ({"position": {"last_name": None}}, "no_last_name"),
        ({"parents": ()}, "no_third_party"),
        ({"parents": (), "roles": frozenset({"contact", "individual"})}, "individual_person"),
    ],
)
def test_a_sellsy_contact_that_stays_says_why(changes: dict[str, Any], code: str) -> None:
    assert ask(in_sellsy(**changes)) == Exclude(code)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"archived": True}, "archived_altior"),
        ({"position": {}}, "no_last_name"),
    ],
)
def test_an_altior_contact_that_stays_says_why(changes: dict[str, Any], code: str) -> None:
    assert ask(in_altior(**changes)) == Exclude(code)


def test_a_contact_of_particuliers_only_cannot_ascend() -> None:
    assert ask(in_altior(), parents={tiers(501): individual(9)}) == Exclude("individual_contact")
    both = replace(in_altior(), parents=(tiers(501), tiers(502)))
    assert isinstance(ask(both, parents={tiers(501): individual(9), tiers(502): company(7)}), Make)


def test_it_waits_for_its_third_party_and_goes_on_by_itself() -> None:
    assert ask(in_sellsy(), parents={}) == Wait(company(7))
    assert ask(in_altior(), parents={}) == Wait(tiers(501))
    made = ask(in_sellsy())
    assert made.roles == {"contact"}
    assert tiers(501) in made.parents


def test_scope_is_that_of_third_parties() -> None:
    closed = {"tiers": {"import": False, "export": False, "siret": None}}
    assert ask(in_sellsy(), settings=closed) == Exclude("out_of_scope")
    assert ask(in_altior(), settings=closed) == Exclude("out_of_scope")
    born_later = {"created": "2026-03-02T00:00:00+00:00"}
    assert isinstance(ask(in_altior(**born_later), settings=closed), Make)
    let_in = [Decision(in_sellsy().reference, "let_in")]
    assert isinstance(ask(in_sellsy(), settings=closed, decisions=let_in), Make)


def test_what_people_said_comes_first() -> None:
    stone = [Tombstone(in_sellsy().reference, Volet.NONE, "gone", ACTIVATED)]
    assert ask(in_sellsy(), tombstones=stone) == Exclude("unlinked")
    assert ask(in_sellsy(), decisions=[Decision(in_sellsy().reference, "leave_out")]) == Exclude("left_out")
    chosen = [Decision(in_sellsy().reference, "link", in_altior().reference)]
    assert ask(in_sellsy(gate=None), decisions=chosen, candidates=None) == Search(
        "reference", str(in_altior().reference)
    )
    linked = ask(in_sellsy(gate=None), decisions=chosen, candidates=[Candidate(in_altior(), False)])
    assert linked == Link(in_altior(), "person")
    assert ask(in_sellsy(), decisions=[Decision(in_sellsy().reference, "undecided")]) == Ask("create_unsure")


def test_an_altior_contact_that_bears_our_reference_is_adopted() -> None:
    stamped = in_altior(stamps=frozenset({str(in_sellsy().reference), "crm:12"}))
    searched = ask(stamped)
    assert searched == Search("stamp", str(in_sellsy().reference))
    assert ask(stamped, stamp_searched=True, adopted=in_sellsy()) == Link(in_sellsy(), "stamp")
    assert ask(stamped, stamp_searched=True, adopted=None).code == "stamp_unknown"
    assert ask(stamped, stamp_searched=True, adopted=in_sellsy(), adopted_paired=True).code == "stamp_taken"
    assert isinstance(ask(stamped, known_stamps=frozenset({str(in_sellsy().reference)})), Make)


# -- the e-mail (R20)
def test_the_e_mail_is_looked_up_on_the_other_side_then_on_its_own() -> None:
    assert ask(in_sellsy(), candidates=None) == Search("email", MAIL)
    one = [Candidate(in_altior(), False)]
    assert ask(in_sellsy(), candidates=one, twins=None) == Search("email", MAIL, own=True)
    assert ask(in_sellsy(), candidates=one) == Link(in_altior(), "email")
    assert ask(in_altior(), candidates=[Candidate(in_sellsy(), False)]) == Link(in_sellsy(), "email")


@pytest.mark.parametrize(
    "candidates",
    [
        [],
        [Candidate(in_altior("c1"), False), Candidate(in_altior("c2"), False)],
        [Candidate(in_altior(position={"last_name": "Martin"}), False)],
        [Candidate(replace(in_altior(), parents=(tiers(999),)), False)],
        [Candidate(in_altior(), True)],
        [Candidate(in_altior(), False, claimed=True)],
        [Candidate(in_altior(archived=True), False)],
    ],
)
def test_it_is_not_matched_when_the_e_mail_does_not_say_who_it_is(candidates: list[Candidate]) -> None:
    assert isinstance(ask(in_sellsy(), candidates=candidates), Make)


def test_a_last_name_matches_as_people_read_it_and_a_blank_one_disagrees_with_nobody() -> None:
    for name in ("DURAND", "durand", None):
        candidates = [Candidate(in_altior(position={"last_name": name}), False)]
        assert isinstance(ask(in_sellsy(), candidates=candidates), Link)


def test_an_address_shared_on_its_own_side_matches_nobody() -> None:
    one = [Candidate(in_altior(), False)]
    assert isinstance(ask(in_sellsy(), candidates=one, twins=[in_sellsy(2)]), Make)
    elsewhere = replace(in_sellsy(2), parents=(company(99),))
    assert ask(in_sellsy(), candidates=one, twins=[elsewhere]) == Link(in_altior(), "email")


def test_the_record_of_a_supplier_shares_the_tiers_too() -> None:
    """A tiers has two records in Sellsy: a contact of either is in the same tiers, as the links say."""
    links = {"third_parties": [str(tiers(501))]}
    theirs = replace(in_sellsy(), parents=(company(8),), fields=links)
    assert ask(in_altior(fields=links), candidates=[Candidate(theirs, False)]) == Link(theirs, "email")
