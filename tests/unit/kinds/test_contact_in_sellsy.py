"""What reading and writing Sellsy's contacts costs and owes, over a small Sellsy in memory."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

import pytest

from altior_sellsy.clock import ManualClock
from altior_sellsy.errors import Invalid, NotSent, Retryable, Unclear
from altior_sellsy.kinds.contact.in_sellsy import SellsyContacts
from altior_sellsy.kinds.port import RECORD, Create, Write, Written
from altior_sellsy.sellsy.models import Company, Contact, Page
from altior_sellsy.sellsy.port import Sellsy
from altior_sellsy.values.reference import Reference, Side
from tests.unit.kinds.fake_bodies import checked
from tests.unit.kinds.fake_sellsy import SA, SA_DEFINITION
from tests.unit.kinds.people import ACCOUNT, ENVIRONMENT, NOW, company, correspondence, tiers


class FakeContacts:
    """`rows`: id → contact, with `sa`. `links`: contact → companies. `faults`: call → errors, raised once each."""

    embeds_custom_fields = True

    def __init__(self) -> None:
        self.rows: dict[int, dict[str, Any]] = {}
        self.links: dict[str, list[str]] = {}
        self.unreadable: list[str] = []
        self.faults: dict[str, list[Exception]] = {}
        self.calls: list[tuple[Any, ...]] = []

    def add(self, id: int, *, sa: bool | None = True, companies: str = "", **fields: Any) -> None:
        self.rows[id] = {"id": id, "last_name": "Durand", "created": "2026-03-01T09:00:00+01:00", "sa": sa, **fields}
        self.links[str(id)] = companies.split()

    def called(self, name: str) -> list[tuple[Any, ...]]:
        return [call[1:] for call in self.calls if call[0] == name]

    def _call(self, name: str, *arguments: Any) -> None:
        self.calls.append((name, *arguments))
        if self.faults.get(name):
            raise self.faults[name].pop(0)

    def list_contacts(self, **how: Any) -> Page[Contact]:
        self._call("list")
        ids = sorted(self.rows, reverse=how.get("direction") == "desc")
        return Page([self._shown(id) for id in ids], None, len(ids), self.unreadable)

    def search_contacts(self, filters: Mapping[str, Any], **how: Any) -> Page[Contact]:
        self._call("search", dict(filters))
        wanted = [id for id in self.rows if id in filters.get("id", self.rows)]
        if "is_linked" in filters:
            return Page([self._shown(id) for id in wanted if self.rows[id].get("person")])
        if "created" in filters:
            start = filters["created"]["start"]
            wanted = [id for id in wanted if datetime.fromisoformat(self.rows[id]["created"]) == start]
        mail = filters.get("email")
        return Page([self._shown(id) for id in wanted if mail in (None, self.rows[id].get("email"))])

    def contact(self, contact_id: str, **how: Any) -> Contact:
        return self._shown(int(contact_id))

    def contact_companies(self, contact_id: str) -> list[Company]:
        self._call("companies", contact_id)
        return [Company.model_validate({"id": id}) for id in self.links[contact_id]]

    def create_contact(self, body: Mapping[str, Any], **how: Any) -> Contact:
        self._call("create", dict(body))
        self.add(77, sa=None, **checked("ContactCreate", body))
        return self._shown(77)

    def update_contact(self, contact_id: str, body: Mapping[str, Any], **how: Any) -> Contact:
        self._call("update", dict(body))
        self.rows[int(contact_id)] |= checked("ContactUpdate", body)
        return self._shown(int(contact_id))

    def link_contact(self, company_id: str, contact_id: str, roles: Any = ()) -> None:
        self._call("link", company_id, contact_id)
        self.links[contact_id].append(company_id)

    def unlink_contact(self, company_id: str, contact_id: str) -> None:
        self._call("unlink", company_id, contact_id)
        self.links[contact_id].remove(company_id)

    def _shown(self, id: int) -> Contact:
        row = {name: value for name, value in self.rows[id].items() if name not in ("sa", "person")}
        inside = {"custom_fields": [SA_DEFINITION | {"value": self.rows[id]["sa"]}]}
        return Contact.model_validate(row | {"_embed": inside})


PAIRS = {
    company(7): (tiers(501),),
    company(8): (tiers(501),),  # the supplier record of the same tiers
    tiers(501): (company(7), company(8)),
    company(9): (tiers(502),),
    tiers(502): (company(9),),
}
LINKS = "third_parties"


def system(fake: FakeContacts) -> SellsyContacts:
    return SellsyContacts(
        cast(Sellsy, fake),
        ManualClock(NOW),
        ACCOUNT,
        correspondence(),
        SA,
        counterparts=lambda references: {one: PAIRS[one] for one in references if one in PAIRS},
    )


def ref(id: int) -> Reference:
    return Reference(Side.SELLSY, ACCOUNT, "contact", str(id))


def update(fake: FakeContacts, id: int, **fields: Any) -> Written:
    own = system(fake)
    [written] = own.update([Write(own.observe([ref(id)])[ref(id)], fields)])
    return written


def create(fake: FakeContacts, **fields: Any) -> Written:
    stamp = Reference(Side.ALTIOR, ENVIRONMENT, "contact", "c1")
    [written] = system(fake).create([Create("k", fields, frozenset({"contact"}), stamp)])
    return written


def test_links_cost_a_call_for_ticked_contacts_only() -> None:
    fake = FakeContacts()
    fake.add(1, companies="7 8 99")
    fake.add(2, sa=None, companies="7")
    fake.add(3, person=True)
    shown = {int(one.reference.id): one for one in system(fake).scan(None).snapshots}
    assert fake.called("companies") == [("1",), ("3",)]
    assert shown[1].fields[LINKS] == [str(tiers(501))]
    assert shown[1].parents == (company(7), company(8), company(99))
    assert LINKS not in shown[2].fields
    assert shown[3].roles == {"contact", "individual"}
    assert shown[1].roles == {"contact"}


def test_a_match_reads_links_whatever_the_gate_says() -> None:
    fake = FakeContacts()
    fake.add(2, sa=None, companies="9", email="a@leo.fr")
    [found] = system(fake).find("email", ["a@leo.fr"])
    assert found.fields[LINKS] == [str(tiers(502))]
    assert found.keys == {"email": "a@leo.fr"}


def test_a_row_that_cannot_be_read_is_shown_as_such_and_concludes_nothing() -> None:
    fake = FakeContacts()
    fake.add(1, companies="7")
    fake.unreadable = ["12"]
    lost = next(one for one in system(fake).scan(None).snapshots if one.reference == ref(12))
    assert RECORD in lost.problems
    with pytest.raises(Retryable):
        system(fake).created_at(NOW, "5")


def test_a_lost_create_is_looked_for_without_a_call_for_each_contact_there_is() -> None:
    fake = FakeContacts()
    for id in range(1, 6):
        fake.add(id, companies="7")
    fake.add(6, created=NOW.isoformat(), companies="9")
    found = system(fake).created_at(NOW, "5")
    assert [one.reference for one in found] == [ref(6)]
    assert {id for (id,) in fake.called("companies")} == {"6"}


def test_a_link_goes_to_the_sales_record_and_leaves_both() -> None:
    fake = FakeContacts()
    fake.add(1, companies="9")
    done = update(fake, 1, third_parties=[str(tiers(501)), str(tiers(502))], position="Chef")
    assert fake.links["1"] == ["9", "7"]
    assert done.shown == {"position": "Chef", LINKS: [str(tiers(501)), str(tiers(502))]}
    fake.links["1"] = ["9", "7", "8"]
    done = update(fake, 1, third_parties=[str(tiers(502))])
    assert fake.links["1"] == ["9"]
    assert dict(done.shown) == {LINKS: [str(tiers(502))]}


def test_what_sellsy_names_is_held_and_the_rest_goes() -> None:
    fake = FakeContacts()
    fake.add(1)
    fake.faults["update"] = [Invalid("Refusé.", {"email": "Déjà utilisée par un collaborateur"})]
    done = update(fake, 1, email="claire@leo.fr", position="Chef")
    assert done.refused["email"].code == "refused_by_sellsy"
    assert dict(done.shown) == {"position": "Chef"}
    done = update(fake, 1, last_name=None, first_name="Anne")
    assert done.refused["last_name"].code == "last_name_required"
    assert dict(done.shown) == {"first_name": "Anne"}


def test_what_was_acknowledged_before_a_fault_is_told() -> None:
    fake = FakeContacts()
    fake.add(1)
    fake.faults["link"] = [Unclear("Sellsy n'a pas répondu.")]
    done = update(fake, 1, position="Chef", third_parties=[str(tiers(501))])
    assert isinstance(done.error, Unclear)
    assert dict(done.shown) == {"position": "Chef"}


def test_a_new_contact_consents_to_nothing_and_is_linked() -> None:
    fake = FakeContacts()
    done = create(fake, last_name="Petit", third_parties=[str(tiers(501))])
    assert done.created
    [(body,)] = fake.called("create")
    assert body == {"last_name": "Petit", "marketing_campaigns_subscriptions": []}
    assert fake.links["77"] == ["7"]
    assert done.shown == {"last_name": "Petit", LINKS: [str(tiers(501))]}


def test_a_contact_made_without_its_link_is_made_and_owes_it() -> None:
    fake = FakeContacts()
    fake.faults["link"] = [NotSent("Plus d'appels pour le moment.")]
    done = create(fake, last_name="Petit", third_parties=[str(tiers(501))])
    assert done.error is None
    assert dict(done.shown) == {"last_name": "Petit"}
    assert done.snapshot is not None
    assert LINKS not in done.snapshot.fields
