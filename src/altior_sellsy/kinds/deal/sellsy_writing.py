"""From fields in the shared form to the bodies that Sellsy takes for an opportunity (OpenAPI 2.264.0). Pure.

PATCH names what it changes and moves nothing else: it is used wherever it can. Only contacts and «Collaborateur
affecté» need the PUT, which asks for the owner and the status again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from altior_sellsy.kinds.correspondence import Correspondence
from altior_sellsy.kinds.port import Problem, Snapshot
from altior_sellsy.ledger.model import Fields, Value
from altior_sellsy.values.reference import Reference

ONLY_DESCENDS = Problem("only_descends", "Ce champ ne remonte pas d'Altior vers Sellsy.")
FIELD_OF_PATH = {
    **{name: name for name in ("name", "amount", "probability", "due_date", "note", "step")},
    "pipeline": "step",
    "assigned_staff_ids": "owner",
    "contact_ids": "contacts",
    "related": "contacts",
}


@dataclass(slots=True)
class DealBodies:
    """`patch`, `put`: what each call sends; empty: no call. `refused`: what may not be sent."""

    patch: dict[str, Any] = field(default_factory=dict)
    put: dict[str, Any] = field(default_factory=dict)
    refused: dict[str, Problem] = field(default_factory=dict)


def deal_bodies(fields: Fields, before: Snapshot, correspondence: Correspondence) -> DealBodies:
    """`before`: the opportunity as it was read: what a PUT must repeat, and where it stands."""
    out, position = DealBodies(), before.position
    for name, value in fields.items():
        match name:
            case "name" if not value:
                out.refused[name] = Problem("name_required", "Sellsy exige le nom d'une opportunité.")
            case "name" | "status":
                out.patch[name] = value
            case "probability" if value is None:
                out.refused[name] = Problem("probability_required", "Sellsy a toujours une probabilité.")
            case "probability":
                out.patch[name] = value
            case "amount":
                out.patch[name] = Decimal(value) if isinstance(value, str) else Decimal(0)
            case "due_date":
                out.patch[name] = date.fromisoformat(value) if isinstance(value, str) else None
            case "note":
                out.patch[name] = value or ""
            case "step":
                out.patch |= {"pipeline": position["pipeline"], "step": value}
            case "won":
                pass
            case "owner":
                _owner(out, value, before, correspondence)
            case "contacts":
                out.put["contact_ids"] = _contacts(value, before)
            case _:
                out.refused[name] = ONLY_DESCENDS
    if fields.get("won"):
        out.patch["status"] = "won"
    if out.put:
        if position["owner"] is None:
            problem = Problem("owner_not_staff", "Le propriétaire de l'opportunité n'est pas un collaborateur Sellsy.")
            out.refused |= {name: problem for name in ("owner", "contacts") if name in fields}
            out.put = {}
        else:
            out.put |= {"owner_id": position["owner"], "status": out.patch.get("status", position["status"])}
    return out


def refusals(paths: Mapping[str, str], fields: Fields) -> dict[str, Problem]:
    """Which of our fields Sellsy named in its refusal; empty when it named none of them."""
    refused = {}
    for path, message in paths.items():
        name = FIELD_OF_PATH.get(path.partition("[")[0].partition(".")[0], "")
        if path == "status":
            name = "won" if "won" in fields else "status"
        if name in fields:
            refused[name] = Problem("refused_by_sellsy", f"Sellsy répond : « {message.rstrip('. ')} ».")
    return refused


def _owner(out: DealBodies, value: Value, before: Snapshot, correspondence: Correspondence) -> None:
    """The first «Collaborateur affecté» changes, the others stay."""
    if not isinstance(value, str):
        out.refused["owner"] = Problem("owner_required", "Une opportunité Sellsy a toujours un collaborateur.")
        return
    staff_id = correspondence.staff_of(value)
    if staff_id is None:
        problem = Problem("owner_without_counterpart", f"« {value} » n'est pas un collaborateur actif de Sellsy.")
        out.refused["owner"] = problem
        return
    others = [one for one in before.position["assigned"][1:] if one != staff_id]
    out.put["assigned_staff_ids"] = [staff_id, *others]


def _contacts(value: Value, before: Snapshot) -> list[str]:
    """Contacts that are not paired are nobody's to take away: the field does not speak of them."""
    shown = before.fields.get("contacts")
    spoken = _ids(shown if isinstance(shown, list) else [])
    wanted = _ids(value if isinstance(value, list) else [])
    kept = [one for one in before.position["contacts"] if one in wanted or one not in spoken]
    return [*kept, *(one for one in wanted if one not in kept)]


def _ids(texts: list[str]) -> list[str]:
    return [Reference.parse(text).id for text in texts]
