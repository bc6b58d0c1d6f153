import json

from altior_sellsy.request.example import REQUEST
from altior_sellsy.request.mapping import LINES
from altior_sellsy.request.model import Request, from_answers, slug
from altior_sellsy.request.reading import read_answers
from tests.unit.request.documents import SECRET, filled


def _request() -> Request:
    answers, problems = read_answers(filled().bytes())
    assert problems == []
    return from_answers(answers)


def test_settings_have_the_shape_that_the_engine_reads() -> None:
    settings = _request().settings()
    assert {key: value for key, value in settings.items() if key not in ("mapping", "deals")} == {
        "reference_user": "c.martin@menuiserie-leo.fr",
        "establishment": "Menuiserie Léo",
        "account_id": "97417",
        "referent": "Bernard Sophie",
        "tiers": {"export": True, "import": False, "siret": True, "archiving": False, "contact_notes": False},
        "export_roles": ["client", "prospect"],
    }
    assert list(settings["mapping"]) == [line.number for line in LINES]
    assert settings["deals"] == {
        "import": True,
        "grace_minutes": 0,
        "events": {
            "1": [
                {"pipeline": "Commercial", "step": "Étude du besoin", "establishment": "Menuiserie Léo"},
                {"pipeline": "Grands comptes", "step": "Appel d'offres", "establishment": "Menuiserie Léo"},
            ],
            "2": [{"pipeline": "Commercial", "step": "Proposition envoyée"}],
            "3": [
                {"pipeline": "Commercial", "step": "Commande signée"},
                {"pipeline": "Grands comptes", "step": "Contractualisation"},
            ],
            "4": [],
        },
    }
    assert json.loads(json.dumps(settings)) == settings


def test_the_mapping_is_the_standard_one_but_for_other_values() -> None:
    request = REQUEST.model_copy(update={"overrides": {"T01": "Standard", "U01": None, "B02": "Acheteur"}})
    mapping = request.settings()["mapping"]
    assert (mapping["T01"], mapping["U01"], mapping["B02"]) == ("Standard", None, "Acheteur")
    assert (mapping["T02"], mapping["U02"], mapping["F15"]) == ("Portable", None, "")


def test_the_secret_is_in_no_view_of_the_request() -> None:
    request = _request()
    assert request.client_secret is not None
    assert request.client_secret.get_secret_value() == SECRET
    for view in (json.dumps(request.masked()), json.dumps(request.settings()), repr(request), str(request)):
        assert SECRET not in view
    assert request.masked()["sellsy"]["client_secret"] == "présent, masqué"
    assert REQUEST.masked()["sellsy"]["client_secret"] == "saisi dans la console"


def test_the_environment_has_a_name_for_the_command_line() -> None:
    assert slug("Menuiserie Léo") == "menuiserie-leo"
    assert slug("  L'Œuvre & Cie ") == "l-oeuvre-cie"
    assert REQUEST.slug == "menuiserie-leo"
