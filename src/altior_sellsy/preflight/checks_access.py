"""The access to Sellsy: whose account, whose access, with which rights (guide, «Connexion Sellsy»)."""

from collections.abc import Iterator, Mapping

from altior_sellsy.errors import ConnectorError
from altior_sellsy.preflight import scopes
from altior_sellsy.preflight.asked import Asked
from altior_sellsy.preflight.catalogue import found
from altior_sellsy.preflight.findings import Finding, number, quoted
from altior_sellsy.preflight.paths import DEVELOPER_PORTAL
from altior_sellsy.preflight.readings import SellsyReadings
from altior_sellsy.sellsy.models import AccountIdentity

RECREATE = (
    f"Dans Sellsy, {DEVELOPER_PORTAL}, supprimez l'accès et recréez-en un de type Personnel, toutes les autorisations "
    "cochées, puis remplacez l'identifiant et le secret : « altior-sellsy environment access NOM »."
)
_TYPES = {"personal": "Personnel", "private": "Privé", "public": "Publique"}
_STATUSES = {"blocked": "bloqué", "deleted": "supprimé"}


def access(asked: Asked, read: SellsyReadings, pinned: Mapping[str, str]) -> Iterator[Finding]:
    """`pinned`: `account_id` and `account_uuid` of an environment already activated; empty before."""
    account = read.account
    if isinstance(account, ConnectorError):
        yield found(
            "access_unread",
            f"Sellsy ne dit pas à qui appartient l'accès API. {account}",
            f"Dans Sellsy, {DEVELOPER_PORTAL}, vérifiez que l'accès est de type Personnel et que les autorisations "
            "clients.read et staffs.read sont cochées.",
        )
        return
    yield _shown(account)
    yield from _rights(account)
    yield from _account(asked, account, pinned)
    yield from _scopes(asked, account)


def _shown(account: AccountIdentity) -> Finding:
    whose = account.staff_name or account.staff_email or account.staff_id
    rights = " (profil administrateur)" if account.is_administrator else ""
    kind = _TYPES.get(account.access_type, "de type inconnu")
    granted = len(account.scopes & scopes.ALL)
    name = f" — {account.account_name}" if account.account_name else ""
    return found(
        "access_shown",
        f"Compte {account.account_id or '(numéro non communiqué)'}{name} · accès « {account.access_name} », {kind} · "
        f"lié à {whose}{rights} · {granted} autorisations sur {len(scopes.ALL)}.",
    )


def _rights(account: AccountIdentity) -> Iterator[Finding]:
    whose = account.staff_name or account.staff_email or account.staff_id
    if account.access_type != "personal":
        yield found(
            "access_not_personal",
            f"L'accès API « {account.access_name} » n'est pas de type Personnel.",
            f"Le type ne se change pas : {RECREATE[0].lower()}{RECREATE[1:]}",
        )
    if account.delegated:
        yield found(
            "access_delegated",
            "« Activer l'accès délégué » est coché : l'accès peut plus que ce dont le connecteur a besoin.",
            f"Dans Sellsy, {DEVELOPER_PORTAL}, décochez « Activer l'accès délégué » sur l'accès.",
        )
    if account.is_administrator is False:
        yield found(
            "sellsy_not_administrator",
            f"Le collaborateur lié à l'accès API, {whose}, n'est pas administrateur de Sellsy : des fiches pourraient "
            "lui être cachées.",
            "Dans Sellsy, donnez-lui le profil administrateur, ou recréez l'accès en le liant à un administrateur.",
        )
    elif account.is_administrator is None:
        yield found(
            "sellsy_administrator_unknown",
            f"Sellsy ne dit pas si {whose} est administrateur.",
            "Dans Sellsy, ouvrez la fiche de ce collaborateur et vérifiez que son profil est administrateur.",
        )
    if account.staff_status not in ("ok", ""):
        yield found(
            "collaborator_not_active",
            f"Le collaborateur lié à l'accès API, {whose}, est {_STATUSES.get(account.staff_status, 'inactif')} : la "
            "synchronisation va s'arrêter.",
            "Dans Sellsy, réactivez ce collaborateur, ou recréez l'accès en le liant à un autre administrateur.",
        )
    else:
        yield found(
            "collaborator_tied",
            f"L'accès API est lié à {whose}. Si ce collaborateur est désactivé ou supprimé, la synchronisation "
            "s'arrête.",
            "Avant son départ, recréez l'accès en le liant à un autre administrateur.",
        )


def _account(asked: Asked, account: AccountIdentity, pinned: Mapping[str, str]) -> Iterator[Finding]:
    cell = asked.cell("sellsy_id_compte")
    wanted = str(asked.settings["account_id"])
    known = pinned.get("account_uuid") or pinned.get("account_id")
    if known and account.account_id and known not in (account.account_uuid, account.account_id):
        yield found(
            "account_changed",
            f"Ces identifiants ouvrent le compte Sellsy {account.account_id}, qui n'est pas celui de cet environnement "
            f"({pinned.get('account_id') or known}). Toutes les fiches liées seraient à refaire.",
            "Saisissez les identifiants d'un accès créé dans le compte d'origine.",
        )
    elif not account.account_id:
        yield found(
            "account_unknown",
            "Sellsy ne communique pas le numéro du compte à cet accès.",
            f"Dans Sellsy, {DEVELOPER_PORTAL}, vérifiez que le numéro en haut à droite de l'écran est {wanted}.",
            cell=cell,
        )
    elif known:
        yield found(
            "account_matches", f"Ces identifiants ouvrent le compte de cet environnement, {account.account_id}."
        )
    elif account.account_id != wanted:
        yield found(
            "account_differs",
            f"La demande indique le compte {wanted}, mais ces identifiants ouvrent le compte {account.account_id}"
            f"{f' — {account.account_name}' if account.account_name else ''}.",
            f"Le numéro est affiché en haut à droite de l'écran : dans Sellsy, {DEVELOPER_PORTAL}. Comparez, puis "
            "confirmez, ou corrigez l'ID du compte.",
            cell=cell,
        )
    else:
        yield found("account_matches", f"L'ID du compte, {wanted}, est bien celui qu'ouvrent ces identifiants.")


def _scopes(asked: Asked, account: AccountIdentity) -> Iterator[Finding]:
    needed = scopes.NEEDED | (scopes.NEEDED_FOR_DEALS if asked.uses_deals else frozenset())
    missing = sorted(needed - account.scopes)
    others = sorted(scopes.ALL - needed - account.scopes)
    remedy = f"Dans Sellsy, {DEVELOPER_PORTAL}, modifiez l'accès et cochez « Tous »."
    if missing:
        what = "l'autorisation nécessaire" if len(missing) == 1 else "les autorisations nécessaires"
        yield found("scopes_missing", f"L'accès API n'a pas {what} au connecteur : {quoted(missing)}.", remedy)
    if others:
        yield found(
            "scopes_others",
            f"Le guide demande de tout cocher ; ce qui manque ne sert pas aujourd'hui : {quoted(others)}.",
            remedy,
        )
    if not missing and not others:
        yield found("scopes_complete", f"{number(len(scopes.ALL))} autorisations sur {len(scopes.ALL)}.")
