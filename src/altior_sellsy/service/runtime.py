"""One environment at work: its ledger, its two clients and the engine over them."""

import os
import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import httpx2

from altior_sellsy.altior.client import HttpAltior
from altior_sellsy.clock import Clock, SystemClock
from altior_sellsy.errors import CursorExpired, Refused, Retryable
from altior_sellsy.ledger.model import EnvironmentStatus, Look
from altior_sellsy.ledger.port import Changes, Ledger, Ledgers
from altior_sellsy.patience import Patience, Say
from altior_sellsy.sellsy.client import HttpSellsy
from altior_sellsy.sellsy.quota import windows
from altior_sellsy.service import identity, schedules
from altior_sellsy.service.clients import altior_client, sellsy_client
from altior_sellsy.service.deals import deal_binding
from altior_sellsy.service.parties import party_bindings
from altior_sellsy.service.people import people
from altior_sellsy.service.stopping import stop
from altior_sellsy.sync.drain import RUNNING, drain
from altior_sellsy.sync.engine import DrainReport, Engine
from altior_sellsy.timing import Timing
from altior_sellsy.values.reference import Reference, Side

FEED_KINDS = {"tiers": ("third_party", "tiers"), "contacts": ("contact", "contact"), "affaires": ("deal", "affaire")}

HURRIED = 1.5
"""Seconds: under the environment's lease the quota's window of one second is waited for, no longer one."""
MOST_PUT_OFF = 1000
"""Looks put off in one commit."""


def default_ledgers() -> Ledgers:
    """Imported late: it needs Django to be set up."""
    from altior_sellsy.ledger.django_app.store import DjangoLedgers

    return DjangoLedgers()


def open_runtime(name: str, *, clock: Clock | None = None, timing: Timing | None = None) -> "Runtime":
    """Raises LookupError for an unknown environment, Refused when an access is missing."""
    from altior_sellsy.options import options

    ledgers = default_ledgers()
    set_by = options()
    opened = Runtime(ledgers, ledgers.open(name), clock or SystemClock(), timing or set_by.timing)
    opened.public_url = set_by.public_url
    return opened


@dataclass
class Runtime:
    """Used by one thread; close it. Clients and engine are made when first needed: a command that only reads the
    ledger calls nobody."""

    ledgers: Ledgers
    ledger: Ledger
    clock: Clock
    timing: Timing
    at: Callable[[str], None] = field(default=lambda point: None)
    public_url: str = ""
    """Where Sellsy's notifications reach us; empty: nowhere."""
    transport: httpx2.BaseTransport | None = None
    """How both systems are reached; over the network when None."""
    patience: tuple[Patience, Patience] | None = None
    """With Sellsy, with Altior; None in a job."""
    _sellsy: HttpSellsy | None = None
    _altior: HttpAltior | None = None
    _engine: Engine | None = None

    def __enter__(self) -> "Runtime":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        for client in (self._sellsy, self._altior):
            if client is not None:
                client.close()
        self._sellsy = self._altior = self._engine = None

    @property
    def sellsy(self) -> HttpSellsy:
        if self._sellsy is None:
            self._sellsy = sellsy_client(self.ledgers, self.ledger, self.clock, self.timing, self.transport)
            self._sellsy.patience = self.patience[0] if self.patience else None
        return self._sellsy

    @property
    def altior(self) -> HttpAltior:
        if self._altior is None:
            self._altior = altior_client(self.ledger, self.clock, self.timing, self.transport)
            self._altior.patience = self.patience[1] if self.patience else None
        return self._altior

    def be_patient(self, say: Say = lambda sentence: None) -> None:
        """A person waits from now on. `say`: told each wait, one French sentence."""
        timing = self.timing
        sellsy, altior = (
            Patience(name, self.clock, timing.person_quota, timing.person_outage, timing.backoff_first, say)
            for name in ("Sellsy", "Altior")
        )
        self.patience = sellsy, altior
        if self._sellsy is not None:
            self._sellsy.patience = sellsy
        if self._altior is not None:
            self._altior.patience = altior

    @contextmanager
    def hurried(self, quota: float = HURRIED) -> Iterator[None]:
        """Others wait: for the environment's lease, or for a short answer. Readings are not repeated at the call, and
        the quota is waited for so many seconds at most."""
        with ExitStack() as stack:
            for one in self.patience or ():
                stack.enter_context(one.hurried(quota))
            yield

    @property
    def engine(self) -> Engine:
        if self._engine is None:
            self._engine = self._make_engine()
        return self._engine

    def _make_engine(self) -> Engine:
        self._learn_quota_hourly()
        identity.check_if_changed(self.ledger, self.sellsy, self.altior, self.clock)
        known = people(self.ledger, self.sellsy, self.altior, self.clock.now())
        parties = party_bindings(self.ledger, self.sellsy, self.altior, self.clock, known)
        deals = deal_binding(self.ledger, self.sellsy, self.altior, self.clock, self.timing, known.correspondence)
        return Engine(
            ledger=self.ledger,
            bindings=[*parties, *([deals] if deals else [])],
            clock=self.clock,
            timing=self.timing,
            holder=f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}",
            lane=self._lane,
            not_after=self._not_after,
            at=self.at,
        )

    def _lane(self, live: bool) -> None:
        self.sellsy.live = live

    def _not_after(self, instant: datetime | None) -> None:
        self.sellsy.not_after = self.altior.not_after = instant

    def _learn_quota_hourly(self) -> None:
        known = self.ledger.environment().cursors.get("quota_at")
        if not known or datetime.fromisoformat(known) <= self.clock.now() - timedelta(hours=1):
            self.learn_quota()

    def learn_quota(self) -> None:
        """The account's limits: without them nothing is held back. One call."""
        now = self.clock.now()
        account = self.ledger.environment().account_id
        self.ledgers.quota(account).limits(windows(self.sellsy.quotas()), now)
        self.ledger.commit(Changes(cursors={"quota_at": now.isoformat()}), None)

    # -- what jobs and commands ask for
    def drain(self, *, seconds: float | None = None) -> DrainReport:
        """Never raises for a remote fault: what could not even begin is put off, or stops the environment."""
        environment = self.ledger.environment()
        if environment.status not in RUNNING:
            return DrainReport(paused=environment.paused_reason or environment.status.value)
        if not self.ledger.pending()[0]:
            return DrainReport()
        try:
            engine = self.engine
        except Refused as error:
            if self.ledger.environment().status in RUNNING:
                stop(self.ledger, self.clock.now(), "stopped", str(error))
            return DrainReport(paused=str(error))
        except Retryable as error:
            return self._put_off(error)
        with self.hurried():
            return drain(engine, seconds=seconds)

    def _put_off(self, error: Retryable) -> DrainReport:
        """One of the systems does not answer at all: every look that is due waits, longer each time."""
        now, timing = self.clock.now(), self.timing
        due = self.ledger.claim(now, MOST_PUT_OFF)
        tried = max((look.attempts for look in due), default=0)
        wait = error.again_after
        if wait is None:
            wait = min(timing.backoff_most, timing.backoff_first * 2.0 ** min(tried, 20))
        again = now + timedelta(seconds=wait)
        later = [
            replace(look, due=again, attempts=look.attempts + 1, failing_since=look.failing_since or now)
            for look in due
        ]
        self.ledger.commit(Changes(postpone=later), None)
        _, following = self.ledger.pending()
        return DrainReport(more_due=following is not None and following <= now, next_due=following)

    def poll_feed(self, wait: float) -> int:
        """Altior's change feed: entries become live looks, the cursor moves in the same transaction. An expired
        cursor asks for a full scan."""
        environment = self.ledger.environment()
        if environment.status not in (EnvironmentStatus.ACTIVE, EnvironmentStatus.INITIALISING):
            return 0
        cursor = environment.cursors.get("feed")
        now = self.clock.now()
        self.ledgers.idle()
        try:
            with self.hurried():
                shown = self.altior.changes(cursor, wait if cursor else 0)
        except CursorExpired:
            fresh = self.altior.changes(None)
            self.ledger.commit(Changes(cursors={"feed": fresh.cursor, **schedules.scan_now(now)}), None)
            return 0
        looks = {}
        for change in shown.changes:
            kind, thing = FEED_KINDS[change.resource]
            reference = Reference(Side.ALTIOR, environment.name, thing, change.id)
            looks[reference] = Look(reference, kind, "feed", self.clock.now(), live=True)
        if shown.cursor != cursor or looks:
            self.ledger.commit(Changes(mark=list(looks.values()), cursors={"feed": shown.cursor}), None)
        return len(looks)

    def schedules(self, now: datetime) -> None:
        """What is due by the environment's cursors. Never raises for a remote fault: it is tried again, or stops the
        environment."""
        if self.ledger.environment().status is not EnvironmentStatus.ACTIVE:
            return
        try:
            with self.hurried():
                schedules.run(self, now)
        except Refused as error:
            if self.ledger.environment().status is EnvironmentStatus.ACTIVE:
                stop(self.ledger, self.clock.now(), "stopped", str(error))
