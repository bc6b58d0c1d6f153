"""The stand-in contract as OpenAPI 3.1: labelled as such, and the reference server keeps to it."""

from typing import Any

import httpx2
import pytest

from altior_sellsy.sandbox.altior.options import TOKEN, Options
from altior_sellsy.sandbox.altior.seed import ADMINISTRATOR
from altior_sellsy.sandbox.altior.server import create_app
from altior_sellsy.sandbox.serving import Served

HEADERS = {"Authorization": f"Bearer {TOKEN}", "X-Altior-Utilisateur": ADMINISTRATOR}
ACCEPTED = ["2xx", "401", "403", "404", "409", "410"]
"""410 is documented: a cursor that nobody gave is one that the feed does not reach."""


def test_the_document_says_that_it_is_a_stand_in(server: Served) -> None:
    document = httpx2.get(f"{server.url}/api/v1/openapi.json", trust_env=False).json()
    assert document["openapi"].startswith("3.1")
    assert "ce n'est pas l'API réelle" in document["info"]["title"]


def test_no_request_finds_the_server_off_its_contract() -> None:
    failures, operations = _explored(examples=2, skipped=["stateful"], deterministic=True)
    assert failures == []
    assert len(operations) == 25


def test_an_empty_id_among_several_is_refused(server: Served) -> None:
    headers = HEADERS | {"Accept": "application/json"}
    for query in ("devis?affaires=,x,", "devis?affaires=", "tiers?ids=1,,2"):
        answer = httpx2.get(f"{server.url}/api/v1/{query}", headers=headers, trust_env=False)
        assert answer.status_code == 422, query


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_no_long_search_finds_the_server_off_its_contract() -> None:
    failures, _ = _explored(examples=100, skipped=[])
    assert not failures, "\n".join(failures)  # whole: chance does not show the same request again


def _explored(examples: int, skipped: list[str], *, deterministic: bool = False) -> tuple[list[str], set[str]]:
    """What schemathesis holds against the server, and the operations that it called."""
    import schemathesis
    from schemathesis import engine
    from schemathesis.engine import events

    settings: dict[str, Any] = {
        "headers": HEADERS,
        # The short run tries the same requests every time; the long one goes on looking.
        "generation": {"max-examples": examples, "deterministic": deterministic},
        "phases": {phase: {"enabled": False} for phase in skipped},
        "checks": {"positive_data_acceptance": {"expected-statuses": ACCEPTED}},
    }
    failures: list[str] = []
    operations: set[str] = set()
    with Served(create_app(Options(size=3, custom_fields=True, longest_poll=0.01))) as server:
        config = schemathesis.Config.from_dict(settings)
        schema = schemathesis.openapi.from_url(f"{server.url}/api/v1/openapi.json", config=config)
        for event in engine.from_schema(schema).execute():
            if isinstance(event, events.NonFatalError | events.FatalError):
                failures.append(str(event))
            if not isinstance(event, events.ScenarioFinished):
                continue
            if event.recorder.checks:
                operations.add(event.recorder.label)
            for checks in event.recorder.checks.values():
                failures += [f"{event.recorder.label}: {c.name}: {c.failure_info}" for c in checks if c.failure_info]
    return failures, operations
