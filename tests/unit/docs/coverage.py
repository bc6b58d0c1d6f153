"""The guide, statement by statement: where it is in the product, and the test that shows it. Data for the page."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """`says`: the guide's statement in short. `where`: place in the product. `by_eye`: what no API tells."""

    number: int
    says: str
    where: str
    test: str
    by_eye: str = ""


CHECKS = "tests/unit/preflight/test_findings.py"
BOTH = "tests/integration/preflight/test_both_systems.py"
DETAILS = "tests/unit/preflight/test_details.py"
FORM = "tests/acceptance/test_request_form.py"
DAMAGED = "tests/acceptance/test_request_damaged.py"
FIRST = "tests/acceptance/test_first_sync.py"
DEALS = "tests/acceptance/test_deals.py"

ROWS = (
    Row(1, "Lire l'article d'abord", "docs/guide/README.md", "tests/unit/docs/test_pages.py",
        "Que l'article a été lu."),
    Row(2, "Réglages dans Sellsy et dans Altior", "vérifications groupées par lieu (preflight/report.py)", DETAILS),
    Row(3, "Compléter la demande", "request blank (request/form.py)", FORM),
    Row(4, "Compte administrateur des deux côtés", "preflight/checks_access.py", CHECKS,
        "Côté Altior, seul l'utilisateur de référence peut être vérifié."),
    Row(5, "Client", "request/fields.py ; nom affiché partout", DAMAGED),
    Row(6, "Environnement, tel que créé dans Altior", "preflight/checks_altior.py ; slug dans request/model.py", BOTH),
    Row(7, "Référent intégration", "request/fields.py (avertissement s'il manque)", DAMAGED),
    Row(8, "Utilisateur de référence : crée ce qui descend", "altior/client.py (en-tête de chaque écriture)",
        "tests/contract/altior/test_client.py"),
    Row(9, "Compte avec tous les droits", "preflight/checks_altior.py", BOTH),
    Row(10, "Le compte reste utilisable normalement", "l'auteur ne décide de rien (sync/fields.py)",
        FIRST),
    Row(11, "Ne remplir que les cellules blanches", "request/form_sheets.py ; cellule modifiée = avertissement",
        DAMAGED),
    Row(12, "Nom de l'établissement", "preflight/checks_altior.py ; service/people.py", DETAILS),
    Row(13, "Option Multi-établissements", "preflight/checks_altior.py", DETAILS),
    Row(14, "L'accès à Altior est déjà connu", "environment add --altior-url --altior-token (service/environments.py)",
        "tests/acceptance/test_cli_thread.py"),
    Row(15, "Menu → Réglages → Portail Développeur", "preflight/paths.py", DETAILS),
    Row(16, "ID du compte", "preflight/checks_access.py ; service/identity.py", "tests/acceptance/test_identity.py",
        "Que c'est bien le numéro en haut à droite de l'écran."),
    Row(17, "Accès de type Personnel", "preflight/checks_access.py", CHECKS),
    Row(18, "Nom d'accès", "preflight/checks_access.py", CHECKS),
    Row(19, "Collaborateur lié à l'accès", "preflight/checks_access.py ; revérifié chaque nuit (service/checks.py)",
        "tests/acceptance/test_nightly_checks.py"),
    Row(20, "Accès délégué décoché", "preflight/checks_access.py", CHECKS),
    Row(21, "Toutes les autorisations cochées", "preflight/scopes.py", "tests/unit/preflight/test_scopes.py"),
    Row(22, "Client id et secret", "ledger/django_app/secrets.py ; jamais réécrits par le formulaire",
        "tests/contract/ledger/test_postgresql.py"),
    Row(23, "En cas d'erreur, recréer l'accès", "remède des identifiants refusés (preflight/checks_access.py)", BOTH),
    Row(24, "L'accès apparaît dans la liste", "sellsy/identity.py", "tests/integration/test_sellsy_client.py"),
    Row(25, "Privé, Personnel, Publique", "remède de « type d'accès » (preflight/checks_access.py)", CHECKS),
    Row(26, "Le champ dit quand une fiche descend", "kinds/third_party/admission.py, kinds/contact/admission.py",
        "tests/simulation/test_explain.py"),
    Row(27, "Champs personnalisés → Ajouter", "preflight/paths.py, preflight/checks_field.py", DETAILS),
    Row(28, "Type Oui/Non, nom, code SA", "preflight/checks_field.py", CHECKS),
    Row(29, "Description du champ", "preflight/checks_field.py (texte à copier)", CHECKS, "La description elle-même."),
    Row(30, "Obligatoire ? Valeur par défaut", "preflight/checks_field.py", DETAILS),
    Row(31, "Affichage", "preflight/checks_field.py", CHECKS, "Listes, filtres et descriptions : seul le PDF se lit."),
    Row(32, "Utilisation", "preflight/checks_field.py", DETAILS),
    Row(33, "Export des tiers existants", "sync/preview.py, kinds/admission.py (périmètre)", FIRST),
    Row(34, "Import des fiches existantes", "sync/preview.py, kinds/admission.py (périmètre)", FIRST),
    Row(35, "Rapprochement sur le SIRET", "kinds/third_party/admission.py", FIRST),
    Row(36, "Vérifier et créer les valeurs du tableau", "preflight/checks_lists.py, preflight/repair.py", BOTH),
    Row(37, "Affichage avancé → Paramètre", "preflight/paths.py", DETAILS),
    Row(38, "Sept listes", "preflight/checks_lists.py ; request/mapping.py", "tests/unit/request/test_mapping.py"),
    Row(39, "Créer les valeurs manquantes", "preflight --repair (preflight/repair.py)", BOTH),
    Row(40, "Quatre derniers tableaux", "request/fields.py (EVENTS)", FORM),
    Row(41, "Section « Sellsy » dans Altior", "preflight/checks_custom.py, preflight/repair.py", BOTH),
    Row(42, "PIPE et ETAP, Texte, Actif", "preflight/checks_custom.py", CHECKS),
    Row(43, "Import des opportunités", "kinds/deal/admission.py", DEALS),
    Row(44, "Une configuration par pipeline", "request/checks_tables.py", DAMAGED),
    Row(45, "Événement 1 obligatoire, zéro pipeline possible", "request/rules.py ; service/deals.py", DEALS),
    Row(46, "Colonnes des tableaux", "request/form_sheets.py", FORM),
    Row(47, "Étapes dans l'ordre du pipeline", "preflight/checks_pipelines.py ; service/pipelines.py", DETAILS),
    Row(48, "Pipelines sans besoin non configurés", "kinds/deal/admission.py", DEALS),
    Row(49, "Envoyer une fois tout rempli", "request check (request/rules.py)", FORM),
    Row(50, "Créer un ticket", "numéro DEM-… et états de la demande (service/requests.py)",
        "tests/unit/service/test_requests.py"),
    Row(51, "Joindre le document", "le formulaire n'écrit jamais le secret (request/form.py)", FORM),
)  # fmt: skip
