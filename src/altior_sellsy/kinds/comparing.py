"""How values of the kinds are compared: equal for people, and «arrived» as a side may have rewritten them. Pure."""

from altior_sellsy.kinds.field import Family, Field, Tells
from altior_sellsy.ledger.model import Value
from altior_sellsy.values import amount, civility, phone, website
from altior_sellsy.values.text import arrived_text, same_text


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


# -- fields that several kinds have
def phone_field(name: str, label: str) -> Field:
    return Field(name, label, Family.COORDINATES, same=phone.same, arrived=arrived_phone)


def web_field(name: str, label: str) -> Field:
    return Field(name, label, Family.COORDINATES, same=website.same, arrived=arrived_website)


COORDINATES = (
    Field("email", "E-mail", Family.COORDINATES, same=exact, arrived=exact),
    phone_field("phone", "Téléphone"),
    phone_field("mobile", "Mobile"),
    phone_field("fax", "Fax"),
    web_field("website", "Site web"),
    web_field("linkedin", "LinkedIn"),
    web_field("facebook", "Facebook"),
    web_field("twitter", "Twitter"),
)
PERSON = (
    Field("last_name", "Nom", Family.IDENTITY),
    Field("first_name", "Prénom", Family.IDENTITY),
    Field("civility", "Civilité", Family.IDENTITY, same=civility.same, arrived=civility.same, tells=Tells.NOTHING),
)
NOTE = Field("note", "Note", Family.NOTE)

ARCHIVED = Field(
    "archived",
    "Archivage",
    Family.ARCHIVING,
    same=exact,
    arrived=exact,
    sent_again=True,
    tells=Tells.NOTHING,
)
"""Read only where the request asks that archiving be followed; then it alone travels of a record that is archived."""
