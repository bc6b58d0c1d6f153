from altior_sellsy.request.mapping import LINES, Direction, Section, line, standard
from altior_sellsy.values.text import squash


def test_a_line_is_found_by_its_number() -> None:
    assert line("T01").standard == "Principale"
    assert line("B03").standard == "Chargé d'affaire"
    assert line("F13").standard == "Etablissement Hospitalier"
    assert len({one.number for one in LINES}) == len(LINES)


def test_what_has_no_counterpart_in_altior_is_not_synchronised() -> None:
    assert {number for number, value in standard().items() if value is None} == {"U02", "U03", "U04", "B02"}
    assert {number for number, value in standard().items() if value == ""} == {"F15", "C04"}


def test_roles_of_contacts_only_descend() -> None:
    assert {one.direction for one in LINES if one.section is Section.CONTACT_ROLES} == {Direction.DESCEND}


def test_no_text_denotes_two_legal_forms() -> None:
    texts: dict[str, str] = {}
    for one in LINES:
        if one.section is Section.LEGAL_FORMS:
            for text in {squash(t) for t in (one.abbreviation, one.standard or "", *one.recognised, *one.suggested)}:
                assert not text or texts.setdefault(text, one.number) == one.number


def test_civilities_have_an_abbreviation_where_they_have_a_title() -> None:
    assert all(one.abbreviation for one in LINES if one.section is Section.CIVILITIES and one.standard)
