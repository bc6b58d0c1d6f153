"""The seven lists of Altior: every value of the effective mapping must be there (guide, «Mapping des informations»)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from altior_sellsy.altior.port import ListValue
from altior_sellsy.errors import ConnectorError
from altior_sellsy.preflight.asked import Asked
from altior_sellsy.preflight.catalogue import found
from altior_sellsy.preflight.checks_altior import unread
from altior_sellsy.preflight.findings import Finding, MissingValue, Repair, Severity, count, french, meant
from altior_sellsy.preflight.paths import ALTIOR_LISTS
from altior_sellsy.preflight.readings import AltiorReadings
from altior_sellsy.request.fields import override_name
from altior_sellsy.request.finding import near
from altior_sellsy.request.mapping import LINES, Line, Section
from altior_sellsy.values.text import same_text

_ABBREVIATED = (Section.LEGAL_FORMS, Section.CIVILITIES)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A value that one or more lines need. `standard`: it is the table's own, not one that the administrator chose."""

    title: str
    standard: bool
    abbreviation: str | None
    lines: tuple[str, ...]

    @property
    def places(self) -> str:
        return f"ligne{'s' if len(self.lines) > 1 else ''} {', '.join(self.lines)}"


def lists(asked: Asked, read: AltiorReadings) -> Iterator[Finding]:
    for section in Section:
        values = read.lists.get(section.value, ())
        if isinstance(values, ConnectorError):
            yield unread("altior_unread_needed", f"La liste « {section.label} » d'Altior n'a pas pu être lue", values)
            continue
        wanted = _wanted(section, asked.settings["mapping"])
        faults = [
            replace(fault, cell=asked.cell(override_name(one.lines[0])))
            for one in wanted
            if (fault := _check(section, one, values)) is not None
        ]
        yield from faults
        if not any(fault.severity is Severity.BLOCKING for fault in faults):
            yield found(
                "list_complete", f"{section.label} : {count(len(wanted), 'valeur trouvée', 'valeurs trouvées')}."
            )


def _wanted(section: Section, mapping: Mapping[str, str | None]) -> list[_Wanted]:
    """Lines left empty in Altior or not synchronised need nothing there."""
    groups: dict[str, list[Line]] = {}
    for line in LINES:
        value = mapping.get(line.number, line.standard)
        if line.section is section and value:
            groups.setdefault(value, []).append(line)
    return [_one(title, lines) for title, lines in groups.items()]


def _one(title: str, lines: Sequence[Line]) -> _Wanted:
    own = [line for line in lines if line.standard == title]
    abbreviation = next((line.abbreviation for line in own if line.abbreviation), None)
    return _Wanted(title, bool(own), abbreviation, tuple(line.number for line in lines))


def _check(section: Section, wanted: _Wanted, values: Sequence[ListValue]) -> Finding | None:
    titles = [value.title for value in values]
    there = next((value for value in values if value.title == wanted.title), None)
    if there is not None:
        return _check_abbreviation(section, wanted, there)
    missing = f"{section.label} : « {wanted.title} » n'existe pas dans Altior ({wanted.places})."
    alike = next((title for title in titles if same_text(title, wanted.title)), None)
    if alike is not None:
        return found(
            "list_value_spelt",
            f"{section.label} : la demande écrit « {wanted.title} », Altior écrit « {alike} » ({wanted.places}).",
            f"Recopiez « {alike} » dans « Autre valeur si différente » de la feuille « Tiers », ou renommez la valeur "
            f"dans Altior, {ALTIOR_LISTS}.",
        )
    if section in _ABBREVIATED and wanted.abbreviation is None:
        return found(
            "list_value_by_hand",
            f"{missing}{meant(near(wanted.title, titles))}",
            f"Dans Altior, {ALTIOR_LISTS}, section « {section.label} », créez cette valeur avec son intitulé et son "
            "abréviation, ou corrigez « Autre valeur si différente ».",
        )
    short = f" (abréviation {wanted.abbreviation})" if wanted.abbreviation else ""
    return found(
        "list_value_missing",
        missing if wanted.standard else f"{missing}{meant(near(wanted.title, titles))}",
        f"Créez-la par « preflight NOM --repair », ou à la main : {ALTIOR_LISTS.guide}, section "
        f"« {section.label} », « {wanted.title} »{short}.",
        repair=Repair(
            key=f"{section.value}:{wanted.title}",
            sentence=french(f"Créer dans Altior, liste « {section.label} », la valeur « {wanted.title} »{short}."),
            creates=MissingValue(section.value, wanted.title, wanted.abbreviation),
        ),
    )


def _check_abbreviation(section: Section, wanted: _Wanted, there: ListValue) -> Finding | None:
    if section not in _ABBREVIATED or wanted.abbreviation is None or there.abbreviation == wanted.abbreviation:
        return None
    shown = f"« {there.abbreviation} »" if there.abbreviation else "vide"
    return found(
        "list_abbreviation",
        f"{section.label} : l'abréviation de « {wanted.title} » est {shown} dans Altior, « {wanted.abbreviation} » "
        f"dans le mapping ({wanted.places}).",
        f"Dans Altior, {ALTIOR_LISTS}, section « {section.label} », mettez l'abréviation « {wanted.abbreviation} » : "
        "c'est elle qui est reconnue.",
    )
