"""The steps of the configured pipelines as Sellsy shows them now, and the card of a pipeline that is no longer as it
was approved (design 6, rules R24).

Kept in the environment's cursors, read anew when a scan of the opportunities begins: one call per pipeline.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from altior_sellsy.clock import Clock
from altior_sellsy.errors import NotFound
from altior_sellsy.kinds.deal.configuration import DealConfiguration
from altior_sellsy.kinds.deal.milestones import Pipeline
from altior_sellsy.ledger.model import Card
from altior_sellsy.ledger.port import Changes, Ledger
from altior_sellsy.sellsy.port import Sellsy
from altior_sellsy.sync import words

CURSOR = "pipeline_orders"
CODE = "pipeline_changed"


@dataclass(frozen=True, slots=True)
class LivePipelines:
    ledger: Ledger
    sellsy: Sellsy
    clock: Clock
    config: DealConfiguration

    def orders(self, anew: bool) -> Mapping[str, Sequence[str]]:
        """Pipeline id → ids of its steps, in order. A pipeline that was deleted has none."""
        kept: Mapping[str, Sequence[str]] | None = self.ledger.environment().cursors.get(CURSOR)
        if kept is not None and not anew and kept.keys() == self.config.pipelines.keys():
            return kept
        shown = {id: self._steps(id) for id in self.config.pipelines}
        changes = Changes(cursors={CURSOR: shown} if shown != kept else {})
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
