"""The contact as data (rules R5, R6, R20, R21). Who is main, invoicing or dunning contact belongs to the third party.

`third_parties`: the set of links, each as the paired tiers' reference («altior:…:tiers:501»), sorted. A link whose
third party is not paired, or is a particulier in Sellsy, is in no list: it enters once both ends can hold it.
"""

from altior_sellsy.kinds.comparing import ARCHIVED, COORDINATES, NOTE, PERSON
from altior_sellsy.kinds.field import Family, Field, Tells
from altior_sellsy.kinds.kind import Kind

LINKS = "third_parties"
ROLE = frozenset({"contact"})

CONTACT = Kind(
    name="contact",
    label="Contact",
    plural="Contacts",
    fields=(
        *PERSON,
        Field("position", "Fonction", Family.FUNCTION, tells=Tells.NOTHING),
        *COORDINATES,
        NOTE,
        Field(LINKS, "Tiers rattachés", Family.COORDINATES, is_set=True, tells=Tells.NOTHING),
        ARCHIVED,
    ),
)
