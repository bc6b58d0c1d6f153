"""From fields in the shared form to the body of an affaire. Pure (shapes: altior/contract.py)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from altior_sellsy.kinds.deal.altior_reading import CODES
from altior_sellsy.kinds.deal.links import Links
from altior_sellsy.kinds.port import Problem
from altior_sellsy.ledger.model import Fields, Value
from altior_sellsy.values.reference import Reference

PLAIN = {
    "name": "nom",
    "number": "numero",
    "amount": "montant",
    "probability": "probabilite",
    "due_date": "echeance",
    "owner": "charge_affaire",
    "establishment": "etablissement",
}
ETAT_OF = {"open": "en_cours", "lost": "perdue", "cancelled": "annulee"}
FIELD_OF_PATH = {
    **{own: name for name, own in PLAIN.items()},
    **{f"champs_personnalises.{code}": name for name, code in CODES.items()},
    "note": "note",
    "tiers": "third_party",
}
MARK = "…"


@dataclass(slots=True)
class AffaireBody:
    body: dict[str, Any] = field(default_factory=dict)
    refused: dict[str, Problem] = field(default_factory=dict)

    def refusals(self, paths: Mapping[str, str], fields: Fields) -> dict[str, Problem]:
        """Which of our fields Altior named in its refusal; empty when it named none of them."""
        refused = {}
        for path, message in paths.items():
            name = FIELD_OF_PATH.get(path, "contacts" if path.startswith("contacts") else "")
            if path == "etat":
                name = "etat" if "etat" in fields else "status"
            if name in fields:
                refused[name] = Problem("refused_by_altior", f"Altior répond : « {message.rstrip('. ')} ».")
        return refused


def affaire_body(fields: Fields, links: Links, lengths: Mapping[str, int], before: Fields) -> AffaireBody:
    """`links`: pairs of the references that `fields` holds. `lengths`: what Altior takes, by field path; the derived
    names are cut to it with «…», nothing else is. `before`: the affaire as it stands (empty for a new one)."""
    out = AffaireBody()
    for name, value in fields.items():
        if name in PLAIN:
            out.body[PLAIN[name]] = value
        elif name in CODES:
            custom = out.body.setdefault("champs_personnalises", {})
            custom[CODES[name]] = _cut(value, lengths.get(f"champs_personnalises.{CODES[name]}", 0))
        elif name == "note":
            out.body[name] = value or ""
        elif name == "status" and "etat" not in fields:
            out.body["etat"] = ETAT_OF[str(value)]
        elif name == "etat":
            out.body["etat"] = value
        elif name == "third_party":
            _tiers(out, value, links)
        elif name == "contacts":
            _contacts(out, value, links, before)
    return out


def _cut(value: Value, length: int) -> Value:
    if isinstance(value, str) and 0 < length < len(value):
        return value[: length - 1].rstrip() + MARK
    return value


def _tiers(out: AffaireBody, value: Value, links: Links) -> None:
    other = links.others.get(Reference.parse(value)) if isinstance(value, str) else None
    if other is None:
        out.refused["third_party"] = Problem("third_party_unpaired", "Le tiers n'est pas encore synchronisé.")
    else:
        out.body["tiers"] = other.id


def _contacts(out: AffaireBody, value: Value, links: Links, before: Fields) -> None:
    """Element by element: contacts that are not paired stay."""
    shown = before.get("contacts")
    was, wanted = set(shown if isinstance(shown, list) else ()), set(value if isinstance(value, list) else ())
    changes: list[Any] = []
    for text in sorted(was ^ wanted):
        other = links.others.get(Reference.parse(text))
        if other is not None:
            changes.append(other.id if text in wanted else {"id": other.id, "supprimer": True})
    if changes:
        out.body["contacts"] = changes
