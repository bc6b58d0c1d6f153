"""What `initialise` and `plan` print."""

from collections import Counter
from collections.abc import Iterable
from itertools import islice
from typing import Any

from altior_sellsy.cli import words
from altior_sellsy.cli.french import count, duration, number
from altior_sellsy.cli.show import say, table
from altior_sellsy.service.first_sync_report import figures
from altior_sellsy.service.wording import OF_DEALS, why

BY = '--by "Prénom Nom"'
SHOWN = 200
"""Records printed on a terminal; the .xlsx and --json have them all."""


def print_preview(name: str, summary: dict[str, Any]) -> None:
    say(f"Aperçu de la première synchronisation de « {name} » : rien n'a été écrit.")
    print_plan(summary)
    say(f"Fiche par fiche : altior-sellsy plan {name} --xlsx apercu.xlsx")
    say(f"Pour l'essayer sur dix fiches : altior-sellsy initialise {name} --trial 10 --yes {BY}")
    say(f"Pour l'approuver : altior-sellsy initialise {name} --yes {BY}")


def print_plan(summary: dict[str, Any]) -> None:
    totals = summary["totals"]
    say(
        f"Fiches lues : {number(totals['sellsy'])} dans Sellsy, dont {number(summary['ticked'])} avec "
        f"« Synchronisation Altior » à Oui ; {number(totals['altior'])} dans Altior."
    )
    numbers: Counter[tuple[str, str]] = Counter()
    for entry in summary["counts"]:
        decision = words.DECISIONS.get((entry["decision"], entry["side"]), entry["decision"])
        numbers[decision, why(entry["code"])] += entry["number"]
    order = list(dict.fromkeys(words.DECISIONS.values()))
    rows = sorted(numbers.items(), key=lambda row: order.index(row[0][0]) if row[0][0] in order else len(order))
    table("", ("Décision", "Pourquoi", "Fiches"), [(*what, number(fiches)) for what, fiches in rows], right=(2,))
    for pipeline in summary["deals"]:
        say(f"Si vous activez maintenant, pipeline « {pipeline['pipeline']} » : {_of_pipeline(pipeline)}.")
    if summary["brought"]:
        one, many = "fiche non cochée sera cochée et redescendra", "fiches non cochées seront cochées et redescendront"
        say(f"{count(summary['brought'], one, many)} : l'événement 1 d'une opportunité l'exige.")
    if summary["differences"]:
        say(f"{count(summary['differences'], 'champ diffère', 'champs diffèrent')} entre les fiches à lier.")
    for held in summary["held"]:
        fiches = count(held["number"], "fiche", "fiches")
        say(f"Champ retenu, « {held['label']} » : {fiches} ; le reste de ces fiches passe.")
    if summary["suggestions"]:
        fiches = count(summary["suggestions"], "fiche a un jumeau possible", "fiches ont un jumeau possible")
        say(f"{fiches} de l'autre côté, sans SIRET commun : rien n'est lié sans vous.")
    if summary["duplicates"]:
        say(f"{count(summary['duplicates'], 'fiche est un doublon interne', 'fiches sont des doublons internes')}.")
    say(
        f"Ne seront pas touchées : {count(summary['untouched'], 'fiche', 'fiches')}, la comptabilité, les documents. "
        "Aucune fiche n'est jamais supprimée par le connecteur."
    )
    if summary["estimate"]["seconds"] is not None and summary["estimate"]["sellsy_calls"]:
        say(f"Durée estimée par la limite d'appels Sellsy : {duration(summary['estimate']['seconds'])}.")


def _of_pipeline(numbers: dict[str, Any]) -> str:
    said = [count(numbers.get("create", 0), "affaire serait créée", "affaires seraient créées")]
    for decision, one, many in OF_DEALS:
        if numbers.get(decision):
            said.append(count(numbers[decision], one, many))
    return ", ".join(said)


def print_records(records: Iterable[dict[str, Any]]) -> None:
    found = list(islice(records, SHOWN + 1))
    rows = []
    for one in found[:SHOWN]:
        other = one["other_label"] or one["detail"]
        twins = ", ".join(f"« {each['label']} » ({each['why']})" for each in one["suggestions"])
        fields = ", ".join(each["label"] for each in one["differences"])
        more = " ; ".join(
            text
            for text in (
                other,
                f"diffèrent : {fields}" if fields else "",
                f"jumeau possible : {twins}" if twins else "",
                *(f"retenu : {each['label']}" for each in one["held"]),
                *(f"décidé : {each}" for each in one["decided"]),
            )
            if text
        )
        rows.append((one["decision_label"], one["reason"], f"{one['label']}\n{one['reference']}", more or "—"))
    table("", ("Décision", "Pourquoi", "Fiche", "Précision"), rows)
    if len(found) > SHOWN:
        say("La suite, et ce qui n'est pas touché, sont dans « --xlsx FICHIER.xlsx » et « --json ».")


def print_first_sync(done: dict[str, Any]) -> None:
    rows = [(title, number(figure)) for title, figure in [*figures(done), ("Cas à traiter", done["cards"])]]
    table("Première synchronisation", ("", ""), rows, right=(1,))
    if done["review"]:
        fiches = count(done["review"], "fiche a changé", "fiches ont changé")
        say(f"{fiches} depuis l'aperçu : à revoir (« altior-sellsy cards »).")
    if done["paused"]:
        say(f"En pause : {done['paused']}")
    if done["waiting"]:
        say(f"{count(done['waiting'], 'fiche attend encore', 'fiches attendent encore')} : le service les reprendra.")
    say(f"Terminé en {duration(done['seconds'])}.")


def print_trial(name: str, done: dict[str, Any]) -> None:
    rows = [
        (
            words.DECISIONS[one["decision"], one["side"]],
            f"{one['label']}\n{one['reference']}",
            one["counterpart"] or "—",
            one["card"] or (f"{count(one['fields'], 'champ écrit', 'champs écrits')}" if one["done"] else "—"),
        )
        for one in done["trial"]
    ]
    table("Essai", ("Décision", "Fiche", "De l'autre côté", "Résultat"), rows)
    say(f"{count(done['rest'], 'fiche attend', 'fiches attendent')} l'approbation du reste.")
    say(f"Si tout est bon : altior-sellsy initialise {name} --yes {BY}")


def print_undone(name: str, done: dict[str, Any], *, dry_run: bool) -> None:
    if dry_run:
        say(f"Ce que ferait l'annulation de l'initialisation de « {name} » : rien n'a été écrit.")
    rows = [
        ("Fiches créées, archivées", number(len(done["archived"]))),
        ("Champs remis à leur valeur d'avant", number(done["restored"])),
        ("Fiches déliées", number(done["unlinked"])),
        ("Laissées telles quelles", number(len(done["left"]))),
    ]
    table("Annulation", ("", ""), rows, right=(1,))
    left = [(f"{one['label']}\n{one['reference']}", one["field"] or "—", one["why"]) for one in done["left"][:SHOWN]]
    table("Ce qui n'est pas comme avant", ("Fiche", "Champ", "Pourquoi"), left)
    if done["failed"]:
        fiches = count(done["failed"], "fiche n'a pas pu être remise", "fiches n'ont pas pu être remises")
        say(f"{fiches} en état : relancez la même commande, elle reprend où elle en était.")
    elif dry_run:
        say(f"Pour l'annuler : altior-sellsy initialise {name} --undo --yes {BY}")
    else:
        say("L'environnement n'est plus activé ; aucune fiche n'a été supprimée.")
