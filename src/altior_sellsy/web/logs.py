"""Logs: one line per event, for people or as JSON. They carry ids, never secrets."""

import re
from collections.abc import MutableMapping
from typing import Any

import structlog

MASK = "***"
SENSITIVE = ("secret", "token", "authorization", "password", "cookie", "signature", "sign_key", "api_key")
WEBHOOK = re.compile(r"(/webhooks/sellsy/)[^/\s]+")
"""Our notification address is a secret of its own, and Django logs the path of a request that it refuses."""

Event = MutableMapping[str, Any]


def mask(_logger: object, _method: str, event: Event) -> Event:
    """Replaces the value of every key that names a secret, at any depth, and the opaque part of webhook addresses."""
    for key in event:
        event[key] = MASK if _names_secret(key) else _masked(event[key])
    return event


def configuration(log_format: str, level: str) -> dict[str, Any]:
    """Django's LOGGING. Everything goes to stderr, 500s of Django and failures of jobs included."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        mask,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    # Tracebacks without the local variables: those hold secrets.
    plain = structlog.dev.plain_traceback
    render: list[Any] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if log_format == "json"
        else [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=plain)]
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *render],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "altior_sellsy": {"level": level},
            "django": {"level": "INFO", "handlers": [], "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
            # One line per job and poll at INFO would drown the rest.
            "procrastinate": {"level": "WARNING"},
            "uvicorn": {"level": "WARNING"},
            # It warns at each attempt to reconnect; who needs the connection says what is wrong, once.
            "psycopg.pool": {"level": "ERROR"},
        },
    }


def _names_secret(key: str) -> bool:
    folded = key.lower().replace("-", "_")
    return any(word in folded for word in SENSITIVE)


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: MASK if _names_secret(str(k)) else _masked(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(item) for item in value]
    if isinstance(value, str):
        return WEBHOOK.sub(rf"\1{MASK}", value)
    return value
