"""Environments: added from a completed request, listed, paused, resumed, removed."""

import re
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from altior_sellsy import addresses
from altior_sellsy.clock import Clock
from altior_sellsy.errors import Final
from altior_sellsy.ledger.model import Environment, EnvironmentStatus, JournalEntry, RequestVersion
from altior_sellsy.ledger.port import Changes, Ledger, Ledgers
from altior_sellsy.request.answers import Problem
from altior_sellsy.request.model import Request
from altior_sellsy.service.stopping import STOPPING
from altior_sellsy.sync import stages

ACCEPTED_FOR = timedelta(hours=24)
"""After a stop for what was wrong in numbers, whoever resumes lets it pass for this long."""
ACCEPTED_UNTIL = {"rewrites_many": "rewrites_accepted_until", "other_records": "others_accepted_until"}
"""Code of the card of such a stop → the cursor that says until when."""
_NUMBER = re.compile(r"DEM-\d+-(\d+)")


class RequestRefused(Final):
    """The document has problems; nothing was written. `problems`: all of them, with their cells."""

    def __init__(self, message: str, problems: list[Problem]) -> None:
        super().__init__(message)
        self.problems = problems


class UnknownEnvironment(Final):
    pass


@dataclass(frozen=True, slots=True)
class Access:
    """Addresses and secrets that the document does not, or need not, hold."""

    altior_url: str
    altior_token: str
    sellsy_secret: str = ""
    sellsy_url: str = ""
    sellsy_login_url: str = ""

    def __post_init__(self) -> None:
        """Raises Final when nothing can be called at one of the addresses."""
        given = [("--altior-url", self.altior_url, "donnez par exemple https://altior.exemple.fr")]
        for option, address in (("--sellsy-url", self.sellsy_url), ("--sellsy-login-url", self.sellsy_login_url)):
            if address:
                given.append((option, address, "donnez une adresse http(s), ou retirez cette option"))
        for option, address, remedy in given:
            if fault := addresses.fault(address):
                raise Final(
                    f"L'adresse donnée par « {option} » ne convient pas, {fault} : {remedy}. Rien n'a été enregistré."
                )


def add(ledgers: Ledgers, path: Path, access: Access, clock: Clock, *, who: str = "") -> tuple[Ledger, list[Problem]]:
    """A new environment from a completed request, with its warnings: whole, or not at all. Raises RequestRefused (every
    error, nothing written) or Taken. Neither system is called: preflight does that."""
    from altior_sellsy.request.reading import read  # a third of a second, which only this needs

    request, problems = read(path)
    errors = [p for p in problems if p.severity == "error"]
    if request is None or errors:
        raise RequestRefused(
            f"La demande « {path.name} » contient {len(errors)} erreur(s) : corrigez les cellules indiquées, "
            "puis recommencez. Rien n'a été enregistré.",
            problems,
        )
    secret = access.sellsy_secret or (request.client_secret.get_secret_value() if request.client_secret else "")
    if not secret:
        raise Final(
            "Le client secret de Sellsy manque : saisissez-le dans la demande, ou passez-le sur l'entrée standard "
            "avec « --sellsy-secret-stdin »."
        )
    kept = {
        "sellsy_client_id": request.client_id,
        "sellsy_client_secret": secret,
        "altior_token": access.altior_token,
        "webhook_key": secrets.token_hex(32),
    }
    now = clock.now()
    with ledgers.exclusive("request number")():
        number = f"DEM-{now:%Y}-{_following(ledgers.request_numbers()):04d}"
        version = RequestVersion(number, now, who or "ligne de commande", request.masked(), "validated")
        ledger = ledgers.add(_environment(request, access), secrets=kept, version=version)
    return ledger, problems


def _following(numbers: Collection[str]) -> int:
    """`DEM-2026-0042`, and `DEM-2026-0042-2` of its second version → 43."""
    found = (_NUMBER.match(number) for number in numbers)
    return 1 + max((int(match[1]) for match in found if match), default=0)


def _environment(request: Request, access: Access) -> Environment:
    urls = {"altior": access.altior_url.rstrip("/")}
    if access.sellsy_url:
        urls["sellsy"] = access.sellsy_url.rstrip("/")
    if access.sellsy_login_url:
        urls["sellsy_login"] = access.sellsy_login_url.rstrip("/")
    return Environment(
        name=request.slug,
        client=request.client,
        altior_name=request.environment,
        settings=request.settings(),
        urls=urls,
        account_id=request.account_id,
        webhook_token=secrets.token_urlsafe(24),
    )


def opened(ledgers: Ledgers, name: str) -> Ledger:
    """Raises UnknownEnvironment, one French sentence that names those that exist."""
    try:
        return ledgers.open(name)
    except LookupError:
        known = ", ".join(sorted(e.name for e in ledgers.environments())) or "aucun"
        raise UnknownEnvironment(f"L'environnement « {name} » n'existe pas. Environnements connus : {known}.") from None


def pause(ledger: Ledger, clock: Clock, by: str, reason: str) -> None:
    """Nothing is lost: changes go on being noted and are caught up."""
    _set(ledger, clock, EnvironmentStatus.PAUSED, by, reason or "mise en pause")


def resume(ledger: Ledger, clock: Clock, by: str) -> None:
    environment = ledger.environment()
    if environment.status is not EnvironmentStatus.PAUSED:
        raise Final(f"L'environnement « {environment.name} » n'est pas en pause : il n'y a rien à reprendre.")
    before = EnvironmentStatus.ACTIVE if environment.activated_at else EnvironmentStatus.NOT_ACTIVATED
    if stages.stage(environment) in (stages.TRIAL, stages.ALL):
        before = EnvironmentStatus.INITIALISING
    own = [card for card in ledger.cards() if card.reference is None and card.code in STOPPING]
    absences = [c.data for c in own if c.code == "missing_many" and "of" in c.data]
    if absences:
        # Whoever resumes has seen how many are gone, and where: only more of them stop the environment again.
        accepted = {f"absences_accepted:{data['of']}": int(data["number"]) for data in absences}
        ledger.commit(Changes(cursors=accepted), None)
    # Whoever resumes has seen what is about to be rewritten, or what is no longer itself.
    until = (clock.now() + ACCEPTED_FOR).isoformat()
    seen = {ACCEPTED_UNTIL[card.code]: until for card in own if card.code in ACCEPTED_UNTIL}
    if seen:
        ledger.commit(Changes(cursors=seen), None)
    _set(ledger, clock, before, by, "", close=[card.code for card in own])


def _set(
    ledger: Ledger, clock: Clock, status: EnvironmentStatus, by: str, reason: str, close: Sequence[str] = ()
) -> None:
    now = clock.now()
    paused = status is EnvironmentStatus.PAUSED
    ledger.commit(
        Changes(
            environment={
                "status": status,
                "paused_reason": reason,
                "paused_at": now if paused else None,
                "paused_by": by if paused else "",
            },
            journal=[JournalEntry(now, "", "paused" if paused else "resumed", None, None, reason, who=by)],
            close_cards=[(None, code, None) for code in close],
        ),
        None,
    )
