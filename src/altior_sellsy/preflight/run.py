"""All checks of both systems, once. Reads only; what fails on one side never hides the other side's findings."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from altior_sellsy.altior.port import Altior
from altior_sellsy.clock import Clock
from altior_sellsy.errors import ConnectorError, Refused
from altior_sellsy.preflight import gather
from altior_sellsy.preflight.asked import Asked
from altior_sellsy.preflight.catalogue import found
from altior_sellsy.preflight.checks_access import RECREATE, access
from altior_sellsy.preflight.checks_altior import altior as altior_settings
from altior_sellsy.preflight.checks_altior import establishments
from altior_sellsy.preflight.checks_between import between
from altior_sellsy.preflight.checks_custom import custom_fields
from altior_sellsy.preflight.checks_data import in_altior, in_sellsy
from altior_sellsy.preflight.checks_field import field
from altior_sellsy.preflight.checks_lists import lists
from altior_sellsy.preflight.checks_pipelines import Resolution, pipelines, row_establishments
from altior_sellsy.preflight.estimate import estimate, quota
from altior_sellsy.preflight.findings import Finding
from altior_sellsy.preflight.readings import AltiorReadings, SellsyReadings
from altior_sellsy.preflight.report import Identity, Report
from altior_sellsy.sellsy.port import Sellsy

AGAIN = "Relancez les vérifications dans quelques minutes ; si cela dure, prévenez votre intégrateur."


def run(
    asked: Asked,
    sellsy: Sellsy | Exception,
    altior: Altior | Exception | None,
    clock: Clock,
    *,
    pinned: Mapping[str, str] | None = None,
    approved: Mapping[str, Any] | None = None,
    patience: float = gather.PATIENCE,
    depth: int = gather.DEPTH,
) -> Report:
    """`sellsy`, `altior`: the open clients, or why there is none; `altior` None: its access is not opened yet.

    `pinned`: account_id and account_uuid of an environment already activated. `approved`: `Report.pipelines` of the
    configuration in force: names that changed in Sellsy are followed by their ids, and moved steps are seen.
    """
    at = clock.now()
    approved = approved or {}
    read_sellsy = (
        sellsy
        if isinstance(sellsy, Exception)
        else gather.sellsy(sellsy, asked, also=approved.get("order", ()), patience=patience, depth=depth)
    )
    read_altior = (
        altior
        if altior is None or isinstance(altior, Exception)
        else gather.altior(altior, patience=patience, depth=depth)
    )
    return judge(asked, read_sellsy, read_altior, at, pinned or {}, approved)


def judge(
    asked: Asked,
    sellsy: SellsyReadings | Exception,
    altior: AltiorReadings | Exception | None,
    at: datetime,
    pinned: Mapping[str, str],
    approved: Mapping[str, Any],
) -> Report:
    """From what was read to the report. Pure."""
    resolution = Resolution()
    if isinstance(altior, AltiorReadings):
        resolution.establishments.update(establishments(asked, altior))
    findings = (
        *_of_sellsy(asked, sellsy, resolution, pinned, approved),
        *_of_altior(asked, altior),
        *_of_both(asked, sellsy, altior),
    )
    complete = isinstance(sellsy, SellsyReadings) and isinstance(altior, AltiorReadings)
    return Report(at, findings, identity(sellsy), resolution, complete)


def _of_sellsy(
    asked: Asked,
    sellsy: SellsyReadings | Exception,
    resolution: Resolution,
    pinned: Mapping[str, str],
    approved: Mapping[str, Any],
) -> Iterator[Finding]:
    if isinstance(sellsy, Refused):
        yield found("sellsy_refused", str(sellsy), RECREATE)
    elif isinstance(sellsy, Exception):
        yield found("sellsy_unavailable", f"Sellsy ne peut pas être vérifié. {_said(sellsy)}", AGAIN)
    else:
        yield from access(asked, sellsy, pinned)
        yield from field(sellsy)
        yield from pipelines(asked, sellsy, resolution, approved)
        yield from in_sellsy(asked, sellsy)
        yield from quota(sellsy)


def _of_altior(asked: Asked, altior: AltiorReadings | Exception | None) -> Iterator[Finding]:
    if altior is None:
        yield found("altior_not_opened", "Vérification possible dès que votre intégrateur aura ouvert l'accès Altior.")
    elif isinstance(altior, Refused):
        yield found("altior_refused", str(altior), "Demandez à votre intégrateur de renouveler l'accès Altior.")
    elif isinstance(altior, Exception):
        yield found("altior_unavailable", f"Altior ne peut pas être vérifié. {_said(altior)}", AGAIN)
    else:
        yield from altior_settings(asked, altior)
        yield from lists(asked, altior)
        yield from custom_fields(asked, altior)
        yield from row_establishments(asked, altior)
        yield from in_altior(asked, altior)


def _of_both(
    asked: Asked, sellsy: SellsyReadings | Exception, altior: AltiorReadings | Exception | None
) -> Iterator[Finding]:
    if isinstance(sellsy, SellsyReadings) and isinstance(altior, AltiorReadings):
        yield from between(asked, sellsy, altior)
        yield from estimate(asked, sellsy, altior)


def identity(read: SellsyReadings | Exception) -> Identity:
    if isinstance(read, Exception) or isinstance(read.account, ConnectorError):
        return Identity()
    account = read.account
    return Identity(
        account.account_id,
        account.account_uuid,
        account.account_name,
        account.access_name,
        account.access_type,
        account.staff_id,
        account.staff_name,
        account.staff_email,
    )


def _said(error: Exception) -> str:
    """Only our own errors are sentences for people."""
    return str(error) if isinstance(error, ConnectorError) else f"Erreur inattendue ({type(error).__name__})."
