"""«Choisir les fiches à synchroniser» (rules R3): «Synchronisation Altior» ticked in number, as a plan that a person
approves, and that can be taken back. Nothing else of a record is written."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from altior_sellsy.errors import Final
from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.kinds.third_party.record import THIRD_PARTY
from altior_sellsy.kinds.third_party.sellsy_calls import THINGS
from altior_sellsy.ledger.model import Decision, JournalEntry, Look
from altior_sellsy.ledger.port import Changes
from altior_sellsy.refusals import why
from altior_sellsy.sellsy.models import FavouriteFilter
from altior_sellsy.service import first_sync
from altior_sellsy.service.runtime import Runtime
from altior_sellsy.sync import stages
from altior_sellsy.sync.patience import patiently
from altior_sellsy.sync.progress import Progress
from altior_sellsy.sync.scan import pages
from altior_sellsy.values.reference import Reference, Side

VERB = "chosen"
"""Decision on a record that we are about to tick, or have ticked, because a person has chosen it in number."""
TYPES = {"client": "clients", "prospect": "prospects", "supplier": "fournisseurs"}


@dataclass(frozen=True, slots=True)
class Wish:
    """Records that fit all that is asked. `types`: of TYPES; `invoiced`: with an invoice at least; `filter`: title or
    id of a saved filter in Sellsy; `listed`: ids, references or SIRETs, None when no list is given."""

    types: Collection[str] = ()
    invoiced: bool = False
    filter: str = ""
    listed: frozenset[str] | None = None


@dataclass(slots=True)
class Choice:
    """`chosen`: records to tick, with their names. `left`: why others that fit are not, and how many."""

    chosen: list[tuple[Reference, str]] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)
    read: int = 0
    done: int = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "read": self.read,
            "chosen": [{"reference": str(reference), "label": label} for reference, label in self.chosen],
            "left": dict(self.left),
            "done": self.done,
        }


def choose(
    runtime: Runtime, wish: Wish, by: str, progress: Progress = first_sync.SILENT, *, dry_run: bool = False
) -> Choice:
    """Raises Final: no criterion, no name, an unknown filter."""
    if not (wish.types or wish.invoiced or wish.filter or wish.listed is not None):
        raise Final("Que faut-il cocher ? Ajoutez « --type client », « --invoiced », « --filter » ou « --list ».")
    if not dry_run:
        _check_named(by)
    first_sync.ready(runtime)
    among = _narrowed(runtime, wish)
    choice = Choice()
    for snapshots in _companies(runtime, progress, choice):
        known = runtime.ledger.sightings([s.reference for s in snapshots])
        for snapshot in snapshots:
            if not _fits(snapshot, wish) or (among is not None and snapshot.reference not in among):
                continue
            seen = known.get(snapshot.reference)
            if snapshot.gate is True:
                choice.left["déjà à Oui"] += 1
            elif snapshot.archived:
                choice.left["archivée"] += 1
            elif seen is not None and seen.gate_seen:
                choice.left["décochée par une personne"] += 1
            else:
                choice.chosen.append((snapshot.reference, snapshot.label))
    if not dry_run:
        _set(runtime, choice, by, progress, value=True)
    return choice


def take_back(runtime: Runtime, by: str, progress: Progress = first_sync.SILENT, *, dry_run: bool = False) -> Choice:
    """Every record that was ticked in number and still is gets «Synchronisation Altior» back to Non."""
    if not dry_run:
        _check_named(by)
    first_sync.ready(runtime)
    choice = Choice()
    for snapshots in _companies(runtime, progress, choice):
        references = [s.reference for s in snapshots]
        ours = {d.reference for d in runtime.ledger.decisions(references) if d.verb == VERB}
        choice.chosen += [(s.reference, s.label) for s in snapshots if s.reference in ours and s.gate is True]
    if not dry_run:
        _set(runtime, choice, by, progress, value=False)
    return choice


def listed(path: Path) -> frozenset[str]:
    """Ids, references and SIRETs of a list: any column of an .xlsx, or any word of a text. Raises Final."""
    try:
        if path.suffix.lower() == ".xlsx":
            from openpyxl import load_workbook

            book = load_workbook(path, read_only=True, data_only=True)
            words: Iterator[str] = (
                str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell
            )
        else:
            words = iter(re.split(r"[\s;,]+", path.read_text(encoding="utf-8-sig")))
        found = frozenset(word.strip().replace(" ", "") for word in words if any(c.isdigit() for c in word))
    except OSError as error:
        raise Final(f"La liste « {path} » ne peut pas être lue ({why(error)}) : donnez un autre fichier.") from error
    except Exception as error:  # openpyxl names no family of its own for damaged files
        said = (
            "ne peut pas être lue comme un .xlsx : ouvrez-la dans votre tableur, enregistrez-la de nouveau, puis "
            "réessayez."
            if path.suffix.lower() == ".xlsx"
            else "n'est pas un texte : donnez un .xlsx ou un texte."
        )
        raise Final(f"La liste « {path} » {said}") from error
    if not found:
        raise Final(f"La liste « {path} » ne contient ni identifiant, ni référence, ni SIRET.")
    return found


def _companies(runtime: Runtime, progress: Progress, choice: Choice) -> Iterator[list[Snapshot]]:
    engine = runtime.engine
    engine.lane(False)
    for snapshots, total in pages(engine, engine.binding(THIRD_PARTY.name), Side.SELLSY):
        choice.read += len(snapshots)
        progress("Lues dans Sellsy", choice.read, total)
        yield list(snapshots)


def _fits(snapshot: Snapshot, wish: Wish) -> bool:
    if wish.types and not snapshot.roles & set(wish.types):
        return False
    if wish.listed is None:
        return True
    reference = snapshot.reference
    names = {reference.id, str(reference), snapshot.keys.get("siret", "")}
    return bool(names & wish.listed)


def _narrowed(runtime: Runtime, wish: Wish) -> set[Reference] | None:
    """What only Sellsy tells: the records of a saved filter, those with an invoice."""
    among: list[set[Reference]] = []
    if wish.filter:
        filters = _filter_ids(runtime, wish.filter)
        found = (_searched(runtime, thing, {"favourite_filter": id}, invoiced=False) for thing, id in filters.items())
        among.append(set().union(*found))
    if wish.invoiced:
        among.append(set().union(*(_searched(runtime, thing, {}, invoiced=True) for thing in THINGS)))
    return set.intersection(*among) if among else None


def _filter_ids(runtime: Runtime, wanted: str) -> dict[str, int]:
    """Thing → the saved filter of this title or id, where it has one. Raises Final when none has."""
    known = {
        one: patiently(runtime.clock, runtime.timing, partial(runtime.sellsy.favourite_filters, one)) for one in THINGS
    }
    hits = {one: f.id for one, mine in known.items() for f in mine if wanted.casefold() in (f.id, _name(f).casefold())}
    if not hits:
        titles = ", ".join(sorted({f"« {_name(f)} »" for mine in known.values() for f in mine})) or "aucun"
        raise Final(f"Sellsy n'a pas de filtre enregistré « {wanted} ». Filtres : {titles}.")
    return {thing: int(id) for thing, id in hits.items()}


def _name(filter: FavouriteFilter) -> str:
    """The document calls it `type` (OpenAPI 2.264.0)."""
    return filter.title or filter.type or filter.id


def _searched(runtime: Runtime, thing: str, filters: Mapping[str, Any], *, invoiced: bool) -> set[Reference]:
    call: Callable[..., Any] = (
        runtime.sellsy.search_companies if thing == "company" else runtime.sellsy.search_individuals
    )
    embed = ("invoices",) if invoiced else ()
    account, after, found = runtime.ledger.environment().account_id, None, set[Reference]()
    while True:
        page = patiently(runtime.clock, runtime.timing, partial(call, filters, embed=embed, after=after))
        for one in page.data:
            if not invoiced or (one.embed is not None and one.embed.invoices):
                found.add(Reference(Side.SELLSY, account, thing, one.id))
        after = page.after
        if after is None:
            return found


def _check_named(by: str) -> None:
    if not by.strip():
        raise Final('Ce choix doit être approuvé par une personne : ajoutez « --by "Prénom Nom" ».')


def _set(runtime: Runtime, choice: Choice, by: str, progress: Progress, *, value: bool) -> None:
    """What is about to be ticked is remembered first: it can be taken back, a death in between included."""
    engine, ledger, who = runtime.engine, runtime.ledger, by.strip()
    system = engine.binding(THIRD_PARTY.name).sellsy
    for reference, label in choice.chosen:
        now = runtime.clock.now()
        if value:
            ledger.commit(Changes(decisions=[Decision(reference, VERB, None, who, now)]), None)
        shown = Snapshot(reference, now, {}, label)
        patiently(runtime.clock, runtime.timing, partial(system.set_gate, shown, value))
        cause = f"« Synchronisation Altior » passée à {'Oui' if value else 'Non'} : fiches choisies en nombre"
        action = "ticked" if value else "unticked"
        ledger.commit(
            Changes(
                drop_decisions=[] if value else [(reference, VERB)],
                journal=[JournalEntry(now, THIRD_PARTY.name, action, Side.SELLSY, reference, cause, who=who)],
                mark=[Look(reference, THIRD_PARTY.name, "chosen", now)],
                cursors={stages.OUTDATED: now.isoformat()},
            ),
            None,
        )
        choice.done += 1
        progress("Cochées dans Sellsy" if value else "Décochées dans Sellsy", choice.done, len(choice.chosen))
