"""Menu paths of both products, in one place. Where a product's own help says it otherwise, both forms are quoted."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Path:
    """`guide`: as the guide writes it. `otherwise`: the other form, as a phrase; empty when there is none."""

    guide: str
    otherwise: str = ""

    def __str__(self) -> str:
        return f"{self.guide} ({self.otherwise})" if self.otherwise else self.guide


DEVELOPER_PORTAL = Path(
    "Menu → Réglages → Compte Sellsy → Portail Développeur → onglet API V2",
    "ou, selon l'aide de Sellsy, Menu > Réglages > Portail développeurs",
)
SELLSY_FIELDS = Path(
    "Menu → Réglages → Données → Champs personnalisés",
    "ou, selon l'aide de Sellsy, Menu > Réglages > Champs personnalisés",
)
ALTIOR_LISTS = Path(
    "Affichage avancé → Paramètre → vignette Paramétrage du tiers",
    "« Paramètre » se coche dans la zone « Affichage avancé » des filtres, à gauche",
)
ALTIOR_FIELDS = Path(
    "Affichage avancé → Paramètre → vignette Champs personnalisés",
    "« Paramètre » se coche dans la zone « Affichage avancé » des filtres, à gauche",
)
