"""Sample French firms for both stand-ins: plausible, deterministic, and certainly nobody's.

Telephones lie in the ranges that ARCEP keeps for fiction, e-mail addresses and web sites under the reserved domain
`.example`. SIRET, SIREN and VAT numbers pass their checks. The same seed always gives the same firms, and a longer
list begins with the shorter one.
"""

from dataclasses import dataclass
from random import Random
from typing import Literal

from altior_sellsy.values.text import fold

Role = Literal["client", "prospect", "supplier"]
Civility = Literal["mr", "mrs"]


@dataclass(frozen=True, slots=True)
class SampleAddress:
    """`line2` is empty when there is none; `country` is an ISO 3166 code of two letters."""

    line1: str
    line2: str
    postal_code: str
    city: str
    country: str = "FR"


@dataclass(frozen=True, slots=True)
class SampleContact:
    """`function`: what the person does there, in French. Telephones as people type them."""

    civility: Civility
    first_name: str
    last_name: str
    function: str
    email: str
    phone: str
    mobile: str

    @property
    def phone_region(self) -> str:
        digits = "".join(c for c in self.phone if c.isdigit())
        return f"0{digits[2]}" if digits.startswith("33") else digits[:2]

    @property
    def civility_title(self) -> str:
        return "Monsieur" if self.civility == "mr" else "Madame"


@dataclass(frozen=True, slots=True)
class SampleCompany:
    """`siret`: 14 digits, unique in a list. `vat`: «FR» and 11 characters. `naf`: «4332A». `legal_form`: the
    abbreviation («SARL»), `legal_form_title` in full. `capital`: euros, as text. `website`: with its scheme."""

    name: str
    role: Role
    siret: str
    siren: str
    vat: str
    naf: str
    legal_form: str
    legal_form_title: str
    capital: str
    address: SampleAddress
    phone: str
    mobile: str
    email: str
    website: str
    contact: SampleContact

    @property
    def phone_region(self) -> str:
        """«02»: the first two digits of its telephone as dialled in France."""
        return self.contact.phone_region


_TRADES = (
    ("Menuiserie", "4332A"),
    ("Charpente", "4391A"),
    ("Plomberie", "4322A"),
    ("Électricité", "4321A"),
    ("Maçonnerie", "4399C"),
    ("Peinture", "4334Z"),
    ("Couverture", "4391B"),
    ("Serrurerie", "4332B"),
    ("Carrelage", "4333Z"),
    ("Imprimerie", "1812Z"),
    ("Boulangerie", "1071C"),
    ("Garage", "4520A"),
    ("Transports", "4941A"),
    ("Pépinières", "0130Z"),
    ("Architecture", "7111Z"),
    ("Métallerie", "2511Z"),
    ("Nettoyage", "8121Z"),
    ("Quincaillerie", "4674A"),
)
_GIVEN = (
    ("mr", "Léo"),
    ("mrs", "Chloé"),
    ("mr", "Gaël"),
    ("mrs", "Zoé"),
    ("mr", "François"),
    ("mrs", "Hélène"),
    ("mr", "Jérôme"),
    ("mrs", "Maëlle"),
    ("mr", "Étienne"),
    ("mrs", "Inès"),
    ("mr", "Noël"),
    ("mrs", "Anne-Sophie"),
    ("mr", "Jean-Baptiste"),
    ("mrs", "Camille"),
    ("mr", "Rémi"),
    ("mrs", "Bérénice"),
    ("mr", "Thomas"),
    ("mrs", "Claire"),
    ("mr", "Loïc"),
    ("mrs", "Fatima"),
)
_FAMILY = (
    "Martin",
    "Lefèvre",
    "D'Almeida",
    "Guérin",
    "L'Hostis",
    "Bénard",
    "Müller",
    "Le Goff",
    "Faucher",
    "Nguyen",
    "Besançon",
    "Héraud",
    "De La Tour",
    "Château",
    "Ferreira",
    "Poulain",
    "Benali",
    "Dupont-Moretti",
    "Cœurdacier",
    "Rousseau",
    "Péan",
    "Vasseur",
    "Lambert",
    "Tréguier",
)
_PLACES = (
    "de l'Erdre",
    "du Château",
    "de l'Océan",
    "des Alpes",
    "de la Gare",
    "du Vieux Port",
    "des Trois Rivières",
    "de l'Étang",
    "du Midi",
    "d'Armor",
    "des Volcans",
    "de l'Île",
)
_CITIES = (
    ("44000", "Nantes", "02"),
    ("75011", "Paris", "01"),
    ("69003", "Lyon", "04"),
    ("13002", "Marseille", "04"),
    ("33000", "Bordeaux", "05"),
    ("31000", "Toulouse", "05"),
    ("59800", "Lille", "03"),
    ("67000", "Strasbourg", "03"),
    ("35000", "Rennes", "02"),
    ("38000", "Grenoble", "04"),
    ("25000", "Besançon", "03"),
    ("42000", "Saint-Étienne", "04"),
    ("29200", "Brest", "02"),
    ("06300", "Nice", "04"),
    ("37000", "Tours", "02"),
    ("51100", "Reims", "03"),
)
_FICTIONAL_PHONES = {"01": "019900", "02": "026191", "03": "035301", "04": "046571", "05": "053649"}
_FICTIONAL_MOBILE = "063998"
_STREETS = (
    "rue de la République",
    "avenue Jean Jaurès",
    "rue de l'Église",
    "boulevard Victor Hugo",
    "impasse des Acacias",
    "place du Marché",
    "chemin de l'Hôtel-Dieu",
    "quai de la Fosse",
    "zone artisanale des Chênes",
    "allée des Mélèzes",
)
_SECOND_LINES = ("", "", "", "Bâtiment B", "Parc d'activités", "CS 40512", "2e étage")
_LEGAL_FORMS = (
    ("SARL", "Société à responsabilité limitée"),
    ("SAS", "Société par actions simplifiée"),
    ("SASU", "Société par actions simplifiée unipersonnelle"),
    ("EURL", "Entreprise unipersonnelle à responsabilité limitée"),
    ("SA", "Société anonyme"),
)
_FUNCTIONS = (
    "Gérant",
    "Directrice commerciale",
    "Responsable des achats",
    "Comptable",
    "Conducteur de travaux",
    "Assistante de direction",
    "Chef d'atelier",
    "Responsable d'exploitation",
)
_CAPITALS = ("1000.00", "7500.00", "8000.00", "15000.00", "40000.00", "100000.00")
_ROLES: tuple[Role, ...] = ("client", "client", "client", "prospect", "prospect", "supplier")


def sample_companies(size: int, seed: int) -> list[SampleCompany]:
    """`size` firms, always the same for one `seed`. SIRETs, SIRENs, names and domains are unique in the list."""
    sirens: set[str] = set()
    names: set[str] = set()
    domains: set[str] = set()
    return [_company(Random(f"{seed}:{number}"), sirens, names, domains) for number in range(size)]


def sample_siret(siren: str, establishment: int) -> str:
    """The SIRET of a firm's n-th establishment: SIREN, four digits, and the digit that makes the whole valid."""
    return with_luhn_digit(f"{siren}{establishment:04d}")


def with_luhn_digit(digits: str) -> str:
    """`digits` and the one check digit that makes them pass Luhn's test, as SIREN and SIRET do."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return digits + str(-total % 10)


def vat_of(siren: str) -> str:
    """The French VAT number of a SIREN (key = (12 + 3 × (SIREN mod 97)) mod 97)."""
    return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}"


def sample_contact(rng: Random, domain: str, region: str) -> SampleContact:
    """A person of a firm whose e-mail addresses end in `domain`; `region`: first two digits of the telephone."""
    civility, first_name = rng.choice(_GIVEN)
    last_name = rng.choice(_FAMILY)
    return SampleContact(
        civility="mr" if civility == "mr" else "mrs",
        first_name=first_name,
        last_name=last_name,
        function=rng.choice(_FUNCTIONS),
        email=f"{_slug(first_name)}.{_slug(last_name)}@{domain}",
        phone=_phone(rng, _FICTIONAL_PHONES[region]),
        mobile=_phone(rng, _FICTIONAL_MOBILE),
    )


def _company(rng: Random, sirens: set[str], names: set[str], domains: set[str]) -> SampleCompany:
    postal_code, city, region = rng.choice(_CITIES)
    name, naf = _name(rng, city, names)
    domain = _unique(_slug(name), domains) + ".example"
    siren = _siren(rng, sirens)
    legal_form, legal_form_title = rng.choice(_LEGAL_FORMS)
    return SampleCompany(
        name=name,
        role=rng.choice(_ROLES),
        siret=sample_siret(siren, rng.randint(1, 4)),
        siren=siren,
        vat=vat_of(siren),
        naf=naf,
        legal_form=legal_form,
        legal_form_title=legal_form_title,
        capital=rng.choice(_CAPITALS),
        address=SampleAddress(
            line1=f"{rng.randint(1, 180)} {rng.choice(_STREETS)}",
            line2=rng.choice(_SECOND_LINES),
            postal_code=postal_code,
            city=city,
        ),
        phone=_phone(rng, _FICTIONAL_PHONES[region]),
        mobile=_phone(rng, _FICTIONAL_MOBILE) if rng.random() < 0.5 else "",
        email=f"contact@{domain}",
        website=f"https://www.{domain}",
        contact=sample_contact(rng, domain, region),
    )


def _name(rng: Random, city: str, names: set[str]) -> tuple[str, str]:
    """A name that the list does not have yet; the town, then a number, tell namesakes apart."""
    trade, naf = rng.choice(_TRADES)
    family = rng.choice(_FAMILY)
    name = rng.choice(
        (
            f"{trade} {rng.choice(_GIVEN)[1]}",
            f"{trade} {family}",
            f"{family} {trade}",
            f"{trade} {rng.choice(_PLACES)}",
            f"{family} & Fils",
            f"{family} et {rng.choice(_FAMILY)} {trade}",
            f"Les {trade}s {rng.choice(_PLACES)}" if not trade.endswith("s") else f"{trade} {city}",
        )
    )
    if name in names:
        name = f"{name} {city}"
    return _unique(name, names, " "), naf


def _siren(rng: Random, sirens: set[str]) -> str:
    while True:
        siren = with_luhn_digit(f"{rng.randint(30000000, 98999999)}")
        if siren not in sirens:
            sirens.add(siren)
            return siren


def _unique(text: str, taken: set[str], separator: str = "-") -> str:
    candidate, number = text, 2
    while candidate in taken:
        candidate, number = f"{text}{separator}{number}", number + 1
    taken.add(candidate)
    return candidate


def _phone(rng: Random, prefix: str) -> str:
    digits = f"{prefix}{rng.randint(0, 9999):04d}"
    pairs = [digits[at : at + 2] for at in range(0, 10, 2)]
    return rng.choice(
        (" ".join(pairs), " ".join(pairs), digits, ".".join(pairs), f"+33 {digits[1]} {' '.join(pairs[1:])}")
    )


def _slug(text: str) -> str:
    return fold(text).replace(" ", "-")
