"""The guide, statement by statement: where it is in the product, and the tests that show it. Data for the page.

`where` quotes paths below `src/altior_sellsy/` or of the repository; each must exist.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """`says`: the statement in short. `tests`: «file::test». `by_eye`: what no API tells. `open`: what is still to do
    (also in docs/TODO.md)."""

    number: int
    says: str
    where: str
    tests: tuple[str, ...]
    by_eye: str = ""
    open: str = ""


_FINDINGS = "tests/unit/preflight/test_findings.py"
_DETAILS = "tests/unit/preflight/test_details.py"
_BOTH = "tests/integration/preflight/test_both_systems.py"
_DAMAGED = "tests/acceptance/test_request_damaged.py"
_FORGIVING = "tests/acceptance/test_request_forgiving.py"
_FORM = "tests/acceptance/test_request_form.py"
_FIRST = "tests/acceptance/test_first_sync.py"
_DEALS = "tests/acceptance/test_deals.py"
_PIPELINES = "tests/acceptance/test_deal_pipelines.py"
_CONTACTS = "tests/acceptance/test_contacts.py"
_PAGES = "tests/unit/docs/test_pages.py"
_REQUESTS = "tests/unit/service/test_requests.py"

EACH = f"{_FINDINGS}::test_each_code_is_found_and_alone"
BROKEN = f"{_BOTH}::test_each_thing_broken_in_turn_is_found_alone"
DAMAGE = f"{_DAMAGED}::test_the_damage_is_named_at_its_cell"
EMPTIED = f"{_DAMAGED}::test_each_required_cell_emptied_is_named"
LOCKED = f"{_DAMAGED}::test_warnings_alone_leave_a_request_with_standard_values"
REPAIRED = f"{_BOTH}::test_repairs_create_settings_only_once_and_no_record"

ROWS = (
    Row(
        1,
        "Lire l'article avant de commencer",
        "première page du guide, en un écran : `docs/guide/README.md`",
        (f"{_PAGES}::test_the_first_page_of_the_guide_says_what_is_and_is_not_done",),
        by_eye="que l'article a été lu",
    ),
    Row(
        2,
        "Des réglages dans Sellsy et dans Altior, en suivant un seul guide",
        "chaque étape dit où elle se passe : `docs/guide/` ; vérifications groupées par lieu : `preflight/report.py`",
        (
            f"{_PAGES}::test_each_step_of_the_guide_says_where_it_happens",
            f"{_DETAILS}::test_the_console_text_is_grouped_and_counted",
        ),
    ),
    Row(
        3,
        "Compléter la demande de configuration",
        "`request blank`, sans compte ni base : `cli/requests.py`, `request/form.py`",
        (
            "tests/acceptance/test_cli_usage.py::test_the_blank_form_is_written_once",
            f"{_FORM}::test_titles_and_columns",
        ),
    ),
    Row(
        4,
        "Un compte administrateur des deux côtés",
        "`preflight/checks_access.py`, `preflight/checks_altior.py`",
        (EACH, BROKEN),
        by_eye="dans Altior, les droits d'un autre compte que l'utilisateur de référence",
    ),
    Row(5, "Client", "`request/fields.py` ; `environment list` et `show`", (EMPTIED,)),
    Row(
        6,
        "Environnement : le nom sous lequel il a été créé dans Altior",
        "`preflight/checks_altior.py`, `service/identity.py` ; nom de commande : `request/model.py`",
        (
            BROKEN,
            "tests/unit/request/test_model.py::test_the_environment_has_a_name_for_the_command_line",
            "tests/acceptance/test_identity.py::test_another_altior_environment_stops_everything",
        ),
    ),
    Row(
        7,
        "Référent intégration",
        "`request/rules.py` (`referent_missing`, avertissement)",
        (DAMAGE,),
        open="le rapprocher d'un compte d'intégrateur, et le prévenir",
    ),
    Row(
        8,
        "L'utilisateur de référence crée ce qui redescend",
        "chaque écriture se fait en son nom : `altior/client.py`",
        (
            "tests/contract/altior/test_client.py::test_feed_tells_who_changed_what_and_expires",
            "tests/contract/altior/test_client.py::test_a_write_as_the_wrong_user_stops_everything",
        ),
    ),
    Row(9, "Un compte avec tous les droits", "`preflight/checks_altior.py`", (EACH, BROKEN)),
    Row(
        10,
        "Ce compte reste utilisable normalement",
        "l'auteur n'est jamais lu pour décider : `sync/fields.py`, `service/signals.py`",
        (f"{_FIRST}::test_the_reference_user_goes_on_working_and_his_edits_ascend",),
    ),
    Row(
        11,
        "Ne remplir que les cellules blanches",
        "`request/form_sheets.py` ; cellule modifiée : avertissement et valeur standard, `request/reader.py`",
        (LOCKED, f"{_FORM}::test_the_white_cells_are_those_to_fill_and_are_text"),
    ),
    Row(
        12,
        "Nom de l'établissement ; un seul : la société",
        "`preflight/checks_altior.py`, `service/people.py`",
        (f"{_DETAILS}::test_the_only_establishment_is_taken", BROKEN),
    ),
    Row(
        13,
        "Option Multi-établissements",
        "`preflight/checks_altior.py`, `preflight/checks_pipelines.py`",
        (EACH, f"{_DETAILS}::test_a_row_left_blank_is_enough_with_one_establishment"),
    ),
    Row(
        14,
        "L'accès à Altior est déjà connu d'Altior",
        "`environment add --altior-url --altior-token` : `cli/environments.py`",
        (
            "tests/acceptance/test_cli_thread.py::test_from_the_request_to_two_systems_in_step",
            f"{_DETAILS}::test_nothing_is_activated_while_altior_is_not_opened",
        ),
        open="un écran pour l'intégrateur",
    ),
    Row(
        15,
        "Menu → Réglages → Compte Sellsy → Portail Développeur → API V2",
        "les deux formes du chemin : `preflight/paths.py`",
        (f"{_DETAILS}::test_both_menu_paths_of_sellsy_are_quoted",),
    ),
    Row(
        16,
        "ID du compte",
        "`request/rules.py`, `preflight/checks_access.py` ; fixé à l'activation : `service/identity.py`",
        (EACH, "tests/acceptance/test_identity.py::test_another_account_stops_everything"),
        by_eye="que le numéro lu par l'API est bien celui affiché en haut à droite",
    ),
    Row(17, "Accès de type Personnel", "`preflight/checks_access.py`", (EACH,)),
    Row(18, "Nom d'accès", "lu et montré : `preflight/checks_access.py`", (EACH,)),
    Row(
        19,
        "Collaborateur lié à l'accès",
        "`preflight/checks_access.py`, revu chaque nuit : `service/checks.py`",
        (EACH, "tests/acceptance/test_nightly_checks.py::test_a_broken_set_up_is_told_once_and_closes_by_itself"),
    ),
    Row(20, "Accès délégué laissé décoché", "`preflight/checks_access.py`", (EACH,)),
    Row(
        21,
        "Toutes les autorisations cochées",
        "`preflight/scopes.py`, `preflight/checks_access.py`",
        (
            f"{_DETAILS}::test_needed_authorisations_are_named_and_depend_on_deals",
            f"{_BOTH}::test_an_authorisation_that_is_missing_is_named",
        ),
    ),
    Row(
        22,
        "Client id et client secret, affichés une seule fois",
        "chiffrés : `ledger/django_app/secrets.py` ; lus tels quels : `request/answers.py`",
        (
            "tests/contract/ledger/test_postgresql.py::test_secrets_are_encrypted_at_rest",
            f"{_FORGIVING}::test_a_secret_may_look_like_a_formula",
        ),
    ),
    Row(
        23,
        "En cas d'erreur, supprimer l'accès et en recréer un",
        "remède de `sellsy_refused` : `preflight/checks_access.py` ; remplacement : `environment access`, "
        "`service/credentials.py`",
        (
            f"{_BOTH}::test_a_wrong_secret_leaves_altior_checked",
            "tests/acceptance/test_cli_bad_input.py::test_a_wrong_secret",
        ),
    ),
    Row(
        24,
        "Fermer : l'accès apparaît dans la liste",
        "retrouvé par son Client ID : `sellsy/identity.py`",
        ("tests/unit/sellsy/test_pages.py::test_an_access_that_the_account_does_not_list_is_refused",),
    ),
    Row(25, "Privé, Personnel, Publique", "remède de `access_not_personal` : `preflight/checks_access.py`", (EACH,)),
    Row(
        26,
        "Le champ dit quand une fiche ou un contact peut redescendre",
        "`kinds/third_party/admission.py`, `kinds/contact/admission.py`",
        (
            "tests/simulation/test_thread.py::test_an_unticked_company_stays",
            f"{_CONTACTS}::test_an_unticked_contact_is_frozen_and_catches_up",
        ),
    ),
    Row(27, "Données → Champs personnalisés → Ajouter", "remède : `preflight/checks_field.py`", (EACH,)),
    Row(28, "Oui / Non, « Synchronisation Altior », code SA", "`preflight/checks_field.py`", (EACH, BROKEN)),
    Row(
        29,
        "Description pour les collaborateurs",
        "texte à copier : `preflight/checks_field.py`, `docs/guide/04-champ-sa.md`",
        (EACH,),
        by_eye="ce que dit la description : seule son absence se voit",
    ),
    Row(
        30,
        "Obligatoire ? Valeur par défaut",
        "Non / Non recommandé : `preflight/checks_field.py`",
        (EACH, f"{_DETAILS}::test_default_yes_in_any_shape_that_the_account_may_use"),
    ),
    Row(
        31,
        "Affichage",
        "`preflight/checks_field.py`",
        (EACH,),
        by_eye="l'affichage dans les listes, les filtres et les descriptions : seul le PDF se lit",
    ),
    Row(32, "Utilisation", "`preflight/checks_field.py`", (EACH, f"{_DETAILS}::test_missing_uses_are_named")),
    Row(
        33,
        "Export des tiers Altior d'avant",
        "`kinds/admission.py` (périmètre), `sync/preview.py`",
        (
            f"{_FIRST}::test_a_hundred_and_fifty_companies_and_a_hundred_tiers",
            f"{_FIRST}::test_export_no_keeps_old_tiers_out_even_when_edited",
        ),
    ),
    Row(
        34,
        "Import des fiches Sellsy d'avant",
        "`kinds/admission.py` (périmètre), `preflight/checks_data.py` (fiches cochées), `service/choosing.py` (cocher)",
        (
            f"{_FIRST}::test_a_hundred_and_fifty_companies_and_a_hundred_tiers",
            f"{_DETAILS}::test_what_will_descend_is_counted",
        ),
    ),
    Row(
        35,
        "Rapprochement sur le SIRET",
        "`kinds/third_party/admission.py`, `preflight/checks_between.py`",
        (
            f"{_FIRST}::test_two_companies_of_one_siret_ticked_live_make_one_tiers_and_one_card",
            f"{_DETAILS}::test_doubles_between_the_two_are_counted_only_when_not_matched",
        ),
    ),
    Row(36, "Vérifier que les valeurs du tableau existent", "`preflight/checks_lists.py`", (EACH, BROKEN)),
    Row(37, "Affichage avancé → Paramètre → Paramétrage du tiers", "`preflight/paths.py`", (BROKEN,)),
    Row(
        38,
        "Sept listes de valeurs",
        "`request/mapping.py`, `preflight/checks_lists.py`",
        (
            "tests/unit/request/test_mapping.py::test_a_line_is_found_by_its_number",
            f"{_DETAILS}::test_one_finding_and_one_repair_per_missing_value",
        ),
    ),
    Row(39, "Créer celles qui manquent", "`preflight --repair` : `preflight/repair.py`", (REPAIRED,)),
    Row(
        40,
        "Les quatre derniers tableaux et leur initialisation",
        "`request/fields.py`",
        (f"{_FORM}::test_titles_and_columns",),
    ),
    Row(41, "Section « Sellsy » dans Altior", "`preflight/checks_custom.py`, `preflight/repair.py`", (EACH, REPAIRED)),
    Row(
        42,
        "PIPE et ETAP : Texte, actif",
        "`preflight/checks_custom.py`, `kinds/deal/altior_writing.py`",
        (EACH, f"{_DEALS}::test_pipe_and_etap_are_always_sellsys"),
    ),
    Row(
        43,
        "Import des opportunités d'avant",
        "`kinds/deal/admission.py`",
        (
            f"{_DEALS}::test_import_no_keeps_old_opportunities_out_and_takes_new_ones",
            f"{_DEALS}::test_an_affaire_typed_by_hand_is_suggested_not_doubled",
        ),
    ),
    Row(44, "Une configuration par pipeline, un établissement par pipeline", "`request/checks_tables.py`", (DAMAGE,)),
    Row(
        45,
        "Événement 1 obligatoire par pipeline ; aucun pipeline est valable",
        "`request/rules.py`, `service/deals.py`",
        (
            DAMAGE,
            f"{_PIPELINES}::test_zero_configured_pipelines_is_valid",
            f"{_FORGIVING}::test_no_pipeline_at_all_is_a_right_request",
        ),
    ),
    Row(
        46,
        "Nom du pipeline, Nom de l'étape, Établissement(s) de rattachement",
        "`request/fields.py`, `preflight/checks_pipelines.py`",
        (f"{_FORM}::test_titles_and_columns", f"{_DETAILS}::test_near_names_are_suggested"),
    ),
    Row(
        47,
        "Étapes strictement dans l'ordre du pipeline",
        "`preflight/checks_pipelines.py` ; étapes déplacées ensuite : `service/pipelines.py`",
        (
            f"{_DETAILS}::test_the_order_is_judged_over_the_events_present",
            f"{_PIPELINES}::test_steps_reordered_pause_the_pipeline_and_fire_nothing",
        ),
    ),
    Row(
        48,
        "Un pipeline sans besoin reste non configuré",
        "`kinds/deal/admission.py`",
        (f"{_PIPELINES}::test_unconfigured_pipelines_are_left_alone",),
    ),
    Row(
        49,
        "N'envoyer que lorsque tout est rempli",
        "`request check` nomme chaque cellule : `request/rules.py`",
        (f"{_FORM}::test_the_blank_form_only_lacks_answers", EMPTIED),
    ),
    Row(
        50,
        "Créer un ticket pour demander l'activation",
        "numéro, états et versions de la demande : `request submit`, `service/requests.py`",
        (
            f"{_REQUESTS}::test_the_first_version_is_numbered_and_in_force",
            f"{_REQUESTS}::test_sent_back_with_a_reason_per_field_then_sent_again",
        ),
        open="l'envoi lui-même : message au référent et au support, texte du ticket",
    ),
    Row(
        51,
        "Joindre le document complété",
        "ce que nous écrivons ne contient jamais le secret : `request/form.py`, `request/model.py`",
        (
            f"{_FORM}::test_what_is_written_reads_equal_but_for_the_secret",
            "tests/unit/request/test_model.py::test_the_secret_is_in_no_view_of_the_request",
        ),
    ),
)
