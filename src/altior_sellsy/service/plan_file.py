"""The stored plan as .xlsx, record by record (rules R12, R30)."""

from pathlib import Path
from typing import Any

from altior_sellsy.ledger.port import Ledger
from altior_sellsy.service.plan_reading import records, stored
from altior_sellsy.service.reading import KIND_LABELS
from altior_sellsy.service.wording import DECISIONS, date, shown, why
from altior_sellsy.service.workbook import Book
from altior_sellsy.values.reference import Side

RECORDS, FIELDS, HELD = "Fiches", "Champs qui diffèrent", "Champs retenus"
TWINS, DUPLICATES, UNTOUCHED = "Jumeaux possibles", "Doublons internes", "Non touchées"
_RECORD = (
    ("Décision", 26), ("Pourquoi", 34), ("Type", 12), ("Dans", 9), ("Fiche", 36), ("Référence", 34),
    ("Liée à", 36), ("Référence liée", 34), ("Précision", 40), ("Décidé", 40),
)  # fmt: skip


def write(ledger: Ledger, path: Path) -> int:
    """The number of records. Raises Final without a stored plan."""
    header = stored(ledger)
    book = Book()
    _summary(book, header["summary"], header["started"])
    for title in (RECORDS, UNTOUCHED, DUPLICATES):
        book.sheet(title, _RECORD)
    book.sheet(FIELDS, (("Fiche", 36), ("Référence", 34), ("Champ", 26), ("Dans Sellsy", 40), ("Dans Altior", 40),
                        ("Sera gardée la valeur de", 24)))  # fmt: skip
    book.sheet(HELD, (("Fiche", 36), ("Référence", 34), ("Champ", 26), ("Pourquoi", 70)))
    book.sheet(TWINS, (("Fiche", 36), ("Référence", 34), ("Peut-être la même que", 36), ("Référence", 34),
                       ("Pourquoi", 46), ("Ressemblance sur 100", 20)))  # fmt: skip
    number = 0
    for one in records(ledger):
        number += 1
        _add(book, one)
    book.save(path)
    return number


def _summary(book: Book, summary: dict[str, Any], started: str) -> None:
    title = "Résumé"
    book.sheet(title, (("Décision", 34), ("Pourquoi", 50), ("Fiches", 12)))
    for entry in summary["counts"]:
        book.add(title, DECISIONS[entry["decision"], entry["side"]], why(entry["code"]), entry["number"])
    book.add(title)
    book.add(title, "Fiches lues dans Sellsy", "", summary["totals"]["sellsy"])
    book.add(title, "Fiches lues dans Altior", "", summary["totals"]["altior"])
    book.add(title, "« Synchronisation Altior » à Oui", "", summary["ticked"])
    book.add(title, "Ne seront pas touchées", "exclues, ou déjà liées", summary["untouched"])
    book.add(title, "Champs qui diffèrent", "entre les fiches à lier", summary["differences"])
    book.add(title, "Aperçu calculé le", date(started))


def _add(book: Book, one: dict[str, Any]) -> None:
    label, reference = one["label"], one["reference"]
    why_text = f"{one['reason']} (figée)" if one["frozen"] else one["reason"]
    row = (
        one["decision_label"], why_text, KIND_LABELS.get(one["kind"], one["kind"]), Side(one["side"]).label, label,
        reference, one["other_label"], one["other"], one["detail"], " ; ".join(one["decided"]),
    )  # fmt: skip
    book.add(UNTOUCHED if one["decision"] == "exclude" else RECORDS, *row)
    if one["code"] == "duplicate":
        book.add(DUPLICATES, *row)
    for each in one["differences"]:
        name = each["field"]
        values = shown(name, each["sellsy"]), shown(name, each["altior"])
        book.add(FIELDS, label, reference, each["label"], *values, Side(each["right"]).label)
    for each in one["held"]:
        book.add(HELD, label, reference, each["label"], each["sentence"])
    for each in one["suggestions"]:
        book.add(TWINS, label, reference, each["label"], each["reference"], each["why"], each["score"])
