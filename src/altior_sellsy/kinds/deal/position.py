"""Where a deal stands on each side, out of the `position` of its snapshots (see `read_opportunity`, `read_affaire`)."""

from altior_sellsy.kinds.deal.milestones import InAltior, InSellsy
from altior_sellsy.kinds.port import Snapshot


def in_sellsy(snapshot: Snapshot) -> InSellsy:
    position = snapshot.position
    order = position.get("order")
    return InSellsy(
        pipeline=str(position.get("pipeline") or ""),
        step=str(position.get("step") or ""),
        status=str(position.get("status") or ""),
        order=tuple(order) if order is not None else None,
    )


def in_altior(snapshot: Snapshot) -> InAltior:
    position = snapshot.position
    return InAltior(
        etat=str(position.get("etat") or ""),
        quoted=position.get("quoted") is True,
        ordered=position.get("ordered") is True,
        establishment=str(position.get("establishment") or ""),
    )
