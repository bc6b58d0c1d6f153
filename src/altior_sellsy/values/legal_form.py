"""Recognition of legal forms: Sellsy's «Forme juridique» is free text that its company directory fills with INSEE's
wording («sas, société par actions simplifiée», FACTS section 5)."""

from collections.abc import Iterable
from dataclasses import dataclass

from altior_sellsy.values.text import squash


@dataclass(frozen=True, slots=True)
class LegalForm:
    """`key`: the house's own name of the form, the standard abbreviation («SAS»); it never changes. `title` and
    `abbreviation`: as this company's Altior lists them. `aliases`: other texts that mean it."""

    key: str
    title: str
    abbreviation: str
    aliases: tuple[str, ...] = ()


# INSEE, catégories juridiques, niveau III: label → key of the form. Only labels whose form is beyond doubt.
_INSEE: dict[str, str] = {
    "Entrepreneur individuel": "EI",
    "Société en nom collectif": "SNC",
    "Société en nom collectif coopérative": "SNC",
    "SARL nationale": "SARL",
    "SARL d'économie mixte": "SARL",
    "SARL immobilière de gestion": "SARL",
    "Société à responsabilité limitée (sans autre indication)": "SARL",
    "SARL, société à responsabilité limitée": "SARL",
    "SARL coopérative de production (SCOP)": "SCOP",
    "SARL coopérative ouvrière de production et de crédit (SCOP)": "SCOP",
    "Société à responsabilité limitée unipersonnelle": "EURL",
    "SARL unipersonnelle": "EURL",
    "Société d'exercice libéral à responsabilité limitée": "SELARL",
    "SA nationale à conseil d'administration": "SA",
    "SA d'économie mixte à conseil d'administration": "SA",
    "SA à conseil d'administration (sans autre indication)": "SA",
    "SA à conseil d'administration (s.a.i.)": "SA",
    "SA à conseil d'administration": "SA",
    "SA à directoire (sans autre indication)": "SA",
    "SA à directoire (s.a.i.)": "SA",
    "SA à directoire": "SA",
    "Société anonyme à directoire": "SA",
    "SA coopérative de production (SCOP) à conseil d'administration": "SCOP",
    "SA coopérative de production (SCOP) à directoire": "SCOP",
    "SAS, société par actions simplifiée": "SAS",
    "Société par actions simplifiée à associé unique": "SASU",
    "Société par actions simplifiée à associé unique ou société par actions simplifiée unipersonnelle": "SASU",
    "SASU, société par actions simplifiée unipersonnelle": "SASU",
    "Société d'exercice libéral par action simplifiée": "SELAS",
    "Société d'exercice libéral par actions simplifiée": "SELAS",
    "Groupement d'intérêt économique (GIE)": "GIE",
    "Société civile immobilière": "SCI",
    "Société civile immobilière de construction-vente": "SCI",
    "Société civile immobilière d'attribution": "SCI",
    "Société civile professionnelle d'avocats": "SCP",
    "Société civile professionnelle de notaires": "SCP",
    "Société civile professionnelle d'huissiers": "SCP",
    "Société civile professionnelle de médecins": "SCP",
    "Société civile professionnelle de dentistes": "SCP",
    "Société civile professionnelle d'infirmiers": "SCP",
    "Société civile professionnelle de vétérinaires": "SCP",
    "Société civile professionnelle de géomètres experts": "SCP",
    "Autre société civile professionnelle": "SCP",
    "Commune et commune nouvelle": "CTC",
    "Établissement d'hospitalisation": "AH",
    "Établissement public local d'enseignement": "EPLE",
    "Mutuelle": "Mutuelle",
    "Syndicat de copropriété": "SDC",
    "Association non déclarée": "AS",
    "Association déclarée": "AS",
    "Association déclarée, reconnue d'utilité publique": "AS",
    "Association déclarée d'insertion par l'économique": "AS",
    "Association de droit local (Bas-Rhin, Haut-Rhin et Moselle)": "AS",
    "Fondation": "Fondation",
}


class LegalForms:
    """The forms of one company, ready to be recognised in free text."""

    def __init__(self, forms: Iterable[LegalForm]) -> None:
        self.forms = tuple(forms)
        by_key = {form.key: form for form in self.forms}
        short = [(text, form) for form in self.forms for text in (form.abbreviation, form.key)]
        titles = [(form.title, form) for form in self.forms]
        insee = [(label, by_key[key]) for label, key in _INSEE.items() if key in by_key]
        aliases = [(text, form) for form in self.forms for text in form.aliases]
        spelt_out = [(text, form) for text, form in aliases if squash(text) != squash(form.abbreviation)]
        self._titles = _index(titles)
        self._french = _index([*short, *titles, *insee, *aliases])
        self._abroad = _index([*titles, *insee, *spelt_out])

    def recognise(self, text: str | None, *, french: bool = True) -> LegalForm | None:
        """Which form does this text denote? In order: exact abbreviation (French companies only: an Italian «S.a.s.» is
        something else), exact title, INSEE label, alias. Case, accents and dots aside. None when empty or unknown."""
        index = self._french if french else self._abroad
        if found := index.get(squash(text or "")):
            return found
        # The directory's «eurl, entreprise unipersonnelle…»: both halves denote the same form.
        short, _, title = (text or "").partition(",")
        form = index.get(squash(short))
        return form if form is not None and index.get(squash(title)) is form else None

    def of_title(self, title: str) -> LegalForm | None:
        return self._titles.get(squash(title))


def _index(pairs: Iterable[tuple[str, LegalForm]]) -> dict[str, LegalForm]:
    """Folded text → form; the first one wins."""
    index: dict[str, LegalForm] = {}
    for text, form in pairs:
        if folded := squash(text):
            index.setdefault(folded, form)
    return index
