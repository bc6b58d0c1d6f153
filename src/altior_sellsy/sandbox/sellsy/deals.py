"""Rules of an opportunity: from what is written (ids, texts) to what is stored (FACTS 5)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from altior_sellsy.sandbox.sellsy.errors import invalid
from altior_sellsy.sandbox.sellsy.settings import Step
from altior_sellsy.sandbox.sellsy.state import State

_RENAMED = {"pipeline": "pipeline_id", "step": "step_id", "source": "source_id", "origin": None}


def stored_changes(state: State, stored: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Stored fields from a write body. A step sets the probability unless one is given. Raises ApiError 400."""
    changes: dict[str, Any] = {}
    for name, value in given.items():
        key = _RENAMED.get(name, name)
        if key is not None and name not in ("related", "created"):
            changes[key] = value
    if changes.get("status") == "late":
        changes["status"] = "open"
    if "amount" in changes:
        changes["amount"] = f"{Decimal(str(changes['amount'])):.2f}"
    if "source_id" in changes:
        source = state.settings.source(changes["source_id"]) if changes["source_id"] else None
        if changes["source_id"] and source is None:
            raise invalid({"source": "Cette source n'existe pas"})
        changes["source_id"] = (source or state.settings.default_source()).id
    if not stored:
        changes.setdefault("source_id", state.settings.default_source().id)
    if not stored or "pipeline_id" in changes or "step_id" in changes:
        _place(state, stored, changes)
    if "related" in given or "contact_ids" in given:
        _relate(state, stored, given, changes)
    _check_staffs(state, changes)
    return changes


def _place(state: State, stored: Mapping[str, Any], changes: dict[str, Any]) -> None:
    default = stored.get("pipeline_id") or state.settings.default_pipeline().id
    pipeline = state.settings.pipeline(changes.get("pipeline_id", default))
    if pipeline is None:
        raise invalid({"pipeline": "Ce pipeline n'existe pas"})
    moved = pipeline.id != stored.get("pipeline_id")
    step: Step | None
    if "step_id" in changes or not moved:
        step = pipeline.step(changes.get("step_id") or stored.get("step_id") or 0)
    else:
        step = min(pipeline.steps, key=lambda known: known.rank, default=None)
    if step is None:
        raise invalid({"step": "Cette étape n'appartient pas au pipeline"})
    changes["pipeline_id"], changes["step_id"] = pipeline.id, step.id
    if step.id != stored.get("step_id"):
        changes.setdefault("probability", step.probability)


def _relate(state: State, stored: Mapping[str, Any], given: Mapping[str, Any], changes: dict[str, Any]) -> None:
    """Exactly one company or individual; contacts must be linked to it."""
    third = {key: stored.get(key) for key in ("company_id", "individual_id")}
    contacts = list(given.get("contact_ids") or ())
    if "related" in given:
        by_type: dict[str, list[int]] = {"company": [], "individual": [], "contact": []}
        for related in given["related"]:
            by_type[related["type"]].append(related["id"])
        if len(by_type["company"]) + len(by_type["individual"]) != 1:
            raise invalid({"related": "Une societe OU un individuel est attendu dans les objets liés"})
        third = {f"{kind}_id": next(iter(by_type[kind]), None) for kind in ("company", "individual")}
        contacts += [id for id in by_type["contact"] if id not in contacts]
    changes.update(third)
    row = (
        state.get("companies", third["company_id"])
        if third["company_id"]
        else state.get("individuals", third["individual_id"] or 0)
    )
    if row is None:
        raise invalid({"related": "Cet objet n'existe pas"})
    if "contact_ids" in given or contacts:
        if any(id not in row.contacts for id in contacts):
            raise invalid({"related": "Le contact doit être lié à la société ou à l'individuel"})
        changes["contact_ids"] = contacts or None


def _check_staffs(state: State, changes: dict[str, Any]) -> None:
    assigned = changes.get("assigned_staff_ids")
    if assigned is None:
        return
    if len(set(assigned)) != len(assigned):
        raise invalid({"assigned_staff_ids": "Un collaborateur ne peut pas être présent plusieurs fois"})
    if any(state.settings.staff(id) is None for id in assigned):
        raise invalid({"assigned_staff_ids": "Ce collaborateur n'existe pas"})
