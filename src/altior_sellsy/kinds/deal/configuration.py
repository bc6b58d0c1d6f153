"""The approved configuration of the deals: which step of which pipeline is which event, in which établissement. Pure.

Names come from the request (`settings["deals"]`), ids and the order of the steps from the checks of both systems
(`settings["resolved"]`, as `preflight.Report.pipelines` gives it). Ids are followed, names are only shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from altior_sellsy.kinds.deal.milestones import DIRECTIONS, Direction, Pipeline


@dataclass(frozen=True, slots=True)
class DealConfiguration:
    """`pipelines`: id → pipeline. `takes_existing`: «Un import des opportunités Sellsy doit-il être fait ?». `net`: the
    potential amount is without tax (rules R26); otherwise it is not synchronised. `currency`: the account's default."""

    pipelines: Mapping[str, Pipeline] = field(default_factory=dict)
    takes_existing: bool = False
    directions: Mapping[int, Direction] = field(default_factory=lambda: dict(DIRECTIONS))
    net: bool = True
    currency: str = "EUR"
    grace: timedelta = timedelta()
    """How long an opportunity stays at event 1 before its affaire is made: a card moved by mistake is moved back."""

    def pipeline(self, id: str | None) -> Pipeline | None:
        return self.pipelines.get(id or "")


def configuration(settings: Mapping[str, Any]) -> DealConfiguration:
    """Empty while no row of event 1 is resolved: deals are then not used. Rows that could not be resolved are left
    out: the checks block an activation while there is one."""
    deals, resolved = settings.get("deals", {}), settings.get("resolved", {})
    names: Mapping[str, str] = resolved.get("pipelines", {})
    events: dict[str, dict[int, str]] = {}
    first: dict[str, tuple[str, str]] = {}
    for number, rows in sorted(deals.get("events", {}).items(), key=lambda item: int(item[0])):
        for row in rows:
            id = names.get(row["pipeline"])
            step = resolved.get("steps", {}).get(row["pipeline"], {}).get(row["step"])
            if id is None or step is None:
                continue
            events.setdefault(id, {})[int(number)] = step
            if int(number) == 1:
                establishment = resolved.get("establishments", {}).get(row.get("establishment", ""), "")
                first[id] = (row["pipeline"], establishment)
    return DealConfiguration(
        pipelines={
            id: Pipeline(id, name, establishment, tuple(resolved.get("order", {}).get(id, ())), events[id])
            for id, (name, establishment) in first.items()
            if establishment
        },
        takes_existing=deals.get("import") is True,
        directions=DIRECTIONS | {int(n): Direction(way) for n, way in deals.get("directions", {}).items()},
        net=deals.get("amount", "HT") == "HT",
        currency=str(deals.get("currency", "EUR")),
        grace=timedelta(minutes=float(deals.get("grace_minutes") or 0)),
    )
