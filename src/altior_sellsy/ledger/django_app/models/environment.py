"""Environments and what hangs on them once: secrets, plan, request versions. And the quota, which is an account's."""

from django.db import models
from django.db.models import Q

from altior_sellsy.ledger.model import EnvironmentStatus

_OCCUPIES = ~Q(status=EnvironmentStatus.STOPPED.value)


class EnvironmentRow(models.Model):
    name = models.TextField()
    client = models.TextField()
    altior_name = models.TextField()
    altior_identity = models.TextField()
    """rules.altior_identity."""
    status = models.TextField()
    settings = models.JSONField(default=dict)
    urls = models.JSONField(default=dict)
    account_id = models.TextField(blank=True)
    account_uuid = models.TextField(blank=True)
    activated_at = models.DateTimeField(null=True)
    approved_by = models.TextField(blank=True)
    paused_reason = models.TextField(blank=True)
    paused_at = models.DateTimeField(null=True)
    paused_by = models.TextField(blank=True)
    epoch = models.BigIntegerField(default=0)
    cursors = models.JSONField(default=dict)
    webhook_token = models.TextField(blank=True)
    lease_holder = models.TextField(blank=True)
    lease_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "ledger_environment"
        constraints = (
            models.UniqueConstraint(fields=["name"], name="one_environment_per_name"),
            models.UniqueConstraint(
                fields=["account_id"], condition=_OCCUPIES & ~Q(account_id=""), name="one_active_per_account"
            ),
            models.UniqueConstraint(
                fields=["altior_identity"], condition=_OCCUPIES & ~Q(altior_identity=""), name="one_active_per_altior"
            ),
        )
        indexes = (models.Index(fields=["webhook_token"], name="environment_webhook"),)

    def __str__(self) -> str:
        return self.name


class SecretRow(models.Model):
    """Encrypted (secrets.py); never shown in an admin page, a repr or a log."""

    environment = models.ForeignKey(EnvironmentRow, models.CASCADE, db_index=False)
    name = models.TextField()
    sealed = models.BinaryField()

    class Meta:
        db_table = "ledger_secret"
        constraints = (models.UniqueConstraint(fields=["environment", "name"], name="one_secret_per_name"),)

    def __str__(self) -> str:
        return self.name


class PlanRow(models.Model):
    environment = models.OneToOneField(EnvironmentRow, models.CASCADE, primary_key=True)
    plan = models.JSONField()

    class Meta:
        db_table = "ledger_plan"

    def __str__(self) -> str:
        return str(self.pk)


class PlannedRow(models.Model):
    """A record of the plan; the plan itself is PlanRow."""

    environment = models.ForeignKey(EnvironmentRow, models.CASCADE, db_index=False)
    number = models.IntegerField()
    reference = models.TextField()
    kind = models.TextField()
    volet = models.TextField(blank=True)
    label = models.TextField(blank=True)
    decision = models.TextField()
    code = models.TextField(blank=True)
    detail = models.TextField(blank=True)
    other = models.TextField(blank=True)
    frozen = models.BooleanField(default=False)
    released = models.BooleanField(default=False)
    data = models.JSONField(default=dict)

    class Meta:
        db_table = "ledger_planned"
        constraints = (models.UniqueConstraint(fields=["environment", "number"], name="one_planned_per_number"),)
        indexes = (models.Index(fields=["reference", "environment"], name="planned_reference"),)

    def __str__(self) -> str:
        return self.reference


class RequestVersionRow(models.Model):
    environment = models.ForeignKey(EnvironmentRow, models.CASCADE)
    number = models.TextField()
    at = models.DateTimeField()
    who = models.TextField()
    answers = models.JSONField()
    state = models.TextField()

    class Meta:
        db_table = "ledger_request_version"

    def __str__(self) -> str:
        return self.number


class QuotaRow(models.Model):
    """`state`: windows.QuotaState. `version` rises with every change: the compare-and-swap of quota.py."""

    account = models.TextField(primary_key=True)
    version = models.BigIntegerField(default=0)
    state = models.JSONField(default=dict)

    class Meta:
        db_table = "ledger_quota"

    def __str__(self) -> str:
        return self.account
