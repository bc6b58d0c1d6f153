"""Django settings. They import without a database: the address is read when the first connection opens."""

SECRET_KEY = "unset"  # noqa: S105
INSTALLED_APPS: list[str] = ["altior_sellsy.ledger.django_app"]
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
