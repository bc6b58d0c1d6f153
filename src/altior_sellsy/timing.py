"""Every wait and bound of the engine, in one place. Seconds unless a name says otherwise."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

_LONGEST = 1e9
"""Thirty years: far more, and an instant would lie beyond the calendar."""
Seconds = Annotated[float, Field(ge=0, le=_LONGEST, allow_inf_nan=False)]
Some = Annotated[float, Field(gt=0, le=_LONGEST, allow_inf_nan=False)]
"""Seconds of which none at all would let nothing pass, or repeat without a pause."""


class Timing(BaseModel):
    """Defaults are those of the design; operators and tests give their own (ALTIOR_SELLSY_TIMING, JSON)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    call_deadline: Some = 30
    """Hard deadline of one remote call: after it an unanswered write has either happened or never will."""
    read_to_write: Seconds = 2
    """A Sellsy record is read at most this long before it is written: Sellsy has no If-Match."""
    stale_after_write: Seconds = 60
    """For this long after our write, a side that shows exactly the value we replaced is stale, not reverted."""
    echo_delay: Seconds = 10
    """Signals of a reference that we wrote this recently are looked at later, by page."""
    lease: Some = 8
    command_lease: Some = 60
    """The same for what a command does by itself, page by page: approving a plan, taking an initialisation back."""
    slice: Seconds = 2
    """How long a drain works before it defers itself again."""
    create_recovery: Seconds = 120
    """A create whose answer was lost counts as «none» only this long after the deadline …"""
    create_recovery_gap: Seconds = 30
    """… and twice, this far apart."""
    gone_gap: Seconds = 600
    """Deleted = two 404 at least this far apart."""
    backoff_first: Some = 5
    backoff_most: Some = 900
    fault_card_after: Seconds = 3600
    """Retryable faults become a card after this long, and go on being retried."""
    oscillation_window: Seconds = 86400
    oscillation_rounds: Annotated[int, Field(ge=1)] = 3
    breaker_window: Seconds = 60
    """Rewriting more than fifty records, and 5 %, of a kind within this stops the environment."""
    tick: Some = 2
    feed_poll: Seconds = 20
    """Long poll of Altior's change feed."""
    sweep_every: Some = 300
    sweep_overlap: Seconds = 600
    scan_every: Some = 900
    turn_again: Some = 60
    """A sweep, a page of the scan or a check that failed is tried again after this long."""
    person_quota: Seconds = 600
    """A command waits for Sellsy's quota this long at most, for one call; a job never does."""
    person_outage: Seconds = 120
    """A command repeats a reading; when nothing has been answered for this long, it gives up."""
    steps_fresh: Seconds = 60
    """An opportunity that is looked at, and may fire an event, is planned by steps of its pipeline at most this old."""
    steps_scanned: Seconds = 3600
    """Where no opportunity moves, the steps of the pipelines are read again this often."""
    deal_followed: Seconds = 7776000
    """How long an opportunity that was won, lost or closed is still looked for: 90 days."""
    plan_valid: Seconds = 86400
    """A plan of the first synchronisation older than this is to be shown again before it is approved."""
    index_fresh: Seconds = 60
    """While the first synchronisation runs: for this long what bears a match key in Sellsy is looked up in what was
    read; then what changed since is read."""
    newest_fresh: Seconds = 60
    """The highest id of Sellsy, kept with each create, is asked for again after this long."""
    bulk_reserve: Annotated[float, Field(ge=0, lt=1)] = 0.25
    """Share of the Sellsy quota that bulk work leaves to live changes."""
