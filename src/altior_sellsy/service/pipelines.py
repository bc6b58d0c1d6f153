"""The steps of the configured pipelines as Sellsy shows them now, and the card of a pipeline that is no longer as it
was approved (design 6, rules R24).

Kept in the environment's cursors with the instant of their reading: what may fire an event wants them fresh, a scan of
what has not moved does not. One call per pipeline.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from altior_sellsy.clock import Clock
from altior_sellsy.errors import NotFound
from altior_sellsy.kinds.deal.configuration import DealConfiguration
from altior_sellsy.kinds.deal.milestones import Pipeline
from altior_sellsy.ledger.model import Card
from altior_sellsy.ledger.port import Changes, Ledger
from altior_sellsy.sellsy.port import Sellsy
from altior_sellsy.sync import words

CURSOR, READ = "pipeline_orders", "pipeline_orders_at"
CODE = "pipeline_changed"


@dataclass(frozen=True, slots=True)
class LivePipelines:
    ledger: Ledger
    sellsy: Sellsy
    clock: Clock
    config: DealConfiguration

    def orders(self, oldest: timedelta | None) -> Mapping[str, Sequence[str]]:
        """Pipeline id → ids of its steps, in order. A pipeline that was deleted has none. `oldest`: they are read anew
        when their last reading is older; None: however old."""
        cursors, now = self.ledger.environment().cursors, self.clock.now()
        kept: Mapping[str, Sequence[str]] | None = cursors.get(CURSOR)
        if kept is not None and kept.keys() == self.config.pipelines.keys() and not _older(cursors, now, oldest):
            return kept
        shown = {id: self._steps(id) for id in self.config.pipelines}
        changes = Changes(cursors={READ: now.isoformat(), **({CURSOR: shown} if shown != kept else {})})
        for id, pipeline in self.config.pipelines.items():
            if tuple(shown[id]) == pipeline.order:
                changes.close_cards.append((None, CODE, id))
            elif kept is None or kept.get(id) != shown[id]:
                changes.cards.append(self._card(pipeline))
        self.ledger.commit(changes, None)
        return shown

    def _steps(self, id: str) -> list[str]:
        try:
            return [step.id for step in self.sellsy.steps(id)]
        except NotFound:
            return []

    def _card(self, pipeline: Pipeline) -> Card:
        return Card(
            reference=None,
            code=CODE,
            sentence=words.sentence(CODE, pipeline.name),
            remedy=words.remedy(CODE),
            field_name=pipeline.id,
            data={"label": pipeline.name},
            at=self.clock.now(),
        )


def _older(cursors: Mapping[str, Any], now: datetime, oldest: timedelta | None) -> bool:
    if oldest is None:
        return False
    read = cursors.get(READ)
    return read is None or now - datetime.fromisoformat(read) > oldest


def forget(ledger: Ledger) -> None:
    """The next scan reads the steps, however fresh they are: a person asked for a whole comparison."""
    ledger.commit(Changes(cursors={READ: None}), None)
