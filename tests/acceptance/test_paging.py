"""People work while lists are paged: each time the connector asks for a further page, somebody inserts, edits, archives
a record, on a page already read or on one to come. Nothing is missed, nothing is doubled."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest

from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.sandbox.companies import SampleCompany, sample_companies
from altior_sellsy.service.runtime import Runtime
from altior_sellsy.timing import Timing
from tests.acceptance.steps import initialise, sync
from tests.acceptance.test_first_sync import company, tiers
from tests.acceptance.town import Town

BOTH, ALONE = 104, 6
"""Firms in both systems, and in each alone: two pages of each list."""
FURTHER = 21
"""Gestures at most."""


@dataclass
class Busy:
    """E-mails change in Sellsy, names in Altior: each on the side that is right about it at a first pairing too."""

    town: Town
    firms: list[SampleCompany]
    spare: list[SampleCompany]
    emails: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    archived: set[str] = field(default_factory=set)
    asked: Counter[str] = field(default_factory=Counter)
    """Further pages by list."""
    done: int = 0

    def __post_init__(self) -> None:
        self.known = list(self.firms)
        self.names = {f.siret: f.name for f in [*self.firms, *self.spare]}
        self.emails = {f.siret: f.email for f in [*self.firms, *self.spare]}

    def before(self, request: httpx2.Request) -> None:
        further = {"offset", "apres"} & set(request.url.params)
        if not further:
            return
        self.asked[f"{request.url.host} {request.method} {request.url.path}"] += 1
        gestures: tuple[Callable[[int], None], ...] = (
            self._born_in_sellsy,
            self._moves,
            self._renames,
            self._born_in_altior,
            self._moves,
            self._renames,
            self._archives,
        )
        if self.done < FURTHER:
            self.done += 1
            gestures[self.done % len(gestures)](self.done)

    def _one(self, number: int) -> SampleCompany:
        """First from the first page, then from the last one, and so on."""
        return self.firms[number] if number % 2 else self.firms[BOTH - number]

    def _born_in_sellsy(self, number: int) -> None:
        firm = self.spare.pop()
        self.known.append(firm)
        self.town.sellsy("POST", "records/companies", company(firm, 1000 + number, True))

    def _born_in_altior(self, number: int) -> None:
        firm = self.spare.pop()
        self.known.append(firm)
        body = {key: value for key, value in tier(firm, 0).items() if key != "id"}
        self.town.altior("POST", "tiers", {"corps": body})

    def _moves(self, number: int) -> None:
        firm = self._one(number)
        self.emails[firm.siret] = f"bureau{number}@{firm.email.partition('@')[2]}"
        [shown] = [c for c in self.town.companies() if c["legal_france"]["siret"] == firm.siret]
        self.town.sellsy("PATCH", f"records/companies/{shown['id']}", {"email": self.emails[firm.siret]})

    def _renames(self, number: int) -> None:
        firm = self._one(number + 40)
        self.names[firm.siret] = f"{firm.name} n° {number}"
        [shown] = [t for t in self.town.tiers() if t["siret"] == firm.siret]
        body = {"corps": {"raison_sociale": self.names[firm.siret]}}
        self.town.altior("PATCH", f"tiers/{shown['id']}", body)

    def _archives(self, number: int) -> None:
        firm = self._one(number)
        self.archived.add(firm.siret)
        [shown] = [c for c in self.town.companies() if c["legal_france"]["siret"] == firm.siret]
        self.town.sellsy("PATCH", f"records/companies/{shown['id']}", {"is_archived": True})

    # -- the judge
    def verdict(self) -> list[str]:
        companies, tiers = self.town.companies(), self.town.tiers()
        here = Counter(c["legal_france"]["siret"] for c in companies)
        there = Counter(t["siret"] for t in tiers)
        known = {f.siret for f in self.known}
        wrong = [f"{siret}: {here[siret]} in Sellsy, {there[siret]} in Altior" for siret in sorted(known)
                 if (here[siret], there[siret]) != (1, 1)]  # fmt: skip
        wrong += [f"{siret} is nobody's" for siret in sorted({*here, *there} - known)]
        by_siret: dict[str, dict[str, Any]] = {t["siret"]: t for t in tiers}
        for shown in companies:
            siret = shown["legal_france"]["siret"]
            other = by_siret[siret]
            told = (shown["name"], other["raison_sociale"], shown["email"], other["emails"][0]["adresse"])
            if told != (self.names[siret],) * 2 + (self.emails[siret],) * 2 and siret not in self.archived:
                wrong.append(f"{siret}: {told}")
        return wrong


def tier(firm: SampleCompany, number: int) -> dict[str, Any]:
    return tiers(firm, number) | {
        "raison_sociale": firm.name,
        "emails": [{"type": "Principal", "adresse": firm.email}],
    }


def turn_of_the_service(runtime: Runtime) -> None:
    """Sweep and rolling scan when they are due, the feed, the drain: what `serve` does."""
    runtime.clock.sleep(runtime.timing.scan_every)
    for _ in range(4):
        runtime.schedules(runtime.clock.now())
        runtime.poll_feed(0)
        while runtime.drain().more_due:
            continue
        runtime.clock.sleep(runtime.timing.stale_after_write)


@pytest.mark.parametrize("turn", [sync, turn_of_the_service], ids=["sync", "service"])
def test_what_people_do_while_lists_are_paged_is_neither_missed_nor_doubled(turn: Callable[[Runtime], Any]) -> None:
    firms = sample_companies(BOTH + 2 * ALONE + FURTHER, 11)
    both, spare = firms[:BOTH], firms[BOTH + 2 * ALONE :]
    in_sellsy, in_altior = firms[: BOTH + ALONE], [*both, *firms[BOTH + ALONE : BOTH + 2 * ALONE]]
    account = {"companies": [company(f, n, True) for n, f in enumerate(in_sellsy)]}
    with (
        Town(account, {"tiers": [tier(f, n) for n, f in enumerate(in_altior)]}, timing=Timing(), served=False) as town,
        town.runtime(MemoryLedgers(town.clock)) as runtime,
    ):
        busy = Busy(town, firms[: BOTH + 2 * ALONE], spare)
        assert town.ground.transport is not None
        town.ground.transport.before = busy.before
        initialise(runtime)
        for _ in range(15):
            turn(runtime)
            if busy.done == FURTHER:
                break
        assert busy.done == FURTHER, busy.asked
        assert {"sellsy.test GET /v2/companies", "altior.test GET /api/v1/tiers"} <= set(busy.asked)
        for _ in range(2):
            turn(runtime)
            runtime.clock.sleep(runtime.timing.stale_after_write)
        assert busy.verdict() == []
        town.forget_writes()
        turn(runtime)
        assert town.writes() == (0, 0)
