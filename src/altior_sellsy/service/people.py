"""What changes rarely and every drain needs: collaborators of both sides, the id of SA, of the établissement.

Kept in the environment's cursors and read again every hour, so that a drain of one record does not cost four calls.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from altior_sellsy.altior.port import Altior
from altior_sellsy.errors import Refused
from altior_sellsy.kinds.correspondence import Choices, Correspondence, StaffMember
from altior_sellsy.ledger.model import Environment
from altior_sellsy.ledger.port import Changes, Ledger
from altior_sellsy.sellsy.port import Sellsy
from altior_sellsy.values.text import same_text

FRESH = timedelta(hours=1)
GATE_CODE = "SA"


@dataclass(frozen=True, slots=True)
class People:
    correspondence: Correspondence
    gate_field: str
    establishment: str


def people(ledger: Ledger, sellsy: Sellsy, altior: Altior, now: datetime) -> People:
    """Raises Refused when SA or the établissement is not there: without them nothing may be written."""
    environment = ledger.environment()
    kept = environment.cursors.get("people")
    if not kept or datetime.fromisoformat(kept["at"]) < now - FRESH:
        kept = _read(environment, sellsy, altior, now)
        ledger.commit(Changes(cursors={"people": kept}), None)
    return People(
        correspondence=Correspondence.of(
            environment.settings.get("mapping", {}),
            staff={key: StaffMember(email, active) for key, (email, active) in kept["staff"].items()},
            users=kept["users"],
            corrections=environment.settings.get("staff", {}),
            choices=Choices.of(environment.settings.get("tiers", {})),
        ),
        gate_field=kept["gate_field"],
        establishment=kept["establishment"],
    )


def _read(environment: Environment, sellsy: Sellsy, altior: Altior, now: datetime) -> dict[str, Any]:
    gate = next((f for f in sellsy.custom_fields() if f.code == GATE_CODE and f.type == "boolean"), None)
    if gate is None:
        raise Refused(
            "Le champ personnalisé « Synchronisation Altior » (code SA, type Oui / Non) n'existe pas dans Sellsy : "
            "créez-le dans Menu → Réglages → Données → Champs personnalisés."
        )
    establishments = altior.establishments()
    wanted = str(environment.settings.get("establishment", ""))
    named = [e for e in establishments if same_text(e.name, wanted)]
    if not named and len(establishments) == 1:
        named = list(establishments)
    if not named:
        names = ", ".join(f"« {e.name} »" for e in establishments) or "aucun"
        raise Refused(
            f"L'établissement « {wanted} » n'existe pas dans Altior. Établissements trouvés : {names}. "
            "Corrigez « Nom de l'établissement sur Altior » dans la demande."
        )
    return {
        "at": now.isoformat(),
        "staff": {str(s.id): [s.email or "", s.status in (None, "ok")] for s in sellsy.staffs()},
        "users": [u.email for u in altior.users() if u.active],
        "gate_field": str(gate.id),
        "establishment": named[0].id,
    }
