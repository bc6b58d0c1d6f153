import pytest

from altior_sellsy.values.legal_form import LegalForm, LegalForms

SAS = LegalForm("SAS", "Société par actions simplifiée", "SAS")
SA = LegalForm("SA", "Société anonyme", "SA")
SARL = LegalForm("SARL", "Société à responsabilité limitée", "SARL")
COMMUNE = LegalForm("CTC", "Commune de notre Altior", "COM", ("Mairie",))
FORMS = LegalForms((SAS, SA, SARL, COMMUNE))


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("sas", SAS),
        ("S.A.S.", SAS),
        ("sas, société par actions simplifiée", SAS),
        ("SOCIETE PAR ACTIONS SIMPLIFIEE", SAS),
        ("SA à conseil d'administration (s.a.i.)", SA),
        ("Société à responsabilité limitée (sans autre indication)", SARL),
        ("s.a.r.l", SARL),
        ("Commune et commune nouvelle", COMMUNE),
        ("mairie", COMMUNE),
        ("COM", COMMUNE),
        ("CTC", COMMUNE),
        ("Sté coop", None),
        ("sa, société anonyme", SA),
        ("sa, société par actions simplifiée", None),
        ("sarl, n'importe quoi", None),
        ("SASU", None),
        ("", None),
        (None, None),
        ("…", None),
    ],
)
def test_free_text(text: str | None, form: LegalForm | None) -> None:
    assert FORMS.recognise(text) == form


def test_an_abbreviation_means_a_french_form_only_in_france() -> None:
    assert FORMS.recognise("S.a.s.", french=False) is None
    assert FORMS.recognise("société anonyme", french=False) == SA
    short = LegalForms([LegalForm("SA", "Société anonyme", "SA", ("S.A.", "SA à directoire"))])
    assert short.recognise("S.A.", french=False) is None
    assert short.recognise("sa à directoire", french=False) is not None
