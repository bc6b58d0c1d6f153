"""The web application. The database must be ready (`web.database.prepare`)."""

from typing import Any, cast

from django.core.asgi import get_asgi_application

from altior_sellsy.web.bounds import Application, bounded


def build() -> Application:
    from altior_sellsy.web.webhook import BODY_MAX, TOO_LONG  # its models need Django to be set up

    return bounded(cast(Any, get_asgi_application()), "/webhooks/", BODY_MAX, TOO_LONG)
