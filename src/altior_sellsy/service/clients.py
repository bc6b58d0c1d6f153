"""The two clients of one environment, from what the ledger keeps."""

import httpx2

from altior_sellsy.altior.client import HttpAltior
from altior_sellsy.clock import Clock
from altior_sellsy.errors import Refused
from altior_sellsy.ledger.port import Ledger, Ledgers
from altior_sellsy.sellsy.auth import Credentials, SecretTokens
from altior_sellsy.sellsy.client import API_URL, LOGIN_URL, HttpSellsy
from altior_sellsy.timing import Timing


def sellsy_client(
    ledgers: Ledgers, ledger: Ledger, clock: Clock, timing: Timing, transport: httpx2.BaseTransport | None = None
) -> HttpSellsy:
    """Token and quota are shared by all workers. `transport`: the network when None.
    Raises Refused when no credentials are kept."""
    environment = ledger.environment()
    client_id, secret = ledger.secret("sellsy_client_id"), ledger.secret("sellsy_client_secret")
    if not client_id or not secret:
        raise Refused(
            f"L'accès API Sellsy de « {environment.client} » n'est pas complet : le client secret manque. "
            f'Retirez cet environnement (« altior-sellsy environment remove {environment.name} --by "Prénom Nom" »), '
            "puis ajoutez-le de nouveau avec « altior-sellsy environment add »."
        )
    account = environment.account_id or str(environment.settings.get("account_id", environment.name))
    return HttpSellsy(
        Credentials(client_id, secret),
        quota=ledgers.quota(account),
        tokens=SecretTokens(
            lambda: ledger.secret("sellsy_token"), lambda text: ledger.set_secret("sellsy_token", text)
        ),
        exclusive=ledgers.exclusive(f"token:{environment.name}"),
        api_url=environment.urls.get("sellsy") or API_URL,
        login_url=environment.urls.get("sellsy_login") or LOGIN_URL,
        clock=clock,
        timing=timing,
        transport=transport,
    )


def altior_client(
    ledger: Ledger, clock: Clock, timing: Timing, transport: httpx2.BaseTransport | None = None
) -> HttpAltior:
    environment = ledger.environment()
    return HttpAltior(
        environment.urls.get("altior", ""),
        ledger.secret("altior_token") or "",
        str(environment.settings.get("reference_user", "")),
        timing=timing,
        clock=clock,
        transport=transport,
    )
