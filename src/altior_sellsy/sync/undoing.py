"""«Annuler cette initialisation» (rules R30): what it created and nobody touched since is archived, fields that it
changed get their value of before, our references leave the linked records, the links are forgotten; what people have
touched since is left as it is, and listed. Nothing is deleted.

It runs while the environment stands still, page by page. Each page is found again as it is after a crash: a field that
shows its value of before is restored, a record that is archived is archived.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from itertools import takewhile
from typing import Any

from altior_sellsy.errors import ConnectorError, Final, Refused, Retryable, Stale
from altior_sellsy.kinds.comparing import ARCHIVED
from altior_sellsy.kinds.port import Snapshot, Write, Written
from altior_sellsy.ledger.model import JournalEntry, Pair, State
from altior_sellsy.ledger.port import Changes, Lease
from altior_sellsy.sync.engine import Binding, Engine
from altior_sellsy.sync.patience import command_lease, patiently
from altior_sellsy.sync.progress import Progress
from altior_sellsy.sync.undo_plan import Left, Made, Step, Window, is_about, kept, planned
from altior_sellsy.values.reference import Reference, Side

PAGE, CHUNK = 100, 10
"""Pairs of one bulk write to Altior; of one reading before the writes to Sellsy."""
InUse = Callable[[Sequence[Reference], "Undone"], frozenset[Reference]]
"""Which of these Altior records bear affaires, documents or contacts beside what the report has archived: they are
never archived (rules R29)."""


@dataclass(slots=True)
class Undone:
    """`failed`: pairs that a system did not answer for: they are still linked, running it again goes on."""

    archived: list[tuple[Reference, str]] = field(default_factory=list)
    restored: int = 0
    unlinked: int = 0
    left: list[Left] = field(default_factory=list)
    failed: int = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "archived": [{"reference": str(reference), "label": label} for reference, label in self.archived],
            "restored": self.restored,
            "unlinked": self.unlinked,
            "left": [
                {"reference": str(one.reference), "label": one.label, "why": one.why, "field": one.field_name}
                for one in self.left
            ],
            "failed": self.failed,
        }


def undo(
    engine: Engine,
    windows: Sequence[Window],
    lease: Lease,
    *,
    who: str,
    in_use: InUse,
    dry_run: bool,
    progress: Progress = lambda what, done, total: None,
) -> Undone:
    """Pairs made within one of the windows, children before their parents."""
    report = Undone()

    def pages(binding: Binding) -> Iterator[list[Step]]:
        pairs = engine.ledger.all_pairs(binding.kind.name)
        for start in range(0, len(pairs), PAGE):
            command_lease(engine)
            page = _made(engine, pairs[start : start + PAGE], windows)
            if page:
                shown = _observe(engine, binding, [r for made in page for r in (made.pair.sellsy, made.pair.altior)])
                mine = [m.pair.altior for m in page if m.pair.made_by == "created_in_altior"]
                used = in_use(mine, report) | _linked_otherwise(engine, mine, windows)
                yield [planned(binding, made, shown, used) for made in page]
            progress(f"Annulation ({binding.kind.plural})", min(start + PAGE, len(pairs)), len(pairs))

    def restore() -> int:
        failed = 0
        for binding in engine.bindings:
            for steps in pages(binding):
                linked = [kept(step) for step in steps]
                _write(engine, binding, linked)
                report.restored += sum(step.restoring for step in linked if not step.errors)
                failed += sum(1 for step in linked if step.errors)
        return failed

    def close() -> int:
        failed = 0
        for binding in reversed(engine.bindings):
            for steps in pages(binding):
                if not dry_run:
                    _expect(engine, steps, lease)
                    _write(engine, binding, steps)
                    _untick(engine, binding, steps)
                    _close(engine, steps, lease, who)
                _tell(report, steps)
                failed += sum(1 for step in steps if step.errors)
        return failed

    # Fields first, while everything is still linked: a tiers' main contact is only known by its pair.
    report.failed = 0 if dry_run else _as_far_as_it_goes(restore)
    if not report.failed:
        report.failed = close() if dry_run else _as_far_as_it_goes(close)
    return report


def _as_far_as_it_goes(turn: Callable[[], int]) -> int:
    """What failed is tried again as long as that helps: two pairs may bear one tiers, an answer may be lost. `turn`
    gives how many failed."""
    before = turn()
    while before and (failed := turn()) < before:
        before = failed
    return before


def _made(engine: Engine, pairs: Sequence[Pair], windows: Sequence[Window]) -> list[Made]:
    """By our journal: links and creates of that time. What was unlinked since, and linked again, counts anew."""
    found = []
    for pair in pairs:
        entries = engine.ledger.journal(reference=pair.sellsy, limit=10_000)
        last = takewhile(lambda e: e.action != "unlinked", (e for e in entries if is_about(e, pair)))
        made = [e.at for e in last if e.action in ("created", "linked", "adopted")]
        within = [(since, until) for since, until in windows if made and since <= min(made) <= (until or min(made))]
        found += [Made(pair, window, entries) for window in within[:1]]
    return found


def _linked_otherwise(engine: Engine, references: Sequence[Reference], windows: Sequence[Window]) -> set[Reference]:
    """Those that serve another record, too, whose link is not undone: it was made later, in the daily run."""
    pairs = engine.ledger.pairs(references) if references else ()
    undone = {made.pair.id for made in _made(engine, pairs, windows)}
    return {pair.altior for pair in pairs if pair.id not in undone}


def _observe(engine: Engine, binding: Binding, references: Sequence[Reference]) -> dict[Reference, Snapshot]:
    shown: dict[Reference, Snapshot] = {}
    for side in Side:
        mine = sorted(r for r in references if r.side is side)
        shown |= patiently(engine.clock, engine.timing, partial(binding.system(side).observe, mine))
    return shown


def _write(engine: Engine, binding: Binding, steps: Sequence[Step]) -> None:
    """Sellsy first: it has no version to check, so it is read again just before."""
    waiting = [step for step in steps if step.write(Side.SELLSY) is not None]
    for start in range(0, len(waiting), CHUNK):
        _write_sellsy(engine, binding, waiting[start : start + CHUNK])
    pending = [(step, write) for step in steps if (write := step.write(Side.ALTIOR)) is not None]
    answers = _send(binding, Side.ALTIOR, [write for _, write in pending]) if pending else []
    for (step, _), answer in zip(pending, answers, strict=True):
        _answered(step, Side.ALTIOR, answer)


def _untick(engine: Engine, binding: Binding, steps: Sequence[Step]) -> None:
    """Read again just before, as anything that is written to Sellsy."""
    waiting = [step for step in steps if step.untick and not step.errors]
    for start in range(0, len(waiting), CHUNK):
        chunk = waiting[start : start + CHUNK]
        shown = _observe(engine, binding, [step.pair.sellsy for step in chunk])
        for step in chunk:
            now = shown.get(step.pair.sellsy)
            if now is None:
                step.errors.append(Stale(f"« {step.shown[Side.SELLSY].label} » vient de changer dans Sellsy."))
                continue
            if now.gate is not True:
                continue  # a person has set it herself
            engine.not_after(now.at + timedelta(seconds=engine.timing.read_to_write))
            try:
                binding.sellsy.set_gate(now, False)
            except Refused:
                raise
            except ConnectorError as error:
                step.errors.append(error)
            finally:
                engine.not_after(None)


def _expect(engine: Engine, steps: Sequence[Step], lease: Lease) -> None:
    """That we archive what we made is no edit: should we be killed before its pair is closed, and the environment go
    on, its source is not archived because of it."""
    expected = dict[str, Pair]()
    for step in steps:
        if step.archive is None or any(ARCHIVED.name not in snapshot.fields for snapshot in step.shown.values()):
            continue
        # A tiers that serves both bears two: the other one may have been linked later, and stay.
        borne = {pair.id: pair for pair in engine.ledger.pairs([step.pair.reference(step.archive)])}
        for pair in (borne | {step.pair.id: step.pair}).values():
            halves = {side: {ARCHIVED.name: False, **pair.half(side)} for side in Side}
            halves[step.archive][ARCHIVED.name] = True
            expected[pair.id] = replace(pair, half_sellsy=halves[Side.SELLSY], half_altior=halves[Side.ALTIOR])
    for step in steps:
        step.pair = expected.get(step.pair.id, step.pair)
    if expected:
        engine.ledger.commit(Changes(pairs=list(expected.values())), lease)


def _close(engine: Engine, steps: Sequence[Step], lease: Lease, who: str) -> None:
    changes = Changes()
    now = engine.clock.now()
    open_ones = engine.ledger.announcements(pair_ids=[step.pair.id for step in steps])
    for step in steps:
        if step.errors:
            continue
        pair = step.pair
        changes.pairs.append(replace(pair, closed=True, state=State.EXCLUDED, code="undone"))
        changes.settle.extend(a.id for a in open_ones if a.pair_id == pair.id)
        changes.forget.extend((pair.sellsy, pair.altior))
        changes.close_cards.extend(((pair.sellsy, None, None), (pair.altior, None, None)))
        cause = "Initialisation annulée"
        changes.journal.append(
            JournalEntry(now, pair.kind, "unlinked", None, pair.sellsy, cause, who=who, counterpart=pair.altior)
        )
    engine.ledger.commit(changes, lease)


def _write_sellsy(engine: Engine, binding: Binding, steps: Sequence[Step]) -> None:
    """What moved between our plan and this reading is left for another turn, as is what would be sent too late."""
    shown = _observe(engine, binding, [step.pair.sellsy for step in steps])
    for step in steps:
        before, now = step.shown[Side.SELLSY], shown.get(step.pair.sellsy)
        if now is None or now.hash != before.hash:
            step.errors.append(Stale(f"« {before.label} » vient de changer dans Sellsy."))
            continue
        step.shown[Side.SELLSY] = now
        write = step.write(Side.SELLSY)
        assert write is not None
        engine.not_after(now.at + timedelta(seconds=engine.timing.read_to_write))
        try:
            _answered(step, Side.SELLSY, _send(binding, Side.SELLSY, [write])[0])
        finally:
            engine.not_after(None)


def _send(binding: Binding, side: Side, writes: Sequence[Write]) -> Sequence[Written]:
    try:
        return binding.system(side).update(writes)
    except Refused:
        raise
    except ConnectorError as error:
        return [Written(error=Retryable(str(error)))] * len(writes)


def _answered(step: Step, side: Side, answer: Written) -> None:
    label = step.shown[side].label
    if isinstance(answer.error, Final) and not isinstance(answer.error, Refused | Stale):
        # Asking again is useless: it stays, and is told.
        step.left.append(Left(step.pair.reference(side), label, f"n'a pas pu être remise en état : {answer.error}"))
        step.fields[side] = {}
        step.archive = None if step.archive is side else step.archive
        return
    if answer.error is not None:
        step.errors.append(answer.error)
        return
    for name, problem in answer.refused.items():
        step.left.append(Left(step.pair.reference(side), label, problem.sentence, name))
        step.fields[side].pop(name, None)


def _tell(report: Undone, steps: Sequence[Step]) -> None:
    for step in steps:
        if step.errors:
            continue
        if step.archive is not None:
            report.archived.append((step.pair.reference(step.archive), step.shown[step.archive].label))
        report.restored += step.restoring
        report.unlinked += 1
        report.left += step.left


__all__ = ["InUse", "Left", "Undone", "undo"]
