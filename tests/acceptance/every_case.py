"""Firms in every situation that the first synchronisation meets, some of each, for as many as asked.

Each case is one function of a firm's number: what it puts into Sellsy and into Altior.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from altior_sellsy.sandbox.companies import SampleCompany, sample_companies
from altior_sellsy.values.siret import is_siret

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
    opportunities: list[Document] = field(default_factory=list)
    affaires: list[Document] = field(default_factory=list)

    def sellsy(self) -> dict[str, Any]:
        return {
            "companies": self.companies,
            "individuals": self.individuals,
            "contacts": self.contacts,
            "opportunities": self.opportunities,
        }

    def altior(self) -> dict[str, Any]:
        return {"tiers": self.tiers, "contacts": self.altior_contacts, "affaires": self.affaires}

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

    def deal(self, third_party: Document, step: int = 1103, thing: str = "company", **more: Any) -> Document:
        number = len(self.opportunities)
        made = {
            "id": 101 + number,
            "name": f"Chantier {number}",
            "pipeline": step // 100,
            "step": step,
            "amount": f"{number + 1}00.00",
            "owner_id": 101,
            "assigned_staff_ids": [102],
            "related": [{"type": thing, "id": third_party["id"]}],
        } | more
        self.opportunities.append(made)
        return made


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


# -- identity, addresses, coordinates (R2, R5, R9, R10, R13, R14, R16, R19, R20)


def everything_differs(cases: Cases, firm: SampleCompany) -> None:
    """One difference per family of fields, a client that Altior has as a prospect, sets to unite."""
    cases.company(
        firm,
        type="client",
        phone_number="+33240000001",
        mobile_number="+33612345678",
        capital="10000",
        owner_id=102,
        addresses=[address("Siège", "1 rue Neuve", is_invoicing_address=True)],
    )
    cases.tier(
        firm,
        roles=["prospect"],
        naf="4332A",
        reference=f"T{firm.siren}",
        telephones=[
            {"type": "Principale", "numero": "02 40 00 00 09"},
            {"type": "Principale", "numero": "02 40 00 00 10"},
            {"type": "Fax", "numero": "02 40 00 00 02"},
        ],
        emails=[{"type": "Commercial", "adresse": f"ventes.{firm.email}"}],
        adresses=[
            altior_address("Siège", "2 rue Vieille", facturation=True),
            altior_address("Dépôt", "3 quai des Antilles", livraison=True),
        ],
        collaborateurs=[{"email": "claire.martin@example.test", "role": "Commercial"}],
    )


def prospect_that_altior_has_as_client(cases: Cases, firm: SampleCompany) -> None:
    cases.company(firm, type="prospect")
    cases.tier(firm, roles=["client"])


def only_the_case_differs(cases: Cases, firm: SampleCompany) -> None:
    cases.company(firm, name=firm.name.upper())
    cases.tier(firm)


def another_site_of_the_firm(cases: Cases, firm: SampleCompany) -> None:
    """Same SIREN, other NIC: two firms to the connector."""
    cases.company(firm)
    cases.tier(firm, siret=f"{firm.siren}{_nic(firm.siren, firm.siret)}")


def only_a_siren(cases: Cases, firm: SampleCompany) -> None:
    cases.company(firm, legal_france={"siren": firm.siren})
    cases.tier(firm, siret=None)


def abroad(cases: Cases, firm: SampleCompany) -> None:
    place = address("Sitz", "Hauptstraße 5", postal_code="10115", city="Berlin", country_code="DE")
    cases.company(firm, legal_france={"vat": "DE123456789"}, addresses=[place], phone_number="+4930123456")


def overseas(cases: Cases, firm: SampleCompany) -> None:
    place = address("Siège", "4 rue du Port", postal_code="97400", city="Saint-Denis", country_code="RE")
    cases.company(firm, addresses=[place], phone_number="+262262123456")
    cases.tier(firm, adresses=[altior_address("Siège", "4 rue du Port", code_postal="97400", ville="Saint-Denis")])


def unknown_legal_form(cases: Cases, firm: SampleCompany) -> None:
    legal = {"siret": firm.siret, "siren": firm.siren, "company_type": f"Sté coop {firm.siren[0]}"}
    cases.company(firm, legal_france=legal)


def incomplete_address_in_altior(cases: Cases, firm: SampleCompany) -> None:
    cases.tier(firm, adresses=[altior_address("Siège", None, facturation=True)])


def too_long_for_sellsy(cases: Cases, firm: SampleCompany) -> None:
    cases.tier(firm, capital="1" * 45, note="n" * 4000)


def too_long_for_altior(cases: Cases, firm: SampleCompany) -> None:
    place = address("Siège", "r" * 180, is_invoicing_address=True)
    cases.company(firm, addresses=[place], legal_france={"rcs_immatriculation": "R" * 90})


def mail_of_a_collaborator(cases: Cases, firm: SampleCompany) -> None:
    cases.tier(firm, emails=[{"type": "Principal", "adresse": "claire.martin@example.test"}])


def shared_mail(cases: Cases, firm: SampleCompany) -> None:
    """compta@… belongs to two people: nobody is linked by it."""
    mail = [{"type": "Principal", "adresse": f"compta.{firm.email}"}]
    cases.company(firm, contacts=[cases.person(firm, email=f"compta.{firm.email}")])
    one = cases.altior_person(firm, emails=mail)
    two = cases.altior_person(firm, nom="Autre", emails=mail)
    cases.tier(firm, contacts=[{"contact": one, "roles": []}, {"contact": two, "roles": []}])


def roles_of_contacts(cases: Cases, firm: SampleCompany) -> None:
    main, billed = cases.person(firm), cases.person(firm, last_name="Comptable")
    cases.company(firm, contacts=[{"id": main, "roles": ["main"]}, {"id": billed, "roles": ["invoicing", "dunning"]}])


def contact_of_two_firms(cases: Cases, firm: SampleCompany) -> None:
    person = cases.person(firm)
    cases.company(firm, contacts=[person])
    cases.company(firm, None, name=f"{firm.name} Holding", legal_france={}, contacts=[person])


def contact_without_a_name(cases: Cases, firm: SampleCompany) -> None:
    cases.company(firm, contacts=[cases.person(firm, last_name="")])


def private_person_in_altior(cases: Cases, firm: SampleCompany) -> None:
    theirs = cases.altior_person(firm)
    person = {"nature": "physique", "raison_sociale": None, "siret": None, "siren": None, "civilite": "Madame"}
    named = {"nom": firm.contact.last_name, "prenom": firm.contact.first_name}
    cases.tier(firm, **person, **named, contacts=[{"contact": theirs, "roles": []}])


def blocked_in_altior(cases: Cases, firm: SampleCompany) -> None:
    cases.company(firm)
    cases.tier(firm, bloque=True)


def three_times_in_both(cases: Cases, firm: SampleCompany) -> None:
    for more in ("", " bis", " ter"):
        cases.company(firm, name=f"{firm.name}{more}")
        cases.tier(firm, raison_sociale=f"{firm.name}{more}")


def one_ticked_of_two(cases: Cases, firm: SampleCompany) -> None:
    cases.company(firm)
    cases.company(firm, None, name=f"{firm.name} (ancienne fiche)")
    cases.tier(firm)


# -- deals (R23 to R28)


def deal_that_is_reached(cases: Cases, firm: SampleCompany) -> None:
    cases.deal(cases.company(firm, contacts=[cases.person(firm)]))


def deals_of_every_standing(cases: Cases, firm: SampleCompany) -> None:
    company = cases.company(firm)
    cases.deal(company, 1101)
    cases.deal(company, 1101, status="won")
    cases.deal(company, 1104, status="lost")
    cases.deal(company, 1104, due_date="2025-01-31")
    cases.deal(company, 1105)
    cases.deal(company, 1202)


def deal_of_an_unticked_company(cases: Cases, firm: SampleCompany) -> None:
    cases.deal(cases.company(firm, None))


def deal_of_an_unticked_twin(cases: Cases, firm: SampleCompany) -> None:
    cases.deal(cases.company(firm, False))
    cases.tier(firm)


def deal_of_a_duplicate(cases: Cases, firm: SampleCompany) -> None:
    cases.deal(cases.company(firm))
    cases.company(firm, name=f"{firm.name} bis")


def deal_of_a_private_person(cases: Cases, firm: SampleCompany) -> None:
    private_person(cases, firm)
    cases.deal(cases.individuals[-1], thing="individual")


def deal_typed_by_hand(cases: Cases, firm: SampleCompany) -> None:
    """Somebody has typed the affaire of this opportunity in Altior already; another one is a stranger's."""
    deal = cases.deal(cases.company(firm))
    tiers = cases.tier(firm)["id"]
    for name, amount in ((deal["name"], "7.00"), ("Tout autre chose", "3.00")):
        number = len(cases.affaires)
        cases.affaires.append(
            {"id": str(901 + number), "numero": f"A{number}", "nom": name, "tiers": tiers, "montant": amount}
        )


def address(name: str, line: str, **more: Any) -> Document:
    town = {"postal_code": "44000", "city": "Nantes", "country_code": "FR"}
    return {"name": name, "address_line_1": line} | town | more


def altior_address(name: str, line: str | None, **more: Any) -> Document:
    town = {"code_postal": "44000", "ville": "Nantes", "pays": "FR"}
    return {"libelle": name, "ligne1": line} | town | more


def _nic(siren: str, siret: str) -> str:
    """Another NIC that makes a valid SIRET."""
    found = (f"{number:05d}" for number in range(10, 99) if is_siret(f"{siren}{number:05d}"))
    return next(nic for nic in found if f"{siren}{nic}" != siret)


CASES: tuple[Callable[[Cases, SampleCompany], None], ...] = (
    imported, linked_with_differences, exported, unticked, linked_with_its_contact, unticked_twin, imported,
    supplier_in_altior, already_stamped, unticked_and_stamped, stamp_of_nobody, stamp_of_another_account, exported,
    archived_in_sellsy, archived_in_altior, twice_in_sellsy, twice_in_altior, client_and_supplier, imported,
    client_and_supplier_of_a_tiers, without_siret, bad_siret, likely_twin, private_person, nobodys_contact,
    everything_differs, prospect_that_altior_has_as_client, only_the_case_differs, another_site_of_the_firm,
    only_a_siren, abroad, overseas, unknown_legal_form, incomplete_address_in_altior, too_long_for_sellsy,
    too_long_for_altior, mail_of_a_collaborator, shared_mail, roles_of_contacts, contact_of_two_firms,
    contact_without_a_name, private_person_in_altior, blocked_in_altior, three_times_in_both, one_ticked_of_two,
    deal_that_is_reached, deals_of_every_standing, deal_of_an_unticked_company, deal_of_an_unticked_twin,
    deal_of_a_duplicate, deal_of_a_private_person, deal_typed_by_hand,
)  # fmt: skip


def every_case(firms: int, seed: int = 7) -> Cases:
    cases = Cases()
    for number, firm in enumerate(sample_companies(firms, seed)):
        CASES[number % len(CASES)](cases, firm)
    return cases
