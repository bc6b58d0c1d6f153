"""What the commands print: tables and sentences on stdout, or pure JSON."""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from altior_sellsy.cli import words
from altior_sellsy.cli.french import count, date, duration, french, number, printable, value
from altior_sellsy.values.reference import Side

if TYPE_CHECKING:
    from altior_sellsy.request.answers import Problem
    from altior_sellsy.service.explain import Explanation

PIPED_WIDTH = 160
"""Columns of a table that goes to a file or a pipe."""


def print_json(data: Any) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=2))


def print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        print(printable(line))


def say(text: str) -> None:
    print(french(text), flush=True)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, right: Sequence[int] = ()) -> None:
    """`right`: indexes of the columns of numbers. Nothing is printed without rows."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    filled = [[Text(french(str(cell))) for cell in row] for row in rows]
    if not filled:
        return
    shown = Table(title=french(title) if title else None, box=box.SIMPLE_HEAD, title_justify="left")
    for index, column in enumerate(columns):
        shown.add_column(column, justify="right" if index in right else "left", overflow="fold")
    for row in filled:
        shown.add_row(*row)
    Console(width=None if sys.stdout.isatty() else PIPED_WIDTH, highlight=False).print(shown)


def problem_lines(problems: Iterable["Problem"]) -> Iterable[str]:
    for problem in problems:
        mark = "✗" if problem.severity == "error" else "!"
        yield french(f"{mark} {problem.cell} : {problem.sentence}")


def print_request(said: dict[str, Any]) -> None:
    rows = []

    def walk(prefix: str, data: Any) -> None:
        if isinstance(data, dict):
            for key, inner in data.items():
                walk(f"{prefix}.{key}" if prefix else str(key), inner)
        elif isinstance(data, list) and any(isinstance(inner, dict) for inner in data):
            for index, inner in enumerate(data, 1):
                walk(f"{prefix}.{index}", inner)
        else:
            rows.append((prefix, value(data)))

    walk("", {key: inner for key, inner in said.items() if key != "problems"})
    table("", ("Réponse", "Valeur"), rows)
    for problem in said["problems"]:
        mark = "✗" if problem["severity"] == "error" else "!"
        say(f"{mark} {problem['cell']} : {problem['sentence']}")


def print_environments(found: list[dict[str, Any]]) -> None:
    if not found:
        print("Aucun environnement. Pour en ajouter un\N{NO-BREAK SPACE}: altior-sellsy environment add --help")
        return
    rows = [(e["name"], e["client"], e["account_id"], e["status_label"], date(e["activated_at"])) for e in found]
    table("", ("Nom", "Client", "Compte Sellsy", "Synchronisation", "Activée le"), rows)


def print_environment(data: dict[str, Any]) -> None:
    settings = data["settings"]
    tiers = settings["tiers"]
    rows = [
        ("Client", data["client"]),
        ("Environnement Altior", data["altior_name"]),
        ("Compte Sellsy", data["account_id"]),
        ("Synchronisation", data["status_label"]),
        ("En pause", f"{date(data['paused_at'])}, {data['paused_by']} : {data['paused_reason']}")
        if data["paused_at"]
        else ("Activée le", date(data["activated_at"])),
        ("Approuvée par", data["approved_by"] or "—"),
        ("Prochain contrôle périodique", date(data["next_sweep"])),
        ("Prochain contrôle complet", date(data["next_scan"])),
        ("Utilisateur de référence", settings["reference_user"]),
        ("Établissement", settings["establishment"]),
        ("Export des tiers Altior", value(tiers["export"])),
        ("Import des tiers Sellsy", value(tiers["import"])),
        ("Rapprochement sur le SIRET", "Sans objet" if tiers["siret"] is None else value(tiers["siret"])),
        ("Archivage suivi", value(tiers.get("archiving", False))),
        ("Notes des contacts", value(tiers.get("contact_notes", False))),
        *((words.ADDRESSES.get(side, side), url) for side, url in sorted(data["urls"].items())),
    ]
    table(data["name"], ("", ""), rows)


def print_sync(report: dict[str, Any]) -> None:
    writes = report["writes"]
    say(
        f"Comparées : {count(report['seen']['sellsy'], 'fiche', 'fiches')} dans Sellsy, "
        f"{number(report['seen']['altior'])} dans "
        f"Altior ; {count(report['marked'], 'à revoir', 'à revoir')}."
    )
    if not any(writes.values()):
        say("Rien à écrire : les deux côtés sont à jour.")
    else:
        say(f"Écritures : {number(writes['sellsy'])} dans Sellsy, {number(writes['altior'])} dans Altior.")
    for later in report["later"]:
        say(f"Plus tard : {later['reference']}, à partir du {date(later['due'], seconds=True)}.")
    if report["cards"]:
        say(f"Cas à traiter : {number(report['cards'])}.")


def print_status(found: dict[str, Any]) -> None:
    from altior_sellsy.ledger.model import State
    from altior_sellsy.service.reading import KIND_LABELS, STATE_LABELS, WINDOW_LABELS

    say(f"{found['client']} (« {found['name']} ») — {found['status_label']}")
    if found["paused_at"]:
        why = f" : {reason}" if (reason := found["paused_reason"].strip().rstrip(".")) else ""
        since = f"En pause depuis le {date(found['paused_at'])} ({found['paused_by']}){why}."
        say(f"{since} Les modifications sont notées et seront rattrapées.")
    states = [state for state in State if any(state in counted for counted in found["counters"].values())]
    table(
        "",
        ("", *(STATE_LABELS[state] for state in states)),
        [
            (KIND_LABELS.get(kind, kind), *(number(counted.get(state, 0)) for state in states))
            for kind, counted in found["counters"].items()
        ],
        right=range(1, len(states) + 1),
    )
    table(
        "",
        ("", "État", "Pourquoi", "Fiches"),
        [
            (KIND_LABELS.get(r["kind"], r["kind"]), STATE_LABELS[State(r["state"])], r["label"], number(r["number"]))
            for r in found["reasons"]
        ],
        right=(3,),
    )
    looks = found["looks"]
    say(
        f"À revoir maintenant : {number(looks['due'])} ; plus tard : {number(looks['later'])} ; délai de "
        f"synchronisation : {duration(found['delay_seconds'])}."
    )
    for window in found["quota"]:
        per = WINDOW_LABELS.get(window["seconds"], f"en {window['seconds']} s")
        say(f"Limite d'appels Sellsy : {number(window['used'])} sur {number(window['limit'])} {per}.")
    say(f"Cas à traiter : {number(found['cards'])}.")


def print_causes(found: list[dict[str, Any]]) -> None:
    """One row per cause, with the first records that it concerns."""
    if not found:
        print("Aucun cas à traiter.")
        return
    rows = []
    for cause in found:
        names = [record["label"] or record["reference"] for record in cause["records"] if record["reference"]]
        told = ", ".join(f"« {one} »" for one in names[:3])
        if len(names) > 3:
            told += f" et {count(len(names) - 3, 'autre', 'autres')}"
        rows.append((number(cause["number"]), cause["sentence"], cause["remedy"] or "—", told or "—"))
    table("", ("Fiches", "Cause", "Que faire", "Lesquelles"), rows, right=(0,))


def print_cards(found: list[dict[str, Any]]) -> None:
    if not found:
        print("Aucun cas à traiter.")
        return
    rows = [(date(card["at"]), card["sentence"], card["remedy"] or "—", card["reference"] or "—") for card in found]
    table("", ("Depuis", "Cas", "Que faire", "Fiche"), rows)


def print_journal(entries: list[dict[str, Any]], labels: dict[str, str]) -> None:
    if not entries:
        print("Le journal ne dit rien de cela.")
        return
    table(
        "",
        ("Quand", "Quoi", "Fiche", "Champ", "Avant", "Après", "Pourquoi"),
        [_journal_row(entry, labels) for entry in entries],
    )


def _journal_row(entry: dict[str, Any], labels: dict[str, str]) -> tuple[str, ...]:
    what = words.ACTIONS.get(entry["action"], entry["action"])
    if entry["side"]:
        what += f", dans {Side(entry['side']).label}"
    name = labels.get(entry["reference"] or "") or labels.get(entry["counterpart"] or "") or ""
    record = f"{name}\n{entry['reference']}" if name else entry["reference"] or "—"
    field = words.field(entry["kind"], entry["field"]) if entry["field"] else ""
    before, after = (words.shown(entry["field"], entry[when]) if field else "" for when in ("before", "after"))
    lost = f"\n(perdue : {words.shown(entry['field'], entry['lost'])})" if entry["lost"] is not None else ""
    return (
        date(entry["at"], seconds=True),
        what,
        record,
        field,
        before,
        after + lost,
        f"{entry['cause']}\n{entry['who']}",
    )


def print_explanations(found: Sequence["Explanation"]) -> None:
    for one in found:
        say(f"{one.label} — {one.state}")
        say(f"  {one.sentence}")
        if one.remedy:
            say(f"  → {one.remedy}")
        for name, sentence in one.held:
            say(f"  Champ retenu, {words.field(one.kind or 'third_party', name)} : {sentence}")
        other = f" ↔ {one.counterpart}" if one.counterpart else ""
        print(f"  {one.reference}{other}")
