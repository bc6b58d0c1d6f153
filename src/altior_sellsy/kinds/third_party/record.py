"""The third party as data: its fields, their families and how their values are compared (design 7.4; rules R5, R17).

A company and an individual are one kind: a company has `name` and the legal identity, an individual `last_name`,
`first_name` and `civility`; the fields of the other are missing. A Sellsy record has one type: `sale_type` (client,
prospect) or `purchase_type` (supplier), the other one missing; a tiers shows both. Never synchronised: auxiliary code,
accounting codes, price category, payment terms, marketing subscriptions, RGPD consent, birth date (R17, R21).
"""

from dataclasses import replace

from altior_sellsy.kinds.comparing import ARCHIVED, COORDINATES, NOTE, PERSON, exact, same_amount
from altior_sellsy.kinds.field import Family, Field, Tells
from altior_sellsy.kinds.kind import Kind
from altior_sellsy.ledger.model import Value
from altior_sellsy.values import address

ADDRESSES = {"invoicing_address": "Facturation", "delivery_address": "Livraison"}
"""The two pointers to an address, and the name of an address that we create for them."""
CONTACT_POINTERS = {
    "main_contact": "Contact principal",
    "invoicing_contact": "Contact de facturation",
    "dunning_contact": "Contact de relance",
}
"""Single in Sellsy: fields of the third party, never of the contact. Value: the Altior contact's reference as text."""


def client_is_right(sellsy: Value, altior: Value) -> Value | None:
    """A client never becomes a prospect again because of a difference: whoever says «client» is right (R2)."""
    return "client" if "client" in (sellsy, altior) else None


def _identity(name: str, label: str, tells: Tells = Tells.RECORD) -> Field:
    return Field(name, label, Family.IDENTITY, tells=tells)


def _code(name: str, label: str, tells: Tells) -> Field:
    return Field(name, label, Family.IDENTITY, same=exact, arrived=exact, tells=tells)


def _address(name: str, label: str, family: Family) -> Field:
    return Field(name, label, family, same=address.same, arrived=address.arrived, tells=Tells.FIRM)


def _contact_role(name: str, label: str) -> Field:
    """Single in Sellsy, not in Altior: who receives invoices and reminders is said in Sellsy and only descends."""
    return Field(name, label, Family.FUNCTION, same=exact, arrived=exact, ascends=False, tells=Tells.NOTHING)


def _owner(name: str, label: str) -> Field:
    return Field(name, label, Family.OWNER, same=exact, arrived=exact, tells=Tells.NOTHING)


THIRD_PARTY = Kind(
    name="third_party",
    label="Tiers",
    plural="Tiers",
    fields=(
        _identity("name", "Raison sociale"),
        *PERSON,
        replace(_code("sale_type", "Type (vente)", Tells.NOTHING), prefer=client_is_right),
        _code("purchase_type", "Type (achat)", Tells.NOTHING),
        _code("siret", "Numéro Siret", Tells.FIRM),
        _code("siren", "Numéro Siren", Tells.FIRM),
        _code("vat", "Numéro TVA intra", Tells.FIRM),
        _code("naf", "Code NAF (APE)", Tells.NOTHING),
        _identity("legal_form", "Forme juridique", Tells.NOTHING),
        Field("capital", "Capital social", Family.IDENTITY, same=same_amount, tells=Tells.NOTHING),
        _identity("rcs", "RCS", Tells.FIRM),
        Field("reference", "Référence", Family.IDENTITY, fill_only=True),
        *COORDINATES,
        _address("invoicing_address", "Adresse de facturation", Family.BILLING_ADDRESS),
        _address("delivery_address", "Adresse de livraison", Family.OTHER_ADDRESS),
        _owner("owner", "Propriétaire"),
        _owner("supplier_owner", "Propriétaire (fournisseur)"),
        *(_contact_role(name, label) for name, label in CONTACT_POINTERS.items()),
        NOTE,
        ARCHIVED,
    ),
)
