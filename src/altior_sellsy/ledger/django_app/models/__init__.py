"""The tables of the ledger. PostgreSQL only. References are kept as text; what the engine decides from is JSONB."""

from altior_sellsy.ledger.django_app.models.environment import (
    EnvironmentRow,
    PlannedRow,
    PlanRow,
    QuotaRow,
    RequestVersionRow,
    SecretRow,
)
from altior_sellsy.ledger.django_app.models.people import CardRow, DecisionRow, JournalRow
from altior_sellsy.ledger.django_app.models.work import (
    AnnouncementRow,
    LookRow,
    PairRow,
    ReservedSecondRow,
    ShownRow,
    SightingRow,
    TombstoneRow,
)

__all__ = [
    "AnnouncementRow",
    "CardRow",
    "DecisionRow",
    "EnvironmentRow",
    "JournalRow",
    "LookRow",
    "PairRow",
    "PlanRow",
    "PlannedRow",
    "QuotaRow",
    "RequestVersionRow",
    "ReservedSecondRow",
    "SecretRow",
    "ShownRow",
    "SightingRow",
    "TombstoneRow",
]
