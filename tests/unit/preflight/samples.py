"""A company whose set-up is right, as readings made by hand; each test breaks one thing."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from altior_sellsy.altior.port import CustomField, Establishment, ListValue, Requirements, User
from altior_sellsy.preflight import scopes
from altior_sellsy.preflight.asked import Asked
from altior_sellsy.preflight.readings import AltiorReadings, AltiorTiers, Party, SellsyReadings, Tally
from altior_sellsy.preflight.report import Report
from altior_sellsy.preflight.run import judge
from altior_sellsy.request.mapping import LINES, Section
from altior_sellsy.request.model import EventRow, Request
from altior_sellsy.sellsy.models import AccountIdentity, CustomFieldDefinition, Pipeline, QuotaUse, Staff, Step

NOW = datetime(2026, 3, 12, 13, 2, tzinfo=UTC)
SIRET = "73282932000074"
OTHER_SIRET = "55208131766522"

REQUEST = Request(
    client="Menuiserie Léo",
    environment="Menuiserie Léo",
    reference_user="claire.martin@example.test",
    establishment="Menuiserie Léo",
    account_id="97417",
    client_id="an-access",
    tiers_export=True,
    tiers_import=True,
    siret=True,
    deals_import=True,
    events={
        1: (EventRow(pipeline="Commercial", step="Étude", establishment="Menuiserie Léo", cell="Affaires!A12"),),
        2: (EventRow(pipeline="Commercial", step="Proposition", cell="Affaires!A46"),),
        4: (EventRow(pipeline="Commercial", step="Signature", cell="Affaires!A114"),),
    },
    cells={
        "environnement": "Général!B6",
        "utilisateur_reference": "Général!B11",
        "etablissement": "Général!B12",
        "sellsy_id_compte": "Général!B16",
        "tiers_siret": "Tiers!B7",
    },
)
ASKED = Asked.of(REQUEST)


def asked(**changes: Any) -> Asked:
    """The request with other answers (fields of request.model.Request)."""
    return Asked.of(REQUEST.model_copy(update=changes))


def rows(*events: tuple[int, str, str]) -> dict[int, tuple[EventRow, ...]]:
    """(event, pipeline, step) → the tables."""
    tables: dict[int, tuple[EventRow, ...]] = {}
    for number, pipeline, step in events:
        row = EventRow(pipeline=pipeline, step=step, establishment="Menuiserie Léo" if number == 1 else None, cell="A1")
        tables[number] = (*tables.get(number, ()), row)
    return tables


ACCOUNT = AccountIdentity(
    account_id="97417",
    account_uuid="600b851b",
    account_name="Menuiserie Léo",
    access_name="Accès Altior",
    access_type="personal",
    scopes=scopes.ALL,
    delegated=False,
    single_login=False,
    staff_id="101",
    staff_name="Claire Martin",
    staff_email="claire.martin@example.test",
    staff_status="ok",
    is_administrator=True,
)


def definition(**changes: Any) -> CustomFieldDefinition:
    """SA as the guide wants it, or with changes."""
    return CustomFieldDefinition.model_validate(
        {
            "id": 501,
            "name": "Synchronisation Altior",
            "code": "SA",
            "description": "Oui : cette fiche est envoyée dans Altior.",
            "type": "boolean",
            "mandatory": False,
            "show_on_pdf": False,
            "related_objects": ["client", "prospect", "supplier", "contact"],
            "parameters": {"default_value": None},
            **changes,
        }
    )


def steps(*names: str, first: int = 1101) -> list[Step]:
    return [Step(id=str(first + rank), name=name, rank=rank) for rank, name in enumerate(names)]


FULL = frozenset(("raison_sociale", "siret", "adresses", "nom"))
TICKED = Party("client", ticked=True, siret=SIRET, filled=FULL)
UNTICKED = Party("prospect", ticked=None, siret=OTHER_SIRET, filled=FULL)

SELLSY = SellsyReadings(
    account=ACCOUNT,
    custom_fields=[definition()],
    quotas={"api_rate_seconds": QuotaUse(limit=35, used=1), "api_rate_minutes": QuotaUse(limit=2100, used=3)},
    staffs=[Staff(id="101", firstname="Claire", lastname="Martin", email="Claire.Martin@example.test", status="ok")],
    pipelines=[Pipeline(id="11", name="Commercial", rank=1)],
    steps={"11": steps("Contact", "Étude", "Proposition", "Négociation", "Signature")},
    companies=Tally(2, (TICKED, UNTICKED)),
    individuals=Tally(0),
    contacts=Tally(1, (Party(ticked=True, filled=FULL),)),
    opportunities=12,
    embeds=True,
)


def _list(section: Section) -> list[ListValue]:
    mine = [line for line in LINES if line.section is section and line.standard]
    return [
        ListValue(title, abbreviation or None)
        for title, abbreviation in dict.fromkeys((line.standard or "", line.abbreviation) for line in mine)
    ]


ALTIOR = AltiorReadings(
    environment="Menuiserie Léo",
    users=[User("claire.martin@example.test", "Claire Martin", active=True, administrator=True)],
    establishments=[Establishment("1", "Menuiserie Léo")],
    lists={section.value: _list(section) for section in Section},
    custom_fields=[
        CustomField("Sellsy", "Pipeline", "PIPE", "Texte", active=True),
        CustomField("Sellsy", "Etape", "ETAP", "Texte", active=True),
    ],
    requirements={"tiers": Requirements(["raison_sociale"]), "contacts": Requirements(["nom"])},
    tiers=AltiorTiers(1, Counter({SIRET: 1})),
    contacts=3,
)


def judged(
    request: Asked = ASKED,
    sellsy: SellsyReadings | Exception = SELLSY,
    altior: AltiorReadings | Exception | None = ALTIOR,
    pinned: Mapping[str, str] | None = None,
    approved: Mapping[str, Any] | None = None,
) -> Report:
    return judge(request, sellsy, altior, NOW, pinned or {}, approved or {})


def in_sellsy(**changes: Any) -> Report:
    return judged(sellsy=replace(SELLSY, **changes))


def account(**changes: Any) -> Report:
    return in_sellsy(account=replace(ACCOUNT, **changes))


def field(**changes: Any) -> Report:
    return in_sellsy(custom_fields=[definition(**changes)])


def in_altior(**changes: Any) -> Report:
    return judged(altior=replace(ALTIOR, **changes))


def listed(section: Section, values: list[ListValue], request: Asked = ASKED) -> Report:
    return judged(request, altior=replace(ALTIOR, lists={**ALTIOR.lists, section.value: values}))
