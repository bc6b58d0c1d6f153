"""What an account holds at the start: sample firms by size and seed, or exact records."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from pydantic import BaseModel, ConfigDict

from altior_sellsy.sandbox.companies import SampleCompany, SampleContact, sample_companies, sample_contact
from altior_sellsy.sandbox.sellsy import people
from altior_sellsy.sandbox.sellsy.settings import Resource, Settings, default_settings
from altior_sellsy.sandbox.sellsy.state import State
from altior_sellsy.sandbox.sellsy.switches import Switches
from altior_sellsy.sandbox.sellsy.times import Second, local

_FIRST_DAY = datetime(2025, 1, 6, 8, 0, tzinfo=UTC)
_DEALS = ("Rénovation des bureaux", "Extension de l'atelier", "Contrat d'entretien", "Agencement du magasin", "Façade")
_OWNERS = (101, 102, 103)
_LOADED: tuple[Resource, ...] = ("contacts", "companies", "individuals", "opportunities")


class Scenario(BaseModel):
    """Exact data. `settings`, `switches`: only what differs from the defaults, whole lists at a time.
    Records: documents of people.py; contacts come first, so that third parties may link them by id."""

    model_config = ConfigDict(extra="forbid")

    settings: dict[str, Any] = {}
    switches: dict[str, Any] = {}
    contacts: list[dict[str, Any]] = []
    companies: list[dict[str, Any]] = []
    individuals: list[dict[str, Any]] = []
    opportunities: list[dict[str, Any]] = []

    def all_settings(self) -> Settings:
        return changed_settings(default_settings(), self.settings)

    def all_switches(self) -> Switches:
        return Switches.model_validate(self.switches)

    def load(self, state: State) -> None:
        state.quiet = True
        try:
            for resource in _LOADED:
                for document in getattr(self, resource):
                    people.create(state, resource, document)
        finally:
            state.quiet = False


def changed_settings(settings: Settings, changes: Mapping[str, Any]) -> Settings:
    """Objects (`account`, `client`) merge key by key, lists are replaced."""
    merged = settings.model_dump()
    for name, value in changes.items():
        merged[name] = {**merged[name], **value} if isinstance(merged.get(name), dict) else value
    return Settings.model_validate(merged)


def sample_scenario(size: int, seed: int, now: Second) -> Scenario:
    """`size` firms, every other one ticked «Synchronisation Altior», with contacts, some private persons, and deals in
    both pipelines. The same for one seed, but for due dates, which lie around `now`."""
    rng = Random(f"sellsy:{seed}")
    scenario = Scenario()
    for number, firm in enumerate(sample_companies(size, seed)):
        _add_firm(scenario, rng, number, firm)
    for number in range(size // 8):
        scenario.individuals.append(_individual(rng, number))
    buyers = [company for company in scenario.companies if company["type"] != "supplier"]
    for number in range(min(len(buyers), size // 4)):
        scenario.opportunities.append(_deal(rng, number, buyers[number], now))
    return scenario


def _add_firm(scenario: Scenario, rng: Random, number: int, firm: SampleCompany) -> None:
    ticked = number % 2 == 0
    contacts = [firm.contact] if number % 3 != 2 else []
    if number % 5 == 0:
        contacts.append(sample_contact(rng, firm.email.partition("@")[2], firm.phone_region))
    ids = [5001 + len(scenario.contacts) + place for place in range(len(contacts))]
    for id, person in zip(ids, contacts, strict=True):
        scenario.contacts.append(_contact(id, person, ticked and number % 4 == 0, number))
    scenario.companies.append(
        {
            "id": 3001 + number,
            "type": firm.role,
            "name": firm.name,
            "email": firm.email,
            "website": firm.website,
            "phone_number": firm.phone,
            "mobile_number": firm.mobile or None,
            "legal_france": {
                "siret": firm.siret,
                "siren": firm.siren,
                "vat": firm.vat,
                "ape_naf_code": firm.naf,
                "company_type": rng.choice((firm.legal_form, f"{firm.legal_form}, {firm.legal_form_title}".lower())),
            },
            "capital": firm.capital,
            "owner_id": _OWNERS[number % 3],
            "sa": True if ticked else None,
            "addresses": _addresses(rng, firm),
            "contacts": ids,
            "counts": {"invoices": rng.randint(0, 3)} if firm.role == "client" else {},
            **_dates(number),
        }
    )


def _contact(id: int, person: SampleContact, ticked: bool, number: int) -> dict[str, Any]:
    return {
        "id": id,
        "civility": person.civility,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "email": person.email,
        "phone_number": person.phone,
        "mobile_number": person.mobile,
        "position": person.function,
        "sa": True if ticked else None,
        **_dates(number),
    }


def _addresses(rng: Random, firm: SampleCompany) -> list[dict[str, Any]]:
    place = firm.address
    address = {
        "name": "Siège",
        "address_line_1": place.line1,
        "address_line_2": place.line2,
        "postal_code": place.postal_code,
        "city": place.city,
        "country_code": place.country,
    }
    depot = {**address, "name": "Dépôt", "address_line_1": f"{rng.randint(1, 90)} rue des Artisans"}
    return [address, {**depot, "is_delivery_address": True}] if rng.random() < 0.25 else [address]


def _individual(rng: Random, number: int) -> dict[str, Any]:
    person = sample_contact(rng, "courriel.example", "02")
    return {
        "id": 3001 + number,
        "type": rng.choice(("client", "prospect")),
        "civility": person.civility,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "email": f"{number}.{person.email}",
        "mobile_number": person.mobile,
        "owner_id": _OWNERS[number % 3],
        "sa": True if number % 2 == 0 else None,
        "addresses": [
            {
                "name": "Domicile",
                "address_line_1": f"{rng.randint(1, 99)} rue des Lilas",
                "postal_code": "44300",
                "city": "Nantes",
                "country_code": "FR",
            }
        ],
        **_dates(number),
    }


def _deal(rng: Random, number: int, company: Mapping[str, Any], now: Second) -> dict[str, Any]:
    pipeline = ("Commercial", "Commercial", "Grands comptes")[number % 3]
    first = {"Commercial": 1101, "Grands comptes": 1201}[pipeline]
    late = number % 8 == 7
    due = local(now) + timedelta(days=-rng.randint(3, 40) if late else rng.randint(15, 200))
    contacts = [{"type": "contact", "id": id} for id in company["contacts"][:1]]
    return {
        "id": 101 + number,
        "name": f"{_DEALS[number % len(_DEALS)]} - {company['name']}",
        "pipeline": pipeline,
        "step": first + rng.randint(0, 4),
        "amount": f"{rng.randint(8, 900) * 100}.00",
        "due_date": due.date().isoformat(),
        "owner_id": _OWNERS[number % 3],
        "assigned_staff_ids": [_OWNERS[(number + 1) % 3]],
        "related": [{"type": "company", "id": company["id"]}, *contacts],
        **_dates(number),
    }


def _dates(number: int) -> dict[str, str]:
    created = _FIRST_DAY + timedelta(hours=7 * number, seconds=13 * number)
    return {"created": created.isoformat(), "updated_at": (created + timedelta(days=20)).isoformat()}
