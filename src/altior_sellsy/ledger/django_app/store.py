"""All environments of the installation on PostgreSQL, and what belongs to a Sellsy account."""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from functools import partial

from django.db import IntegrityError, connection, connections, transaction
from django.db.models import Exists, OuterRef

from altior_sellsy.clock import Clock, SystemClock
from altior_sellsy.ledger.django_app import models, rows, writing
from altior_sellsy.ledger.django_app.ledger import DjangoLedger, OnMarked
from altior_sellsy.ledger.django_app.quota import DjangoQuota
from altior_sellsy.ledger.model import Environment, EnvironmentStatus, RequestVersion
from altior_sellsy.ledger.port import Ledger, Quota


def _nobody(name: str) -> None:
    """Nobody is told: the tick finds what is due."""


class DjangoLedgers:
    """`clock` dates what the port gives no instant for. `on_marked(name)`: after a commit that marked looks."""

    def __init__(self, clock: Clock | None = None, on_marked: OnMarked = _nobody) -> None:
        self._clock = clock or SystemClock()
        self._on_marked = on_marked
        self._quotas: dict[str, DjangoQuota] = {}

    def add(
        self,
        environment: Environment,
        *,
        secrets: Mapping[str, str] | None = None,
        version: RequestVersion | None = None,
    ) -> Ledger:
        row = rows.environment_row(environment)
        try:
            with transaction.atomic():
                row.save(force_insert=True)
                ledger = self._ledger(row.pk, row.name)
                for name, value in (secrets or {}).items():
                    ledger.set_secret(name, value)
                if version is not None:
                    ledger.add_request_version(version)
        except IntegrityError as error:
            taken = writing.taken(error)
            if taken is None:
                raise
            raise taken from error
        return ledger

    def open(self, name: str) -> Ledger:
        row = models.EnvironmentRow.objects.filter(name=name).values_list("pk", "name").first()
        if row is None:
            raise LookupError(name)
        return self._ledger(*row)

    def _ledger(self, environment_id: int, name: str) -> DjangoLedger:
        return DjangoLedger(environment_id, name, self._clock, self._on_marked)

    def by_webhook(self, token: str) -> Ledger | None:
        if not token:
            return None
        row = models.EnvironmentRow.objects.filter(webhook_token=token).values_list("pk", "name").first()
        return None if row is None else self._ledger(*row)

    def environments(self) -> list[Environment]:
        return [rows.environment(row) for row in models.EnvironmentRow.objects.order_by("name")]

    def request_numbers(self) -> Collection[str]:
        return set(models.RequestVersionRow.objects.values_list("number", flat=True))

    def due(self, now: datetime) -> list[str]:
        waiting = models.LookRow.objects.filter(environment=OuterRef("pk"), due__lte=now)
        found = models.EnvironmentRow.objects.exclude(
            status__in=[EnvironmentStatus.PAUSED.value, EnvironmentStatus.STOPPED.value]
        ).filter(Exists(waiting.filter(live=True)) | Exists(waiting.filter(live=False)))
        return list(found.order_by("name").values_list("name", flat=True))

    def remove(self, name: str) -> None:
        models.EnvironmentRow.objects.filter(name=name).delete()

    def quota(self, account: str) -> Quota:
        return self._quotas.setdefault(account, DjangoQuota(account))

    def idle(self) -> None:
        connections.close_all()

    def exclusive(self, key: str) -> Callable[[], AbstractContextManager[None]]:
        return partial(_exclusive, key)


@contextmanager
def _exclusive(key: str) -> Iterator[None]:
    """A session lock on a connection of its own: what the caller does on its connection is committed before the
    lock goes, whatever state that connection is in; a process that dies loses it."""
    number = int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), signed=True)
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [number])
        try:
            yield
        finally:
            with own.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])
    finally:
        own.close()
