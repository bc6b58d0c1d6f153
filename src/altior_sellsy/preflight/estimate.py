"""The call limits of the Sellsy account, and about how long the first synchronisation would take. Pure."""

from collections.abc import Iterator
from math import ceil

from altior_sellsy.errors import ConnectorError
from altior_sellsy.preflight.asked import Asked
from altior_sellsy.preflight.catalogue import found
from altior_sellsy.preflight.checks_altior import unread
from altior_sellsy.preflight.checks_data import third_parties
from altior_sellsy.preflight.findings import Finding, count
from altior_sellsy.preflight.readings import AltiorReadings, AltiorTiers, SellsyReadings, Tally
from altior_sellsy.sellsy.quota import DAY, MINUTE, MONTH, SECOND, windows
from altior_sellsy.timing import Timing

PAGE = 100
PER_THIRD_PARTY_DOWN = 2
"""Its addresses, its contacts."""
PER_CONTACT_DOWN = 1
"""Its companies."""
PER_CREATE_UP = 3
"""The record, its «Synchronisation Altior», its address or link."""
SECONDS_PER_CALL = 0.15
NARROW = {SECOND: 4, MINUTE: 120}
"""Fewer calls than these have not been tried: a record alone may need eight (`sellsy.transport.RECORD`)."""
_WORDS = {SECOND: "par seconde", MINUTE: "par minute", DAY: "par jour", MONTH: "par mois"}


def quota(read: SellsyReadings) -> Iterator[Finding]:
    if isinstance(read.quotas, ConnectorError):
        yield unread("sellsy_unread", "La limite d'appels Sellsy n'a pas pu être lue", read.quotas)
        return
    limits = windows(read.quotas)
    told = ", ".join(f"{count(window.limit, 'appel', 'appels')} {_WORDS[window.seconds]}" for window in limits)
    reserve = round(Timing().bulk_reserve * 100)
    yield found(
        "quota_shown",
        f"Ce compte permet {told}. Pendant les traitements en masse, le connecteur en laisse {reserve} % libres."
        if told
        else "Sellsy n'annonce pas de limite d'appels pour ce compte.",
    )
    narrow = [window for window in limits if window.limit < NARROW.get(window.seconds, 0)]
    if narrow:
        most = ", ".join(f"{count(w.limit, 'appel', 'appels')} {_WORDS[w.seconds]}" for w in narrow)
        yield found(
            "quota_narrow",
            f"Ce compte ne permet que {most} : une seule fiche peut en demander huit. La synchronisation sera très "
            "lente, et le connecteur n'a pas été essayé avec si peu.",
            "Demandez à Sellsy de relever la limite d'appels du compte, ou cochez peu de fiches à la fois.",
        )


def calls(asked: Asked, sellsy: SellsyReadings, altior: AltiorReadings) -> int | None:
    """Calls to Sellsy of the first synchronisation; None when too little could be read to tell."""
    parties, contacts = third_parties(sellsy), sellsy.contacts
    if parties is None or not isinstance(contacts, Tally) or not isinstance(altior.tiers, AltiorTiers):
        return None
    total = ceil(parties.total / PAGE) + ceil(contacts.total / PAGE) + 2
    if sellsy.embeds is False:
        total += parties.total + contacts.total
    if asked.take("import"):
        total += PER_THIRD_PARTY_DOWN * (parties.ticked if parties.whole else parties.total)
        total += PER_CONTACT_DOWN * (contacts.ticked if contacts.whole else contacts.total)
    if asked.take("export"):
        shared = {party.siret for party in parties.parties if party.siret} & set(altior.tiers.sirets)
        known = len(shared) if asked.settings["tiers"]["siret"] else 0
        people = 0 if isinstance(altior.contacts, ConnectorError) else altior.contacts
        total += PER_CREATE_UP * (max(0, altior.tiers.total - known) + people)
    if asked.uses_deals and asked.settings["deals"]["import"] and isinstance(sellsy.opportunities, int):
        total += ceil(sellsy.opportunities / PAGE) + sellsy.opportunities
    return total


def seconds(total: int, read: SellsyReadings) -> float | None:
    """At the pace of the tightest limit, less the reserve for live changes; None when the limits are not known."""
    if isinstance(read.quotas, ConnectorError):
        return None
    pace = total * SECONDS_PER_CALL
    for window in windows(read.quotas):
        usable = max(1.0, window.limit * (1 - Timing().bulk_reserve))
        if total > usable:
            pace = max(pace, total / usable * window.seconds)
    return pace


def estimate(asked: Asked, sellsy: SellsyReadings, altior: AltiorReadings) -> Iterator[Finding]:
    total = calls(asked, sellsy, altior)
    if total is None:
        return
    length = seconds(total, sellsy)
    told = f"soit {duration(length)}" if length is not None else "pour une durée inconnue"
    yield found("estimate", f"Environ {count(total, 'appel', 'appels')} à Sellsy, {told}. L'aperçu sera plus précis.")


def duration(length: float) -> str:
    if length < 60:
        return "moins d'une minute"
    if length < 2 * 3600:
        return f"environ {count(ceil(length / 60), 'minute', 'minutes')}"
    if length < 2 * 86_400:
        return f"environ {count(ceil(length / 3600), 'heure', 'heures')}"
    return f"environ {count(ceil(length / 86_400), 'jour', 'jours')}"
