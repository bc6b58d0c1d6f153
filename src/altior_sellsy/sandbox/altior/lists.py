"""The seven lists of «Paramétrage du tiers» as a new environment has them: the values that the guide's picture shows.

What the guide's table asks for beyond these (the three roles of contacts, some legal forms) is absent at first, so
that «Créer dans Altior» has something to do; `Options.all_values` puts it in.
"""

ListSeed = tuple[tuple[str, str | None], ...]

_TITLES_ONLY: dict[str, tuple[str, ...]] = {
    "types-telephone": ("Fax", "Fixe", "Portable", "Principale", "Secondaire"),
    "types-mail": ("Achats", "Commercial", "Comptabilité", "Principal"),
    "types-url": ("Site externe", "Site secondaire", "Site web"),
    "roles-collaborateur": ("ADV", "Assistant de direction", "Chargé d'affaire", "Commercial", "Directeur"),
    "roles-contact": ("ADV", "Acheteur", "Commercial", "Comptable"),
}
INITIAL: dict[str, ListSeed] = {
    "formes-juridiques": (
        ("Association", "AS"),
        ("Collectivité territoriale commune", "CTC"),
        ("Entreprise individuelle", "EI"),
        ("Etablissement Hospitalier", "AH"),
        ("Etablissement public local d'enseignement", "EPLE"),
        ("Société anonyme", "SA"),
        ("Société par actions simplifiée", "SAS"),
        ("Société à responsabilité limitée", "SARL"),
    ),
    "civilites": (("Madame", "Mme"), ("Monsieur", "M.")),
    **{name: tuple((title, None) for title in titles) for name, titles in _TITLES_ONLY.items()},
}
MISSING: dict[str, ListSeed] = {
    "formes-juridiques": (
        ("Entreprise unipersonnelle à responsabilité limitée", "EURL"),
        ("Fondation", "Fondation"),
        ("Groupement d'intérêt économique", "GIE"),
        ("Mutuelle", "Mutuelle"),
        ("Société civile immobilière", "SCI"),
        ("Société civile professionnelle", "SCP"),
        ("Société coopérative de production", "SCOP"),
        ("Société d'exercice libéral à responsabilité limitée", "SELARL"),
        ("Société d'exercice libéral par actions simplifiée", "SELAS"),
        ("Société en nom collectif", "SNC"),
        ("Société par actions simplifiée unipersonnelle", "SASU"),
        ("Syndicat de copropriété", "SDC"),
    ),
    "roles-contact": (
        ("Contact principal", None),
        ("Contact de facturation", None),
        ("Contact de relance", None),
    ),
}
LISTS: tuple[str, ...] = tuple(INITIAL)
ABBREVIATED = frozenset({"civilites"})
"""Lists whose values need an abbreviation (Altior's help: full title and abbreviation are required)."""
