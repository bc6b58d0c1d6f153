"""The stored plan of the first synchronisation as people are shown it, what they have decided since beside it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from altior_sellsy.errors import Final
from altior_sellsy.ledger.model import Decision, Planned
from altior_sellsy.ledger.port import Ledger
from altior_sellsy.service.decisions import VERBS
from altior_sellsy.service.wording import DECISIONS, field, why
from altior_sellsy.sync.plan import HOLD
from altior_sellsy.values.reference import Reference

PAGE = 500


def stored(ledger: Ledger) -> Mapping[str, Any]:
    """Its header. Raises Final without one."""
    header = ledger.plan()
    if header is None or "summary" not in header:
        raise Final(
            f"Il n'y a pas encore d'aperçu : lancez d'abord « altior-sellsy initialise {ledger.name} --dry-run »."
        )
    return header


def records(ledger: Ledger, *, decisions: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
    """By pages, in the plan's order: one is in memory at a time. JSON-able."""
    after = -1
    while page := ledger.plan_rows(after=after, limit=PAGE, decisions=decisions):
        after = page[-1].number
        said: dict[Reference, list[Decision]] = {}
        for decision in ledger.decisions({row.reference for row in page}):
            said.setdefault(decision.reference, []).append(decision)
        for row in page:
            yield record(row, said.get(row.reference, ()))


def record(row: Planned, decided: Sequence[Decision] = ()) -> dict[str, Any]:
    """`decided`: a person's decisions, which the execution obeys whatever the plan says."""
    data = row.data
    return {
        "number": row.number,
        "reference": str(row.reference),
        "side": row.reference.side.value,
        "kind": row.kind,
        "volet": row.volet.value,
        "label": row.label,
        "decision": row.decision,
        "decision_label": DECISIONS[row.decision, row.reference.side.value],
        "code": row.code,
        "reason": why(row.code),
        "detail": row.detail,
        "other": str(row.other) if row.other else None,
        "other_label": data.get("other_label", ""),
        "frozen": row.frozen,
        "approved": row.released,
        "decided": [text for one in decided if (text := _said(row, one))],
        "differences": [
            {"field": name, "label": field(row.kind, name), "sellsy": sellsy, "altior": altior, "right": right}
            for name, sellsy, altior, right in data.get("differences", ())
        ],
        "held": [
            {"field": name, "label": field(row.kind, name), "sentence": sentence}
            for name, sentence in data.get("held", {}).items()
        ],
        "suggestions": list(data.get("suggestions", ())),
    }


def _said(row: Planned, decision: Decision) -> str:
    who = f", par {decision.who}" if decision.who else ""
    if decision.verb.startswith(HOLD):
        return f"Retenir « {field(row.kind, decision.verb.removeprefix(HOLD))} »{who}"
    verb = VERBS.get(decision.verb)
    if verb is None or decision.data.get("plan"):
        return ""
    return f"{verb.label}{f' à {decision.other}' if decision.other else ''}{who}"
