"""No search shows a known record that is deleted, hidden, made a moment ago, or archived where the account hides that:
nothing is made beside it that bears its SIRET until it is known what became of it, unless a person says so."""

from collections.abc import Collection, Mapping, Sequence

from altior_sellsy.errors import ConnectorError, Refused
from altior_sellsy.frozen import replace
from altior_sellsy.kinds.admission import Ask, Make
from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.ledger.model import EnvironmentStatus, Sighting
from altior_sellsy.ledger.port import Changes
from altior_sellsy.sync.remember import look
from altior_sellsy.sync.work import PAGE, NewUnit, Work
from altior_sellsy.values.reference import SIDES, Reference, Side, Volet

Failed = dict[Reference, ConnectorError]
"""Of what nobody could tell, and why."""


def nothing_is_made(work: Work) -> None:
    """While what was approved is carried out, its preview has just read all of them."""
    if work.environment.status is EnvironmentStatus.INITIALISING:
        return
    for side in SIDES:
        making = [u for u in work.new_units if isinstance(u.admission, Make) and u.snapshot.reference.side is side]
        keys = {u.admission.match_key for u in making if isinstance(u.admission, Make) and u.admission.match_key}
        known = work.engine.ledger.find_by_key(work.binding.kind.name, side.other, "siret", keys) if keys else {}
        bearing = {one for found in known.values() for one in found}
        if not bearing:
            continue
        shown, failed = _shown(work, side.other, bearing)
        hidden = _hidden(work, bearing - shown.keys() - failed.keys())
        for unit in making:
            key = unit.snapshot.keys.get("siret", "")
            if not _is_said(work, unit):
                _judge(work, unit, key, known.get(key, ()), hidden, shown, failed)


def _is_said(work: Work, unit: NewUnit) -> bool:
    """By a person; or by ourselves, to Altior, in a create that is repeated."""
    reference = unit.snapshot.reference
    decided = any(said.verb == "create" for said in work.decisions.get(reference, ()))
    return decided or work.own_create(reference, unit.volet) is not None


def _judge(
    work: Work,
    unit: NewUnit,
    key: str,
    beside: Sequence[Reference],
    hidden: Mapping[Reference, Sighting],
    shown: Mapping[Reference, Snapshot],
    failed: Failed,
) -> None:
    if error := next((failed[one] for one in beside if one in failed), None):
        work.new_units.remove(unit)
        work.put_off_error([unit.snapshot.reference], error)
    elif gone := next((h for one in beside if (h := hidden.get(one)) and _serves(unit, one, {h.volet})), None):
        unit.admission = Ask("siret_hidden", f"« {gone.label} »", {"siret": key}, siret=key)
    elif bears := next((s for one in beside if (s := shown.get(one)) and _bears(work, unit, key, s)), None):
        data = {"siret": key, "candidates": [str(bears.reference)]}
        unit.admission = Ask("siret_taken", f"« {bears.label} »", data, siret=key)
        unit.met = [*unit.met, bears]


def _bears(work: Work, unit: NewUnit, key: str, shown: Snapshot) -> bool:
    return shown.keys.get("siret") == key and _serves(unit, shown.reference, work.binding.volets(shown))


def _serves(unit: NewUnit, other: Reference, volets: Collection[Volet]) -> bool:
    """A tiers serves both volets, a Sellsy record one: a supplier's stands beside its client's (rules R1)."""
    return other.side is Side.ALTIOR or unit.volet in volets or Volet.NONE in volets


def _shown(work: Work, side: Side, references: Collection[Reference]) -> tuple[Mapping[Reference, Snapshot], Failed]:
    """Those that are shown by their id, if by no search: archived, in an account that hides that."""
    shown = {one: snapshot for one in references if (snapshot := work.snapshots.get(one))}
    asked, failed = sorted(set(references) - shown.keys()), Failed()
    for start in range(0, len(asked), PAGE):
        page = asked[start : start + PAGE]
        try:
            shown |= work.binding.system(side).observe(page)
        except Refused:
            raise
        except ConnectorError as error:
            failed |= dict.fromkeys(page, error)
    return shown, failed


def _hidden(work: Work, hidden: Collection[Reference]) -> Mapping[Reference, Sighting]:
    """Those that nothing shows: deleted, hidden, or made a moment ago and not in the index yet. As they were last seen.
    They are looked at, and wake who rests because of them even if they are shown as they were."""
    if not hidden:
        return {}
    seen = work.engine.ledger.sightings(hidden)
    again = [look(one, work.binding.kind.name, "beside", work.now()) for one in sorted(hidden)]
    work.commit(Changes(sightings=[replace(one, hash="") for one in seen.values()], mark=again))
    return seen
