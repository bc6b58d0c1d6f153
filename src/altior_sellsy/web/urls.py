"""What the web answers."""

from django.urls import path

from altior_sellsy.web import health, webhook

urlpatterns = [
    path("healthz", health.healthz),
    path("webhooks/sellsy/<str:token>/", webhook.sellsy, name="sellsy_webhook"),
]
