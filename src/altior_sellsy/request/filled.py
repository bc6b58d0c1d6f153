"""A request as the texts of the form's cells. The secret is not among them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from altior_sellsy.request.fields import IN_CONSOLE, NOT_APPLICABLE, YES_NO
from altior_sellsy.request.mapping import NOT_SYNCHRONISED
from altior_sellsy.request.model import Request


@dataclass(frozen=True, slots=True)
class Filled:
    """`values`: input name → text. `mapping`: line number → «Autre valeur». `events`: 1–4 → rows of texts."""

    values: Mapping[str, str] = field(default_factory=dict)
    mapping: Mapping[str, str] = field(default_factory=dict)
    events: Mapping[int, tuple[tuple[str, ...], ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, request: Request) -> "Filled":
        values = {
            "client": request.client,
            "environnement": request.environment,
            "referent_integration": request.referent or "",
            "utilisateur_reference": request.reference_user,
            "etablissement": request.establishment,
            "sellsy_id_compte": request.account_id,
            "sellsy_client_id": request.client_id,
            "sellsy_client_secret": IN_CONSOLE,
            "tiers_export": _yes_no(request.tiers_export),
            "tiers_import": _yes_no(request.tiers_import),
            "tiers_siret": _yes_no(request.siret),
            "tiers_archivage": _yes_no(request.archiving),
            "contacts_notes": _yes_no(request.contact_notes),
            "affaires_import": _yes_no(request.deals_import),
            "affaires_delai": str(request.deals_grace) if request.deals_grace else "",
        }
        mapping = {number: NOT_SYNCHRONISED if value is None else value for number, value in request.overrides.items()}
        events = {
            number: tuple((row.pipeline, row.step, row.establishment or "") for row in rows)
            for number, rows in request.events.items()
        }
        return cls(values, mapping, events)


def _yes_no(answer: bool | None) -> str:
    return NOT_APPLICABLE if answer is None else YES_NO[0] if answer else YES_NO[1]
