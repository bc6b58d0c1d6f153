"""`/healthz`: is the database there, and has a worker beaten lately. For monitors; names nothing and nobody."""

from datetime import timedelta

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from procrastinate.contrib.django.models import ProcrastinateWorker

from altior_sellsy.jobs.app import STALLED_AFTER


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 `{"database": true, "workers": n}`, or 503 when the database does not answer. No worker is no fault here."""
    lately = timezone.now() - timedelta(seconds=STALLED_AFTER)
    try:
        workers = ProcrastinateWorker.objects.filter(last_heartbeat__gte=lately).count()
    except DatabaseError:
        return JsonResponse({"database": False, "workers": 0}, status=503)
    return JsonResponse({"database": True, "workers": workers})
