"""The third party as data: its fields, their families and how their values are compared (design 7.4; rules R5, R17).

A company and an individual are one kind: a company has `name` and the legal identity, an individual `last_name`,
`first_name` and `civility`; the fields of the other are missing. Never synchronised: auxiliary code, accounting codes,
price category, payment terms, marketing subscriptions, RGPD consent, birth date (R17, R21).
"""

from altior_sellsy.kinds.field import Family, Field
from altior_sellsy.kinds.kind import Kind
from altior_sellsy.ledger.model import Value
from altior_sellsy.values import address, amount, civility, phone, website
from altior_sellsy.values.text import arrived_text, same_text

ADDRESSES = {"invoicing_address": "Facturation", "delivery_address": "Livraison"}
"""The two pointers to an address, and the name of an address that we create for them."""


def exact(a: Value, b: Value) -> bool:
    """Codes and e-mails are normalised when read: they are equal or they are not."""
    return a == b


def same_amount(a: Value, b: Value) -> bool:
    if same_text(a, b):
        return True
    left, right = (amount.parse(value) if isinstance(value, str) else None for value in (a, b))
    return left is not None and left == right


def arrived_phone(shown: Value, sent: Value) -> bool:
    """Also when the number was cut as people see it («01 44 41 91 91 poste»)."""
    if phone.same(shown, sent) or arrived_text(shown, sent):
        return True
    if not isinstance(shown, str) or not isinstance(sent, str):
        return False
    return arrived_text(phone.show(shown), phone.show(sent))


def arrived_website(shown: Value, sent: Value) -> bool:
    return website.same(shown, sent) or arrived_text(shown, sent)


def _identity(name: str, label: str) -> Field:
    return Field(name, label, Family.IDENTITY)


def _code(name: str, label: str) -> Field:
    return Field(name, label, Family.IDENTITY, same=exact, arrived=exact)


def _phone(name: str, label: str) -> Field:
    return Field(name, label, Family.COORDINATES, same=phone.same, arrived=arrived_phone)


def _web(name: str, label: str) -> Field:
    return Field(name, label, Family.COORDINATES, same=website.same, arrived=arrived_website)


def _address(name: str, label: str, family: Family) -> Field:
    return Field(name, label, family, same=address.same, arrived=address.arrived)


def _owner(name: str, label: str) -> Field:
    return Field(name, label, Family.OWNER, same=exact, arrived=exact)


THIRD_PARTY = Kind(
    name="third_party",
    label="Tiers",
    plural="Tiers",
    fields=(
        _identity("name", "Raison sociale"),
        _identity("last_name", "Nom"),
        _identity("first_name", "Prénom"),
        Field("civility", "Civilité", Family.IDENTITY, same=civility.same, arrived=civility.same),
        _code("siret", "Numéro Siret"),
        _code("siren", "Numéro Siren"),
        _code("vat", "Numéro TVA intra"),
        _code("naf", "Code NAF (APE)"),
        _identity("legal_form", "Forme juridique"),
        Field("capital", "Capital social", Family.IDENTITY, same=same_amount),
        _identity("rcs", "RCS"),
        Field("reference", "Référence", Family.IDENTITY, fill_only=True),
        Field("email", "E-mail", Family.COORDINATES, same=exact, arrived=exact),
        _phone("phone", "Téléphone"),
        _phone("mobile", "Mobile"),
        _phone("fax", "Fax"),
        _web("website", "Site web"),
        _web("linkedin", "LinkedIn"),
        _web("facebook", "Facebook"),
        _web("twitter", "Twitter"),
        _address("invoicing_address", "Adresse de facturation", Family.BILLING_ADDRESS),
        _address("delivery_address", "Adresse de livraison", Family.OTHER_ADDRESS),
        _owner("owner", "Propriétaire"),
        _owner("supplier_owner", "Propriétaire (fournisseur)"),
        Field("note", "Note", Family.NOTE),
    ),
)
