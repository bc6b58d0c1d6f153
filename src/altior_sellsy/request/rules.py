"""Every rule of the request, in one list that the documentation and the code share: code, severity, the French
sentence (with its blanks), and how it is found. Rules without `find` are found while a document is read.

Rules that need Sellsy or Altior (do the pipelines exist, are the steps in order?) belong to the preflight.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from altior_sellsy.request import checks_fields as fields
from altior_sellsy.request import checks_tables as tables
from altior_sellsy.request.answers import Answers, Problem, Severity
from altior_sellsy.request.finding import Finding

Find = Callable[[Answers], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """`sentence`: what is wrong and what to do, with {blanks} that a finding fills."""

    code: str
    sentence: str
    find: Find | None = None
    severity: Severity = "error"

    def problem(self, finding: Finding) -> Problem:
        sentence = self.sentence.format(**finding.words)
        if finding.near:
            sentence += f" Vouliez-vous dire {' ou '.join(f'« {one} »' for one in finding.near)} ?"
        return Problem(finding.cell, self.code, sentence, self.severity, finding.accepted, finding.near)


RULES: tuple[Rule, ...] = (
    # While reading a document.
    Rule(
        "field_not_found",
        "Le champ « {label} » est introuvable : repartez d'un formulaire vierge et recopiez-y vos réponses.",
    ),
    Rule(
        "table_not_found",
        "Le tableau « {label} » est introuvable : repartez d'un formulaire vierge et recopiez-y vos réponses.",
    ),
    Rule("formula", "Cette cellule contient une formule : saisissez directement la valeur, comme du texte."),
    Rule(
        "date", "Le tableur a pris cette réponse pour une date : mettez la cellule au format Texte et ressaisissez-la."
    ),
    Rule("cell_error", "Cette cellule contient une erreur du tableur (« {text} ») : saisissez de nouveau la valeur."),
    Rule(
        "locked_changed",
        "Une cellule verrouillée a été modifiée (« {text} » au lieu de « {standard} ») : "
        "la modification est ignorée. Pour changer une valeur, utilisez les cellules blanches.",
        severity="warning",
    ),
    Rule(
        "line_missing",
        "La ligne {line} du tableau « Mapping des informations » est introuvable : sa valeur standard est utilisée.",
        severity="warning",
    ),
    Rule(
        "line_not_editable",
        "La ligne {line} n'accepte pas d'autre valeur : « {text} » est ignoré.",
        severity="warning",
    ),
    Rule(
        "form_version",
        "Ce document suit la version {text} du formulaire, inconnue ici : "
        "téléchargez le formulaire à jour si une réponse manque ci-dessous.",
        severity="warning",
    ),
    # Single fields.
    Rule("required", "Réponse obligatoire : « {label} ». {help}", fields.missing),
    Rule("not_a_choice", "« {text} » n'est pas une réponse possible : répondez {choices}.", fields.not_a_choice),
    Rule(
        "too_long",
        "Ce texte est trop long (au plus {limit} caractères) : « {text} ». Raccourcissez-le.",
        fields.too_long,
    ),
    Rule(
        "environment_unnamed",
        "« {text} » ne peut pas nommer un environnement : saisissez au moins une lettre ou un chiffre.",
        fields.environment_unnamed,
    ),
    Rule(
        "referent_missing",
        "Référent intégration non renseigné : la demande sera visible de tous les intégrateurs.",
        fields.referent_missing,
        "warning",
    ),
    Rule(
        "email_form",
        "« {text} » n'est pas une adresse mail : saisissez une seule adresse, par exemple c.martin@exemple.fr.",
        fields.email_form,
    ),
    Rule(
        "account_id_form",
        "« {text} » n'est pas un ID de compte : recopiez le numéro affiché en haut à droite du Portail Développeur "
        "de Sellsy, en chiffres seulement.",
        fields.account_id_form,
    ),
    Rule(
        "account_id_shortened",
        "Le tableur a abrégé l'ID du compte (« {text} ») et des chiffres sont perdus : "
        "mettez la cellule au format Texte et ressaisissez le numéro.",
        fields.account_id_shortened,
    ),
    Rule(
        "identifier_spaces",
        "« {label} » contient une espace ou un retour à la ligne : copiez-le de nouveau depuis Sellsy, seul.",
        fields.identifier_spaces,
    ),
    Rule(
        "identifiers_alike",
        "Le Client ID et le Client secret sont identiques : l'un des deux a été copié deux fois. "
        "Le secret n'étant affiché qu'une fois, recréez l'accès API dans Sellsy si vous ne l'avez plus.",
        fields.identifiers_alike,
    ),
    Rule(
        "secret_too_long",
        "Le Client secret est trop long pour en être un : copiez-le de nouveau depuis Sellsy, seul.",
        fields.secret_too_long,
    ),
    # Between the questions.
    Rule(
        "siret_required",
        "Un export ou un import est demandé : répondez Oui ou Non au rapprochement sur le SIRET.",
        fields.siret_required,
    ),
    Rule(
        "siret_not_applicable",
        "Ni export ni import n'est demandé : le rapprochement sur le SIRET est sans objet. "
        "Laissez la cellule vide ou répondez « Sans objet ».",
        fields.siret_not_applicable,
    ),
    Rule(
        "siret_duplicates",
        "Export et import sans rapprochement sur le SIRET : un tiers présent des deux côtés serait créé en double. "
        "Répondez Oui, sauf si vous le voulez ainsi.",
        fields.siret_duplicates,
        "warning",
    ),
    Rule(
        "deals_import_required",
        "Des pipelines sont configurés : répondez Oui ou Non à l'import des opportunités.",
        fields.deals_import_required,
    ),
    Rule(
        "deals_unused",
        "L'import des opportunités est demandé, mais aucun pipeline n'est configuré : "
        "la synchronisation des affaires ne sera pas utilisée.",
        fields.deals_unused,
        "warning",
    ),
    Rule(
        "delay_unreadable",
        "« {text} » n'est pas un délai : saisissez un nombre entier de minutes, de 0 à {limit}, "
        "ou laissez la cellule vide.",
        fields.delay_unreadable,
    ),
    # The tables of events.
    Rule("row_incomplete", "Ligne incomplète dans l'événement {event} : saisissez le {column}.", tables.row_incomplete),
    Rule(
        "two_names",
        "Deux noms dans une seule cellule (« {text} ») : n'en mettez qu'un par cellule. "
        "Un pipeline n'est rattaché qu'à un établissement et tient sur une ligne par événement.",
        tables.two_names,
    ),
    Rule(
        "pipeline_twice",
        "Le pipeline « {text} » figure deux fois dans l'événement {event} (déjà en {first}) : gardez une seule ligne.",
        tables.pipeline_twice,
    ),
    Rule(
        "pipeline_without_first_event",
        "Le pipeline « {text} » de l'événement {event} est absent de l'événement 1, obligatoire pour chaque pipeline.",
        tables.pipeline_without_first_event,
    ),
    Rule(
        "same_step",
        "Dans le pipeline « {pipeline} », l'étape « {text} » sert aux événements {first} et {event} : "
        "les étapes doivent se suivre, vérifiez qu'il s'agit de deux étapes différentes.",
        tables.same_step,
        "warning",
    ),
    # The mapping.
    Rule(
        "not_a_value",
        "« {text} » n'est pas une valeur : saisissez la valeur d'Altior, « — » pour ne pas synchroniser la ligne, "
        "ou laissez vide pour garder la valeur standard.",
        fields.not_a_value,
    ),
    Rule(
        "mapping_same_value",
        "Les lignes {first} et {line} donnent toutes deux « {value} » : choisissez deux valeurs différentes, "
        "ou « — » pour ne pas synchroniser l'une des deux.",
        tables.mapping_same_value,
    ),
)

_BY_CODE = {rule.code: rule for rule in RULES}


def problem(code: str, finding: Finding) -> Problem:
    """The problem of a rule found while reading. Raises KeyError when no rule has that code."""
    return _BY_CODE[code].problem(finding)


def problems(answers: Answers) -> list[Problem]:
    """Everything that the rules find, in the order of the list."""
    return [rule.problem(finding) for rule in RULES if rule.find for finding in rule.find(answers)]
