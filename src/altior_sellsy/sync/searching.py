"""Records of the other side that bear a match key, in as few calls as that side allows."""

from collections.abc import Sequence

from altior_sellsy.errors import ConnectorError, Refused
from altior_sellsy.kinds.admission import Search
from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.sync.work import Work
from altior_sellsy.values.reference import Reference, Side

Wanted = tuple[Side, str, str]
"""Where, by which key, which value."""
WHOLE = ("stamp", "reference")
"""Keys that are references: read by page, like any record."""


def search(
    work: Work, searches: list[tuple[Snapshot, Search]]
) -> tuple[dict[Wanted, list[Snapshot]], dict[Wanted, ConnectorError]]:
    """By key and side in as few calls as the side allows, and what could not be searched: a call that fails concerns
    its own records, or a pass that needs a hundred of them would never end on a bad day."""
    grouped: dict[tuple[Side, str], set[str]] = {}
    for snapshot, search in searches:
        grouped.setdefault((snapshot.reference.side.other, search.key), set()).add(search.value)
    found: dict[Wanted, list[Snapshot]] = {}
    failed: dict[Wanted, ConnectorError] = {}
    for (side, key), values in grouped.items():
        # Sellsy filters on one value at a time.
        alone = side is Side.SELLSY and key not in WHOLE and not read_already(work, side, key)
        together = [[value] for value in sorted(values)] if alone else [sorted(values)]
        for chunk in together:
            try:
                shown = find(work, side, key, chunk)
            except Refused:
                raise
            except ConnectorError as error:
                failed |= {(side, key, value): error for value in chunk}
                continue
            for value in chunk:
                found[side, key, value] = shown.get(value, [])
    return found, failed


def read_already(work: Work, side: Side, key: str) -> bool:
    return side is Side.SELLSY and key not in WHOLE and work.engine.keys.knows(work)


def find(work: Work, side: Side, key: str, values: Sequence[str]) -> dict[str, list[Snapshot]]:
    system = work.binding.system(side)
    found: dict[str, list[Snapshot]] = {}
    if read_already(work, side, key):
        for snapshot in work.engine.keys.bearing(work, key, values):
            found.setdefault(snapshot.keys[key], []).append(snapshot)
        return found
    if key in WHOLE:
        named = [Reference.parse(value) for value in values]
        # A reference of another account names another thing there: it is never read under ours.
        owner = work.environment.account_id if side is Side.SELLSY else work.environment.name
        ours = [r for r in named if r.thing in system.things and r.owner == owner]
        return {str(reference): [snapshot] for reference, snapshot in system.observe(ours).items()}
    for snapshot in system.find(key, values):
        found.setdefault(snapshot.keys.get(key, ""), []).append(snapshot)
    return found


def twins(work: Work, snapshot: Snapshot, search: Search) -> list[Snapshot]:
    """Others of its own side that bear the same key."""
    side = snapshot.reference.side
    if read_already(work, side, search.key):
        found: Sequence[Snapshot] = work.engine.keys.bearing(work, search.key, [search.value])
    else:
        found = work.binding.system(side).find(search.key, [search.value])
    return [s for s in found if s.reference != snapshot.reference and s.keys.get(search.key) == search.value]
