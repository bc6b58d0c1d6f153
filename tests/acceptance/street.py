"""One story in forty records, and its judge: import, export, twins by SIRET, live edits both ways, ticking, unticking.

The judge knows what the people of the story did, and both servers' final contents. It never asks the connector.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from altior_sellsy.sandbox.companies import SampleCompany, sample_companies
from altior_sellsy.values.text import fold
from tests.acceptance.town import Town

SHARES = (12, 8, 14, 6)
"""Ticked in Sellsy alone; in both (every other one ticked); in Altior alone; unticked in Sellsy alone: 40 firms."""
SPARE = 6
FIRST_COMPANY, FIRST_TIERS = 3001, 501
Same = Callable[[str, str], bool]


def exact(one: str, other: str) -> bool:
    return one == other


def rewritten(one: str, other: str) -> bool:
    """One may be the other in capitals or cut short: what a lossy side makes of it."""
    [short, long] = sorted((fold(one).strip(), fold(other).strip()), key=len)
    return bool(short) and long.startswith(short)


@dataclass
class Street:
    """`names`: SIRET → the name that its people gave it last; `emails` likewise. `both`, `sellsy_only`: SIRETs."""

    size: int = 1
    seed: int = 5
    shares: tuple[int, int, int, int] = SHARES
    firms: list[SampleCompany] = field(init=False)
    names: dict[str, str] = field(default_factory=dict)
    emails: dict[str, str] = field(default_factory=dict)
    both: set[str] = field(default_factory=set)
    sellsy_only: set[str] = field(default_factory=set)
    resting: set[str] = field(default_factory=set)
    """Unticked by a person, who has not ticked them again yet."""

    def __post_init__(self) -> None:
        sizes = [n * self.size for n in (*self.shares, SPARE)]
        self.firms = sample_companies(sum(sizes), self.seed)
        cut = [sum(sizes[:n]) for n in range(6)]
        self.descending, self.twins, self.ascending, self.aside, self.spare = (
            self.firms[cut[n] : cut[n + 1]] for n in range(5)
        )
        self.names = {f.siret: f.name for f in self.firms}
        ticked_twins = self.twins[::2]
        self.both = {f.siret for f in (*self.descending, *ticked_twins, *self.ascending)}
        self.sellsy_only = {f.siret for f in self.aside}

    # -- what there is at the start
    def sellsy(self) -> dict[str, Any]:
        ticked = {f.siret for f in (*self.descending, *self.twins[::2])}
        firms = [*self.descending, *self.twins, *self.aside]
        return {"companies": [self.company(n, f, f.siret in ticked) for n, f in enumerate(firms)]}

    def altior(self) -> dict[str, Any]:
        return {"tiers": [self.tiers(n, f) for n, f in enumerate([*self.twins, *self.ascending])]}

    def company(self, number: int, firm: SampleCompany, ticked: bool) -> dict[str, Any]:
        address = {
            "name": "Siège",
            "address_line_1": f"{number + 1} rue des Lilas",
            "postal_code": "44000",
            "city": "Nantes",
            "country_code": "FR",
            "is_invoicing_address": True,
            "is_delivery_address": False,
        }
        return {
            "id": FIRST_COMPANY + number,
            "type": "client" if number % 3 else "prospect",
            "name": firm.name,
            "email": firm.email,
            "phone_number": firm.phone,
            "legal_france": {"siret": firm.siret, "siren": firm.siren},
            "addresses": [address] if number % 4 == 0 else [],
            "sa": True if ticked else None,
        }

    def tiers(self, number: int, firm: SampleCompany) -> dict[str, Any]:
        return {
            "id": str(FIRST_TIERS + number),
            "nature": "moral",
            "roles": ["client"],
            "raison_sociale": firm.name,
            "siret": firm.siret,
            "siren": firm.siren,
            "emails": [{"type": "Principal", "adresse": firm.email}],
            "telephones": [{"type": "Principale", "numero": firm.phone}],
        }

    # -- what its people do once everything runs
    def live(self, town: Town) -> None:
        """Edits on both sides of different records, births on both sides, a tick, an untick with an edit."""
        companies = {c["legal_france"]["siret"]: c["id"] for c in town.companies()}
        tiers = {t["siret"]: t["id"] for t in town.tiers()}
        size = self.size
        for firm in self.descending[: 2 * size]:
            self.names[firm.siret] = f"{firm.name} et fils"
            edit = {"name": self.names[firm.siret]}
            town.sellsy("PATCH", f"records/companies/{companies[firm.siret]}", edit)
        for firm in self.descending[2 * size : 4 * size]:
            self.names[firm.siret] = f"{firm.name} du Port"
            edit = {"raison_sociale": self.names[firm.siret]}
            town.altior("PATCH", f"tiers/{tiers[firm.siret]}", {"corps": edit})
        for firm in self.ascending[: 2 * size]:
            self.emails[firm.siret] = f"accueil.{firm.email}"
            edit = {"email": self.emails[firm.siret]}
            town.sellsy("PATCH", f"records/companies/{companies[firm.siret]}", edit)
        for number, firm in enumerate(self.spare[: 2 * size]):
            town.sellsy("POST", "records/companies", self.company(1000 + number, firm, True))
            self.both.add(firm.siret)
        for number, firm in enumerate(self.spare[2 * size : 4 * size]):
            tiers_body = {key: value for key, value in self.tiers(number, firm).items() if key != "id"}
            town.altior("POST", "tiers", {"corps": tiers_body})
            self.both.add(firm.siret)
        for firm in self.aside[:size]:
            town.sellsy("PATCH", f"records/companies/{companies[firm.siret]}", {"sa": True})
            self.sellsy_only.discard(firm.siret)
            self.both.add(firm.siret)
        self.unticked = self.descending[-1]
        self.resting.add(self.unticked.siret)
        town.sellsy("PATCH", f"records/companies/{companies[self.unticked.siret]}", {"sa": False})

    def later(self, town: Town) -> None:
        """An edit behind the closed gate on the one side, then it is ticked again."""
        [company] = [c for c in town.companies() if c["legal_france"]["siret"] == self.unticked.siret]
        self.names[self.unticked.siret] = f"{self.unticked.name} réunis"
        edit = {"name": self.names[self.unticked.siret], "sa": True}
        self.resting.clear()
        town.sellsy("PATCH", f"records/companies/{company['id']}", edit)

    # -- the judge
    def judge(self, town: Town, same: Same = exact) -> None:
        companies, tiers = town.companies(), town.tiers()
        for what, sirets in (
            ("Sellsy", [c["legal_france"]["siret"] for c in companies]),
            ("Altior", [t["siret"] for t in tiers]),
        ):
            doubles = {siret: number for siret, number in Counter(sirets).items() if number > 1}
            assert not doubles, f"duplicates in {what}: {doubles}"
        here = {c["legal_france"]["siret"]: c for c in companies}
        there = {t["siret"]: t for t in tiers}
        assert not (self.both - here.keys()), "missing in Sellsy"
        assert not (self.both - there.keys()), "missing in Altior"
        assert not (self.sellsy_only & there.keys()), "came down unticked"
        for siret in sorted(self.both):
            self._judge_one(siret, here[siret], there[siret], same)

    def _judge_one(self, siret: str, company: Mapping[str, Any], tiers: Mapping[str, Any], same: Same) -> None:
        said = self.names[siret]
        assert same(company["name"], said), (siret, company["name"], said)
        assert same(tiers["raison_sociale"], said), (siret, tiers["raison_sociale"], said)
        assert company["sa"] is (siret not in self.resting), company
        assert f"sellsy:97417:company:{company['id']}" in tiers["references_externes"]
        emails = [e["adresse"] for e in tiers["emails"]]
        assert (company["email"] or "") in (emails or [""]), (siret, company["email"], emails)
        if siret in self.emails:
            assert company["email"] == self.emails[siret]
