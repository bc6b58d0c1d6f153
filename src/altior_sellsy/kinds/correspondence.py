"""How the values of one company's Sellsy and Altior correspond: the mapping table of its request, and its people.

Pure. Built once per pass from the effective mapping lines (number → Altior's value; None = not synchronised) and from
what both systems say of their people.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from altior_sellsy.request.mapping import LINES, Line, Section
from altior_sellsy.values.legal_form import LegalForm, LegalForms
from altior_sellsy.values.text import squash

PERSON_SLOTS = {"phone": "T04", "mobile": "T05", "fax": "T06"}
COMPANY_SLOTS = {"phone": "T01", "mobile": "T02", "fax": "T03"}
EMAIL_LINES = {"company": "M01", "individual": "M03", "contact": "M02"}
URL_SLOTS = {"website": "U01", "linkedin": "U02", "facebook": "U03", "twitter": "U04"}
ROLE_LINES = {"main": "K01", "invoicing": "K02", "dunning": "K03"}


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A collaborator of the Sellsy account. `active`: status «ok» (blocked and deleted ones are never assigned)."""

    email: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class Choices:
    """What is synchronised only where the request asks for it (design 7.4; rules R21)."""

    archiving: bool = False
    contact_notes: bool = False

    @classmethod
    def of(cls, tiers: Mapping[str, object]) -> "Choices":
        """From the request's answers on the tiers; an answer of before these were asked is a no."""
        return cls(archiving=tiers.get("archiving") is True, contact_notes=tiers.get("contact_notes") is True)

    def notes_of(self, thing: str) -> bool:
        """`thing`: company, individual or contact. A note on a person stays where it was written."""
        return thing != "contact" or self.contact_notes


@dataclass(frozen=True, slots=True)
class Correspondence:
    """`values`: effective Altior value of every line. `staff`: Sellsy staff id (text) → member. `users`: e-mails of the
    active Altior users, lower case. `corrections`: staff id → e-mail in Altior, where it is another one (rules R13).
    """

    values: Mapping[str, str | None]
    forms: LegalForms
    civilities: Mapping[str, str | None]
    """Sellsy's code → Altior's title."""
    unused_forms: frozenset[str] = frozenset()
    """Keys of the forms whose line is not synchronised."""
    staff: Mapping[str, StaffMember] = field(default_factory=dict)
    users: frozenset[str] = frozenset()
    corrections: Mapping[str, str] = field(default_factory=dict)
    choices: Choices = Choices()
    _types_of: dict[str, dict[str, str]] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Worked out once: every record asks for them."""

    @classmethod
    def of(
        cls,
        mapping: Mapping[str, str | None],
        *,
        staff: Mapping[str, StaffMember] | None = None,
        users: Iterable[str] = (),
        corrections: Mapping[str, str] | None = None,
        choices: Choices | None = None,
        lines: Iterable[Line] = LINES,
    ) -> "Correspondence":
        """Lines that `mapping` does not name have their standard value."""
        lines = tuple(lines)
        values = {line.number: mapping.get(line.number, line.standard) for line in lines}
        return cls(
            values=values,
            forms=LegalForms(_form(line, values[line.number]) for line in lines if _is_form(line)),
            civilities={
                line.field: values[line.number] for line in lines if line.section is Section.CIVILITIES and line.field
            },
            unused_forms=frozenset(line.abbreviation for line in lines if _is_form(line) and not values[line.number]),
            staff={key: StaffMember(one.email.strip().lower(), one.active) for key, one in (staff or {}).items()},
            users=frozenset(email.strip().lower() for email in users),
            corrections={key: email.strip().lower() for key, email in (corrections or {}).items()},
            choices=choices or Choices(),
        )

    # -- legal forms: the shared value is Altior's title
    def form_in_sellsy(self, text: str | None, *, french: bool = True) -> LegalForm | None:
        """The form that Sellsy's free text denotes. `synchronised` tells whether its line is in use."""
        return self.forms.recognise(text, french=french)

    def form_in_altior(self, title: str) -> LegalForm | None:
        """The form of a title of Altior's list; None for a title that the table does not know."""
        return self.forms.of_title(title)

    def synchronised(self, form: LegalForm) -> bool:
        return form.key not in self.unused_forms

    # -- civilities: the shared value is Sellsy's code
    def civility_in_altior(self, code: str) -> str | None:
        return self.civilities.get(code) or None

    def civility_of(self, title: str) -> str | None:
        """The code of Altior's title: the first line that has it, so «Madame» is mrs. None: no Sellsy value for it."""
        return next((code for code, own in self.civilities.items() if own and squash(own) == squash(title)), None)

    # -- typed sets: slot → Altior's type, for the slots that are synchronised
    def phone_types(self, *, person: bool) -> dict[str, str]:
        return self._types("person" if person else "company", PERSON_SLOTS if person else COMPANY_SLOTS)

    def email_types(self, thing: str) -> dict[str, str]:
        """`thing`: company, individual or contact."""
        return self._types(f"email of {thing}", {"email": EMAIL_LINES[thing]})

    def url_types(self) -> dict[str, str]:
        return self._types("urls", URL_SLOTS)

    def contact_roles(self) -> dict[str, str]:
        """main, invoicing, dunning → the role on the link in Altior."""
        return self._types("roles", ROLE_LINES)

    def _types(self, name: str, slots: Mapping[str, str]) -> dict[str, str]:
        known = self._types_of.get(name)
        if known is None:
            known = {slot: own for slot, line in slots.items() if (own := self.values.get(line))}
            self._types_of[name] = known
        return known

    # -- people: the shared value is the e-mail in Altior
    @property
    def owner_role(self) -> str | None:
        """Owner of a client, prospect or individual (B01). None: not synchronised."""
        return self.values.get("B01") or None

    @property
    def supplier_owner_role(self) -> str | None:
        return self.values.get("B02") or None

    @property
    def deal_owner_role(self) -> str | None:
        return self.values.get("B03") or None

    def email_of(self, staff_id: str) -> str | None:
        """The e-mail in Altior of this collaborator of Sellsy; None when unknown, blocked or deleted."""
        member = self.staff.get(staff_id)
        if member is None or not member.active:
            return None
        return self.corrections.get(staff_id) or member.email

    def staff_of(self, email: str) -> str | None:
        """The active collaborator of Sellsy behind this e-mail in Altior."""
        wanted = email.strip().lower()
        for staff_id in sorted(self.staff, key=lambda key: (len(key), key)):
            if wanted and self.email_of(staff_id) == wanted:
                return staff_id
        return None

    def is_user(self, email: str) -> bool:
        return email.strip().lower() in self.users


def _is_form(line: Line) -> bool:
    return line.section is Section.LEGAL_FORMS and bool(line.abbreviation)


def _form(line: Line, value: str | None) -> LegalForm:
    standard = line.standard or ""
    return LegalForm(
        key=line.abbreviation,
        title=value or standard,
        abbreviation=line.abbreviation,
        aliases=tuple(dict.fromkeys((standard, *line.recognised))),
    )
