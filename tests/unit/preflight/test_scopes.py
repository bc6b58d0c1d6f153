"""Our list of authorisations against Sellsy's own document."""

from pathlib import Path

import pytest
import yaml

from altior_sellsy.preflight import scopes

DOCUMENT = Path(__file__).parents[4] / "shared" / "sellsy" / "openapi-2.264.0.yaml"


def test_they_are_sellsys_own() -> None:
    if not DOCUMENT.exists():
        pytest.skip("Sellsy's OpenAPI document is not here")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document = yaml.load(DOCUMENT.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - a safe loader
    flows = document["components"]["securitySchemes"]["oauth2"]["flows"]
    assert frozenset(flows["authorizationCode"]["scopes"]) == scopes.ALL


def test_what_we_need_is_among_them() -> None:
    assert len(scopes.ALL) == 94
    assert (scopes.NEEDED | scopes.NEEDED_FOR_DEALS) <= scopes.ALL
