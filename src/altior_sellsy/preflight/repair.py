"""Creates missing settings in Altior, each on a person's explicit act: list values, PIPE and ETAP. Never records."""

from altior_sellsy.altior.port import Altior
from altior_sellsy.preflight.findings import MissingValue, Repair, french
from altior_sellsy.preflight.report import Report


def repairs(report: Report) -> list[Repair]:
    """What can be created, to be shown first; each once, in the order of the findings."""
    found = {finding.repair.key: finding.repair for finding in report.findings if finding.repair is not None}
    return list(found.values())


def apply(repair: Repair, altior: Altior) -> str:
    """Creates that one setting, unless someone has done so meanwhile. Returns a sentence saying what was done.

    Raises the errors of the port: Refused, Invalid (the value is not accepted), Unclear (look again: repeating is
    safe, since what exists by then is not created again).
    """
    wanted = repair.creates
    if isinstance(wanted, MissingValue):
        if any(value.title == wanted.title for value in altior.list_values(wanted.section)):
            return french(f"La valeur « {wanted.title} » existe déjà dans Altior.")
        altior.create_list_value(wanted.section, wanted.title, wanted.abbreviation)
        return french(f"La valeur « {wanted.title} » a été créée dans Altior.")
    if any(field.code == wanted.code for field in altior.custom_fields()):
        return french(f"Le champ {wanted.code} existe déjà dans Altior.")
    altior.create_custom_field(wanted)
    return french(f"Le champ « {wanted.name} » (code {wanted.code}) a été créé dans Altior.")
