"""Breakers: what would be wrong in numbers stops the environment, with one card that shows the first twenty (design 3).

Pure but for reading the ledger. They raise; whoever holds the environment pauses it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from altior_sellsy.errors import Refused
from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.ledger.model import Environment, EnvironmentStatus, Pair
from altior_sellsy.ledger.port import Ledger
from altior_sellsy.sync.engine import Binding, Engine
from altior_sellsy.sync.plan import lagging
from altior_sellsy.sync.work import Work
from altior_sellsy.timing import Timing
from altior_sellsy.values.reference import SIDES, Reference, Side

Check = Callable[[], None]
SHOWN = 20
FEW_OTHERS = 3
"""So many records that are no longer themselves, and half of those compared, are no accident."""
UNLIKE = frozenset({"identity", "stamp_missing"})
"""Where pairs stand whose record is another one: on a card each."""
FEW_MISSING = 10
MISSING_SHARE = 0.05
MANY = 50
MANY_SHARE = 0.05


class Breaker(Refused):
    """`code` of the card; `data`: what it shows."""

    def __init__(self, code: str, message: str, data: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.code = code
        self.data = dict(data)


def other_records(
    ledger: Ledger,
    timing: Timing,
    snapshots: Sequence[Snapshot],
    pairs: Sequence[Pair] | None = None,
    environment: Environment | None = None,
) -> None:
    """Paired records of one side whose identity (Sellsy's `created`, our reference in Altior) is another one now. A
    reading that lags does not show yet the reference that we have just written. Whoever resumes after such a stop has
    seen it: for a day each of them gets its own card (`UNLIKE`), and rests; on it, it is not counted any more.

    `pairs`, `environment`: theirs, when they are at hand.
    """
    accepted = (environment or ledger.environment()).cursors.get("others_accepted_until")
    if accepted and any(s.at < datetime.fromisoformat(accepted) for s in snapshots):
        return
    if pairs is None:
        pairs = ledger.pairs([s.reference for s in snapshots])
    shown = {s.reference: s for s in snapshots}
    compared, others = 0, []
    for pair in (p for p in pairs if p.code not in UNLIKE):
        for side in SIDES:
            snapshot = shown.get(pair.reference(side))
            if snapshot is None or lagging(pair, snapshot, timing):
                continue
            compared += 1
            if is_another(pair, snapshot):
                others.append(snapshot)
    if len(others) < FEW_OTHERS or len(others) * 2 < compared:
        return
    side = others[0].reference.side
    names = ", ".join(f"« {s.label} »" for s in others[:3])
    what = "n'ont plus la même date de création" if side is Side.SELLSY else "ne portent plus la référence de leur lien"
    raise Breaker(
        "other_records",
        f"Dans {side.label}, {len(others)} fiches liées sur {compared} {what} ({names}…) : ce ne sont plus les mêmes "
        "fiches, rien n'est écrit.",
        {"number": len(others), "first": [str(s.reference) for s in others[:SHOWN]]},
    )


def is_another(pair: Pair, snapshot: Snapshot) -> bool:
    """Another thing under the same id: each side has its own proof."""
    if snapshot.reference.side is Side.SELLSY:
        return bool(pair.sellsy_created and snapshot.created and pair.sellsy_created != snapshot.created)
    return str(pair.sellsy) not in snapshot.stamps and not pair.owed.get("stamp")


def missing(engine: Engine, binding: Binding, side: Side, absent: Sequence[Reference], known: int) -> None:
    """Known records that a whole scan no longer shows, or that are about to be taken for deleted."""
    of = f"{binding.kind.name}:{side.value}"
    if len(absent) <= most_missing(engine, of, known):
        return
    raise Breaker(
        "missing_many",
        f"{side.label} ne montre plus {len(absent)} des {known} fiches connues ({binding.kind.plural}) : aucune n'est "
        "déliée, rien n'est écrit.",
        {"number": len(absent), "of": of, "first": [str(r) for r in absent[:SHOWN]]},
    )


def most_missing(engine: Engine, of: str, known: int) -> int:
    """`of`: kind and side. More are hidden rather than deleted."""
    accepted = int(engine.ledger.environment().cursors.get(f"absences_accepted:{of}", 0))
    return int(max(FEW_MISSING, MISSING_SHARE * known, accepted))


def rewrites(work: Work) -> None:
    """Paired records that this pass is about to rewrite, with those of the last minute: more than fifty, or 5 % of the
    kind, outside an approved plan, are no people's doing (a mass import, a reordered list, a mapping gone wrong).

    What was counted goes into the ledger with the pass (`work.rewritten`)."""
    now, engine = work.now(), work.engine
    key = rewritten_cursor(work.binding.kind.name)
    mine = [u.pair for u in work.pair_units if not u.new and any(u.plan.writes.values())]
    if not mine or work.environment.status is not EnvironmentStatus.ACTIVE:
        return
    cursors = engine.ledger.environment().cursors
    kept = cursors.get(key) or {"since": now.isoformat(), "pairs": []}
    if datetime.fromisoformat(kept["since"]) < now - timedelta(seconds=engine.timing.breaker_window):
        kept = {"since": now.isoformat(), "pairs": []}
    pairs = dict.fromkeys([*kept["pairs"], *(p.id for p in mine)])
    work.rewritten = {"since": kept["since"], "pairs": list(pairs)}
    accepted = cursors.get("rewrites_accepted_until")
    if len(pairs) <= MANY or (accepted and now < datetime.fromisoformat(accepted)):
        return
    known = sum(engine.ledger.counters().get(work.binding.kind.name, {}).values())
    if len(pairs) <= MANY_SHARE * known:
        return
    names = ", ".join(f"« {u.snapshots[Side.SELLSY].label} »" for u in work.pair_units[:3])
    raise Breaker(
        "rewrites_many",
        f"{len(pairs)} fiches ({work.binding.kind.plural}) allaient être réécrites en moins d'une minute ({names}…) : "
        "le connecteur s'est arrêté avant.",
        {"number": len(pairs), "first": [str(p.sellsy) for p in mine[:SHOWN]]},
    )


def rewritten_cursor(kind: str) -> str:
    return f"rewritten:{kind}"
