"""The ledger on PostgreSQL, as a Django application."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "altior_sellsy.ledger.django_app"
    label = "ledger"
    verbose_name = "Registre"
