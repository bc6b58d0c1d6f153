"""Who works in both systems while processes die, and the judge: it knows what these people did and what both servers
hold in the end, never what the connector thinks of it."""

import random
from collections.abc import Callable
from typing import Any

from tests.acceptance.street import Street
from tests.acceptance.town import Town

ACCOUNT = "97417"


class People:
    """Every field has its side: names change where the record was born, e-mails on the other side. So the last value
    that somebody gave is the one that must stand on both, whatever order things arrive in."""

    def __init__(self, town: Town, street: Street, rng: random.Random) -> None:
        self.town, self.street, self.rng = town, street, rng
        self.emails = {f.siret: f.email for f in street.firms}
        self.born_in_sellsy = {f.siret for f in street.descending}
        self.spare = list(street.spare)
        self.edits = 0
        self.frozen = [f.siret for f in street.twins[1::2]]

    def act(self) -> None:
        """One gesture of one person."""
        choice = self.rng.random()
        if choice < 0.1 and self.spare:
            self._birth()
        elif choice < 0.55:
            self._rename()
        else:
            self._move_mail()
        self.edits += 1

    def _birth(self) -> None:
        firm = self.spare.pop()
        number = 1000 + len(self.spare)
        if self.rng.random() < 0.5:
            self.born_in_sellsy.add(firm.siret)
            self.town.sellsy("POST", "records/companies", self.street.company(number, firm, True))
        else:
            body = {key: value for key, value in self.street.tiers(number, firm).items() if key != "id"}
            self.town.altior("POST", "tiers", {"corps": body})
        self.street.both.add(firm.siret)

    def _rename(self) -> None:
        siret = self.rng.choice(sorted(self.street.both))
        name = f"{self.street.names[siret].split(' n° ')[0]} n° {self.edits + 1}"
        if siret in self.born_in_sellsy:
            self._in_sellsy(siret, {"name": name})
        else:
            self._in_altior(siret, {"raison_sociale": name})
        self.street.names[siret] = name

    def _move_mail(self) -> None:
        siret = self.rng.choice(sorted(self.street.both))
        email = f"bureau{self.edits + 1}@{self.emails[siret].partition('@')[2]}"
        if siret in self.born_in_sellsy:
            done = self._mail_in_altior(siret, email)
        else:
            done = self._in_sellsy(siret, {"email": email})
        if done:
            self.emails[siret] = email

    def _in_sellsy(self, siret: str, fields: dict[str, Any]) -> bool:
        found = [c["id"] for c in self.town.companies() if c["legal_france"]["siret"] == siret]
        for id in found:
            self.town.sellsy("PATCH", f"records/companies/{id}", fields)
        return bool(found)

    def _mail_in_altior(self, siret: str, email: str) -> bool:
        """The one that is there is changed; without its id it would be a second one."""
        found = [t for t in self.town.tiers() if t["siret"] == siret]
        for tiers in found:
            element = {"id": tiers["emails"][0]["id"]} if tiers["emails"] else {"type": "Principal"}
            body = {"emails": [{**element, "adresse": email}]}
            self.town.altior("PATCH", f"tiers/{tiers['id']}", {"corps": body})
        return bool(found)

    def _in_altior(self, siret: str, body: dict[str, Any]) -> bool:
        found = [t["id"] for t in self.town.tiers() if t["siret"] == siret]
        for id in found:
            self.town.altior("PATCH", f"tiers/{id}", {"corps": body})
        return bool(found)

    def not_linked(self) -> int:
        """Records that should stand on both sides and do not bear their link yet."""
        linked = {t["siret"] for t in self.town.tiers() if t["references_externes"]}
        return len(self.street.both - linked)

    # -- the judge
    def verdict(self) -> list[str]:
        """What is wrong; empty when nothing is lost and nothing doubled."""
        companies = _by_siret(self.town.companies(), lambda c: c["legal_france"]["siret"])
        tiers = _by_siret(self.town.tiers(), lambda t: t["siret"])
        wrong = [f"{s} stands {len(v)} times in Sellsy" for s, v in companies.items() if len(v) > 1]
        wrong += [f"{s} stands {len(v)} times in Altior" for s, v in tiers.items() if len(v) > 1]
        wrong += [f"{s} is ticked by nobody and stands in Altior" for s in self.street.sellsy_only & tiers.keys()]
        wrong += [f"{s} is not in Sellsy" for s in self.street.both - companies.keys()]
        wrong += [f"{s} is not in Altior" for s in self.street.both - tiers.keys()]
        for siret in sorted((self.street.both | set(self.frozen)) & companies.keys() & tiers.keys()):
            wrong += self._compare(siret, companies[siret][0], tiers[siret][0])
        return wrong

    def _compare(self, siret: str, company: dict[str, Any], tiers: dict[str, Any]) -> list[str]:
        wrong = []
        if tiers["references_externes"] != [f"sellsy:{ACCOUNT}:company:{company['id']}"]:
            wrong.append(f"{siret}: tiers {tiers['id']} bears {tiers['references_externes']}")
        if company["sa"] is not (None if siret in self.frozen else True):
            wrong.append(f"{siret}: company {company['id']} shows SA at {company['sa']}")
        names = {company["name"], tiers["raison_sociale"]}
        if names != {self.street.names[siret]}:
            wrong.append(f"{siret}: last named {self.street.names[siret]!r}, shows {sorted(names)}")
        emails = [company["email"], *(e["adresse"] for e in tiers["emails"])]
        if emails != [self.emails[siret]] * 2:
            wrong.append(f"{siret}: last mail {self.emails[siret]!r}, shows {emails}")
        return wrong


def _by_siret(records: list[dict[str, Any]], siret: Callable[[dict[str, Any]], str]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        found.setdefault(siret(record), []).append(record)
    return found
