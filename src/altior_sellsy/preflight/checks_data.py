"""Is the data of each side ready: what is ticked, what is there twice, how much there is (rules R4, R12, R16)."""

from collections import Counter
from collections.abc import Iterator, Sequence

from altior_sellsy.errors import ConnectorError
from altior_sellsy.preflight.asked import Asked
from altior_sellsy.preflight.catalogue import found
from altior_sellsy.preflight.checks_altior import unread
from altior_sellsy.preflight.checks_field import CODE, USES
from altior_sellsy.preflight.findings import Finding, count, number, quoted
from altior_sellsy.preflight.readings import AltiorReadings, Party, SellsyReadings, Tally

_SORTS = (("companies", "sociétés"), ("individuals", "particuliers"), ("contacts", "contacts"))


def in_sellsy(asked: Asked, read: SellsyReadings) -> Iterator[Finding]:
    """What Sellsy alone tells."""
    for name, label in _SORTS:
        tally = getattr(read, name)
        if isinstance(tally, ConnectorError):
            yield unread("sellsy_unread", f"Le nombre de {label} dans Sellsy n'a pas pu être lu", tally)
    if has_gate(read):
        yield from _ticked(asked, read)
    yield from _duplicates(read)
    yield from _mandatory(asked, read)
    if asked.uses_deals and asked.settings["deals"]["import"]:
        yield from _deals(read)


def has_gate(read: SellsyReadings) -> bool:
    fields = read.custom_fields
    return not isinstance(fields, ConnectorError) and any(
        each.code == CODE and each.type == "boolean" for each in fields
    )


def third_parties(read: SellsyReadings) -> Tally | None:
    """Companies and individuals together; None when one of them could not be read."""
    companies, individuals = read.companies, read.individuals
    if isinstance(companies, ConnectorError) or isinstance(individuals, ConnectorError):
        return None
    return Tally(
        companies.total + individuals.total,
        companies.parties + individuals.parties,
        companies.whole and individuals.whole,
    )


def _ticked(asked: Asked, read: SellsyReadings) -> Iterator[Finding]:
    tally = third_parties(read)
    if tally is None:
        return
    total = count(tally.total, "fiche", "fiches")
    if read.embeds is False and tally.total:
        yield found(
            "sa_not_in_lists",
            "Sellsy ne montre pas « Synchronisation Altior » dans les listes de ce compte : chaque lecture complète "
            f"coûte un appel de plus par fiche ({total}), et les fiches nouvellement cochées arrivent plus tard.",
            "Signalez-le à votre intégrateur, qui demandera à Sellsy pourquoi les champs personnalisés n'y sont pas. "
            "Rien n'est perdu : la synchronisation est seulement plus lente.",
        )
    if not tally.whole or (read.embeds is False and tally.total):
        why = (
            "Sellsy ne montre pas ce champ dans les listes de ce compte"
            if read.embeds is False
            else "elles sont trop nombreuses pour être lues ici"
        )
        yield found(
            "ticked_unknown",
            f"{total} dans Sellsy ; celles à Oui ne sont pas encore comptées : {why}.",
            "L'aperçu de la première synchronisation les compte.",
        )
        return
    ticked = tally.ticked
    share = f"{count(ticked, 'fiche', 'fiches')} sur {number(tally.total)}"
    verb = "a" if ticked < 2 else "ont"
    contacts = read.contacts
    people = (
        f" Contacts : {number(contacts.ticked)} sur {number(contacts.total)}."
        if isinstance(contacts, Tally) and contacts.whole and contacts.total
        else ""
    )
    if asked.take("import") and not ticked and tally.total:
        yield found(
            "ticked_none",
            f"{share} a « Synchronisation Altior » à Oui. Rien ne descendra.{people}",
            "Passez leur champ à Oui dans Sellsy, ou choisissez-les en nombre : « altior-sellsy choose NOM … ».",
        )
    elif ticked and not asked.take("import"):
        outcome = "elle ne descendra pas" if ticked == 1 else "elles ne descendront pas"
        yield found(
            "ticked_out_of_scope",
            f"{share} {verb} déjà « Synchronisation Altior » à Oui, mais la demande répond Non à l'import : {outcome}.",
            "Répondez Oui à l'import, ou faites passer ces fiches de Non à Oui après l'activation.",
        )
    else:
        yield found("ticked_counted", f"{share} {verb} « Synchronisation Altior » à Oui.{people}")


def _volet(party: Party) -> str:
    return "achat" if party.kind == "supplier" else "vente"


def ticked_companies(read: SellsyReadings) -> Sequence[Party]:
    """At Oui and not archived; none when companies could not be read."""
    if isinstance(read.companies, ConnectorError):
        return ()
    return [party for party in read.companies.parties if party.ticked and not party.archived]


def _duplicates(read: SellsyReadings) -> Iterator[Finding]:
    bearers = Counter((party.siret, _volet(party)) for party in ticked_companies(read) if party.siret)
    groups = [number_of for number_of in bearers.values() if number_of > 1]
    if groups:
        yield found(
            "duplicates_inside",
            f"{number(sum(groups))} fiches de Sellsy à Oui partagent {_shared(groups)} : elles sont laissées de côté "
            "jusqu'à ce que vous en choisissiez une par SIRET.",
            "Corrigez les SIRET dans Sellsy, ou décidez laquelle passe : « decide NOM RÉFÉRENCE create ».",
        )


def _shared(groups: Sequence[int]) -> str:
    return "le même SIRET" if len(groups) == 1 else f"{number(len(groups))} SIRET"


def _mandatory(asked: Asked, read: SellsyReadings) -> Iterator[Finding]:
    if isinstance(read.custom_fields, ConnectorError):
        return
    names = [
        each.name or each.code or ""
        for each in read.custom_fields
        if each.mandatory and each.code != CODE and set(each.related_objects) & set(USES)
    ]
    if names:
        yield found(
            "mandatory_fields",
            f"Obligatoires dans Sellsy : {quoted(names)}. Le connecteur laisse ces champs personnalisés vides sur les "
            "fiches qu'il crée.",
            "Complétez-les dans Sellsy après coup, ou rendez-les facultatifs.",
        )


def _deals(read: SellsyReadings) -> Iterator[Finding]:
    if isinstance(read.opportunities, ConnectorError):
        yield unread("sellsy_unread", "Les opportunités de Sellsy n'ont pas pu être comptées", read.opportunities)
    elif read.opportunities is not None:
        yield found(
            "deals_counted",
            f"{count(read.opportunities, 'opportunité existe', 'opportunités existent')} dans Sellsy ; celles des "
            "pipelines configurés redescendent dès l'étape de l'événement 1.",
        )


def in_altior(asked: Asked, read: AltiorReadings) -> Iterator[Finding]:
    """What Altior alone tells."""
    if isinstance(read.tiers, ConnectorError):
        yield unread("altior_unread", "Les tiers d'Altior n'ont pas pu être comptés", read.tiers)
        return
    if asked.take("export"):
        yield found(
            "export_counted",
            f"{count(read.tiers.total, 'tiers existe', 'tiers existent')} dans Altior ; l'export ne prend que "
            "les tiers actifs, clients et prospects.",
        )
    groups = [bearers for bearers in read.tiers.sirets.values() if bearers > 1]
    if groups:
        yield found(
            "altior_duplicates_inside",
            f"{number(sum(groups))} tiers d'Altior partagent {_shared(groups)} : ils sont laissés de côté jusqu'à ce "
            "que vous en choisissiez un par SIRET.",
            "Corrigez les SIRET dans Altior, ou décidez lequel passe : « decide NOM RÉFÉRENCE create ».",
        )
