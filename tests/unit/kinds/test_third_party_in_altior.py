from typing import Any

import pytest

from altior_sellsy.errors import Invalid, NotSent, Refused, Stale, Unclear
from altior_sellsy.kinds.altior_sets import Bound
from altior_sellsy.kinds.port import Create, Snapshot, Write, Written
from altior_sellsy.kinds.third_party.in_altior import AltiorThirdParties
from altior_sellsy.values.address import address
from altior_sellsy.values.reference import Reference
from tests.unit.kinds.fake_altior import FakeAltior
from tests.unit.kinds.people import (
    OTHER_SIRET,
    SIRET,
    company,
    correspondence,
    in_altior,
    individual,
    tiers,
)

PARIS = address({"line_1": "12 rue de l'Église", "postal_code": "75012", "city": "Paris", "country": "FR"})
LYON = address({"line_1": "1 quai Gailleton", "postal_code": "69002", "city": "Lyon", "country": "FR"})
ON_PAPER = {"ligne1": "9 rue X", "code_postal": "75001", "ville": "Paris", "pays": "FR"}
PHONES = [
    {"type": "Secondaire", "numero": "01 00 00 00 00"},
    {"type": "Principale", "numero": "01 44 41 91 91"},
    {"type": "Principale", "numero": "01 44 41 91 92"},
]


def look(system: AltiorThirdParties, id: str) -> Snapshot:
    return system.observe([tiers(id)])[tiers(id)]


def write(system: AltiorThirdParties, id: str, **fields: Any) -> Written:
    return system.update([Write(look(system, id), fields)])[0]


def make(system: AltiorThirdParties, stamp: Reference, roles: set[str] | None = None, **fields: Any) -> Written:
    return system.create([Create("k", fields, frozenset(roles or {"client"}), stamp)])[0]


# -- reading
def test_a_tiers_in_the_shared_form() -> None:
    fake = FakeAltior()
    id = fake.add(
        raison_sociale="Menuiserie Léo",
        siret=SIRET,
        tva="FR44732829320",
        naf="6201Z",
        forme_juridique="Société par actions simplifiée",
        roles=["client", "fournisseur"],
        telephones=PHONES,
        emails=[{"type": "Comptabilité", "adresse": "compta@leo.fr"}, {"type": "Principal", "adresse": "A@Leo.fr"}],
        urls=[{"type": "Site web", "url": "https://www.leo.fr/"}],
        adresses=[{**ON_PAPER, "facturation": True, "livraison": False}],
        collaborateurs=[{"role": "ADV", "email": "x@y.fr"}, {"role": "Commercial", "email": "Paul@leo.fr"}],
        references_externes=["sellsy:97417:company:1", "autre:2"],
    )
    shown = look(in_altior(fake), id)
    fields = dict(shown.fields)
    assert fields.pop("invoicing_address") == address(
        {"line_1": "9 rue X", "postal_code": "75001", "city": "Paris", "country": "FR"}
    )
    assert fields == {
        "name": "Menuiserie Léo",
        "siret": SIRET,
        "siren": SIRET[:9],
        "vat": "FR44732829320",
        "naf": "62.01Z",
        "legal_form": "Société par actions simplifiée",
        "capital": None,
        "rcs": None,
        "reference": None,
        "note": None,
        "email": "a@leo.fr",
        "phone": "+33144419191",
        "mobile": None,
        "fax": None,
        "website": "www.leo.fr",
        "delivery_address": None,
        "owner": "paul@leo.fr",
        "sale_type": "client",
        "purchase_type": "supplier",
        "main_contact": None,
        "invoicing_contact": None,
        "dunning_contact": None,
    }
    assert shown.roles == {"client", "supplier"}
    assert shown.stamps == {"sellsy:97417:company:1", "autre:2"}
    assert shown.keys == {"siret": SIRET}
    assert (shown.version, shown.created) == ("1", "2026-03-12T13:02:00+00:00")
    assert shown.gate is None
    assert shown.problems == {}


def test_what_the_table_does_not_know_is_held() -> None:
    fake = FakeAltior()
    id = fake.add(
        raison_sociale="Léo",
        siret="73282932000075",
        forme_juridique="Kibboutz",
        collaborateurs=[{"role": "Commercial", "email": "partie@leo.fr"}],
    )
    shown = look(in_altior(fake), id)
    assert {name: problem.code for name, problem in shown.problems.items()} == {
        "siret": "invalid_siret",
        "legal_form": "unmapped_legal_form",
        "owner": "owner_without_counterpart",
    }
    person = fake.add(nature="physique", nom="Durand", civilite="Docteur")
    assert look(in_altior(fake), person).problems["civility"].code == "unknown_civility"
    assert look(in_altior(fake), person).fields["last_name"] == "Durand"


def test_a_person_uses_the_lines_of_persons() -> None:
    fake = FakeAltior()
    id = fake.add(nature="physique", nom="Durand", prenom="Anne", civilite="Madame", telephones=PHONES)
    shown = look(in_altior(fake), id)
    assert shown.fields["phone"] is None
    assert shown.fields["civility"] == "mrs"
    assert shown.label == "Anne Durand"
    assert not {"name", "siret", "legal_form"} & set(shown.fields)


# -- binding
def test_unbound_the_first_of_the_type_then_by_content_then_by_id() -> None:
    fake = FakeAltior()
    id = fake.add(raison_sociale="Léo", telephones=PHONES)
    system = in_altior(fake)
    first = look(system, id)
    assert first.fields["phone"] == "+33144419191"
    by_content = system.rebind(first, Bound(values={"phone": "+33144419192"}))
    assert by_content.fields["phone"] == "+33144419192"
    assert by_content.hash == first.hash

    bound = {tiers(id): Bound(by_content.bindings, by_content.fields)}
    kept = in_altior(fake, bindings=lambda references: {r: bound[r] for r in references if r in bound})
    own = by_content.bindings["telephones"]["phone"]
    fake.edit(id, telephones=[{"id": own, "numero": "01 44 41 91 99"}])
    assert look(kept, id).fields["phone"] == "+33144419199"
    assert look(kept, id).hash != first.hash
    fake.edit(id, telephones=[{"id": own, "type": "Secondaire"}])
    assert look(kept, id).fields["phone"] == "+33144419191"
    fake.edit(id, telephones=[{"id": own, "supprimer": True}, {"type": "Principale", "numero": "+33 1 44 41 91 92"}])
    assert look(kept, id).fields["phone"] == "+33144419192"


def test_two_slots_of_one_type_take_two_elements() -> None:
    fake = FakeAltior()
    id = fake.add(raison_sociale="Léo", telephones=PHONES)
    shown = look(in_altior(fake, correspondence({"T02": "Principale"})), id)
    assert (shown.fields["phone"], shown.fields["mobile"]) == ("+33144419191", "+33144419192")


def test_a_bound_element_is_changed_in_place_and_the_others_are_left() -> None:
    fake = FakeAltior()
    id = fake.add(raison_sociale="Léo", telephones=PHONES)
    system = in_altior(fake)
    bound = system.rebind(look(system, id), Bound(values={"phone": "+33144419192"}))
    done = system.update([Write(bound, {"phone": "+33155555555;ext=3", "mobile": "+33612345678"})])[0]
    assert dict(done.shown) == {"phone": "+33155555555;ext=3", "mobile": "+33612345678"}
    assert [(one["type"], one["numero"]) for one in fake.tiers[id]["telephones"]] == [
        ("Secondaire", "01 00 00 00 00"),
        ("Principale", "01 44 41 91 91"),
        ("Principale", "01 55 55 55 55 poste 3"),
        ("Portable", "06 12 34 56 78"),
    ]
    assert done.bindings["telephones"]["phone"] == bound.bindings["telephones"]["phone"]
    assert done.snapshot is not None
    assert done.snapshot.hash == look(system, id).hash


def test_an_emptied_slot_removes_its_element_and_no_other() -> None:
    fake = FakeAltior()
    id = fake.add(raison_sociale="Léo", telephones=PHONES[:2], emails=[{"type": "Principal", "adresse": "a@leo.fr"}])
    done = write(in_altior(fake), id, phone=None, email=None, fax=None)
    assert [one["numero"] for one in fake.tiers[id]["telephones"]] == ["01 00 00 00 00"]
    assert fake.tiers[id]["emails"] == []
    assert dict(done.shown) == {"phone": None, "email": None, "fax": None}


# -- writing
def test_only_what_changed_leaves_with_version_stamp_and_roles() -> None:
    fake = FakeAltior()
    id = fake.add(raison_sociale="Léo", roles=["prospect", "fournisseur"], references_externes=["autre:1"])
    system = in_altior(fake)
    done = system.update(
        [Write(look(system, id), {"siret": SIRET, "note": None, "sale_type": "client"}, frozenset({str(company(1))}))]
    )[0]
    ((item,),) = fake.writes
    assert item.body == {
        "siret": SIRET,
        "siren": SIRET[:9],
        "note": "",
        "references_externes": ["sellsy:97417:company:1"],
        "roles": ["client", "fournisseur"],
    }
    assert item.version == "1"
    assert dict(done.shown) == {"siret": SIRET, "note": None, "sale_type": "client"}
    assert done.snapshot is not None
    assert done.snapshot.stamps == {"autre:1", "sellsy:97417:company:1"}
    assert done.snapshot.version == "2"


def test_civilities_and_legal_forms_take_altior_s_titles() -> None:
    fake = FakeAltior()
    person = fake.add(nature="physique", nom="Durand", civilite="Monsieur")
    done = write(in_altior(fake), person, civility="ms", first_name="Anne")
    assert fake.tiers[person]["civilite"] == "Madame"
    assert dict(done.shown) == {"civility": "mrs", "first_name": "Anne"}
    id = fake.add(raison_sociale="Léo")
    write(in_altior(fake), id, legal_form="Etablissement Hospitalier")
    assert fake.tiers[id]["forme_juridique"] == "Etablissement Hospitalier"


def test_fields_that_altior_names_are_refused_and_the_others_go() -> None:
    fake = FakeAltior()
    ids = [fake.add(raison_sociale="Léo"), fake.add(raison_sociale="Bois")]
    fake.judge = lambda body: {
        **({"telephones[1].numero": "Trop long."} if len(body.get("telephones", [])) > 1 else {}),
        **({"tva": "Inconnue."} if body.get("tva") else {}),
    }
    system = in_altior(fake)
    fields = {"phone": "+33144419191", "mobile": "+33612345678", "vat": "FR44732829320", "capital": "1"}
    first, second = system.update([Write(look(system, ids[0]), fields), Write(look(system, ids[1]), {"naf": "62.01Z"})])
    assert set(first.refused) == {"mobile", "vat"}
    assert first.refused["vat"].sentence == "Altior répond : « Inconnue »."
    assert dict(first.shown) == {"phone": "+33144419191", "capital": "1"}
    assert dict(second.shown) == {"naf": "62.01Z"}
    assert [len(call) for call in fake.writes] == [2, 1]


def test_a_refusal_that_names_nothing_of_ours_is_an_error_of_that_item() -> None:
    fake = FakeAltior()
    ids = [fake.add(raison_sociale="Léo"), fake.add(raison_sociale="Bois")]
    fake.judge = lambda body: {"bloque": "Tiers bloqué."} if body.get("capital") else {}
    system = in_altior(fake)
    done = system.update([Write(look(system, ids[0]), {"capital": "1"}), Write(look(system, ids[1]), {"naf": "1"})])
    assert isinstance(done[0].error, Invalid)
    assert dict(done[0].shown) == {}
    assert dict(done[1].shown) == {"naf": "1"}


def test_everything_refused_sends_nothing_more() -> None:
    fake = FakeAltior()
    id = fake.add(raison_sociale="Léo")
    fake.judge = lambda body: {"tva": "Inconnue."} if body.get("tva") else {}
    done = write(in_altior(fake), id, vat="FR44732829320")
    assert set(done.refused) == {"vat"}
    assert dict(done.shown) == {}
    assert len(fake.writes) == 1


def test_a_tiers_that_moved_since_it_was_read_is_not_written() -> None:
    fake = FakeAltior()
    id = fake.add(raison_sociale="Léo")
    system = in_altior(fake)
    before = look(system, id)
    fake.edit(id, raison_sociale="Léo & fils")
    done = system.update([Write(before, {"name": "X"})])[0]
    assert isinstance(done.error, Stale)
    assert fake.tiers[id]["raison_sociale"] == "Léo & fils"


@pytest.mark.parametrize("error", [Unclear("?"), NotSent("non"), Refused("non")])
def test_a_call_that_failed_acknowledges_nothing(error: Any) -> None:
    fake = FakeAltior()
    ids = [fake.add(raison_sociale="Léo") for _ in range(2)]
    system = in_altior(fake)
    fake.faults = [error]
    done = system.update([Write(look(system, id), {"capital": "1"}) for id in ids])
    assert [(one.error, dict(one.shown)) for one in done] == [(error, {})] * 2


def test_more_than_a_hundred_go_in_several_calls() -> None:
    fake = FakeAltior()
    done = in_altior(fake).create(
        [Create(str(n), {"name": f"Tiers {n}"}, frozenset({"client"}), company(n + 1)) for n in range(150)]
    )
    assert [len(call) for call in fake.writes] == [100, 50]
    assert [one.shown["name"] for one in done] == [f"Tiers {n}" for n in range(150)]


# -- addresses, collaborators
def test_changing_one_pointer_of_a_shared_address_leaves_the_other() -> None:
    fake = FakeAltior()
    id = fake.add(raison_sociale="Léo", adresses=[{**ON_PAPER, "facturation": True, "livraison": True}])
    system = in_altior(fake)
    before = look(system, id)
    done = write(system, id, invoicing_address=LYON)
    now = look(system, id)
    assert dict(done.shown) == {"invoicing_address": LYON}
    assert now.fields["invoicing_address"] == LYON
    assert now.fields["delivery_address"] == before.fields["delivery_address"]
    assert [(one["facturation"], one["livraison"]) for one in fake.tiers[id]["adresses"]] == [
        (False, True),
        (True, False),
    ]


@pytest.mark.parametrize(
    ("invoicing", "delivery"), [(LYON, PARIS), (PARIS, PARIS), (None, PARIS), (LYON, None), (None, None)]
)
@pytest.mark.parametrize("shared", [True, False, None])
def test_both_pointers_at_once(invoicing: Any, delivery: Any, shared: bool | None) -> None:
    fake = FakeAltior()
    start = {
        True: [{**ON_PAPER, "facturation": True, "livraison": True}],
        False: [{**ON_PAPER, "facturation": True, "livraison": False}, {"facturation": False, "livraison": True}],
        None: [],
    }[shared]
    id = fake.add(raison_sociale="Léo", adresses=[*start, {**ON_PAPER, "facturation": False, "livraison": False}])
    system = in_altior(fake)
    done = write(system, id, invoicing_address=invoicing, delivery_address=delivery)
    assert dict(done.shown) == {"invoicing_address": invoicing, "delivery_address": delivery}
    again = look(system, id).fields
    assert (again["invoicing_address"], again["delivery_address"]) == (invoicing, delivery)
    others = [one for one in fake.tiers[id]["adresses"] if not one["facturation"] and not one["livraison"]]
    assert [one["ligne1"] for one in others] == ["9 rue X"]


def test_the_collaborator_of_the_role_is_changed_in_place() -> None:
    fake = FakeAltior()
    id = fake.add(
        raison_sociale="Léo",
        roles=["client", "fournisseur"],
        collaborateurs=[
            {"role": "Directeur", "email": "chef@leo.fr"},
            {"role": "Commercial", "email": "paul@leo.fr"},
        ],
    )
    system = in_altior(fake, correspondence({"B02": "ADV"}))
    done = write(system, id, owner="claire.martin@leo.fr", supplier_owner="paul@leo.fr")
    assert [(one["role"], one["email"]) for one in fake.tiers[id]["collaborateurs"]] == [
        ("Directeur", "chef@leo.fr"),
        ("Commercial", "claire.martin@leo.fr"),
        ("ADV", "paul@leo.fr"),
    ]
    assert dict(done.shown) == {"owner": "claire.martin@leo.fr", "supplier_owner": "paul@leo.fr"}


# -- creating, finding
def test_a_new_tiers_is_made_safely_under_its_stamp() -> None:
    fake = FakeAltior()
    system = in_altior(fake)
    done = make(system, company(1), {"supplier"}, name="Léo", siret=SIRET, phone="+33144419191", email=None)
    assert done.snapshot is not None
    assert done.created
    assert done.snapshot.stamps == {str(company(1))}
    assert dict(done.shown) == {"name": "Léo", "siret": SIRET, "phone": "+33144419191"}
    document = fake.tiers[done.snapshot.reference.id]
    assert (document["nature"], document["roles"], document["etablissement"]) == ("moral", ["fournisseur"], "e1")
    again = make(system, company(1), {"supplier"}, name="Léo")
    assert again.snapshot is not None
    assert again.snapshot.reference == done.snapshot.reference
    assert not again.created


def test_an_individual_becomes_a_physical_person() -> None:
    fake = FakeAltior()
    done = make(in_altior(fake), individual(4), last_name="Durand", civility="mr", phone="+33144419191")
    assert done.snapshot is not None
    document = fake.tiers[done.snapshot.reference.id]
    assert (document["nature"], document["nom"], document["civilite"]) == ("physique", "Durand", "Monsieur")
    assert document["telephones"][0]["type"] == "Fixe"
    assert dict(done.shown) == {"last_name": "Durand", "civility": "mr", "phone": "+33144419191"}


def test_a_refused_siret_makes_no_tiers_without_one() -> None:
    fake = FakeAltior()
    fake.judge = lambda body: {"siret": "Déjà utilisé."} if body.get("siret") else {}
    done = make(in_altior(fake), company(1), name="Léo", siret=SIRET)
    assert isinstance(done.error, Invalid)
    assert fake.tiers == {}
    fake.judge = lambda body: {"tva": "Inconnue."} if body.get("tva") else {}
    done = make(in_altior(fake), company(1), name="Léo", siret=SIRET, vat="FR44732829320")
    assert set(done.refused) == {"vat"}
    assert dict(done.shown) == {"name": "Léo", "siret": SIRET}


def test_by_siret_and_by_stamp() -> None:
    fake = FakeAltior()
    ids = [fake.add(raison_sociale="A", siret=SIRET, archive=True), fake.add(raison_sociale="B", siret=SIRET)]
    stamped = fake.add(raison_sociale="C", references_externes=[str(company(1))])
    system = in_altior(fake)
    assert [one.reference for one in system.find("siret", [SIRET, OTHER_SIRET])] == [tiers(id) for id in ids]
    assert [one.reference for one in system.find("stamp", [str(company(1))])] == [tiers(stamped)]
    assert system.find("siret", []) == []
    assert system.find("siret", [str(n) for n in range(250)]) == []


def test_a_scan_by_id_and_existence() -> None:
    fake = FakeAltior()
    ids = [fake.add(raison_sociale=f"T{n}") for n in range(120)]
    system = in_altior(fake)
    first = system.scan(None)
    second = system.scan(first.after)
    assert [one.reference for one in (*first.snapshots, *second.snapshots)] == [tiers(id) for id in ids]
    assert (first.total, second.after) == (120, None)
    assert system.exists(tiers(ids[0]))
    assert not system.exists(tiers("1"))
    assert system.observe([tiers("1")]) == {}


def test_the_hash_sees_unbound_elements_and_not_the_date() -> None:
    fake = FakeAltior()
    id = fake.add(raison_sociale="Léo", telephones=PHONES)
    system = in_altior(fake)
    first = look(system, id).hash
    fake.tiers[id] |= {"version": "9", "modifie_le": "2026-06-01T00:00:00Z", "modifie_par": "x"}
    assert look(system, id).hash == first
    fake.edit(id, telephones=[{"id": fake.tiers[id]["telephones"][2]["id"], "numero": "1"}])
    assert look(system, id).hash != first


# -- archiving
def test_a_tiers_with_affaires_is_not_archived_and_the_others_are() -> None:
    fake = FakeAltior()
    used, free, done = (fake.add(raison_sociale=name) for name in ("Léo", "Port", "Nord"))
    fake.affaires = [{"id": "a1", "tiers": used, "archive": False}, {"id": "a2", "tiers": done, "archive": True}]
    system = in_altior(fake)
    kept = system.not_archived([look(system, id) for id in (used, free, done)])
    assert {one.id: problem.code for one, problem in kept.items()} == {used: "archived_in_use"}
    system.update([Write(look(system, free), {"archived": True})])
    assert [fake.tiers[id]["archive"] for id in (used, free, done)] == [False, True, False]
