"""What people see and decide: cards, journal, decisions."""

from django.db import models
from django.db.models import F, Q

from altior_sellsy.ledger.django_app.models.environment import EnvironmentRow


class CardRow(models.Model):
    """`reference` is empty for a card of the environment itself."""

    environment = models.ForeignKey(EnvironmentRow, models.CASCADE, db_index=False)
    reference = models.TextField(blank=True)
    code = models.TextField()
    field_name = models.TextField(blank=True)
    sentence = models.TextField()
    remedy = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()
    count = models.IntegerField(default=1)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ledger_card"
        constraints = (
            models.UniqueConstraint(
                fields=["environment", "reference", "code", "field_name"],
                condition=Q(closed_at__isnull=True),
                name="one_open_card",
            ),
        )
        indexes = (models.Index(fields=["environment", "reference"], name="card_reference"),)

    def __str__(self) -> str:
        return self.code


class JournalRow(models.Model):
    environment = models.ForeignKey(EnvironmentRow, models.CASCADE, db_index=False)
    at = models.DateTimeField()
    kind = models.TextField()
    action = models.TextField()
    side = models.TextField(blank=True)
    reference = models.TextField(blank=True)
    cause = models.TextField(blank=True)
    who = models.TextField(blank=True)
    field_name = models.TextField(blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    other = models.JSONField(null=True)
    counterpart = models.TextField(blank=True)

    class Meta:
        db_table = "ledger_journal"
        indexes = (
            models.Index(F("environment"), F("at").desc(), F("id").desc(), name="journal_newest"),
            models.Index(fields=["environment", "reference"], name="journal_reference"),
            models.Index(
                fields=["environment", "counterpart"], condition=~Q(counterpart=""), name="journal_counterpart"
            ),
        )

    def __str__(self) -> str:
        return f"{self.at} {self.action}"


class DecisionRow(models.Model):
    environment = models.ForeignKey(EnvironmentRow, models.CASCADE, db_index=False)
    reference = models.TextField()
    verb = models.TextField()
    other = models.TextField(blank=True)
    who = models.TextField(blank=True)
    at = models.DateTimeField(null=True)
    data = models.JSONField(default=dict)

    class Meta:
        db_table = "ledger_decision"
        constraints = (models.UniqueConstraint(fields=["reference", "verb", "environment"], name="one_decision"),)

    def __str__(self) -> str:
        return f"{self.verb} {self.reference}"
