import pytest

from altior_sellsy.kinds.correspondence import Correspondence, StaffMember
from altior_sellsy.request.mapping import LINES, Section
from tests.unit.kinds.people import correspondence

FORMS = [line for line in LINES if line.section is Section.LEGAL_FORMS and line.abbreviation]


@pytest.mark.parametrize("line", FORMS, ids=lambda line: line.number)
def test_every_legal_form_is_recognised_in_all_its_words_and_ascends_as_itself(line) -> None:  # type: ignore[no-untyped-def]
    own = correspondence()
    for text in (line.standard, line.abbreviation, line.abbreviation.lower(), *line.recognised):
        form = own.form_in_sellsy(text)
        assert form is not None, text
        assert form.title == line.standard, text
    form = own.form_in_altior(line.standard)
    assert form is not None
    assert form.abbreviation == line.abbreviation
    assert own.synchronised(form)


@pytest.mark.parametrize("line", FORMS, ids=lambda line: line.number)
def test_another_value_takes_the_place_of_the_standard_one(line) -> None:  # type: ignore[no-untyped-def]
    own = correspondence({line.number: "Forme de chez nous"})
    form = own.form_in_sellsy(line.standard)
    assert form is not None
    assert form.title == "Forme de chez nous"
    assert own.form_in_altior("forme de chez nous") == form


@pytest.mark.parametrize("line", FORMS, ids=lambda line: line.number)
def test_a_line_may_be_left_out(line) -> None:  # type: ignore[no-untyped-def]
    own = correspondence({line.number: None})
    form = own.form_in_sellsy(line.standard)
    assert form is not None
    assert not own.synchronised(form)


@pytest.mark.parametrize("text", ["Sté coop", "GmbH", "Collège", "lycée public"])
def test_unknown_or_merely_suggested_texts_are_not_recognised(text: str) -> None:
    assert correspondence().form_in_sellsy(text) is None


def test_insee_wording_and_the_abbreviation_mean_the_same() -> None:
    own = correspondence()
    assert own.form_in_sellsy("sas, société par actions simplifiée") == own.form_in_sellsy("S.A.S.")
    assert own.form_in_sellsy("S.a.s.", french=False) is None


def test_civilities() -> None:
    own = correspondence()
    assert [own.civility_in_altior(code) for code in ("mr", "mrs", "ms")] == ["Monsieur", "Madame", "Madame"]
    assert own.civility_of("Madame") == "mrs"
    assert own.civility_of("Docteur") is None
    assert correspondence({"C03": None}).civility_in_altior("ms") is None


def test_types_of_the_sets() -> None:
    own = correspondence()
    assert own.phone_types(person=False) == {"phone": "Principale", "mobile": "Portable", "fax": "Fax"}
    assert own.phone_types(person=True) == {"phone": "Fixe", "mobile": "Portable", "fax": "Fax"}
    assert [own.email_types(thing) for thing in ("company", "contact", "individual")] == [{"email": "Principal"}] * 3
    assert own.url_types() == {"website": "Site web"}
    assert own.contact_roles() == {
        "main": "Contact principal",
        "invoicing": "Contact de facturation",
        "dunning": "Contact de relance",
    }


@pytest.mark.parametrize(
    ("number", "slot"), [("T01", "phone"), ("T02", "mobile"), ("T03", "fax"), ("U01", "website"), ("M01", "email")]
)
def test_a_typed_line_renamed_or_left_out(number: str, slot: str) -> None:
    def types(own: Correspondence) -> dict[str, str]:
        return {**own.phone_types(person=False), **own.url_types(), **own.email_types("company")}

    assert types(correspondence({number: "Autre"}))[slot] == "Autre"
    assert slot not in types(correspondence({number: None}))


def test_lines_out_of_use_by_default_may_be_put_in_use() -> None:
    assert correspondence({"U02": "LinkedIn"}).url_types() == {"website": "Site web", "linkedin": "LinkedIn"}
    own = correspondence()
    assert (own.owner_role, own.supplier_owner_role, own.deal_owner_role) == ("Commercial", None, "Chargé d'affaire")
    assert correspondence({"B02": "ADV"}).supplier_owner_role == "ADV"
    assert correspondence({"B01": None}).owner_role is None


def test_people_by_e_mail() -> None:
    own = correspondence()
    assert own.email_of("7") == "claire.martin@leo.fr"
    assert own.staff_of("CLAIRE.MARTIN@leo.fr") == "7"
    assert own.email_of("9") is None
    assert own.staff_of("partie@leo.fr") is None
    assert own.email_of("404") is None
    assert own.staff_of("") is None
    assert own.is_user("paul@leo.fr")
    assert not own.is_user("nouveau@leo.fr")


def test_a_correction_of_the_administrator_prevails() -> None:
    own = Correspondence.of(
        {}, staff={"10": StaffMember("perso@gmail.com")}, users=["anne@leo.fr"], corrections={"10": "Anne@leo.fr"}
    )
    assert own.email_of("10") == "anne@leo.fr"
    assert own.staff_of("anne@leo.fr") == "10"
    assert own.staff_of("perso@gmail.com") is None
