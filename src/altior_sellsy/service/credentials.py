"""Accesses replaced in place: both systems are called with the new ones first, and nothing is kept that does not open
the account, and the Altior environment, of before (rules n° 23)."""

import threading
from dataclasses import dataclass, field

import httpx2

from altior_sellsy.altior.client import HttpAltior
from altior_sellsy.clock import Clock
from altior_sellsy.errors import Final
from altior_sellsy.ledger.model import JournalEntry
from altior_sellsy.ledger.port import Changes, Ledger, Ledgers
from altior_sellsy.patience import Patience
from altior_sellsy.sellsy.auth import Credentials, MemoryTokens
from altior_sellsy.sellsy.client import API_URL, LOGIN_URL, HttpSellsy
from altior_sellsy.sellsy.models import AccountIdentity
from altior_sellsy.service import identity
from altior_sellsy.timing import Timing


@dataclass(frozen=True, slots=True)
class NewAccess:
    """What is replaced: Sellsy's two together, Altior's token; empty = stays."""

    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    altior_token: str = field(default="", repr=False)


def replace(
    ledgers: Ledgers,
    ledger: Ledger,
    new: NewAccess,
    by: str,
    clock: Clock,
    timing: Timing,
    transport: httpx2.BaseTransport | None = None,
) -> AccountIdentity:
    """Whose account the accesses open now. Raises Refused (an access is not accepted, or opens another account), or
    Retryable (a system does not answer): nothing is replaced then. A paused environment stays so until it is resumed.
    """
    if bool(new.client_id) != bool(new.client_secret):
        raise Final("Le client ID et le client secret de Sellsy se remplacent ensemble : donnez les deux.")
    if not new.client_id and not new.altior_token:
        raise Final("Rien à remplacer : donnez l'accès API de Sellsy, le jeton d'Altior, ou les deux.")
    secrets = {
        "sellsy_client_id": new.client_id,
        "sellsy_client_secret": new.client_secret,
        "altior_token": new.altior_token,
    }
    secrets = {name: value for name, value in secrets.items() if value}
    account = _try(ledgers, ledger, secrets, clock, timing, transport)
    for name, value in secrets.items():
        ledger.set_secret(name, value)
    if new.client_id:
        ledger.set_secret("sellsy_token", "")
    replaced = [label for label, value in (("Sellsy", new.client_id), ("Altior", new.altior_token)) if value]
    entry = JournalEntry(
        clock.now(), "", "access_replaced", None, None, f"Accès remplacés : {', '.join(replaced)}", who=by
    )
    ledger.commit(Changes(journal=[entry]), None)
    return account


def _try(
    ledgers: Ledgers,
    ledger: Ledger,
    secrets: dict[str, str],
    clock: Clock,
    timing: Timing,
    transport: httpx2.BaseTransport | None,
) -> AccountIdentity:
    environment = ledger.environment()

    def secret(name: str) -> str:
        return secrets.get(name) or ledger.secret(name) or ""

    lock = threading.Lock()
    sellsy = HttpSellsy(
        Credentials(secret("sellsy_client_id"), secret("sellsy_client_secret")),
        quota=ledgers.quota(environment.account_id or environment.name),
        tokens=MemoryTokens(),
        exclusive=lambda: lock,
        api_url=environment.urls.get("sellsy") or API_URL,
        login_url=environment.urls.get("sellsy_login") or LOGIN_URL,
        clock=clock,
        timing=timing,
        transport=transport,
    )
    user = str(environment.settings.get("reference_user", ""))
    altior = HttpAltior(
        environment.urls.get("altior", ""),
        secret("altior_token"),
        user,
        timing=timing,
        clock=clock,
        transport=transport,
    )
    with sellsy, altior:
        sellsy.live, sellsy.patience = True, Patience("Sellsy", clock, quota=1.5)
        account, name = sellsy.account(), altior.identity()
    reason = identity.difference(environment, account, name)
    if reason:
        raise identity.OtherIdentity(reason)
    return account
