"""The list of checks, and running them."""

from collections.abc import Sequence

from altior_sellsy.altior.conformance import environment, records
from altior_sellsy.altior.conformance.bench import Bench, Check, NotKeptError, Outcome, UntriedError, Verdict
from altior_sellsy.errors import ConnectorError

CHECKS: Sequence[Check] = (
    Check("settings are told", "Les réglages sont lisibles", environment.settings_are_told),
    Check(
        "list values are created once", "Une valeur de liste est créée une fois", environment.values_are_created_once
    ),
    Check("created safely", "Une création peut être répétée sans doublon", records.created_safely),
    Check("created once in one call", "Pas de doublon dans un même lot", records.created_once_in_one_call),
    Check("a create needs a reference", "Une création porte une référence", records.create_needs_a_reference),
    Check("references are unique", "Chaque référence externe est unique", records.references_are_unique),
    Check("several references", "Une fiche porte plusieurs références", records.several_references),
    Check("versions change", "La version change avec la fiche", records.versions_change),
    Check("versions change with others", "… par qui que ce soit", environment.versions_change_with_others),
    Check("stale writes are refused", "Une écriture périmée est refusée", records.stale_writes_are_refused),
    Check("updates need a version", "Une modification porte une version", records.updates_need_a_version),
    Check("only what is named changes", "Seul ce qui est nommé change", records.only_what_is_named_changes),
    Check("bulk answers item by item", "Un lot répond élément par élément", records.bulk_answers_item_by_item),
    Check("bulk takes a hundred", "Un lot accepte cent éléments, dans l'ordre", records.bulk_takes_a_hundred),
    Check("unknown values are named", "Une valeur inconnue nomme son champ", records.unknown_values_are_named),
    Check("lengths are told", "Les longueurs annoncées sont tenues", records.lengths_are_told),
    Check(
        "elements change in place", "Téléphones et adresses gardent leur identifiant", records.elements_change_in_place
    ),
    Check("links from both ends", "Un lien se voit des deux côtés", records.links_are_seen_from_both_ends),
    Check("parents must exist", "Une affaire a un tiers qui existe", records.parents_must_exist),
    Check("deals and custom fields", "Affaires et champs personnalisés", records.deals_and_custom_fields),
    Check("archived records are read", "Les fiches archivées sont lues", records.archived_records_are_read),
    Check("a scan shows all, in order", "Un parcours montre tout, dans l'ordre", records.scan_shows_all_in_order),
    Check("keys find", "La recherche par clé trouve", records.keys_find),
    Check("the feed tells changes", "Le flux montre les modifications", environment.feed_tells_changes),
    Check("the feed wakes a long poll", "Le flux réveille l'attente longue", environment.feed_wakes_a_long_poll),
    Check("the feed is in commit order", "Le flux suit l'ordre de validation", environment.feed_is_in_commit_order),
    Check("wrong users are refused", "Un mauvais utilisateur est refusé", environment.wrong_users_are_refused),
    Check("expired cursors are told", "Un curseur expiré se dit", environment.expired_cursors_are_told),
)
_ODD = (KeyError, IndexError, TypeError, ValueError, AttributeError)
"""What reading a document of another shape raises."""


def conform(bench: Bench, checks: Sequence[Check] = CHECKS) -> list[Outcome]:
    """Every check, each by itself; then what the run created is archived."""
    outcomes = [_tried(bench, check) for check in checks]
    try:
        bench.clear()
    except ConnectorError as error:
        archived = Check("cleared", "Les fiches d'essai sont archivées", Bench.clear)
        outcomes.append(Outcome(archived, Verdict.BROKEN, f"Les fiches d'essai n'ont pas pu être archivées : {error}"))
    return outcomes


def _tried(bench: Bench, check: Check) -> Outcome:
    try:
        check.run(bench)
    except NotKeptError as broken:
        return Outcome(check, Verdict.BROKEN, str(broken))
    except UntriedError as untried:
        return Outcome(check, Verdict.UNTRIED, str(untried))
    except ConnectorError as error:
        return Outcome(check, Verdict.BROKEN, f"Erreur inattendue ({type(error).__name__}) : {error}")
    except _ODD as error:
        return Outcome(
            check, Verdict.BROKEN, f"Réponse d'une autre forme que le contrat ({type(error).__name__} : {error})."
        )
    return Outcome(check, Verdict.KEPT)
