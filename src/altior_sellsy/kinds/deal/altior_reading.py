"""From an affaire of Altior to the shared form. Pure (shapes: altior/contract.py)."""

from datetime import UTC, datetime

from altior_sellsy.altior.port import Document
from altior_sellsy.kinds.content import digest
from altior_sellsy.kinds.correspondence import Correspondence
from altior_sellsy.kinds.deal.configuration import DealConfiguration
from altior_sellsy.kinds.deal.links import Links
from altior_sellsy.kinds.deal.milestones import ETATS
from altior_sellsy.kinds.deal.sellsy_reading import amount_text
from altior_sellsy.kinds.draft import Draft
from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.values import amount as amounts
from altior_sellsy.values.reference import Reference, Side

CODES = {"pipe": "PIPE", "etap": "ETAP"}
"""Custom fields of the section «Sellsy» (guide, «Champs personnalisés»)."""
UNHASHED = frozenset({"version", "modifie_le", "modifie_par"})


def tiers(document: Document, environment: str) -> Reference | None:
    id = document.get("tiers")
    return Reference(Side.ALTIOR, environment, "tiers", str(id)) if id else None


def contacts(document: Document, environment: str) -> list[Reference]:
    return [Reference(Side.ALTIOR, environment, "contact", str(id)) for id in document.get("contacts") or ()]


def read_affaire(
    document: Document,
    *,
    at: datetime,
    environment: str,
    correspondence: Correspondence,
    config: DealConfiguration,
    links: Links,
    quoted_once: bool | None = None,
) -> Snapshot:
    """`at`: when the query started. `links`: pairs of what it points to. `quoted_once`: a devis exists, sent or not;
    None: not asked. `position`: etat, quoted, ordered, quoted_once, establishment, amount."""
    draft = Draft()
    draft.text("name", document.get("nom"))
    draft.text("number", document.get("numero"))
    if "note" in document:
        draft.note("note", document["note"])
    draft.fields["probability"] = document.get("probabilite")
    draft.fields["due_date"] = document.get("echeance")
    etat = str(document.get("etat") or "")
    if etat in ETATS:
        draft.fields["status"] = ETATS[etat]
    _amount(draft, document, config)
    if correspondence.deal_owner_role is not None:
        mail = document.get("charge_affaire")
        draft.fields["owner"] = mail.strip().lower() if isinstance(mail, str) else None
    draft.fields["establishment"] = str(document.get("etablissement") or "")
    custom = document.get("champs_personnalises") or {}
    for name, code in CODES.items():
        draft.text(name, custom.get(code))
    holder = tiers(document, environment)
    if holder and holder in links.others:
        draft.fields["third_party"] = str(links.others[holder])
    draft.fields["contacts"] = links.others_of(contacts(document, environment))
    stones = document.get("jalons") or ()
    quoted_once = quoted_once if quoted_once is not None else "devis_envoye" in stones
    return Snapshot(
        reference=Reference(Side.ALTIOR, environment, "affaire", str(document["id"])),
        at=at,
        fields=draft.fields,
        label=str(draft.fields.get("name") or document.get("numero") or f"n° {document['id']}"),
        version=str(document.get("version") or ""),
        modified=_instant(document.get("modifie_le")),
        created=_iso(document.get("cree_le")),
        archived=document.get("archive") is True,
        roles=frozenset({"affaire"}),
        keys={"tiers": holder.id} if holder else {},
        stamps=frozenset(str(text) for text in document.get("references_externes") or ()),
        problems=draft.problems,
        position={
            "etat": etat,
            "quoted": "devis_envoye" in stones,
            "ordered": "commande" in stones,
            "quoted_once": quoted_once,
            "establishment": draft.fields["establishment"],
            "amount": draft.fields.get("amount"),
        },
        hash=digest(
            {key: value for key, value in document.items() if key not in UNHASHED}
            | {
                "quoted": quoted_once,
                "links": {str(one): str(other) for one, other in links.others.items() if _points(document, one)},
            }
        ),
        document=document,
    )


def _points(document: Document, reference: Reference) -> bool:
    if reference.thing == "tiers":
        return reference.id == str(document.get("tiers"))
    return reference.id in map(str, document.get("contacts") or ())


def _amount(draft: Draft, document: Document, config: DealConfiguration) -> None:
    if not config.net:
        return
    value, currency = amounts.parse(document.get("montant")), document.get("devise")
    if value and currency and currency != config.currency:
        draft.hold(
            "amount",
            "other_currency",
            f"Le montant est en {currency} ; la devise du compte Sellsy est {config.currency} : rien n'est converti.",
        )
    else:
        draft.fields["amount"] = amount_text(value)


def _instant(text: object) -> datetime | None:
    if not isinstance(text, str):
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _iso(text: object) -> str:
    read = _instant(text)
    return read.isoformat() if read else ""
