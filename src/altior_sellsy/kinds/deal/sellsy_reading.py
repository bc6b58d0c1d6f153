"""From an opportunity of Sellsy to the shared form. Pure (FACTS, section 5; rules B03, R25, R26)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from altior_sellsy.kinds.content import hashed
from altior_sellsy.kinds.correspondence import Correspondence
from altior_sellsy.kinds.deal.configuration import DealConfiguration
from altior_sellsy.kinds.deal.links import Links
from altior_sellsy.kinds.deal.milestones import STATUSES
from altior_sellsy.kinds.draft import Draft
from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.ledger.model import Value
from altior_sellsy.sellsy.models import Opportunity
from altior_sellsy.values import amount as amounts
from altior_sellsy.values.reference import Reference, Side


def third_party(opportunity: Opportunity, account: str) -> Reference | None:
    for thing, id in (("company", opportunity.company_id), ("individual", opportunity.individual_id)):
        if id is not None:
            return Reference(Side.SELLSY, account, thing, id)
    return None


def contacts(opportunity: Opportunity, account: str) -> list[Reference]:
    return [Reference(Side.SELLSY, account, "contact", id) for id in opportunity.contact_ids or ()]


def read_opportunity(
    opportunity: Opportunity,
    *,
    at: datetime,
    account: str,
    correspondence: Correspondence,
    config: DealConfiguration,
    links: Links,
    order: Sequence[str] | None = None,
    listed: bool = True,
) -> Snapshot:
    """`at`: when the query started. `links`: pairs of what it points to. `order`: its pipeline's steps as they stand.
    `listed`: whether a scan shows it.

    An opportunity has no «Synchronisation Altior»: event 1 is its gate, so `gate` is always Oui. `position`: pipeline,
    pipeline_name, step, step_name, status («late» read as open), amount, order, the approved configuration of its
    pipeline (so that a scan sees when another one is approved), and what a PUT must repeat: owner, assigned, contacts.
    """
    draft = Draft()
    draft.text("name", opportunity.name)
    draft.text("number", opportunity.number)
    if opportunity.has("due_date"):
        draft.fields["due_date"] = opportunity.due_date.isoformat() if opportunity.due_date else None
    if opportunity.has("probability"):
        draft.fields["probability"] = opportunity.probability
    if opportunity.has("note"):
        draft.note("note", opportunity.note)
    status = "open" if opportunity.status == "late" else opportunity.status
    if status in STATUSES:
        draft.fields["status"] = STATUSES[status]
    _amount(draft, opportunity, config)
    _owner(draft, opportunity, correspondence)
    pipeline, step = opportunity.pipeline, opportunity.step
    if pipeline and step:
        draft.text("pipe", pipeline.name)
        draft.text("etap", step.name)
    configured = config.pipeline(pipeline.id if pipeline else None)
    if configured:
        draft.fields["establishment"] = configured.establishment
    parent = third_party(opportunity, account)
    if parent:
        draft.fields["third_party"] = str(parent)
        if parent not in links.others:
            draft.hold("third_party", "third_party_unpaired", "Le tiers de l'opportunité n'est pas encore synchronisé.")
    draft.fields["contacts"] = links.texts(contacts(opportunity, account))
    owner = opportunity.owner
    return hashed(
        Snapshot(
            reference=Reference(Side.SELLSY, account, "opportunity", opportunity.id),
            at=at,
            fields=draft.fields,
            label=str(draft.fields.get("name") or opportunity.number or f"n° {opportunity.id}"),
            created=opportunity.created.isoformat() if opportunity.created else "",
            gate=True,
            listed=listed,
            roles=frozenset({"opportunity"}),
            parents=(parent,) if parent else (),
            problems=draft.problems,
            position={
                "pipeline": pipeline.id if pipeline else None,
                "pipeline_name": pipeline.name if pipeline else None,
                "step": step.id if step else None,
                "step_name": step.name if step else None,
                "status": status,
                "amount": draft.fields.get("amount"),
                "order": list(order) if order is not None else None,
                "approved": configured.approved if configured else None,
                "owner": owner.id if owner and owner.type == "staff" else None,
                "assigned": list(opportunity.assigned_staff_ids or ()),
                "contacts": list(opportunity.contact_ids or ()),
            },
        )
    )


def amount_text(value: Decimal | None) -> Value:
    """«72000.99». None and zero are alike: Sellsy shows "0.00" for no amount (rules R26)."""
    return amounts.text(value, 2) if value else None


def _amount(draft: Draft, opportunity: Opportunity, config: DealConfiguration) -> None:
    if not config.net or opportunity.amount is None:
        return
    value, currency = opportunity.amount.value, opportunity.amount.currency
    if value and currency and currency != config.currency:
        draft.hold(
            "amount",
            "other_currency",
            f"Le montant est en {currency} ; la devise du compte Sellsy est {config.currency} : rien n'est converti.",
        )
    else:
        draft.fields["amount"] = amount_text(value)


def assigned(opportunity: Opportunity) -> str | None:
    """B03: the first «Collaborateur affecté», else the owner when it is a collaborator."""
    if opportunity.assigned_staff_ids:
        return opportunity.assigned_staff_ids[0]
    owner = opportunity.owner
    return owner.id if owner and owner.type == "staff" else None


def _owner(draft: Draft, opportunity: Opportunity, correspondence: Correspondence) -> None:
    staff_id = assigned(opportunity)
    if correspondence.deal_owner_role is None or staff_id is None:
        return
    mail = correspondence.email_of(staff_id)
    if mail is None:
        member = correspondence.staff.get(staff_id)
        who = f"« {member.email} »" if member else f"n° {staff_id}"
        draft.hold("owner", "owner_inactive", f"Le collaborateur Sellsy {who} est inactif ou n'est pas visible.")
    elif not correspondence.is_user(mail):
        draft.hold("owner", "owner_without_counterpart", f"« {mail} » n'est pas un utilisateur actif d'Altior.")
    else:
        draft.fields["owner"] = mail
