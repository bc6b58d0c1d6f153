"""The standard mapping table of the request («Mapping des informations»), as data. Others name a line by its number.

Altior's values are quoted letter for letter, faults of spelling included («Chargé d'affaire», «Etablissement
Hospitalier»): they must equal what Altior's own lists hold (guide, «Mapping des informations»).
"""

from dataclasses import dataclass
from enum import StrEnum

NOT_SYNCHRONISED = "—"


class Section(StrEnum):
    """The lists of Altior's «Paramétrage du tiers». The value is the key of the list, the label what Altior shows."""

    LEGAL_FORMS = "formes-juridiques"
    CIVILITIES = "civilites"
    PHONE_TYPES = "types-telephone"
    EMAIL_TYPES = "types-mail"
    URL_TYPES = "types-url"
    STAFF_ROLES = "roles-collaborateur"
    CONTACT_ROLES = "roles-contact"

    @property
    def label(self) -> str:
        return _SECTION_LABELS[self]


_SECTION_LABELS = {
    Section.LEGAL_FORMS: "Formes juridiques",
    Section.CIVILITIES: "Civilités",
    Section.PHONE_TYPES: "Types de téléphones",
    Section.EMAIL_TYPES: "Types de mails",
    Section.URL_TYPES: "Types d'URLs",
    Section.STAFF_ROLES: "Rôles des collaborateurs",
    Section.CONTACT_ROLES: "Rôles des contacts",
}


class Direction(StrEnum):
    BOTH = "Dans les deux sens"
    DESCEND = "Sellsy → Altior"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table.

    `objet`: what it is about («Tiers», «Contact, particulier»…). `sellsy`: the information as Sellsy's screen calls
    it. `standard`: Altior's value; "" = left empty in Altior; None = not synchronised unless a value is given.
    `abbreviation`: as Altior lists it; what ascends for a legal form. `recognised`: texts that mean this line
    beside title and abbreviation (case, accents and dots aside). `suggested`: texts that only suggest it to a person.
    `editable`: «Autre valeur» may be filled. `field`: Sellsy's own field or code, where the line stands for one.
    """

    number: str
    section: Section
    objet: str
    sellsy: str
    standard: str | None
    abbreviation: str = ""
    direction: Direction = Direction.BOTH
    remark: str = ""
    recognised: tuple[str, ...] = ()
    suggested: tuple[str, ...] = ()
    field: str = ""
    editable: bool = True


def _form(
    number: str, title: str, abbreviation: str, *recognised: str, remark: str = "", suggested: tuple[str, ...] = ()
) -> Line:
    return Line(
        number,
        Section.LEGAL_FORMS,
        "Tiers",
        "Forme juridique",
        title,
        abbreviation,
        remark=remark,
        recognised=recognised,
        suggested=suggested,
        field="company_type",
    )


_LEGAL_FORMS = (
    _form("F01", "Société par actions simplifiée", "SAS"),
    _form(
        "F02",
        "Société par actions simplifiée unipersonnelle",
        "SASU",
        "SAS unipersonnelle",
        "Société par actions simplifiée à associé unique",
    ),
    _form(
        "F03",
        "Société à responsabilité limitée",
        "SARL",
        "Société à responsabilité limitée (sans autre indication)",
    ),
    _form(
        "F04",
        "Entreprise unipersonnelle à responsabilité limitée",
        "EURL",
        "SARL unipersonnelle",
        "Société à responsabilité limitée à associé unique",
    ),
    _form(
        "F05", "Société anonyme", "SA", "SA à conseil d'administration", "Société anonyme à conseil d'administration"
    ),
    _form("F06", "Société en nom collectif", "SNC"),
    _form("F07", "Société civile immobilière", "SCI"),
    _form("F08a", "Société d'exercice libéral à responsabilité limitée", "SELARL"),
    _form("F08b", "Société d'exercice libéral par actions simplifiée", "SELAS"),
    _form("F08c", "Société civile professionnelle", "SCP"),
    _form(
        "F09a",
        "Société coopérative de production",
        "SCOP",
        "Société coopérative ouvrière de production",
        "Société coopérative et participative",
    ),
    _form("F09b", "Groupement d'intérêt économique", "GIE"),
    _form("F09c", "Fondation", "Fondation"),
    _form("F09d", "Mutuelle", "Mutuelle"),
    _form("F09e", "Syndicat de copropriété", "SDC", "Syndicat des copropriétaires"),
    _form(
        "F10",
        "Entreprise individuelle",
        "EI",
        "Entrepreneur individuel",
        "Micro-entreprise",
        "Micro-entrepreneur",
        "Auto-entrepreneur",
        "Auto-entreprise",
    ),
    _form("F11", "Association", "AS", "Association déclarée", "Association loi 1901", "Loi 1901"),
    _form("F12", "Collectivité territoriale commune", "CTC", "Commune", "Mairie", "Commune et commune nouvelle"),
    _form(
        "F13",
        "Etablissement Hospitalier",
        "AH",
        "Centre hospitalier",
        "Établissement d'hospitalisation",
    ),
    _form(
        "F14",
        "Etablissement public local d'enseignement",
        "EPLE",
        remark="« Collège » et « lycée public » sont seulement proposés.",
        suggested=("Collège", "Lycée public"),
    ),
    Line(
        "F15",
        Section.LEGAL_FORMS,
        "Tiers",
        "Forme juridique : tout autre texte",
        "",
        direction=Direction.DESCEND,
        remark="Laissé vide ; le connecteur pose une question par texte rencontré.",
        field="company_type",
    ),
)


def _civility(number: str, sellsy: str, field: str, altior: str, abbreviation: str, **more: str) -> Line:
    return Line(
        number,
        Section.CIVILITIES,
        "Contact, particulier",
        sellsy,
        altior,
        abbreviation,
        direction=Direction.DESCEND if number == "C03" else Direction.BOTH,
        remark=more.get("remark", ""),
        recognised=(sellsy, field) if field else (),
        field=field,
        editable=bool(field),
    )


_CIVILITIES = (
    _civility("C01", "Monsieur", "mr", "Monsieur", "M."),
    _civility("C02", "Madame", "mrs", "Madame", "Mme"),
    _civility("C03", "Mademoiselle", "ms", "Madame", "Mme", remark="Sellsy garde « Mademoiselle »."),
    _civility("C04", "(vide)", "", "", "", remark="Jamais déduite du prénom."),
)

_PERSON = "Contact, particulier"


def _typed(number: str, section: Section, objet: str, sellsy: str, field: str, altior: str | None) -> Line:
    remark = f"« {NOT_SYNCHRONISED} » : non synchronisé, sauf autre valeur." if altior is None else ""
    return Line(number, section, objet, sellsy, altior, remark=remark, field=field)


_PHONES = (
    _typed("T01", Section.PHONE_TYPES, "Tiers", "Téléphone", "phone_number", "Principale"),
    _typed("T02", Section.PHONE_TYPES, "Tiers", "Mobile", "mobile_number", "Portable"),
    _typed("T03", Section.PHONE_TYPES, "Tiers", "Fax", "fax_number", "Fax"),
    _typed("T04", Section.PHONE_TYPES, _PERSON, "Téléphone", "phone_number", "Fixe"),
    _typed("T05", Section.PHONE_TYPES, _PERSON, "Mobile", "mobile_number", "Portable"),
    _typed("T06", Section.PHONE_TYPES, _PERSON, "Fax", "fax_number", "Fax"),
)

_EMAILS = (
    _typed("M01", Section.EMAIL_TYPES, "Tiers", "E-mail", "email", "Principal"),
    _typed("M02", Section.EMAIL_TYPES, "Contact", "E-mail", "email", "Principal"),
    _typed("M03", Section.EMAIL_TYPES, "Particulier", "E-mail", "email", "Principal"),
)

_URLS = (
    _typed("U01", Section.URL_TYPES, "Tiers, contact", "Site web", "website", "Site web"),
    _typed("U02", Section.URL_TYPES, "Tiers, contact", "LinkedIn", "linkedin", None),
    _typed("U03", Section.URL_TYPES, "Tiers, contact", "Facebook", "facebook", None),
    _typed("U04", Section.URL_TYPES, "Tiers, contact", "Twitter", "twitter", None),
)

_STAFF = (
    Line(
        "B01",
        Section.STAFF_ROLES,
        "Client, prospect, particulier",
        "Propriétaire",
        "Commercial",
        field="owner",
        remark="Rapprochement par adresse mail.",
    ),
    Line(
        "B02",
        Section.STAFF_ROLES,
        "Fournisseur",
        "Propriétaire",
        None,
        field="owner",
        remark=f"« {NOT_SYNCHRONISED} » : non synchronisé, sauf autre valeur.",
    ),
    Line(
        "B03",
        Section.STAFF_ROLES,
        "Opportunité / affaire",
        "Collaborateur affecté",
        "Chargé d'affaire",
        field="assigned_staff_ids",
        remark="Le premier ; à défaut, le propriétaire.",
    ),
)


def _contact_role(number: str, sellsy: str, field: str, remark: str = "À créer dans Altior.") -> Line:
    return Line(
        number,
        Section.CONTACT_ROLES,
        "Contact d'un tiers",
        sellsy,
        sellsy,
        direction=Direction.DESCEND,
        remark=remark,
        field=field,
    )


_CONTACT_ROLES = (
    _contact_role("K01", "Contact principal", "main_contact_id"),
    _contact_role(
        "K02", "Contact de facturation", "invoicing_contact_id", "À créer dans Altior, ou autre valeur : « Comptable »."
    ),
    _contact_role("K03", "Contact de relance", "dunning_contact_id"),
)

LINES: tuple[Line, ...] = (*_LEGAL_FORMS, *_CIVILITIES, *_PHONES, *_EMAILS, *_URLS, *_STAFF, *_CONTACT_ROLES)

_BY_NUMBER = {line.number: line for line in LINES}


def line(number: str) -> Line:
    """The line of that number («T01»). Raises KeyError when there is none."""
    return _BY_NUMBER[number]


def standard() -> dict[str, str | None]:
    """Every line with its standard value: what applies when the administrator has changed nothing."""
    return {one.number: one.standard for one in LINES}
