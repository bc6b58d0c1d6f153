"""The company of these tests: its people, its table, both systems and the third parties over them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from altior_sellsy.altior.port import Altior
from altior_sellsy.clock import ManualClock
from altior_sellsy.kinds.correspondence import Correspondence, StaffMember
from altior_sellsy.kinds.third_party.in_altior import AltiorThirdParties, Bindings, unbound
from altior_sellsy.kinds.third_party.in_sellsy import SellsyThirdParties
from altior_sellsy.sellsy.port import Sellsy
from altior_sellsy.values.reference import Reference, Side
from tests.unit.kinds.fake_altior import FakeAltior
from tests.unit.kinds.fake_sellsy import SA, FakeSellsy

ACCOUNT, ENVIRONMENT = "97417", "menuiserie-leo"
NOW = datetime(2026, 3, 12, 14, 2, tzinfo=UTC)
STAFF = {
    "7": StaffMember("Claire.Martin@leo.fr"),
    "8": StaffMember("paul@leo.fr"),
    "9": StaffMember("partie@leo.fr", active=False),
    "10": StaffMember("nouveau@leo.fr"),
}
USERS = ("claire.martin@leo.fr", "Paul@leo.fr", "partie@leo.fr")
SIRET, OTHER_SIRET = "73282932000074", "55208131766522"


def correspondence(changes: Mapping[str, str | None] | None = None) -> Correspondence:
    return Correspondence.of(changes or {}, staff=STAFF, users=USERS)


def in_sellsy(fake: FakeSellsy, own: Correspondence | None = None, default_owner: str = "") -> SellsyThirdParties:
    return SellsyThirdParties(cast(Sellsy, fake), ManualClock(NOW), ACCOUNT, own or correspondence(), SA, default_owner)


def in_altior(fake: FakeAltior, own: Correspondence | None = None, bindings: Bindings = unbound) -> AltiorThirdParties:
    return AltiorThirdParties(
        cast(Altior, fake), ManualClock(NOW), ENVIRONMENT, own or correspondence(), "e1", bindings
    )


def company(id: Any) -> Reference:
    return Reference(Side.SELLSY, ACCOUNT, "company", str(id))


def individual(id: Any) -> Reference:
    return Reference(Side.SELLSY, ACCOUNT, "individual", str(id))


def tiers(id: Any) -> Reference:
    return Reference(Side.ALTIOR, ENVIRONMENT, "tiers", str(id))
