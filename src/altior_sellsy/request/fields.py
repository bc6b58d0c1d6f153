"""What the form asks, as data: the inputs of each sheet and the four tables of events. The written form, the reader,
the rules and the console all come from here. Texts follow the guide (chapters «Informations» to «Pipelines et étapes»).
"""

from dataclasses import dataclass
from enum import StrEnum

FORM_TITLE = "Demande de configuration du connecteur Sellsy"
FORM_VERSION = 1
VERSION_NAME = "version_formulaire"
MAPPING_NAME = "mapping"
EVENT_ROWS = 30
IN_CONSOLE = "saisi dans la console"
"""What stands in the cell of the secret in every document that we write."""


class Sheet(StrEnum):
    README = "Lisez-moi"
    GENERAL = "Général"
    TIERS = "Tiers"
    AFFAIRES = "Affaires"
    CHECK = "Vérification"


@dataclass(frozen=True, slots=True)
class Input:
    """One cell to fill. `name`: the defined name of its cell. `choices`: accepted answers, empty for free text.
    `required`: always; what is required only in some cases is a rule."""

    name: str
    sheet: Sheet
    block: str
    label: str
    required: bool = True
    help: str = ""
    example: str = ""
    choices: tuple[str, ...] = ()
    added: bool = False
    """A form that was written before it existed lacks its cell, and is right without it."""


YES_NO = ("Oui", "Non")
NOT_APPLICABLE = "Sans objet"

INPUTS: tuple[Input, ...] = (
    Input(
        "client",
        Sheet.GENERAL,
        "Informations",
        "Client",
        help="Le nom de votre société ou organisation.",
        example="Menuiserie Léo",
    ),
    Input(
        "environnement",
        Sheet.GENERAL,
        "Informations",
        "Environnement",
        help="Le nom sous lequel votre environnement a été créé sur Altior (sans doute le nom de votre société).",
        example="Menuiserie Léo",
    ),
    Input(
        "referent_integration",
        Sheet.GENERAL,
        "Informations",
        "Référent intégration",
        required=False,
        help="Le nom et le prénom de l'intégrateur d'Altior qui vous suit.",
        example="Bernard Sophie",
    ),
    Input(
        "utilisateur_reference",
        Sheet.GENERAL,
        "Paramètres généraux",
        "Utilisateur de référence sur Altior",
        help="L'adresse mail d'un compte Altior avec tous les droits : il crée dans Altior ce qui redescend de Sellsy, "
        "et reste utilisable normalement.",
        example="c.martin@menuiserie-leo.fr",
    ),
    Input(
        "etablissement",
        Sheet.GENERAL,
        "Paramètres généraux",
        "Nom de l'établissement sur Altior",
        help="Un seul établissement : le nom de votre société. Option Multi-établissements : celui qui utilise "
        "principalement la synchronisation.",
        example="Menuiserie Léo",
    ),
    Input(
        "sellsy_id_compte",
        Sheet.GENERAL,
        "Connexion Sellsy",
        "ID du compte",
        help="Le numéro affiché en haut à droite du Portail Développeur de Sellsy.",
        example="97417",
    ),
    Input(
        "sellsy_client_id",
        Sheet.GENERAL,
        "Connexion Sellsy",
        "API V2 - Client ID",
        help="« Client id » de l'accès API, affiché une seule fois à sa création.",
        example="3f2c8a1e-5b7d-4c09-9e61-0d4f7a2b8c35",
    ),
    Input(
        "sellsy_client_secret",
        Sheet.GENERAL,
        "Connexion Sellsy",
        "API V2 - Client secret",
        required=False,
        help="Mieux vaut laisser vide : l'intégrateur le donne au connecteur.",
        example="(laisser vide)",
    ),
    Input(
        "tiers_export",
        Sheet.TIERS,
        "Initialisation",
        "Un export des tiers Altior doit-il être fait vers Sellsy ?",
        help="Oui : les tiers créés dans Altior avant la synchronisation remontent dans Sellsy.",
        choices=YES_NO,
    ),
    Input(
        "tiers_import",
        Sheet.TIERS,
        "Initialisation",
        "Un import des tiers Sellsy doit-il être fait vers Altior ?",
        help="Oui : les clients, prospects, fournisseurs et contacts créés dans Sellsy avant la synchronisation "
        "redescendent dans Altior.",
        choices=YES_NO,
    ),
    Input(
        "tiers_siret",
        Sheet.TIERS,
        "Initialisation",
        "Un rapprochement sur le SIRET doit-il être fait avec l'import / l'export ?",
        required=False,
        help="Oui : deux SIRET identiques ne créent pas de doublon. "
        "Sans objet si vous avez répondu Non aux deux questions.",
        choices=(*YES_NO, NOT_APPLICABLE),
    ),
    Input(
        "tiers_archivage",
        Sheet.TIERS,
        "Au choix",
        "L'archivage d'une fiche doit-il être suivi de l'autre côté ?",
        required=False,
        help="Oui : un tiers ou un contact archivé d'un côté est archivé de l'autre, et désarchivé de même ; jamais un "
        "tiers qui a des affaires. Vide : Non.",
        choices=YES_NO,
        added=True,
    ),
    Input(
        "contacts_notes",
        Sheet.TIERS,
        "Au choix",
        "Les notes des contacts doivent-elles être synchronisées ?",
        required=False,
        help="Une note sur une personne peut contenir des données sensibles (RGPD). Vide : Non, chaque note reste où "
        "elle a été écrite.",
        choices=YES_NO,
        added=True,
    ),
    Input(
        "affaires_import",
        Sheet.AFFAIRES,
        "Initialisation",
        "Un import des opportunités Sellsy doit-il être fait vers Altior ?",
        required=False,
        help="Oui : les opportunités qui existent déjà dans Sellsy redescendent dans Altior.",
        choices=YES_NO,
    ),
    Input(
        "affaires_delai",
        Sheet.AFFAIRES,
        "Initialisation",
        "Délai avant la création d'une affaire (en minutes)",
        required=False,
        help="Vide ou 0 : l'affaire est créée aussitôt. 5 laisse le temps de ramener une opportunité déplacée par "
        "erreur.",
        example="5",
        added=True,
    ),
)
MOST_MINUTES = 1440
"""Of that delay: a day."""

_BY_NAME = {one.name: one for one in INPUTS}


def input_named(name: str) -> Input:
    """The input whose cell bears that defined name. Raises KeyError when there is none."""
    return _BY_NAME[name]


PIPELINE, STEP, ESTABLISHMENT = "Nom du pipeline", "Nom de l'étape", "Établissement(s) de rattachement"


@dataclass(frozen=True, slots=True)
class Event:
    """A table of the sheet «Affaires». `provisional`: its title is ours, until the article is read (rules 0.3)."""

    number: int
    title: str
    columns: tuple[str, ...] = (PIPELINE, STEP)
    provisional: bool = True

    @property
    def name(self) -> str:
        return f"evenement_{self.number}"

    @property
    def heading(self) -> str:
        suffix = "(libellé provisoire)" if self.provisional else "(obligatoire pour chaque pipeline)"
        return f"Événement {self.number} — {self.title} {suffix}"


EVENTS: tuple[Event, ...] = (
    Event(1, "Création de l'affaire", (PIPELINE, STEP, ESTABLISHMENT), provisional=False),
    Event(2, "Envoi du devis"),
    Event(3, "Commande"),
    Event(4, "Clôture"),
)

MAPPING_COLUMNS: tuple[str, ...] = (
    "N°",
    "Section dans Altior",
    "Objet",
    "Information dans Sellsy",
    "Valeur dans Altior (standard)",
    "Abréviation",
    "Autre valeur si différente",
    "Sens",
    "Remarque",
)
OVERRIDE_COLUMN = MAPPING_COLUMNS.index("Autre valeur si différente")


def override_name(number: str) -> str:
    """The defined name of the white cell of a mapping line."""
    return f"autre_valeur_{number}"
