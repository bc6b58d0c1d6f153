"""What was read of both systems, as plain data. A part that could not be read is the error that says why."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from altior_sellsy.altior.port import CustomField, Establishment, ListName, ListValue, Requirements, Resource, User
from altior_sellsy.errors import ConnectorError
from altior_sellsy.sellsy.models import AccountIdentity, CustomFieldDefinition, Pipeline, QuotaUse, Staff, Step

Fault = ConnectorError


@dataclass(frozen=True, slots=True)
class Party:
    """What the checks need of one Sellsy record. `kind`: client, prospect, supplier; empty for a contact. `ticked`:
    None when empty or not shown. `filled`: fields of Altior's contract for which Sellsy holds a value."""

    kind: str = ""
    ticked: bool | None = None
    archived: bool = False
    siret: str = ""
    filled: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Tally:
    """All records of one sort. `parties` is empty unless `whole`: too many to be read for a check."""

    total: int
    parties: tuple[Party, ...] = ()
    whole: bool = True

    @property
    def ticked(self) -> int:
        return sum(party.ticked is True for party in self.parties)


@dataclass(frozen=True, slots=True)
class SellsyReadings:
    """`steps`: pipeline id → its steps in order, for pipelines that the request names. `embeds`: does this account show
    the value of a custom field on lists (None: not seen). `opportunities`: how many there are."""

    account: AccountIdentity | Fault
    custom_fields: Sequence[CustomFieldDefinition] | Fault = ()
    quotas: Mapping[str, QuotaUse] | Fault = field(default_factory=dict)
    staffs: Sequence[Staff] | Fault = ()
    pipelines: Sequence[Pipeline] | Fault = ()
    steps: Mapping[str, Sequence[Step] | Fault] = field(default_factory=dict)
    companies: Tally | Fault = field(default_factory=lambda: Tally(0))
    individuals: Tally | Fault = field(default_factory=lambda: Tally(0))
    contacts: Tally | Fault = field(default_factory=lambda: Tally(0))
    opportunities: int | Fault | None = None
    embeds: bool | None = None


@dataclass(frozen=True, slots=True)
class AltiorTiers:
    """`sirets`: SIRET → how many tiers that are not archived bear it; empty unless `whole`."""

    total: int
    sirets: Counter[str] = field(default_factory=Counter)
    whole: bool = True


@dataclass(frozen=True, slots=True)
class AltiorReadings:
    environment: str | Fault
    users: Sequence[User] | Fault = ()
    establishments: Sequence[Establishment] | Fault = ()
    lists: Mapping[ListName, Sequence[ListValue] | Fault] = field(default_factory=dict)
    custom_fields: Sequence[CustomField] | Fault = ()
    requirements: Mapping[Resource, Requirements | Fault] = field(default_factory=dict)
    tiers: AltiorTiers | Fault = field(default_factory=lambda: AltiorTiers(0))
    contacts: int | Fault = 0
