"""No search shows a linked record that is deleted, hidden, or archived where the account hides that: nothing is made
beside it that bears its SIRET until it is known what became of it, unless a person says so."""

from collections.abc import Collection, Mapping, Sequence

from altior_sellsy.errors import ConnectorError, Refused
from altior_sellsy.frozen import replace
from altior_sellsy.kinds.admission import Ask, Make
from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.ledger.model import EnvironmentStatus, Sighting
from altior_sellsy.ledger.port import Changes
from altior_sellsy.sync.remember import look
from altior_sellsy.sync.work import NewUnit, Work
from altior_sellsy.values.reference import SIDES, Reference, Side

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
        linked = _linked(work, side.other, {one for found in known.values() for one in found} - work.snapshots.keys())
        if not linked:
            continue
        hidden, failed = _hidden(work, linked)
        archived = _unlisted(work, side.other, linked - hidden.keys() - failed.keys(), failed)
        for unit in making:
            key = unit.snapshot.keys.get("siret", "")
            if not _is_said(work, unit):
                _judge(work, unit, key, known.get(key, ()), hidden, archived, failed)


def _linked(work: Work, side: Side, references: Collection[Reference]) -> set[Reference]:
    pairs = work.engine.ledger.pairs(references) if references else ()
    return {pair.reference(side) for pair in pairs} & set(references)


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
    archived: Mapping[Reference, Snapshot],
    failed: Failed,
) -> None:
    if error := next((failed[one] for one in beside if one in failed), None):
        work.new_units.remove(unit)
        work.put_off_error([unit.snapshot.reference], error)
    elif gone := next((hidden[one] for one in beside if one in hidden), None):
        unit.admission = Ask("siret_hidden", f"« {gone.label} »", {"siret": key}, siret=key)
    elif bears := next((s for one in beside if (s := archived.get(one)) and s.keys.get("siret") == key), None):
        data = {"siret": key, "candidates": [str(bears.reference)]}
        unit.admission = Ask("siret_taken", f"« {bears.label} »", data, siret=key)


def _hidden(work: Work, references: Collection[Reference]) -> tuple[Mapping[Reference, Sighting], Failed]:
    """Which of them are not there, as they were last seen. They are looked at, and wake who rests because of them even
    if they are shown as they were."""
    hidden, failed = set[Reference](), Failed()
    for one in sorted(references):
        try:
            if not work.exists(one):
                hidden.add(one)
        except Refused:
            raise
        except ConnectorError as error:
            failed[one] = error
    if not hidden:
        return {}, failed
    seen = work.engine.ledger.sightings(hidden)
    again = [look(one, work.binding.kind.name, "beside", work.now()) for one in sorted(hidden)]
    work.commit(Changes(sightings=[replace(one, hash="") for one in seen.values()], mark=again))
    return seen, failed


def _unlisted(
    work: Work, side: Side, references: Collection[Reference], failed: Failed
) -> Mapping[Reference, Snapshot]:
    """Those that are there, and that no list or search shows: archived, in an account that hides them."""
    if not references:
        return {}
    try:
        shown = work.binding.system(side).observe(sorted(references))
    except Refused:
        raise
    except ConnectorError as error:
        failed.update(dict.fromkeys(references, error))
        return {}
    return {reference: one for reference, one in shown.items() if not one.listed}
