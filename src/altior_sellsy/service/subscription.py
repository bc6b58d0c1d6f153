"""Our webhook subscription at Sellsy: created at activation (approval names it), checked nightly, repaired."""

from typing import TYPE_CHECKING

from altior_sellsy.errors import ConnectorError
from altior_sellsy.ledger.model import JournalEntry
from altior_sellsy.ledger.port import Changes
from altior_sellsy.sellsy.webhooks import subscription_body

if TYPE_CHECKING:
    from altior_sellsy.service.runtime import Runtime

FAILURES = "webhook_failures"
"""Cursor: failed deliveries that Sellsy counted when we last set our subscription right."""


def ensure(runtime: "Runtime", public_url: str) -> str:
    """The subscription's id, or "" when no public address is known: then scans alone find changes.

    A subscription of ours that points elsewhere, or was switched off by failures, is set right again.
    """
    if not public_url:
        return ""
    environment, ledger = runtime.ledger.environment(), runtime.ledger
    endpoint = f"{public_url.rstrip('/')}/webhooks/sellsy/{environment.webhook_token}/"
    key = ledger.secret("webhook_key") or ""
    body = subscription_body(endpoint, key, runtime.sellsy.webhook_events())
    every = runtime.sellsy.webhooks()
    ours = [w for w in every if environment.webhook_token in (w.endpoint or "")]
    kept = environment.cursors.get("webhook")
    ours += [w for w in every if kept and w.id == kept and w not in ours]
    if ours:
        [first, *doubles] = ours
        for double in doubles:
            runtime.sellsy.delete_webhook(double.id)
        # Nobody knows whether the count ever goes back: only failures since the last look ask for a repair.
        failing = (first.nb_failures or 0) > int(environment.cursors.get(FAILURES) or 0)
        if first.endpoint == endpoint and first.is_enabled is not False and not failing:
            return first.id
        webhook, action = runtime.sellsy.update_webhook(first.id, body), "webhook_repaired"
    else:
        webhook, action = runtime.sellsy.create_webhook(body), "webhook_created"
    now = runtime.clock.now()
    ledger.commit(
        Changes(
            cursors={"webhook": webhook.id, FAILURES: webhook.nb_failures or 0},
            journal=[JournalEntry(now, "", action, None, None, "Notifications instantanées (webhooks) de Sellsy")],
        ),
        None,
    )
    return webhook.id


def remove(runtime: "Runtime") -> None:
    """Best effort at the end of an environment's life: a subscription that cannot be removed only signals in vain."""
    kept = runtime.ledger.environment().cursors.get("webhook")
    if kept:
        try:
            runtime.sellsy.delete_webhook(kept)
        except ConnectorError:
            return
