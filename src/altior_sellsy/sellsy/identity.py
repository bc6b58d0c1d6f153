"""Whose account this is: our own access among the account's, the staff member it acts for, the account. Pure."""

from collections.abc import Sequence

from altior_sellsy.errors import Refused
from altior_sellsy.sellsy.models import AccountIdentity, ApiClient, Staff


def own_access(accesses: Sequence[ApiClient], client_id: str) -> tuple[ApiClient, str]:
    """Our access and the id of the staff member it is bound to. Raises Refused when there is none."""
    for access in accesses:
        if access.id == client_id and access.user is not None and access.user.id is not None:
            return access, access.user.id
    raise Refused(
        "L'accès API utilisé n'apparaît pas dans le portail développeur de ce compte Sellsy, ou n'est lié à "
        "aucun collaborateur. Recréez un accès de type Personnel."
    )


def identity(access: ApiClient, staff_id: str, staff: Staff) -> AccountIdentity:
    """What the restricted view of a staff member does not show stays empty or None."""
    account = staff.embed.account if staff.embed else None
    profile = staff.embed.profile if staff.embed else None
    return AccountIdentity(
        account_id=(account.id if account else None) or "",
        account_uuid=(account.uuid if account else None) or "",
        account_name=(account.name if account else None) or "",
        access_name=access.name or "",
        access_type=access.type or "",
        scopes=frozenset(access.scopes),
        delegated=access.delegated,
        single_login=access.single_login,
        staff_id=staff_id,
        staff_name=" ".join(part for part in (staff.firstname, staff.lastname) if part),
        staff_email=staff.email or "",
        staff_status=staff.status or "",
        is_administrator=profile.is_administrator if profile else None,
    )
