from typing import Any

import pytest

from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.kinds.third_party.record import THIRD_PARTY
from tests.unit.kinds.fake_sellsy import FakeSellsy
from tests.unit.kinds.people import SIRET, company, correspondence, in_sellsy, individual

PARIS = {
    "address_line_1": "12 rue de l'Église",
    "postal_code": "75012",
    "city": "Paris",
    "country_code": "FR",
    "is_invoicing_address": True,
}


def read(changes: dict[str, str | None] | None = None, **fields: Any) -> Snapshot:
    fake = FakeSellsy()
    id = fake.add(**fields)
    return in_sellsy(fake, correspondence(changes)).observe([company(id)])[company(id)]


def test_a_company_in_the_shared_form() -> None:
    fake = FakeSellsy()
    id = fake.add(
        gate=True,
        name=" Menuiserie  Léo ",
        email="Contact@Leo.FR",
        website="www.Leo.fr/",
        phone_number="01 44 41 91 91 poste 12",
        mobile_number="+33 6 23 45 67 89",
        legal_france={"siret": "732 829 320 00074", "vat": "fr44732829320", "ape_naf_code": "6201z"},
        note="Un\n\nmot ",
    )
    place = fake.add_address("company", id, **PARIS)
    shown = in_sellsy(fake).observe([company(id)])[company(id)]
    assert dict(shown.fields) == {
        "name": "Menuiserie Léo",
        "siret": SIRET,
        "siren": "732829320",
        "vat": "FR44732829320",
        "naf": "62.01Z",
        "legal_form": None,
        "capital": None,
        "rcs": None,
        "reference": None,
        "note": "Un\n\nmot",
        "email": "contact@leo.fr",
        "phone": "+33144419191;ext=12",
        "mobile": "+33623456789",
        "fax": None,
        "website": "www.leo.fr",
        "invoicing_address": {
            "line_1": "12 rue de l'Église",
            "line_2": None,
            "line_3": None,
            "line_4": None,
            "postal_code": "75012",
            "city": "Paris",
            "country": "FR",
        },
        "delivery_address": None,
        "owner": "claire.martin@leo.fr",
        "sale_type": "client",
    }
    assert shown.gate is True
    assert shown.roles == {"client"}
    assert shown.keys == {"siret": SIRET}
    assert shown.bindings == {"addresses": {"invoicing_address": str(place)}}
    assert shown.label == "Menuiserie Léo"
    assert shown.problems == {}
    assert shown.created == shown.version
    assert shown.modified is not None
    assert set(shown.fields) <= {field.name for field in THIRD_PARTY.fields}


def test_an_individual_has_no_legal_identity() -> None:
    fake = FakeSellsy()
    id = fake.add("individual", first_name="Anne", civility="ms", phone_number="0144419191")
    shown = in_sellsy(fake).observe([individual(id)])[individual(id)]
    assert shown.fields["last_name"] == "Durand"
    assert shown.fields["civility"] == "ms"
    assert shown.fields["phone"] == "+33144419191"
    assert shown.label == "Anne Durand"
    assert not {"name", "siret", "legal_form", "capital"} & set(shown.fields)
    assert shown.keys == {}


@pytest.mark.parametrize("gate", [True, False, None])
@pytest.mark.parametrize("embeds", [True, False])
def test_no_and_empty_are_kept_apart_with_or_without_the_embed(gate: bool | None, embeds: bool) -> None:
    fake = FakeSellsy(embeds=embeds)
    id = fake.add(gate=gate)
    assert in_sellsy(fake).observe([company(id)])[company(id)].gate is gate
    assert len(fake.called("custom_field_values")) == (0 if embeds else 1)


def test_a_field_that_is_wrong_is_held_and_the_rest_goes() -> None:
    shown = read(
        legal_france={"siret": "73282932000075", "siren": "123", "vat": "FR12", "company_type": "Sté coop"},
        email="léo chez leo.fr",
        owner={"id": 9, "type": "staff"},
    )
    assert {name: problem.code for name, problem in shown.problems.items()} == {
        "siret": "invalid_siret",
        "siren": "invalid_siren",
        "vat": "invalid_vat",
        "legal_form": "unknown_legal_form",
        "email": "invalid_email",
        "owner": "owner_inactive",
    }
    assert not set(shown.problems) & set(shown.fields)
    assert shown.problems["legal_form"].sentence == "Forme juridique inconnue : « Sté coop »."
    assert shown.keys == {}
    assert shown.fields["name"] == "Menuiserie Léo"


def test_the_siret_prevails_over_a_siren_that_disagrees() -> None:
    shown = read(legal_france={"siret": SIRET, "siren": "552081317"})
    assert shown.problems["siren"].code == "siren_mismatch"
    assert shown.fields["siret"] == SIRET


def test_no_control_abroad() -> None:
    fake = FakeSellsy()
    id = fake.add(legal_france={"siret": "0428759497", "siren": "12", "vat": "BE0428759497", "company_type": "SA"})
    fake.add_address("company", id, **{**PARIS, "country_code": "BE"})
    shown = in_sellsy(fake).observe([company(id)])[company(id)]
    assert shown.fields["siret"] == "0428759497"
    assert shown.keys == {}
    assert set(shown.problems) == {"legal_form"}


def test_overseas_is_france() -> None:
    fake = FakeSellsy()
    id = fake.add(legal_france={"siret": "1", "company_type": "sarl"}, phone_number="0262 20 12 34")
    fake.add_address("company", id, **{**PARIS, "country_code": "RE"})
    shown = in_sellsy(fake).observe([company(id)])[company(id)]
    assert shown.problems["siret"].code == "invalid_siret"
    assert shown.fields["legal_form"] == "Société à responsabilité limitée"
    assert shown.fields["phone"] == "+262262201234"


@pytest.mark.parametrize(
    ("owner", "code"), [(9, "owner_inactive"), (404, "owner_inactive"), (10, "owner_without_counterpart")]
)
def test_an_owner_who_may_not_be_assigned_leaves_the_other_side_alone(owner: int, code: str) -> None:
    shown = read(owner={"id": owner, "type": "staff"})
    assert shown.problems["owner"].code == code
    assert "owner" not in shown.fields


def test_the_owner_of_a_supplier_has_a_line_of_its_own() -> None:
    assert not {"owner", "supplier_owner"} & set(read(type="supplier").fields)
    shown = read({"B02": "ADV"}, type="supplier")
    assert shown.fields["supplier_owner"] == "claire.martin@leo.fr"
    assert "owner" not in shown.fields
    assert shown.roles == {"supplier"}
    assert "owner" not in read({"B01": None}).fields


def test_lines_left_out_leave_the_field_unknown() -> None:
    off = dict.fromkeys(("T01", "T02", "T03", "M01", "U01", "F01"))
    shown = read(off, phone_number="0144419191", email="x@y.fr", website="y.fr", legal_france={"company_type": "SAS"})
    assert not {"phone", "mobile", "fax", "email", "website", "legal_form"} & set(shown.fields)
    assert shown.problems == {}


def test_social_networks_when_their_lines_are_in_use() -> None:
    social = {"linkedin": "https://linkedin.com/company/Leo", "facebook": None, "twitter": None}
    assert "linkedin" not in read(social=social).fields
    shown = read({"U02": "LinkedIn", "U03": "Facebook"}, social=social)
    assert shown.fields["linkedin"] == "linkedin.com/company/Leo"
    assert shown.fields["facebook"] is None


def test_the_hash_moves_with_content_gate_and_archive_and_not_with_the_date() -> None:
    fake = FakeSellsy()
    id = fake.add()
    system = in_sellsy(fake)

    def look() -> str:
        return system.observe([company(id)])[company(id)].hash

    first = look()
    fake.rows["company"][id]["updated_at"] = "2026-05-01T08:00:00+02:00"
    assert look() == first
    hashes = {first}
    fake.rows["company"][id]["name"] = "Léo"
    hashes.add(look())
    fake.gates["company", id] = True
    hashes.add(look())
    fake.gates["company", id] = False
    hashes.add(look())
    fake.rows["company"][id]["is_archived"] = True
    hashes.add(look())
    fake.rows["company"][id]["legal_france"] = {"company_type": "Sté coop"}
    hashes.add(look())
    fake.add_address("company", id, **PARIS)
    hashes.add(look())
    assert len(hashes) == 7


def test_a_key_that_is_missing_is_unknown() -> None:
    fake = FakeSellsy()
    id = fake.add()
    del fake.rows["company"][id]["email"]
    fake.rows["company"][id]["legal_france"] = {"siret": SIRET}
    shown = in_sellsy(fake).observe([company(id)])[company(id)]
    assert not {"email", "vat", "legal_form"} & set(shown.fields)
    assert shown.fields["siret"] == SIRET
