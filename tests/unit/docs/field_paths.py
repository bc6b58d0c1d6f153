"""Where each field of each kind is on both sides, and what happens to it on the way. Data for docs/reference/fields.md.

The shared form, the families and the directions come from the kinds themselves; this holds what is spread over their
readings and writings. Sellsy's paths are those of its API V2, Altior's those of the stand-in contract.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Paths:
    """`normal`: the shared form. `lossy`: what one side cannot hold, and what then happens."""

    sellsy: str
    altior: str
    normal: str
    lossy: str = ""


TEXT = "NFC, single spaces; case, accents and punctuation do not count at the first pairing"
PERSON_ONLY = "individuals only"
COMPANY_ONLY = "companies only"
PHONE = "E.164 with `;ext=`; French regions and overseas tried; written in national form"
KEPT = "text that is no number is kept as it is; further numbers of the type stay in Altior untouched"
WEB = "without scheme, host in lower case, no slash at the end; written with `https://`"
ASKED = "only where the request asks for it; nothing else of a record that is archived travels"
SOCIAL = "not synchronised unless the request gives its line a value"
ADDRESS = (
    "seven parts; blank lines closed up, ISO country, five-digit French postcode; «CEDEX», «St» and overseas alike"
)


def phone(sellsy: str, lines: str, also: str = "") -> Paths:
    return Paths(f"`{sellsy}`", f"`telephones[]` of the type of line {lines}", PHONE, also or KEPT)


def web(line: str, sellsy: str, also: str = "") -> Paths:
    return Paths(f"`{sellsy}`", f"`urls[]` of the type of line {line}", WEB, also)


def contact_role(name: str, line: str) -> Paths:
    return Paths(
        f"`{name}_id`",
        f"`contacts[].roles`, role of line {line}",
        "the paired Altior contact's reference",
        "single in Sellsy: other holders in Altior are never touched; a contact that is not paired is unknown",
    )


_COORDINATES = {
    "website": web("U01", "website"),
    "linkedin": web("U02", "social.linkedin", SOCIAL),
    "facebook": web("U03", "social.facebook", SOCIAL),
    "twitter": web("U04", "social.twitter", SOCIAL),
    "note": Paths("`note`", "`note`", "line by line, as text", "empty is written as an empty text"),
    "archived": Paths("`is_archived`", "`archive`", "yes or no", ASKED),
}
_PERSON = {
    "first_name": Paths("`first_name`", "`prenom`", TEXT),
    "civility": Paths(
        "`civility`",
        "`civilite` (title of lines C01–C03)",
        "`mr`, `mrs`, `ms`",
        "`ms` and `mrs` are equal: «Mademoiselle» is never rewritten; Altior's other titles leave Sellsy as it is",
    ),
}

THIRD_PARTY: dict[str, Paths] = {
    "name": Paths("`name`", "`raison_sociale`", TEXT, f"{COMPANY_ONLY}; may not be emptied in Sellsy"),
    "last_name": Paths("`last_name`", "`nom`", TEXT, f"{PERSON_ONLY}; may not be emptied in Sellsy"),
    **_PERSON,
    "sale_type": Paths(
        "`type` (client, prospect)",
        "`roles` (client, prospect)",
        "`client` or `prospect`; whoever says «client» is right",
        "prospect → client by `convert` (mode none); client → prospect is a card, Sellsy's API cannot do it",
    ),
    "purchase_type": Paths(
        "`type` (supplier)",
        "`roles` (fournisseur)",
        "`supplier` or empty",
        "a role taken in Altior does not change the Sellsy record: card",
    ),
    "siret": Paths(
        "`legal_france.siret`",
        "`siret`",
        "14 digits, checked (La Poste too); no control abroad",
        "an invalid one is held; nothing is created without the SIRET that was refused",
    ),
    "siren": Paths(
        "`legal_france.siren`", "`siren`", "9 digits; a blank one comes from the SIRET", "the SIRET prevails: else held"
    ),
    "vat": Paths("`legal_france.vat`", "`tva`", "by form only, never invented", "an impossible form is held"),
    "naf": Paths("`legal_france.ape_naf_code`", "`naf`", "official spelling, with its point: 43.32A"),
    "legal_form": Paths(
        "`legal_france.company_type` (free text)",
        "`forme_juridique` (list, lines F01–F15)",
        "Altior's title, recognised in the text",
        "what no line knows is held, with a card; the abbreviation ascends, only if the text says another form",
    ),
    "capital": Paths("`capital` (text)", "`capital`", "compared as an amount, kept as text"),
    "rcs": Paths("`legal_france.rcs_immatriculation`", "`rcs`", TEXT),
    "reference": Paths("`reference`", "`reference`", TEXT, "fills a blank, never replaces"),
    "email": Paths(
        "`email`",
        "`emails[]` of the type of line M01 (individuals M03)",
        "lower case",
        "one in Sellsy: Altior's others stay; an impossible address is held",
    ),
    "phone": phone("phone_number", "T01 (individuals T04)"),
    "mobile": phone("mobile_number", "T02 (individuals T05)"),
    "fax": phone("fax_number", "T03 (individuals T06)"),
    **_COORDINATES,
    "archived": Paths(
        "`is_archived`",
        "`archive`",
        "yes or no",
        f"{ASKED}; a tiers with affaires, or client and supplier at once, is not archived from Sellsy: card",
    ),
    "invoicing_address": Paths(
        "`addresses`, the one flagged `is_invoicing_address`",
        "`adresses[]`, the one flagged `facturation`",
        ADDRESS,
        "Sellsy wants name, line, postcode, town, country: an incomplete one is held; emptied, it loses its flag only",
    ),
    "delivery_address": Paths(
        "`addresses`, the one flagged `is_delivery_address`",
        "`adresses[]`, the one flagged `livraison`",
        ADDRESS,
        "as above; other addresses are never touched",
    ),
    "owner": Paths(
        "`owner_id`",
        "`collaborateurs[]` of the role of line B01",
        "the e-mail of the Altior user",
        "without counterpart, or inactive: held, the value there stays; Sellsy always has an owner",
    ),
    "supplier_owner": Paths(
        "`owner_id` of a supplier",
        "`collaborateurs[]` of the role of line B02",
        "the e-mail of the Altior user",
        "not synchronised unless the request gives line B02 a value",
    ),
    "main_contact": contact_role("main_contact", "K01"),
    "invoicing_contact": contact_role("invoicing_contact", "K02"),
    "dunning_contact": contact_role("dunning_contact", "K03"),
}

CONTACT: dict[str, Paths] = {
    "last_name": Paths("`last_name`", "`nom`", TEXT, "without one a contact is not created; may not be emptied"),
    **_PERSON,
    "position": Paths("`position`", "`fonction`", TEXT),
    "email": Paths(
        "`email`",
        "`emails[]` of the type of line M02",
        "lower case",
        "a collaborator's e-mail is refused by Sellsy: held",
    ),
    "phone": phone("phone_number", "T04"),
    "mobile": phone("mobile_number", "T05"),
    "fax": phone("fax_number", "T06"),
    **_COORDINATES,
    "note": Paths("`note`", "`note`", "line by line, as text", "only where the request asks for it (RGPD)"),
    "third_parties": Paths(
        "links, `/contacts/{id}/companies`",
        "`tiers[]`",
        "sorted references of the paired tiers",
        "a link whose third party is not paired, or is an individual in Sellsy, is in no list and stays",
    ),
}

DEAL: dict[str, Paths] = {
    "name": Paths("`name`", "`nom`", TEXT, "may not be emptied in Sellsy"),
    "number": Paths("`number` (OPP-…)", "`numero`", TEXT),
    "third_party": Paths(
        "`company_id` or `individual_id`",
        "`tiers`",
        "Sellsy's reference",
        "changed after a devis exists: card, the affaire keeps its tiers",
    ),
    "establishment": Paths(
        "from the pipeline, by the row of event 1", "`etablissement`", "Altior's id", "another one later: card"
    ),
    "amount": Paths(
        "`amount` (Montant potentiel)",
        "`montant`",
        "two decimals; zero is no amount",
        "another currency than the account's is held, never converted",
    ),
    "probability": Paths("`probability`", "`probabilite`", "whole percent", "may not be emptied in Sellsy"),
    "due_date": Paths("`due_date`", "`echeance`", "ISO date"),
    "status": Paths(
        "`status`",
        "`etat`",
        "`open`, `lost`, `cancelled`",
        "late reads as open; won and finished are events; an unknown word is a card",
    ),
    "owner": Paths(
        "first of `assigned_staff_ids`, else `owner`",
        "`charge_affaire` (line B03)",
        "the e-mail of the Altior user",
        "without counterpart: held",
    ),
    "contacts": Paths("`contact_ids`", "`contacts[]`", "sorted references", "contacts that are not paired stay"),
    "note": _COORDINATES["note"],
    "pipe": Paths("name of the pipeline", "`champs_personnalises.PIPE`", TEXT, "cut to Altior's length with «…»"),
    "etap": Paths("name of the step", "`champs_personnalises.ETAP`", TEXT, "cut to Altior's length with «…»"),
}

PATHS = {"third_party": THIRD_PARTY, "contact": CONTACT, "deal": DEAL}
UNTIL_WON = "Sellsy until won, then Altior"
WHO = {
    ("third_party", "sale_type"): "whoever says «client»",
    ("third_party", "archived"): "whoever archived it",
    ("contact", "archived"): "whoever archived it",
    ("deal", "amount"): "Sellsy until won or a devis exists, then Altior",
}
"""Where it is not simply the family's side."""
