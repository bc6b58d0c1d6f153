"""What a signed notification of Sellsy does: it marks a look, and nothing else (FACTS 7)."""

from datetime import datetime

from altior_sellsy.ledger.model import Look
from altior_sellsy.ledger.port import Changes, Ledger
from altior_sellsy.sellsy.webhooks import Event
from altior_sellsy.service.stopping import card
from altior_sellsy.values.reference import Reference, Side

KINDS = {"company": "third_party", "individual": "third_party", "contact": "contact", "opportunity": "deal"}


def note(ledger: Ledger, event: Event, now: datetime) -> bool:
    """True when a look was marked. `event.object`, the record as Sellsy showed it, is evidence for people only."""
    environment = ledger.environment()
    if event.thing is None or not environment.account_id or not _ours(ledger, event, now):
        return False
    reference = Reference(Side.SELLSY, environment.account_id, event.thing, event.id)
    ledger.mark([Look(reference, KINDS[event.thing], reason=f"webhook {event.event}", due=now, live=True)])
    return True


def _ours(ledger: Ledger, event: Event, now: datetime) -> bool:
    """`corpid` is learnt from the first signed notification; another one later is a card, once, and no look."""
    if not event.account:
        return True
    known = ledger.environment().cursors.get("corpid")
    if known is None:
        ledger.commit(Changes(cursors={"corpid": event.account}), None)
        return True
    if known == event.account:
        return True
    detail = (
        f"Une notification du compte Sellsy {event.account} est arrivée, alors que cet environnement suit le compte "
        f"{known} : elle n'est pas suivie d'effet."
    )
    ledger.commit(Changes(cards=[card("other_webhook", detail, now)]), None)
    return False
