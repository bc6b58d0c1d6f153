"""A record being read: fields in their shared form, and the problems of those that are held. Used by both sides."""

from dataclasses import dataclass, field

from altior_sellsy.kinds.port import Problem
from altior_sellsy.ledger.model import Value
from altior_sellsy.values import email, naf, phone, siret, vat, website
from altior_sellsy.values.text import clean, clean_lines


@dataclass(slots=True)
class Draft:
    """A held field is missing from `fields` (unknown) and named in `problems`: the rest of the record goes (R15)."""

    fields: dict[str, Value] = field(default_factory=dict)
    problems: dict[str, Problem] = field(default_factory=dict)

    def hold(self, name: str, code: str, sentence: str) -> None:
        self.fields.pop(name, None)
        self.problems[name] = Problem(code, sentence)

    def text(self, name: str, raw: str | None) -> None:
        self.fields[name] = clean(raw)

    def note(self, name: str, raw: str | None) -> None:
        self.fields[name] = clean_lines(raw)

    def phone(self, name: str, raw: str | None) -> None:
        self.fields[name] = phone.normal(raw)

    def website(self, name: str, raw: str | None) -> None:
        self.fields[name] = website.normal(raw)

    def naf(self, name: str, raw: str | None) -> None:
        self.fields[name] = naf.normal(raw)

    def email(self, name: str, raw: str | None) -> None:
        value = email.normal(raw)
        if value is None or email.is_email(value):
            self.fields[name] = value
        else:
            self.hold(name, "invalid_email", f"L'adresse e-mail « {value} » n'est pas valide.")

    def vat(self, name: str, raw: str | None) -> None:
        """French numbers by form; any other text that Sellsy can hold (2 to 15 characters) is taken (R10, R11)."""
        value = vat.normalise(raw)
        if value and (not 2 <= len(value) <= 15 or (value.startswith("FR") and not vat.is_vat(value))):
            self.hold(name, "invalid_vat", f"Le numéro de TVA « {value} » n'est pas valide.")
        else:
            self.fields[name] = value

    def siret(self, raw: str | None, *, french: bool) -> None:
        """No control abroad (R10)."""
        value = siret.normalise(raw)
        if value is None or not french or siret.is_siret(value):
            self.fields["siret"] = value
        else:
            self.hold("siret", "invalid_siret", f"Le SIRET « {value} » n'est pas valide.")

    def siren(self, raw: str | None, *, french: bool) -> None:
        """After `siret`: a blank one comes from a valid SIRET, which prevails when they disagree (R11)."""
        value = siret.normalise(raw)
        shown = self.fields.get("siret")
        derived = siret.siren_of(shown) if isinstance(shown, str) and french else None
        if derived and value and value != derived:
            self.hold(
                "siren",
                "siren_mismatch",
                f"Le SIREN « {value} » ne correspond pas au SIRET « {shown} » : le SIRET prévaut.",
            )
        elif value is None or not french or siret.is_siren(value):
            self.fields["siren"] = value or derived
        else:
            self.hold("siren", "invalid_siren", f"Le SIREN « {value} » n'est pas valide.")

    def keys(self) -> dict[str, str]:
        """The match key, when the SIRET is a valid one."""
        shown = self.fields.get("siret")
        return {"siret": shown} if isinstance(shown, str) and siret.is_siret(shown) else {}
