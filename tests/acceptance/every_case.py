"""Firms in every situation that the first synchronisation meets, some of each, for as many as asked.

Each case is one function of a firm's number: what it puts into Sellsy and into Altior.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from altior_sellsy.sandbox.companies import SampleCompany, sample_companies

Document = dict[str, Any]
ACCOUNT = "97417"


@dataclass
class Cases:
    """Documents of both sandboxes' people's doors."""

    companies: list[Document] = field(default_factory=list)
    individuals: list[Document] = field(default_factory=list)
    contacts: list[Document] = field(default_factory=list)
    tiers: list[Document] = field(default_factory=list)
    altior_contacts: list[Document] = field(default_factory=list)

    def sellsy(self) -> dict[str, Any]:
        return {"companies": self.companies, "individuals": self.individuals, "contacts": self.contacts}

    def altior(self) -> dict[str, Any]:
        return {"tiers": self.tiers, "contacts": self.altior_contacts}

    # -- records
    def company(self, firm: SampleCompany, sa: bool | None = True, **more: Any) -> Document:
        number = len(self.companies)
        address = {
            "name": "Siège",
            "address_line_1": firm.address.line1,
            "postal_code": firm.address.postal_code,
            "city": firm.address.city,
            "country_code": "FR",
        }
        made = {
            "id": 3001 + number,
            "type": "client" if number % 3 else "prospect",
            "name": firm.name,
            "email": firm.email,
            "phone_number": firm.phone,
            "website": firm.website,
            "legal_france": {"siret": firm.siret, "siren": firm.siren, "company_type": firm.legal_form},
            "addresses": [address] if number % 2 else [],
            "sa": sa,
        } | more
        self.companies.append(made)
        return made

    def tier(self, firm: SampleCompany, **more: Any) -> Document:
        made = {
            "id": str(501 + len(self.tiers)),
            "nature": "moral",
            "roles": ["client"],
            "raison_sociale": firm.name,
            "siret": firm.siret,
            "siren": firm.siren,
            "telephones": [{"type": "Principale", "numero": firm.phone}],
            "emails": [{"type": "Principal", "adresse": firm.email}],
        } | more
        self.tiers.append(made)
        return made

    def person(self, firm: SampleCompany, sa: bool | None = True, **more: Any) -> int:
        person = firm.contact
        made = {
            "id": 5001 + len(self.contacts),
            "civility": person.civility,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "email": f"{len(self.contacts)}.{person.email}",
            "position": person.function,
            "sa": sa,
        } | more
        self.contacts.append(made)
        return int(made["id"])

    def altior_person(self, firm: SampleCompany, **more: Any) -> str:
        person = firm.contact
        made = {"id": f"c{701 + len(self.altior_contacts)}", "nom": person.last_name, "prenom": person.first_name}
        self.altior_contacts.append(made | more)
        return str(made["id"])


def reference(company: Document, thing: str = "company", account: str = ACCOUNT) -> str:
    return f"sellsy:{account}:{thing}:{company['id']}"


def imported(cases: Cases, firm: SampleCompany) -> None:
    cases.company(firm, contacts=[cases.person(firm), cases.person(firm, None, last_name="Sans coche")])


def linked_with_differences(cases: Cases, firm: SampleCompany) -> None:
    cases.company(firm, website=None, note="Bon payeur")
    cases.tier(firm, raison_sociale=f"{firm.name} (Altior)", urls=[{"type": "Site web", "url": firm.website}])


def linked_with_its_contact(cases: Cases, firm: SampleCompany) -> None:
    mail = f"le.meme.{firm.contact.email}"
    cases.company(firm, contacts=[cases.person(firm, email=mail)])
    same = cases.altior_person(firm, emails=[{"type": "Principal", "adresse": mail}], fonction="Gérant")
    cases.tier(firm, contacts=[{"contact": same, "roles": []}])


def unticked_twin(cases: Cases, firm: SampleCompany) -> None:
    cases.company(firm, None, name=f"{firm.name} (Sellsy)")
    cases.tier(firm)


def unticked(cases: Cases, firm: SampleCompany) -> None:
    cases.company(firm, False, contacts=[cases.person(firm)])


def exported(cases: Cases, firm: SampleCompany) -> None:
    theirs = cases.altior_person(firm)
    cases.tier(firm, contacts=[{"contact": theirs, "roles": []}], references_externes=[f"boutique:{firm.siren}"])


def supplier_in_altior(cases: Cases, firm: SampleCompany) -> None:
    cases.tier(firm, roles=["fournisseur"])


def already_stamped(cases: Cases, firm: SampleCompany) -> None:
    """The ledger was lost: only the reference on the tiers says that they are one, whatever their SIRET."""
    company = cases.company(firm)
    cases.tier(firm, siret=None, siren=None, references_externes=[reference(company)])


def unticked_and_stamped(cases: Cases, firm: SampleCompany) -> None:
    company = cases.company(firm, None)
    cases.tier(firm, references_externes=[reference(company)])


def stamp_of_nobody(cases: Cases, firm: SampleCompany) -> None:
    cases.tier(firm, references_externes=[f"sellsy:{ACCOUNT}:company:9{firm.siren[:6]}"])


def stamp_of_another_account(cases: Cases, firm: SampleCompany) -> None:
    """And a ticked company of the same SIRET, which must not take it."""
    cases.company(firm)
    cases.tier(firm, references_externes=[f"sellsy:11111:company:{firm.siren}"])


def archived_in_sellsy(cases: Cases, firm: SampleCompany) -> None:
    cases.company(firm, is_archived=True)


def archived_in_altior(cases: Cases, firm: SampleCompany) -> None:
    cases.tier(firm, archive=True)


def twice_in_sellsy(cases: Cases, firm: SampleCompany) -> None:
    cases.company(firm)
    cases.company(firm, name=f"{firm.name} bis")


def twice_in_altior(cases: Cases, firm: SampleCompany) -> None:
    cases.company(firm)
    cases.tier(firm)
    cases.tier(firm, raison_sociale=f"{firm.name} bis")


def client_and_supplier(cases: Cases, firm: SampleCompany) -> None:
    cases.company(firm, type="client")
    cases.company(firm, type="supplier")


def client_and_supplier_of_a_tiers(cases: Cases, firm: SampleCompany) -> None:
    cases.company(firm, type="client")
    cases.tier(firm, roles=["client", "fournisseur"])


def without_siret(cases: Cases, firm: SampleCompany) -> None:
    cases.company(firm, legal_france={"company_type": firm.legal_form})


def bad_siret(cases: Cases, firm: SampleCompany) -> None:
    cases.company(firm, legal_france={"siret": "12345678901234"})


def likely_twin(cases: Cases, firm: SampleCompany) -> None:
    """One firm to any eye, but no SIRET says so."""
    cases.company(firm, legal_france={})
    cases.tier(firm, raison_sociale=firm.name.upper(), siret=None, siren=None)


def private_person(cases: Cases, firm: SampleCompany) -> None:
    person = firm.contact
    cases.individuals.append(
        {
            "id": 8001 + len(cases.individuals),
            "type": "client",
            "civility": person.civility,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "email": f"{firm.siren}.{person.email}",
            "sa": True,
        }
    )


def nobodys_contact(cases: Cases, firm: SampleCompany) -> None:
    cases.person(firm)


CASES: tuple[Callable[[Cases, SampleCompany], None], ...] = (
    imported, linked_with_differences, exported, unticked, linked_with_its_contact, unticked_twin, imported,
    supplier_in_altior, already_stamped, unticked_and_stamped, stamp_of_nobody, stamp_of_another_account, exported,
    archived_in_sellsy, archived_in_altior, twice_in_sellsy, twice_in_altior, client_and_supplier, imported,
    client_and_supplier_of_a_tiers, without_siret, bad_siret, likely_twin, private_person, nobodys_contact,
)  # fmt: skip


def every_case(firms: int, seed: int = 7) -> Cases:
    cases = Cases()
    for number, firm in enumerate(sample_companies(firms, seed)):
        CASES[number % len(CASES)](cases, firm)
    return cases
