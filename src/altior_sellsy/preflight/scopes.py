"""The authorisations of a Sellsy API access (OpenAPI 2.264.0, `securitySchemes.oauth2`): all of them, and ours."""

_BOTH = """
comments contacts individuals companies estimates activities custom-fields smart-tags custom-activities access-tokens
clients accounting-codes taxes accounts opportunities orders deliveries tasks staffs phonecalls calendars emails
webhooks payments items notifications accounting-entry accounting-settings invoices credit-notes rate-categories files
adyen stancer subscriptions models objectives discount-incl-taxes proposals listings
"""
_SINGLE = """
ocr.read listings.list scopes.read search.read emails.settings invoicing.read invoicing.settings api-v1
document-layouts.read primes.read bank-accounts.read payment-terms.read check-labels.read proforma-invoices.read
"""

ALL = frozenset(f"{name}.{right}" for name in _BOTH.split() for right in ("read", "write")) | frozenset(_SINGLE.split())

NEEDED = frozenset(
    (
        "accounts.read",
        "clients.read",
        "companies.read",
        "companies.write",
        "contacts.read",
        "contacts.write",
        "custom-fields.read",
        "custom-fields.write",
        "individuals.read",
        "individuals.write",
        "staffs.read",
        "webhooks.read",
        "webhooks.write",
    )
)
"""Of the calls that the connector makes for third parties and contacts."""

NEEDED_FOR_DEALS = frozenset(("opportunities.read", "opportunities.write"))
"""Beside them, once a pipeline is configured."""
