"""Whose records these are: the Sellsy account and the Altior environment that answer are those that were pinned.

Checked at every change of an access or address (by its fingerprint), before each full scan, and when `sync` starts
(design 3, histories 8). A mismatch stops the environment with one card; nothing is written to either system.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from altior_sellsy.altior.port import Altior
from altior_sellsy.clock import Clock
from altior_sellsy.errors import Refused
from altior_sellsy.ledger.model import Environment
from altior_sellsy.ledger.port import Changes, Ledger
from altior_sellsy.sellsy.models import AccountIdentity
from altior_sellsy.sellsy.port import Sellsy
from altior_sellsy.service.stopping import stop
from altior_sellsy.values.text import same_text

CODE = "wrong_account"
_SECRETS = ("sellsy_client_id", "sellsy_client_secret", "altior_token")


class OtherIdentity(Refused):
    """Another account, or another Altior environment, answers."""


@dataclass(frozen=True, slots=True)
class Pinned:
    """What answered when the environment was activated; empty where it was not shown."""

    account_id: str = ""
    account_uuid: str = ""
    altior: str = ""

    @classmethod
    def of(cls, environment: Environment) -> "Pinned":
        kept: Mapping[str, Any] = environment.cursors.get("identity") or {}
        return cls(
            str(kept.get("account_id", "")),
            str(kept.get("account_uuid", "")) or environment.account_uuid,
            str(kept.get("altior", "")) or environment.altior_name,
        )


def check(ledger: Ledger, sellsy: Sellsy, altior: Altior, clock: Clock) -> None:
    """Three calls. Raises OtherIdentity, after it has stopped an activated environment with a card; pins what answers
    as long as nothing was activated."""
    environment = ledger.environment()
    account, name = sellsy.account(), altior.identity()
    reason = difference(environment, account, name)
    if reason:
        if environment.activated_at is not None:
            # The next one who tries looks again, whatever has or has not been replaced meanwhile.
            stop(ledger, clock.now(), CODE, reason, cursors={"identity_for": ""})
        raise OtherIdentity(reason)
    changes = Changes(cursors={"identity_for": fingerprint(ledger)})
    if environment.activated_at is None:
        changes.cursors["identity"] = {
            "account_id": account.account_id,
            "account_uuid": account.account_uuid,
            "altior": name,
        }
        changes.environment["account_uuid"] = account.account_uuid
    ledger.commit(changes, None)


def check_if_changed(ledger: Ledger, sellsy: Sellsy, altior: Altior, clock: Clock) -> None:
    """No call as long as accesses and addresses are those of the last check."""
    if ledger.environment().cursors.get("identity_for") != fingerprint(ledger):
        check(ledger, sellsy, altior, clock)


def fingerprint(ledger: Ledger) -> str:
    """Of the accesses and addresses in use, keyed, so that it tells nothing about them."""
    environment = ledger.environment()
    parts = [ledger.secret(name) or "" for name in _SECRETS]
    parts += [environment.urls.get(name, "") for name in ("sellsy", "sellsy_login", "altior")]
    key = (ledger.secret("webhook_key") or environment.webhook_token).encode()
    return hmac.new(key, "\0".join(parts).encode(), hashlib.sha256).hexdigest()


def difference(environment: Environment, account: AccountIdentity, altior: str) -> str:
    """One French sentence, empty when all agrees. What one of them does not show cannot disagree."""
    pinned = Pinned.of(environment)
    if not same_text(altior, pinned.altior):
        return (
            f"L'Altior qui répond est l'environnement « {altior} », et non « {pinned.altior} » : rien n'est écrit. "
            "Remettez l'adresse et le jeton du bon environnement Altior."
        )
    if environment.activated_at is None:
        return ""
    ids = (account.account_id, pinned.account_id)
    uuids = (account.account_uuid, pinned.account_uuid)
    if any(all(pair) and pair[0] != pair[1] for pair in (ids, uuids)):
        return (
            f"Les identifiants donnent accès au compte Sellsy « {account.account_name} » ({account.account_id}), qui "
            f"n'est pas celui avec lequel « {environment.client} » a été activé ({pinned.account_id or '?'}) : rien "
            "n'est écrit. Remettez les identifiants du bon compte."
        )
    return ""
