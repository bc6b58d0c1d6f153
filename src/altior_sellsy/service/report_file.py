"""The final report of a first synchronisation, or of its trial, as .xlsx."""

from pathlib import Path

from altior_sellsy.ledger.model import State
from altior_sellsy.ledger.port import Ledger
from altior_sellsy.service.first_sync_report import JOURNAL, FirstSyncReport, figures
from altior_sellsy.service.reading import KIND_LABELS
from altior_sellsy.service.wording import date, field, shown, why
from altior_sellsy.service.workbook import Book
from altior_sellsy.values.reference import Side

SUMMARY, DONE, FIELDS = "Bilan", "Faites", "Champs écrits"
LEFT, CARDS = "Exclues ou en attente", "Cas à traiter"
ACTIONS = {"created": "Créée", "linked": "Liée", "adopted": "Reprise", "ticked": "Cochée"}


def write(ledger: Ledger, report: FirstSyncReport, path: Path) -> None:
    """Raises Final."""
    book = Book()
    _summary(book, report)
    _done(book, ledger, report)
    _left(book, ledger)
    book.sheet(CARDS, (("Cas", 80), ("Que faire", 60), ("Fiche", 36), ("Champ", 24)))
    for card in ledger.cards():
        book.add(CARDS, card.sentence, card.remedy, card.reference or "", card.field_name)
    book.save(path)


def _summary(book: Book, report: FirstSyncReport) -> None:
    book.sheet(SUMMARY, (("", 48), ("", 24)))
    rows = [
        ("Commencée le", date(report.started)),
        ("Durée, en secondes", f"{report.seconds:.0f}"),
        *figures(report.as_json()),
        ("À revoir : ont changé depuis l'aperçu", report.review),
        ("Attendent encore", report.waiting),
        ("Attendent l'approbation du reste", report.rest),
        ("Cas à traiter", report.cards),
    ]
    for system, calls in report.calls.items():
        label = Side(system).label
        rows += [(f"Appels de lecture, {label}", calls["read"]), (f"Appels d'écriture, {label}", calls["write"])]
    for title, content in rows:
        book.add(SUMMARY, title, content)
    for code, number in report.causes.most_common():
        book.add(SUMMARY, f"Cas à traiter : {why(code) or code}", number)


def _done(book: Book, ledger: Ledger, report: FirstSyncReport) -> None:
    book.sheet(DONE, (("Quoi", 12), ("Dans", 10), ("Fiche", 36), ("De l'autre côté", 36), ("Pourquoi", 70)))
    book.sheet(FIELDS, (("Fiche", 36), ("Dans", 10), ("Champ", 26), ("Avant", 40), ("Après", 40), ("Pourquoi", 50)))
    for e in ledger.journal(limit=JOURNAL):
        if e.at < report.started:
            break
        where = e.side.label if e.side else ""
        if e.action in ACTIONS:
            book.add(DONE, ACTIONS[e.action], where, e.reference, e.counterpart or "", e.cause)
        elif e.field_name:
            values = shown(e.field_name, e.before), shown(e.field_name, e.after)
            book.add(FIELDS, e.reference, where, field(e.kind, e.field_name), *values, e.cause)


def _left(book: Book, ledger: Ledger) -> None:
    book.sheet(
        LEFT, (("État", 12), ("Pourquoi", 50), ("Type", 12), ("Fiche", 36), ("Référence", 34), ("Précision", 50))
    )
    labels = {State.EXCLUDED: "Exclue", State.WAITING: "En attente", State.FAILED: "En échec", State.FROZEN: "Figée"}
    for seen in ledger.all_sightings():
        if seen.state in labels:
            kind = KIND_LABELS.get(seen.kind, seen.kind)
            book.add(LEFT, labels[seen.state], why(seen.code), kind, seen.label, seen.reference, seen.detail)
