"""Which few records show best what the whole plan would do (rules R30). Pure.

Some of each decision, third parties first; then some contacts and deals of those that were chosen, for nothing else of
theirs is there yet.
"""

from collections.abc import Callable, Iterable

from altior_sellsy.ledger.model import Planned

Rows = Callable[[], Iterable[Planned]]
DONE_BY_TRIAL = ("create", "link")


def choose(rows: Rows, number: int) -> list[Planned]:
    """`rows`: the rows not done yet, by number, as often as asked. At most `number`, in the plan's order."""
    heads = _heads(rows(), number)
    room = number // 4 if heads else 0
    parents = {str(row.reference) for row in heads} | {str(row.other) for row in heads if row.other}
    children = _children(rows(), parents, room)
    theirs = {parent for row in children for parent in row.data.get("parents", ())}
    # Parents of the chosen children stay; the last others make room.
    spare = [row for row in heads if not {str(row.reference), str(row.other)} & theirs]
    kept = [row for row in heads if row not in spare]
    kept += spare[: max(0, number - len(kept) - len(children))]
    return sorted([*kept[:number], *children][:number], key=lambda row: row.number)


def _heads(rows: Iterable[Planned], number: int) -> list[Planned]:
    """Records that depend on no other, a turn of each sort after the other."""
    sorts: dict[tuple[str, str, bool, bool], list[Planned]] = {}
    for row in rows:
        # What a deal brings down depends on that deal: it would not come alone.
        if row.decision not in DONE_BY_TRIAL or row.data.get("parents") or row.data.get("brought"):
            continue
        sort = (row.decision, row.reference.side.value, row.frozen, bool(row.data.get("differences")))
        known = sorts.setdefault(sort, [])
        if len(known) < number:
            known.append(row)
    found: list[Planned] = []
    turns = [sorts[sort] for sort in sorted(sorts, key=lambda sort: (not sort[3], sort))]
    for turn in range(number):
        found += [rows_of[turn] for rows_of in turns if turn < len(rows_of)]
    return found[:number]


def _children(rows: Iterable[Planned], parents: set[str], room: int) -> list[Planned]:
    found: list[Planned] = []
    for row in rows:
        if len(found) >= room:
            break
        theirs = row.data.get("parents", ())
        if row.decision in DONE_BY_TRIAL and theirs and set(theirs) <= parents:
            found.append(row)
    return found
