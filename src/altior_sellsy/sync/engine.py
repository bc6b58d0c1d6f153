"""What the engine is given: the ledger, the kinds with both their systems, the clock and the waits."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from altior_sellsy.clock import Clock
from altior_sellsy.kinds.admission import Admit
from altior_sellsy.kinds.field import DEFAULT_POLICY, Family
from altior_sellsy.kinds.kind import Kind
from altior_sellsy.kinds.port import Problem, Snapshot, System
from altior_sellsy.ledger.model import Environment, Pair
from altior_sellsy.ledger.port import Ledger
from altior_sellsy.sync.plan import Plan
from altior_sellsy.sync.read_keys import ReadKeys
from altior_sellsy.timing import Timing
from altior_sellsy.values.reference import Reference, Side, Volet


@dataclass(frozen=True, slots=True)
class Binding:
    """A kind at work in one environment. `policy`: family → the side that is right in a conflict."""

    kind: Kind
    admit: Admit
    volets: Callable[[Snapshot], tuple[Volet, ...]]
    sellsy: System
    altior: System
    policy: Mapping[Family, Side] = field(default_factory=lambda: dict(DEFAULT_POLICY))
    policy_for: Callable[[Pair, Mapping[Side, Snapshot]], Mapping[Family, Side]] | None = None
    """Where the policy depends on the record: a deal is Sellsy's until won."""
    extend: Callable[[Plan, Pair, Mapping[Side, Snapshot], Environment], None] | None = None
    """The kind's own planning after its fields: pseudo-fields in `plan.writes`, `marks`, `cards`, the state. Pure."""
    wakes: Callable[[Pair, Mapping[Side, Snapshot]], Iterable[tuple[str, Reference]]] = lambda pair, snapshots: ()
    """(kind, reference) to look at again when a pair begins: what points to it could not be said before."""
    forgets: Callable[[Pair, Pair, Snapshot | None, Sequence[Pair]], Iterable[Pair]] = lambda *_: ()
    """Pairs of other kinds without what went with this one's change of memory (the roles of a contact go with its
    link): before, after, what Altior shows now, and the pairs that the same commit changes already."""
    rebind: Callable[[Snapshot, Snapshot], Snapshot] = lambda altior, sellsy: altior
    """At the first pairing: Altior's snapshot with its typed sets bound by what Sellsy shows."""
    changed: Callable[[datetime, datetime], Iterable[Sequence[Snapshot]]] | None = None
    """Pages of what was modified in Sellsy in this window of its clock; None: not known by time."""
    bind: Callable[[Pair, Mapping[Side, Snapshot]], Snapshot] = lambda pair, snapshots: snapshots[Side.ALTIOR]
    """Before every plan: Altior's snapshot as this pair reads it, where it depends on the pair and on what Sellsy shows
    (which of several holders a pointer names)."""
    not_archived: Callable[[Sequence[Snapshot]], Mapping[Reference, Problem]] = lambda wanted: {}
    """Which of these records of Altior Sellsy may not archive, and why. It may ask Altior."""
    keeps: Callable[[Pair, Mapping[Side, Snapshot], Callable[[Reference], bool]], Mapping[Side, Snapshot]] = (
        lambda pair, snapshots, exists: {}
    )
    """Before every plan: the sides that do not show something only because what it points to is not there for the
    moment (a link to a company that is hidden, or gone and not yet known to be), with it: nobody took it away."""

    def system(self, side: Side) -> System:
        return self.sellsy if side is Side.SELLSY else self.altior

    def owns(self, reference: Reference) -> bool:
        return reference.thing in self.system(reference.side).things


@dataclass(frozen=True, slots=True)
class Engine:
    """`bindings`: in order of dependence (third parties before their contacts). `holder`: who takes the lease.
    `lane(live)`: tells the clients which share of the quota they may use. `not_after`: no write
    leaves after this instant, a suspended process included. `at(point)`: called at the named points of
    a pass («announced», «written», «remembering»), so that tests can stop the world there.
    """

    ledger: Ledger
    bindings: Sequence[Binding]
    clock: Clock
    timing: Timing
    holder: str
    lane: Callable[[bool], None] = lambda live: None
    not_after: Callable[[datetime | None], None] = lambda instant: None
    at: Callable[[str], None] = lambda point: None
    keys: ReadKeys = field(default_factory=ReadKeys)
    newest: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    """Kind → Sellsy's highest id, and when it was asked for. Lower than it is now does no harm."""

    def binding(self, kind: str) -> Binding:
        return next(b for b in self.bindings if b.kind.name == kind)


@dataclass(slots=True)
class DrainReport:
    """`writes`: remote writes made. `more_due`: looks are due already. `next_due`: the earliest of all looks."""

    done: int = 0
    refused: int = 0
    """Looks put off because the quota did not allow a call."""
    writes: dict[Side, int] = field(default_factory=lambda: {Side.SELLSY: 0, Side.ALTIOR: 0})
    more_due: bool = False
    next_due: datetime | None = None
    busy: bool = False
    """Another drainer holds the lease."""
    paused: str = ""

    def add(self, other: "DrainReport") -> None:
        self.done += other.done
        self.refused += other.refused
        for side, number in other.writes.items():
            self.writes[side] += number
        self.more_due, self.next_due = other.more_due, other.next_due
        self.busy, self.paused = other.busy, other.paused
