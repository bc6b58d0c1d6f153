"""The street with people and business: contacts ticked in Sellsy or born in Altior, opportunities that become affaires,
devis and orders. The judge knows what its people did, and both servers' final contents; it never asks the connector."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from altior_sellsy.sandbox.companies import SampleCompany
from tests.acceptance.street import Same, Street, exact
from tests.acceptance.town import Town

SHARES = (8, 6, 9, 4)
"""Of the street: 27 firms, beside them 9 contacts and 4 opportunities."""
FIRST_CONTACT, FIRST_DEAL = 5001, 101
BEFORE, REACHED, SENT, ORDERED = 1101, 1102, 1103, 1105
"""Steps of the pipeline «Commercial»: before event 1, event 1, event 2, event 3."""
NAMES = {REACHED: "Étude du besoin", SENT: "Proposition envoyée", ORDERED: "Commande signée"}
DEALS = {
    "import": True,
    "events": {
        "1": [{"pipeline": "Commercial", "step": NAMES[REACHED], "establishment": "Menuiserie Léo"}],
        "2": [{"pipeline": "Commercial", "step": NAMES[SENT]}],
        "3": [{"pipeline": "Commercial", "step": NAMES[ORDERED]}],
        "4": [],
    },
}
RESOLVED = {
    "pipelines": {"Commercial": "11"},
    "steps": {"Commercial": {name: str(step) for step, name in NAMES.items()}},
    "order": {"11": ["1101", "1102", "1103", "1104", "1105"]},
    "establishments": {"Menuiserie Léo": "1"},
}


@dataclass
class Person:
    """`function`: what her people wrote last."""

    email: str
    last_name: str
    function: str
    siret: str


@dataclass
class Deal:
    """`step`, `status`, `name`, `amount`: as its people left it last."""

    id: int
    name: str
    amount: str
    step: int
    status: str = "open"


@dataclass
class Quarter:
    size: int = 1
    street: Street = field(init=False)
    people: list[Person] = field(init=False)
    deals: list[Deal] = field(init=False)

    def __post_init__(self) -> None:
        self.street = Street(self.size, shares=SHARES)
        self.buyers = self.street.descending[::2][: 4 * self.size]
        self.builders = self.street.ascending[::2][: 5 * self.size]
        self.people = [person(firm) for firm in (*self.buyers, *self.builders)]
        sellers = self.street.descending[:-1:2][: 4 * self.size]
        self.deals = [
            Deal(FIRST_DEAL + n, f"Chantier {n + 1}", f"{1000 + n}.00", BEFORE if n % 4 == 1 else REACHED)
            for n in range(len(sellers))
        ]
        self._sellers = sellers

    @property
    def number(self) -> int:
        """Records of both systems when the story begins, a firm that is in both counted once."""
        return sum(SHARES) * self.size + len(self.people) + len(self.deals)

    # -- what there is at the start
    def sellsy(self) -> dict[str, Any]:
        account = self.street.sellsy()
        at = {firm.siret: FIRST_CONTACT + n for n, firm in enumerate(self.buyers)}
        ids = {}
        for company in account["companies"]:
            siret = company["legal_france"]["siret"]
            ids[siret] = company["id"]
            if siret in at:
                company["contacts"] = [at[siret]]
        account["contacts"] = [
            {"id": FIRST_CONTACT + n, "last_name": p.last_name, "email": p.email, "position": p.function, "sa": True}
            for n, p in enumerate(self.people[: len(self.buyers)])
        ]
        account["opportunities"] = [
            {
                "id": deal.id,
                "name": deal.name,
                "pipeline": 11,
                "step": deal.step,
                "amount": deal.amount,
                "owner_id": 101,
                "related": [{"type": "company", "id": ids[firm.siret]}],
            }
            for deal, firm in zip(self.deals, self._sellers, strict=True)
        ]
        return account

    def altior(self) -> dict[str, Any]:
        held = self.street.altior()
        at = {firm.siret: f"c{n + 1}" for n, firm in enumerate(self.builders)}
        for tiers in held["tiers"]:
            if tiers["siret"] in at:
                tiers["contacts"] = [{"contact": at[tiers["siret"]], "roles": []}]
        held["contacts"] = [
            {
                "id": f"c{n + 1}",
                "nom": p.last_name,
                "fonction": p.function,
                "emails": [{"type": "Principal", "adresse": p.email}],
            }
            for n, p in enumerate(self.people[len(self.buyers) :])
        ]
        return held

    # -- what its people do once everything runs
    def live(self, town: Town) -> None:
        self.street.live(town)
        here, there = by_email(contacts_in_sellsy(town), sellsy_email), by_email(contacts_in_altior(town), altior_email)
        for one in self.people[: self.size]:
            one.function = "Directrice"
            town.sellsy("PATCH", f"records/contacts/{here[one.email]['id']}", {"position": one.function})
        for one in self.people[-self.size :]:
            one.function = "Gérant"
            town.altior("PATCH", f"contacts/{there[one.email]['id']}", {"corps": {"fonction": one.function}})
        affaires = self._affaires(town)
        for sent in self.deals[::4]:
            town.altior("POST", "devis", {"affaire": affaires[sent.id]["id"], "etat": "envoye"})
            sent.step = SENT
        for reached in self.deals[1::4]:
            reached.step = REACHED
            town.sellsy("PATCH", f"records/opportunities/{reached.id}", {"step": REACHED})
        for dearer in self.deals[2::4]:
            dearer.amount = "98765.00"
            town.sellsy("PATCH", f"records/opportunities/{dearer.id}", {"amount": dearer.amount})

    def later(self, town: Town) -> None:
        self.street.later(town)
        affaires = self._affaires(town)
        for won in self.deals[::4]:
            town.altior("POST", "commandes", {"affaire": affaires[won.id]["id"], "etat": "en_cours"})
            won.step, won.status = ORDERED, "won"

    def _affaires(self, town: Town) -> dict[int, dict[str, Any]]:
        found = {}
        for affaire in town.altior("GET", "affaires")["elements"]:
            for reference in affaire["references_externes"]:
                found[int(reference.rpartition(":")[2])] = affaire
        return found

    # -- the judge
    def judge(self, town: Town, same: Same = exact) -> None:
        self.street.judge(town, same)
        self._judge_people(town, same)
        self._judge_deals(town, same)

    def _judge_people(self, town: Town, same: Same) -> None:
        here, there = by_email(contacts_in_sellsy(town), sellsy_email), by_email(contacts_in_altior(town), altior_email)
        companies = {c["legal_france"]["siret"]: c for c in town.companies()}
        tiers = {t["siret"]: t for t in town.tiers()}
        assert set(here) == set(there) == {one.email for one in self.people}
        for one in self.people:
            shown, other = here[one.email], there[one.email]
            assert same(shown["last_name"], one.last_name), (one, shown["last_name"])
            assert same(other["nom"], one.last_name), (one, other["nom"])
            assert (shown["position"], other["fonction"]) == (one.function, one.function), one
            assert shown["sa"] is True, one
            assert other["references_externes"] == [f"sellsy:97417:contact:{shown['id']}"], one
            assert companies[one.siret]["contacts"] == [shown["id"]], one
            assert [link["contact"] for link in tiers[one.siret]["contacts"]] == [other["id"]], one

    def _judge_deals(self, town: Town, same: Same) -> None:
        shown = {deal["id"]: deal for deal in town.sellsy("GET", "records/opportunities")}
        affaires = self._affaires(town)
        number = len(town.altior("GET", "affaires")["elements"])
        reached = [deal for deal in self.deals if deal.step != BEFORE]
        assert set(shown) == {deal.id for deal in self.deals}
        assert number == len(affaires) == len(reached), (number, sorted(affaires))
        for deal in reached:
            here, there = shown[deal.id], affaires[deal.id]
            assert (here["step_id"], here["status"]) == (deal.step, deal.status), deal
            assert there["champs_personnalises"]["ETAP"] == NAMES[deal.step], (deal, there)
            assert there["etat"] == ("gagnee" if deal.status == "won" else "en_cours"), (deal, there)
            assert same(there["nom"], deal.name), (deal, there["nom"])
            assert (here["amount"], there["montant"]) == (deal.amount, deal.amount), (deal, here, there)


def person(firm: SampleCompany) -> Person:
    return Person(f"contact.{firm.email}", firm.contact.last_name, "Acheteur", firm.siret)


def contacts_in_sellsy(town: Town) -> list[dict[str, Any]]:
    return list(town.sellsy("GET", "records/contacts"))


def contacts_in_altior(town: Town) -> list[dict[str, Any]]:
    return list(town.altior("GET", "contacts")["elements"])


def sellsy_email(contact: Mapping[str, Any]) -> str:
    return str(contact["email"])


def altior_email(contact: Mapping[str, Any]) -> str:
    return str(contact["emails"][0]["adresse"]) if contact["emails"] else ""


def by_email(contacts: list[dict[str, Any]], email: Any) -> dict[str, dict[str, Any]]:
    doubles = {one: number for one, number in Counter(map(email, contacts)).items() if number > 1}
    assert not doubles, f"contacts doubled: {doubles}"
    return {email(one): one for one in contacts}
