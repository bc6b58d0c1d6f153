"""Contacts translated down and up again, the bodies that leave, and the roles that third parties point to."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from altior_sellsy.kinds.altior_sets import UNBOUND, Bound
from altior_sellsy.kinds.contact.record import CONTACT
from altior_sellsy.kinds.contact.translating import altior_body, read_altior, read_sellsy, sellsy_body
from altior_sellsy.kinds.correspondence import Choices
from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.kinds.third_party.altior_reading import read_tiers
from altior_sellsy.kinds.third_party.altior_writing import tiers_body
from altior_sellsy.kinds.third_party.contact_roles import GIVEN, bind_pointers
from altior_sellsy.kinds.third_party.sellsy_reading import read_company
from altior_sellsy.ledger.model import Pair
from altior_sellsy.sellsy.models import Company, Contact
from altior_sellsy.values.reference import Reference, Side, Volet
from tests.unit.kinds.fake_bodies import checked
from tests.unit.kinds.people import ACCOUNT, ENVIRONMENT, NOW, company, correspondence, tiers

OWN = dataclasses.replace(correspondence(), choices=Choices(archiving=True, contact_notes=True))
WORDS = st.text("abcdéèÉ -'", min_size=1, max_size=12).map(str.strip).filter(bool).map(lambda w: " ".join(w.split()))
FIELDS = st.fixed_dictionaries(
    {"last_name": WORDS},
    optional={
        "first_name": WORDS,
        "civility": st.sampled_from(("mr", "mrs")),
        "position": WORDS,
        "email": st.sampled_from(("a@leo.fr", "b.c@leo.fr")),
        "phone": st.sampled_from(("+33144419191", "+33611223344")),
        "mobile": st.sampled_from(("+33144419191", "+33611223344")),
        "fax": st.just("+33144419191"),
        "website": st.just("www.leo.fr"),
        "note": WORDS,
        "archived": st.booleans(),
        "third_parties": st.sets(st.sampled_from(("501", "502")), min_size=1).map(
            lambda ids: sorted(str(tiers(id)) for id in ids)
        ),
    },
)


def sellsy(body: Mapping[str, Any], links: list[str] | None = None) -> Snapshot:
    contact = Contact.model_validate({"id": 1, "created": "2026-03-01T09:00:00+01:00", **body})
    return read_sellsy(
        contact,
        at=NOW,
        account=ACCOUNT,
        correspondence=OWN,
        gate=True,
        companies=[company(7)],
        tiers=[Reference.parse(one) for one in links or ()],
    )


def altior(body: Mapping[str, Any], bound: Bound = UNBOUND) -> Snapshot:
    document: dict[str, Any] = {"id": "c1", "version": "1", "references_externes": [], **body}
    for name in ("telephones", "emails", "urls"):
        document[name] = [{"id": f"{name}{n}", **one} for n, one in enumerate(document.get(name, []))]
    linkable = [tiers(id) for id in ("501", "502")]
    return read_altior(document, at=NOW, environment=ENVIRONMENT, correspondence=OWN, bound=bound, linkable=linkable)


@given(FIELDS)
def test_down_and_up_again(fields: dict[str, Any]) -> None:
    down = altior(altior_body(fields, OWN, None).body, Bound(values=fields))
    assert {name: down.fields[name] for name in fields} == fields
    body, refused = sellsy_body(down.fields)
    assert refused == {}
    up = sellsy(checked("ContactUpdate", body), fields.get("third_parties"))
    assert {name: up.fields[name] for name in fields} == fields
    assert set(up.fields) <= {one.name for one in CONTACT.fields}
    assert (up.label, up.keys) == (down.label, down.keys)


def test_links_leave_one_by_one_and_those_of_unpaired_tiers_stay() -> None:
    before = altior({"nom": "Durand", "tiers": ["501", "999"]})
    assert before.fields["third_parties"] == [str(tiers(501))]
    assert before.parents == (tiers(501), tiers(999))
    out = altior_body({"third_parties": [str(tiers(502))]}, OWN, before)
    assert out.body == {"tiers": ["502", {"id": "501", "supprimer": True}]}
    assert out.refusals({"tiers[0]": "Le tiers 502 n'existe pas."}, {"third_parties": []}).keys() == {"third_parties"}


def test_a_name_may_not_be_emptied_in_sellsy() -> None:
    body, refused = sellsy_body({"last_name": None, "position": None, "note": None})
    assert body == {"position": None, "note": ""}
    assert refused["last_name"].code == "last_name_required"


def test_a_pairing_of_its_company_moves_the_hash() -> None:
    """Nothing else tells a scan that a link can travel now."""
    assert sellsy({"last_name": "Durand"}).hash != sellsy({"last_name": "Durand"}, [str(tiers(501))]).hash
    document = {"id": "c1", "nom": "Durand", "tiers": ["501"]}
    shown = [
        read_altior(document, at=NOW, environment=ENVIRONMENT, correspondence=OWN, linkable=linkable)
        for linkable in ([], [tiers(501)])
    ]
    assert shown[0].hash != shown[1].hash


# -- main, invoicing and dunning contact
COMPTABLE = correspondence({"K01": None, "K02": "Comptable", "K03": "Comptable"})
NAME = "invoicing_contact"


def contact(id: str) -> Reference:
    return Reference(Side.ALTIOR, ENVIRONMENT, "contact", id)


def shown_by_altior(links: dict[str, list[str]], *, own: Any = COMPTABLE, paired: str = "a b c") -> Snapshot:
    document = {
        "id": "501",
        "nature": "moral",
        "roles": ["client"],
        "contacts": [{"contact": id, "roles": roles} for id, roles in links.items()],
    }
    contacts = [contact(id) for id in paired.split()]
    return read_tiers(document, at=NOW, environment=ENVIRONMENT, correspondence=own, contacts=contacts)


def shown_by_sellsy(id: int | None, *, paired: str = "", own: Any = COMPTABLE) -> Snapshot:
    named = Company.model_validate({"id": 7, "type": "client", "name": "Léo", "invoicing_contact_id": id})
    contacts = {Reference(Side.SELLSY, ACCOUNT, "contact", str(id)): (contact(paired),)} if paired else {}
    return read_company(named, at=NOW, account=ACCOUNT, correspondence=own, gate=True, contacts=contacts)


def bound(altior: Snapshot, sellsy: Snapshot, half_altior: str = "", half_sellsy: str = "") -> Snapshot:
    pair = Pair(
        "p",
        "third_party",
        company(7),
        tiers(501),
        Volet.VENTE,
        half_altior={NAME: str(contact(half_altior))} if half_altior else {},
        half_sellsy={NAME: str(contact(half_sellsy))} if half_sellsy else {},
    )
    return bind_pointers(pair, {Side.ALTIOR: altior, Side.SELLSY: sellsy})


def test_sellsy_s_pointer_is_a_value_empty_or_unknown() -> None:
    assert shown_by_sellsy(5, paired="a").fields[NAME] == str(contact("a"))
    assert shown_by_sellsy(None).fields[NAME] is None
    assert NAME not in shown_by_sellsy(5).fields
    assert "main_contact" not in shown_by_sellsy(None).fields


def test_altior_shows_the_agreed_holder_else_sellsy_s_else_the_first_paired() -> None:
    both = shown_by_altior({"a": ["Comptable"], "b": ["Comptable"], "c": ["Acheteur"]})
    b_in_sellsy = shown_by_sellsy(5, paired="b")
    assert bound(both, b_in_sellsy, "a").fields[NAME] == str(contact("a"))
    assert bound(both, b_in_sellsy).fields[NAME] == str(contact("b"))
    assert bound(both, b_in_sellsy, "c").fields[NAME] == str(contact("b"))
    assert bound(both, shown_by_sellsy(None)).fields[NAME] == str(contact("a"))
    unpaired = shown_by_altior({"a": ["Comptable"], "b": ["Comptable"]}, paired="b")
    assert bound(unpaired, shown_by_sellsy(None)).fields[NAME] == str(contact("b"))
    assert bound(shown_by_altior({"a": ["Comptable"]}, paired=""), shown_by_sellsy(None)).fields[NAME] is None


def written(before: Snapshot, **fields: Any) -> dict[str, list[str]]:
    values = {name: str(contact(value)) if value else None for name, value in fields.items()}
    body = tiers_body(values, COMPTABLE, person=False, before=before).body
    return {one["contact"]: one["roles"] for one in body.get("contacts", [])}


def test_the_role_goes_to_one_and_leaves_only_the_one_that_had_it_from_us() -> None:
    links = {"a": ["Acheteur", "Comptable"], "b": ["Comptable"], "c": []}
    ours = bound(shown_by_altior(links), shown_by_sellsy(5, paired="c"), "a", "a")
    assert ours.bindings[GIVEN] == {NAME: str(contact("a"))}
    assert written(ours, invoicing_contact="c") == {"a": ["Acheteur"], "c": ["Comptable"]}
    assert written(ours, invoicing_contact="b") == {"a": ["Acheteur"]}
    assert written(ours, invoicing_contact=None) == {"a": ["Acheteur"]}
    theirs = bound(shown_by_altior(links), shown_by_sellsy(5, paired="c"), "a")
    assert theirs.bindings[GIVEN] == {}
    assert written(theirs, invoicing_contact="c") == {"c": ["Comptable"]}
    assert written(theirs, invoicing_contact="b") == {}


def test_a_role_that_serves_two_pointers_is_not_taken_while_one_needs_it() -> None:
    pair = Pair(
        "p",
        "third_party",
        company(7),
        tiers(501),
        half_altior={name: str(contact("a")) for name in (NAME, "dunning_contact")},
        half_sellsy={name: str(contact("a")) for name in (NAME, "dunning_contact")},
    )
    sides = {Side.ALTIOR: shown_by_altior({"a": ["Comptable"], "b": []}), Side.SELLSY: shown_by_sellsy(None)}
    before = bind_pointers(pair, sides)
    assert written(before, invoicing_contact="b") == {"b": ["Comptable"]}
    assert written(before, invoicing_contact="b", dunning_contact="b") == {"a": [], "b": ["Comptable"]}
