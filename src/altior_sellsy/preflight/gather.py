"""Reads both systems once for the checks. Thin: it decides nothing, and a part that fails does not stop the others.

Somebody waits: what may be tried again is tried again for 2 s in all per system, never longer.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import stamina

from altior_sellsy.altior.port import Altior
from altior_sellsy.errors import ConnectorError, Refused, Retryable
from altior_sellsy.preflight.asked import Asked
from altior_sellsy.preflight.readings import AltiorReadings, AltiorTiers, Fault, Party, SellsyReadings, Tally
from altior_sellsy.request.mapping import Section
from altior_sellsy.sellsy.models import Company, Contact, Individual, Page, custom_field
from altior_sellsy.sellsy.port import Sellsy
from altior_sellsy.values import siret as numbers
from altior_sellsy.values.text import fold

PATIENCE = 2.0
"""Seconds of further tries per system."""
WAIT = 0.1
"""Seconds before the first further try."""
DEPTH = 5_000
"""Records of one sort that a check reads through (50 calls); more are only counted as a total."""

T = TypeVar("T")
Row = TypeVar("Row", Company, Individual, Contact)
SA = "SA"


class _Reader:
    """Reads with what is left of the patience for one system."""

    def __init__(self, patience: float) -> None:
        self._left = patience

    def __call__(self, read: Callable[[], T]) -> T | Fault:
        try:
            return self._patiently(read)
        except ConnectorError as fault:
            return fault

    def _patiently(self, read: Callable[[], T]) -> T:
        failing_since: float | None = None
        left = self._left

        def worthwhile(error: Exception) -> bool:
            return isinstance(error, Retryable) and max(error.retry_after or 0, WAIT) < left

        try:
            for attempt in stamina.retry_context(
                on=worthwhile, attempts=None, timeout=max(left, WAIT), wait_initial=WAIT, wait_max=0.5, wait_jitter=0.05
            ):
                with attempt:
                    try:
                        return read()
                    except Retryable:
                        failing_since = failing_since or time.monotonic()
                        raise
        finally:
            if failing_since is not None:
                self._left = max(0.0, left - (time.monotonic() - failing_since))
        raise AssertionError("the last attempt returns or raises")


def sellsy(
    system: Sellsy,
    asked: Asked,
    *,
    also: Iterable[str] = (),
    patience: float = PATIENCE,
    depth: int = DEPTH,
) -> SellsyReadings | Fault:
    """A Fault when Sellsy cannot be spoken with at all. `also`: ids of pipelines whose steps are read beside those that
    the request names."""
    reader = _Reader(patience)
    account = reader(system.account)
    if isinstance(account, Retryable):
        return account
    fields = reader(system.custom_fields)
    if isinstance(account, Refused) and isinstance(fields, Refused):
        return account
    pipelines = reader(system.pipelines) if asked.uses_deals else ()
    gate = _gate_field(fields)
    embed = (f"cf.{gate}",) if gate else ()
    parts: dict[str, Any] = {
        "quotas": reader(system.quotas),
        "staffs": reader(system.staffs),
        "companies": _tally(reader, lambda after: system.list_companies(embed=embed, after=after), gate, depth),
        "individuals": _tally(reader, lambda after: system.list_individuals(embed=embed, after=after), gate, depth),
        "contacts": _tally(reader, lambda after: system.list_contacts(embed=embed, after=after), gate, depth),
    }
    named, followed = {fold(row.pipeline) for row in asked.rows}, set(also)
    steps = {}
    if not isinstance(pipelines, ConnectorError):
        for pipeline in pipelines:
            if fold(pipeline.name or "") in named or pipeline.id in followed:
                steps[pipeline.id] = reader(lambda id=pipeline.id: system.steps(id))  # type: ignore[misc]
    if asked.uses_deals:
        parts["opportunities"] = reader(lambda: system.list_opportunities(limit=1).total)
    return SellsyReadings(
        account=account,
        custom_fields=fields,
        pipelines=pipelines,
        steps=steps,
        embeds=system.embeds_custom_fields,
        **parts,
    )


def _gate_field(fields: Sequence[Any] | Fault) -> str | None:
    if isinstance(fields, ConnectorError):
        return None
    return next((each.id for each in fields if each.code == SA and each.type == "boolean"), None)


def _tally(reader: _Reader, page: Callable[[str | None], Page[Row]], gate: str | None, depth: int) -> "Tally | Fault":
    """Whole when there are at most `depth` records; else the total alone."""
    parties: list[Party] = []
    after: str | None = None
    while True:
        answer = reader(lambda cursor=after: page(cursor))  # type: ignore[misc]
        if isinstance(answer, ConnectorError):
            return answer
        parties += [_party(row, gate) for row in answer.data]
        total = answer.total if answer.total is not None else len(parties)
        if max(total, len(parties)) > depth:
            return Tally(max(total, len(parties)), whole=False)
        after = answer.after
        if after is None:
            return Tally(max(total, len(parties)), tuple(parties), whole=not answer.unreadable)


def _party(row: Company | Individual | Contact, gate: str | None) -> Party:
    shown = custom_field(row, gate) if gate else None
    legal = row.legal_france if isinstance(row, Company) else None
    siret = legal.siret if legal else None
    return Party(
        kind="" if isinstance(row, Contact) else row.type or "",
        ticked=shown.yes if shown else None,
        archived=row.is_archived is True,
        siret=_siret(siret),
        filled=frozenset(name for name, value in _contract_fields(row).items() if value),
    )


def _siret(raw: object) -> str:
    """Fourteen digits, or "" for anything that is no SIRET."""
    text = numbers.normalise(raw)
    return text if text and numbers.is_siret(text) else ""


def _contract_fields(row: Company | Individual | Contact) -> Mapping[str, Any]:
    """Altior's names of what Sellsy holds, for the fields that Altior may require."""
    fields: dict[str, Any] = {
        "emails": row.email,
        "telephones": row.phone_number or row.mobile_number,
        "urls": row.website,
        "note": row.note,
        "adresses": row.invoicing_address_id or row.delivery_address_id,
    }
    if isinstance(row, Company):
        legal = row.legal_france
        fields |= {"raison_sociale": row.name, "capital": row.capital, "reference": row.reference}
        if legal:
            fields |= {
                "siret": legal.siret,
                "siren": legal.siren or legal.siret,
                "tva": legal.vat,
                "naf": legal.ape_naf_code,
                "forme_juridique": legal.company_type,
                "rcs": legal.rcs_immatriculation,
            }
        return fields
    fields |= {"civilite": row.civility, "nom": row.last_name, "prenom": row.first_name}
    if isinstance(row, Contact):
        return fields | {"fonction": row.position}
    return fields | {"reference": row.reference}


def altior(system: Altior, *, patience: float = PATIENCE, depth: int = DEPTH) -> AltiorReadings | Fault:
    """A Fault when Altior cannot be spoken with at all."""
    reader = _Reader(patience)
    environment = reader(system.identity)
    if isinstance(environment, Retryable | Refused):
        return environment
    return AltiorReadings(
        environment=environment,
        users=reader(system.users),
        establishments=reader(system.establishments),
        lists={section.value: reader(lambda s=section: system.list_values(s.value)) for section in Section},  # type: ignore[misc]
        custom_fields=reader(system.custom_fields),
        requirements={
            "tiers": reader(lambda: system.requirements("tiers")),
            "contacts": reader(lambda: system.requirements("contacts")),
        },
        tiers=_tiers(reader, system, depth),
        contacts=reader(lambda: system.scan("contacts", None, 1).total),
    )


def _tiers(reader: _Reader, system: Altior, depth: int) -> AltiorTiers | Fault:
    sirets: Counter[str] = Counter()
    after: str | None = None
    while True:
        page = reader(lambda cursor=after: system.scan("tiers", cursor))  # type: ignore[misc]
        if isinstance(page, ConnectorError):
            return page
        if page.total > depth:
            return AltiorTiers(page.total, whole=False)
        shown = [_siret(each.get("siret")) for each in page.documents if not each.get("archive")]
        sirets.update(siret for siret in shown if siret)
        after = page.after
        if after is None:
            return AltiorTiers(page.total, sirets)
