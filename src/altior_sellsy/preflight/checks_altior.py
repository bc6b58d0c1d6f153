"""Altior: the environment, the reference user, the établissement (guide, «Informations», «Paramètres généraux»)."""

from collections.abc import Iterator, Mapping, Sequence

from altior_sellsy.altior.port import Establishment, User
from altior_sellsy.errors import ConnectorError
from altior_sellsy.preflight.asked import Asked
from altior_sellsy.preflight.catalogue import found
from altior_sellsy.preflight.findings import Finding, meant, quoted
from altior_sellsy.preflight.readings import AltiorReadings, Fault
from altior_sellsy.request.finding import near
from altior_sellsy.values.text import same_text


def altior(asked: Asked, read: AltiorReadings) -> Iterator[Finding]:
    yield from _environment(asked, read)
    yield from _user(asked, read)
    yield from _establishment(asked, read)


def unread(code: str, what: str, fault: Fault) -> Finding:
    return found(code, f"{what}. {fault}", "Relancez les vérifications ; si cela dure, prévenez votre intégrateur.")


def _environment(asked: Asked, read: AltiorReadings) -> Iterator[Finding]:
    if isinstance(read.environment, ConnectorError):
        yield unread("altior_unread_needed", "Altior ne donne pas le nom de l'environnement", read.environment)
    elif not asked.environment or same_text(asked.environment, read.environment):
        yield found("environment_matches", f"L'accès Altior ouvre bien l'environnement « {read.environment} ».")
    else:
        yield found(
            "environment_unknown",
            f"La demande indique l'environnement « {asked.environment} », mais l'accès Altior ouvre "
            f"« {read.environment} ».",
            "Corrigez le champ « Environnement » de la demande, ou demandez à votre intégrateur l'accès du bon "
            "environnement.",
            cell=asked.cell("environnement"),
        )


def _user(asked: Asked, read: AltiorReadings) -> Iterator[Finding]:
    wanted = str(asked.settings["reference_user"])
    cell = asked.cell("utilisateur_reference")
    if isinstance(read.users, ConnectorError):
        yield unread("altior_unread_needed", "Les utilisateurs d'Altior n'ont pas pu être lus", read.users)
        return
    user = next((each for each in read.users if each.email.strip().lower() == wanted.strip().lower()), None)
    if user is None:
        yield found(
            "user_unknown",
            f"Aucun utilisateur d'Altior n'a l'adresse mail « {wanted} ».{meant(_near_users(wanted, read.users))}",
            "Corrigez l'« Utilisateur de référence sur Altior », ou créez cet utilisateur dans Altior avec tous les "
            "droits.",
            cell=cell,
        )
    elif not user.active:
        yield found(
            "user_inactive",
            f"Le compte de l'utilisateur de référence, {user.name} ({user.email}), est inactif dans Altior.",
            "Réactivez ce compte dans Altior, ou choisissez un autre utilisateur de référence.",
            cell=cell,
        )
    elif not user.administrator:
        yield found(
            "user_rights",
            f"Le compte de l'utilisateur de référence, {user.name} ({user.email}), n'a pas tous les droits.",
            "Donnez-lui les droits d'administrateur dans Altior, ou choisissez un autre utilisateur de référence.",
            cell=cell,
        )
    else:
        yield found(
            "user_right",
            f"Le compte de {user.name} ({user.email}) est actif et a tous les droits. C'est le seul compte d'Altior "
            "dont les droits se vérifient d'ici.",
        )


def _near_users(wanted: str, users: Sequence[User]) -> tuple[str, ...]:
    return near(wanted, [user.email for user in users if user.active])


def resolve(name: str, known: Sequence[Establishment]) -> "Establishment | list[Establishment] | None":
    """The établissement of that name; several when the name is ambiguous; None when there is none."""
    exact = [each for each in known if each.name == name]
    alike = exact or [each for each in known if same_text(each.name, name)]
    return alike[0] if len(alike) == 1 else alike or None


def _establishment(asked: Asked, read: AltiorReadings) -> Iterator[Finding]:
    wanted, cell = str(asked.settings["establishment"]), asked.cell("etablissement")
    known = read.establishments
    if isinstance(known, ConnectorError):
        yield unread("altior_unread_needed", "Les établissements d'Altior n'ont pas pu être lus", known)
        return
    match = resolve(wanted, known)
    names = [each.name for each in known]
    if isinstance(match, Establishment):
        yield found("establishment_right", f"L'établissement « {match.name} » existe dans Altior.")
    elif not known:
        yield found(
            "establishment_none",
            "Altior ne montre aucun établissement.",
            "Créez l'établissement dans Altior, ou vérifiez les droits de l'accès Altior avec votre intégrateur.",
        )
    elif len(known) == 1:
        yield found(
            "establishment_taken", f"Un seul établissement existe : « {names[0]} ». Il sera utilisé.", cell=cell
        )
    elif match is not None:
        yield found(
            "establishment_twice",
            f"Plusieurs établissements d'Altior s'appellent « {wanted} » : le connecteur ne peut pas choisir.",
            "Dans Altior, donnez-leur des noms différents.",
            cell=cell,
        )
    else:
        yield found(
            "establishment_unknown",
            f"L'établissement « {wanted} » n'existe pas dans Altior, qui en compte {len(names)}."
            f"{meant(near(wanted, names))}",
            f"Indiquez celui qui utilise principalement la synchronisation : {quoted(names, 'ou')}.",
            cell=cell,
        )


def establishments(asked: Asked, read: AltiorReadings) -> Mapping[str, str]:
    """Name as the request writes it → id, for the établissements that could be told for certain."""
    known = read.establishments
    if isinstance(known, ConnectorError):
        return {}
    main = str(asked.settings["establishment"])
    names = dict.fromkeys([main, *(row.establishment for row in asked.rows if row.event == 1)])
    ids = {}
    for name in names:
        match = resolve(name, known)
        if isinstance(match, Establishment):
            ids[name] = match.id
        elif len(known) == 1 and name == main:
            ids[name] = known[0].id
    return ids
