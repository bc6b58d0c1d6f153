"""What the engine works with: looks, pairs, announcements, tombstones, sightings, reserved seconds.

An index that records are looked up by begins with their key, not with the environment (see probing.py).
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from altior_sellsy.ledger.django_app.models.environment import EnvironmentRow


class LookRow(models.Model):
    """`seq` is the primary key: drawn from one sequence at every mark, hence never given twice."""

    seq = models.BigAutoField(primary_key=True)
    environment = models.ForeignKey(EnvironmentRow, models.CASCADE, db_index=False)
    reference = models.TextField()
    kind = models.TextField()
    reason = models.TextField()
    due = models.DateTimeField()
    live = models.BooleanField()
    attempts = models.IntegerField(default=0)
    failing_since = models.DateTimeField(null=True)

    class Meta:
        db_table = "ledger_look"
        constraints = (models.UniqueConstraint(fields=["reference", "environment"], name="one_look_per_reference"),)
        indexes = (models.Index(fields=["environment", "live", "due", "seq", "kind"], name="look_claim"),)

    def __str__(self) -> str:
        return self.reference


class PairRow(models.Model):
    environment = models.ForeignKey(EnvironmentRow, models.CASCADE, db_index=False)
    pair_id = models.TextField()
    kind = models.TextField()
    sellsy = models.TextField()
    altior = models.TextField()
    volet = models.TextField(blank=True)
    half_sellsy = models.JSONField(default=dict)
    half_altior = models.JSONField(default=dict)
    state = models.TextField()
    code = models.TextField(blank=True)
    sellsy_created = models.TextField(blank=True)
    gate_seen = models.BooleanField(default=False)
    owed = models.JSONField(default=dict)
    held = models.JSONField(default=dict)
    written = models.JSONField(default=dict)
    rhythm = models.JSONField(default=dict)
    seen = models.JSONField(default=dict)
    bindings = models.JSONField(default=dict)
    closed = models.BooleanField(default=False)
    made_by = models.TextField(blank=True)

    class Meta:
        db_table = "ledger_pair"
        constraints = (
            models.UniqueConstraint(fields=["environment", "pair_id"], name="one_pair_per_id"),
            models.UniqueConstraint(
                fields=["sellsy", "environment"], condition=Q(closed=False), name="one_open_pair_per_sellsy"
            ),
            models.UniqueConstraint(
                fields=["altior", "volet", "environment"], condition=Q(closed=False), name="one_open_pair_per_altior"
            ),
        )

    def __str__(self) -> str:
        return self.pair_id


class AnnouncementRow(models.Model):
    """Open ones only: settling deletes the row; the journal keeps what was done."""

    environment = models.ForeignKey(EnvironmentRow, models.CASCADE, db_index=False)
    announcement_id = models.TextField()
    kind = models.TextField()
    side = models.TextField()
    fields = models.JSONField()
    deadline = models.DateTimeField()
    pair_id = models.TextField(blank=True)
    source = models.TextField(blank=True)
    source_created = models.TextField(blank=True, db_default="")
    volet = models.TextField(blank=True)
    version = models.TextField(blank=True)
    created = models.DateTimeField(null=True)
    after_id = models.TextField(blank=True)
    roles = models.JSONField(default=list)
    match_key = models.TextField(blank=True)
    checks = models.IntegerField(default=0)
    checked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ledger_announcement"
        constraints = (
            models.UniqueConstraint(fields=["announcement_id", "environment"], name="one_announcement_per_id"),
            models.UniqueConstraint(
                fields=["environment", "kind", "side", "volet", "match_key"],
                condition=Q(pair_id="") & ~Q(match_key=""),
                name="one_open_create_per_match_key",
            ),
            models.UniqueConstraint(
                fields=["environment", "kind", "created"],
                condition=Q(pair_id="", created__isnull=False),
                name="one_open_create_per_second",
            ),
        )
        indexes = (models.Index(fields=["pair_id", "environment"], name="announcement_pair"),)

    def __str__(self) -> str:
        return self.announcement_id


class TombstoneRow(models.Model):
    environment = models.ForeignKey(EnvironmentRow, models.CASCADE, db_index=False)
    reference = models.TextField()
    volet = models.TextField(blank=True)
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "ledger_tombstone"
        constraints = (models.UniqueConstraint(fields=["reference", "volet", "environment"], name="one_tombstone"),)

    def __str__(self) -> str:
        return self.reference


class SightingRow(models.Model):
    """`tokens`: the match keys as `environment|kind|side|key|value`, so that one GIN index finds them."""

    environment = models.ForeignKey(EnvironmentRow, models.CASCADE, db_index=False)
    reference = models.TextField()
    kind = models.TextField()
    side = models.TextField()
    label = models.TextField(blank=True)
    folded = models.TextField(blank=True)
    keys = models.JSONField(default=dict)
    tokens = ArrayField(models.TextField(), default=list)
    hash = models.TextField(blank=True)
    gate = models.BooleanField(null=True)
    state = models.TextField()
    code = models.TextField(blank=True)
    detail = models.TextField(blank=True)
    waits_for = models.TextField(blank=True)
    volet = models.TextField(blank=True)
    gate_seen = models.BooleanField(default=False)
    released = models.BooleanField(default=False)
    created = models.DateTimeField(null=True)
    at = models.DateTimeField(null=True)
    gone_checks = models.IntegerField(default=0)
    gone_at = models.DateTimeField(null=True)
    listed = models.BooleanField(default=True)

    class Meta:
        db_table = "ledger_sighting"
        constraints = (models.UniqueConstraint(fields=["reference", "environment"], name="one_sighting_per_reference"),)
        indexes = (
            models.Index(fields=["waits_for", "environment"], condition=~Q(waits_for=""), name="sighting_waits"),
            models.Index(fields=["environment", "kind", "side"], name="sighting_kind"),
            # Else what was added of late is a list, which each search goes through once per key.
            GinIndex(F("tokens"), name="sighting_tokens", fastupdate=False),
        )

    def __str__(self) -> str:
        return self.reference


class ShownRow(models.Model):
    """A page of the rolling scan, until the next turn of that kind and side. `shown`: references."""

    environment = models.ForeignKey(EnvironmentRow, models.CASCADE, db_index=False)
    kind = models.TextField()
    side = models.TextField()
    turn = models.DateTimeField()
    shown = ArrayField(models.TextField(), default=list)

    class Meta:
        db_table = "ledger_shown"
        indexes = (models.Index(fields=["environment", "kind", "side", "turn"], name="shown_turn"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.side} {self.turn}"


class ReservedSecondRow(models.Model):
    """Kept for ever: a second that was sent as `created` is never sent again."""

    environment = models.ForeignKey(EnvironmentRow, models.CASCADE, db_index=False)
    kind = models.TextField()
    second = models.DateTimeField()

    class Meta:
        db_table = "ledger_reserved_second"
        constraints = (models.UniqueConstraint(fields=["environment", "kind", "second"], name="one_second"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.second}"
