"""The binding of the deals of one environment: made only where a pipeline is configured."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import partial

from altior_sellsy.altior.port import Altior
from altior_sellsy.clock import Clock
from altior_sellsy.kinds.correspondence import Correspondence
from altior_sellsy.kinds.deal.admission import admit, volets
from altior_sellsy.kinds.deal.configuration import configuration
from altior_sellsy.kinds.deal.in_altior import AltiorDeals
from altior_sellsy.kinds.deal.in_sellsy import SellsyDeals
from altior_sellsy.kinds.deal.planning import extend
from altior_sellsy.kinds.deal.record import DEAL, policy_for
from altior_sellsy.ledger.port import Ledger
from altior_sellsy.sellsy.port import Sellsy
from altior_sellsy.service.pipelines import LivePipelines
from altior_sellsy.sync.engine import Binding
from altior_sellsy.timing import Timing
from altior_sellsy.values.reference import Reference, Volet


def deal_binding(
    ledger: Ledger, sellsy: Sellsy, altior: Altior, clock: Clock, timing: Timing, correspondence: Correspondence
) -> Binding | None:
    """None: zero pipelines are configured, and deals are not used (rules n° 45). One call to Altior otherwise."""
    environment = ledger.environment()
    config = configuration(environment.settings)
    if not config.pipelines:
        return None
    live = LivePipelines(ledger, sellsy, clock, config)
    lookup = partial(counterparts, ledger)
    planned = partial(extend, config=config, deadline=timing.call_deadline, stale=timing.stale_after_write)
    return Binding(
        kind=DEAL,
        admit=admit,
        volets=volets,
        sellsy=SellsyDeals(
            sellsy,
            clock,
            environment.account_id,
            correspondence,
            config,
            pairs=lookup,
            orders=live.orders,
            steps_fresh=timedelta(seconds=timing.steps_fresh),
            steps_scanned=timedelta(seconds=timing.steps_scanned),
            followed=timedelta(seconds=timing.deal_followed),
        ),
        altior=AltiorDeals(
            altior,
            clock,
            environment.name,
            correspondence,
            config,
            pairs=lookup,
            lengths=altior.requirements("affaires").lengths,
        ),
        policy_for=policy_for,
        extend=lambda plan, pair, snapshots, environment: planned(plan, pair, snapshots),
    )


def counterparts(ledger: Ledger, references: Iterable[Reference]) -> Mapping[Reference, Reference]:
    """What each is paired with. A tiers that is client and supplier is its client record's (rules R1)."""
    found: dict[Reference, Reference] = {}
    for pair in sorted(ledger.pairs(references), key=lambda pair: pair.volet is not Volet.ACHAT):
        found[pair.sellsy], found[pair.altior] = pair.altior, pair.sellsy
    return found
