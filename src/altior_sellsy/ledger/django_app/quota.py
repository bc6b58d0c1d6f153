"""The quota of a Sellsy account, shared by all workers through one row.

Booking is a compare-and-swap on the row's version, from the state this process saw last: one statement when nobody
else booked in between. When somebody did, the row is locked, read and written. A refusal is only given on a state
read from the row just now. Not to be used inside a transaction: the row would stay locked until its end.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.db import connection, transaction

from altior_sellsy.ledger import windows as sliding
from altior_sellsy.ledger.django_app.models import QuotaRow
from altior_sellsy.ledger.port import Window
from altior_sellsy.ledger.windows import QuotaState

# No call waits for the disk: what a PostgreSQL that dies forgets of its last half second, Sellsy's next answers tell.
_SWAP = """
UPDATE ledger_quota SET state = %s::jsonb, version = version + 1
WHERE account = %s AND version = %s AND set_config('synchronous_commit', 'off', true) <> ''
"""
_Step = Callable[[QuotaState], tuple[QuotaState, datetime | None]]


class DjangoQuota:
    def __init__(self, account: str) -> None:
        self._account = account
        self._seen: tuple[int, QuotaState] | None = None
        """Replaced as a whole, so that threads may share this object."""

    def take(self, now: datetime, *, live: bool, reserve: float) -> datetime | None:
        def step(state: QuotaState) -> tuple[QuotaState, datetime | None]:
            return sliding.take(state, now, live=live, reserve=reserve)

        if self._seen is not None:
            version, state = self._seen
            booked, again = step(state)
            if again is None and self._swap(version, booked):
                return None
        return self._change(step)

    def room(self, now: datetime, *, live: bool, reserve: float, calls: int) -> datetime:
        """By what this process saw last: asked for just after a refusal, which read the row."""
        state = self._seen[1] if self._seen else QuotaState()
        return sliding.room(state, now, live=live, reserve=reserve, calls=calls)

    def limits(self, windows: Sequence[Window], now: datetime) -> None:
        self._change(lambda state: (sliding.with_limits(state, windows), None))

    def correct(self, remaining: Mapping[int, int], now: datetime) -> None:
        if self._seen is not None:
            version, state = self._seen
            corrected = sliding.corrected(state, remaining, now)
            # Most answers tell what is already counted: then nothing is read and nothing is written.
            if corrected == state or self._swap(version, corrected):
                return
        self._change(lambda state: (sliding.corrected(state, remaining, now), None))

    def exhausted(self, until: datetime) -> None:
        self._change(lambda state: (sliding.blocked(state, until), None))

    def usage(self, now: datetime) -> Mapping[int, tuple[int, int]]:
        row = QuotaRow.objects.filter(account=self._account).first()
        return {} if row is None else sliding.usage(QuotaState.from_json(row.state), now)

    def _swap(self, version: int, state: QuotaState) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(_SWAP, (json.dumps(state.to_json()), self._account, version))
            swapped: bool = cursor.rowcount == 1
        if swapped:
            self._seen = (version + 1, state)
        return swapped

    def _change(self, step: _Step) -> datetime | None:
        with transaction.atomic():
            mine = QuotaRow.objects.select_for_update().filter(account=self._account)
            row = mine.first()
            if row is None:
                QuotaRow.objects.bulk_create([QuotaRow(account=self._account)], ignore_conflicts=True)
                row = mine.get()
            state = QuotaState.from_json(row.state)
            changed, again = step(state)
            if changed != state:
                row.state, row.version = changed.to_json(), row.version + 1
                row.save(update_fields=["state", "version"])
        self._seen = (row.version, changed)
        return again
