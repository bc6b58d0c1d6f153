"""Who is right in a conflict of a third party (rules R1, R5)."""

from collections.abc import Mapping

from altior_sellsy.kinds.field import DEFAULT_POLICY, Family
from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.ledger.model import Pair
from altior_sellsy.values.reference import Side, Volet


def policy_for(pair: Pair, snapshots: Mapping[Side, Snapshot]) -> Mapping[Family, Side]:
    """A supplier record of a tiers that is client or prospect too: the tiers speaks for the sales record, which
    prevails; the two Sellsy records converge through Altior."""
    if pair.volet is Volet.ACHAT and snapshots[Side.ALTIOR].roles & {"client", "prospect"}:
        return dict.fromkeys(Family, Side.ALTIOR)
    return DEFAULT_POLICY
