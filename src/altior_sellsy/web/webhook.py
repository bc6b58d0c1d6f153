"""Sellsy's notifications: a signed delivery marks a look, and nothing else (FACTS 7)."""

from datetime import UTC, datetime

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from altior_sellsy.jobs.drain import enqueue_drain
from altior_sellsy.jobs.runtime import ledgers
from altior_sellsy.ledger.model import EnvironmentStatus
from altior_sellsy.ledger.port import Ledger
from altior_sellsy.sellsy.webhooks import SIGNATURE_HEADER, Event, parse, verify
from altior_sellsy.service import signals

BODY_MAX = 1024 * 1024
"""Bytes. A notification without the record has about 300, with it some thousands."""
DRAINED = (EnvironmentStatus.ACTIVE, EnvironmentStatus.INITIALISING)
TOO_LONG = "Notification trop longue : un mégaoctet au plus est accepté."


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def sellsy(request: HttpRequest, token: str) -> HttpResponse:
    """GET: 200, empty (Sellsy may try the address). POST: 200, or 400, 401, 404, 413 with one French sentence."""
    if request.method != "POST":
        return HttpResponse()
    if int(request.META.get("CONTENT_LENGTH") or 0) > BODY_MAX:
        return _refused(413, TOO_LONG)
    body = request.read(BODY_MAX + 1)
    if len(body) > BODY_MAX:
        return _refused(413, TOO_LONG)
    ledger = ledgers().by_webhook(token)
    if ledger is None:
        return _refused(404, "Adresse de notification inconnue : supprimez ce webhook dans Sellsy.")
    if not verify(ledger.secret("webhook_key") or "", body, request.headers.get(SIGNATURE_HEADER, "")):
        return _refused(401, "Signature refusée : cette notification ne vient pas du webhook créé par le connecteur.")
    try:
        event = parse(request.content_type or "", body)
    except ValueError as error:
        return _refused(400, str(error))
    _mark(ledger, event)
    return HttpResponse()


def _mark(ledger: Ledger, event: Event) -> None:
    environment = ledger.environment()
    with transaction.atomic():
        if signals.note(ledger, event, datetime.now(UTC)) and environment.status in DRAINED:
            enqueue_drain(environment.name)


def _refused(status: int, sentence: str) -> HttpResponse:
    return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
