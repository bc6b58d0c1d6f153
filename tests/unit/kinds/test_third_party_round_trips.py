"""What one side shows arrives on the other and is the same there, whatever the record holds."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from altior_sellsy.kinds.port import Create, Write
from altior_sellsy.kinds.third_party.record import THIRD_PARTY
from altior_sellsy.ledger.model import Value
from altior_sellsy.request.mapping import LINES, Section
from altior_sellsy.values import address, email, phone, website
from altior_sellsy.values.text import clean, clean_lines
from tests.unit.kinds.fake_altior import FakeAltior
from tests.unit.kinds.fake_sellsy import FakeSellsy
from tests.unit.kinds.people import SIRET, company, correspondence, in_altior, in_sellsy, individual, tiers

FORMS = [line.standard for line in LINES if line.section is Section.LEGAL_FORMS and line.abbreviation]
WORDS = st.text("abcé'ÀZ -.12&", min_size=2, max_size=30).map(clean).filter(lambda text: text and len(text) > 2)
NUMBERS = st.sampled_from(
    ["+33144419191", "+33144419191;ext=12", "+262692123456", "+442079460958", "voir accueil", "01 44 / 02 55"]
).map(phone.normal)
PLACES = st.builds(
    lambda **parts: address.address({**parts, "country": "FR"}),
    line_1=WORDS,
    line_2=st.none() | WORDS,
    postal_code=st.sampled_from(["75012", "01000", "97400"]),
    city=WORDS,
)
SHARED: dict[str, st.SearchStrategy[Any]] = {
    "reference": WORDS,
    "note": st.text("ab \n", max_size=30).map(clean_lines),
    "email": st.sampled_from(["contact@leo.fr", "a.b@c-d.com"]).map(email.normal),
    "phone": NUMBERS,
    "mobile": NUMBERS,
    "fax": NUMBERS,
    "website": st.sampled_from(["www.leo.fr", "leo.fr/Accueil"]).map(website.normal),
    "linkedin": st.just("linkedin.com/company/leo"),
    "invoicing_address": PLACES,
    "delivery_address": PLACES,
    "owner": st.sampled_from(["claire.martin@leo.fr", "paul@leo.fr"]),
}
COMPANIES = st.fixed_dictionaries(
    {"name": WORDS},
    optional={
        **SHARED,
        "siret": st.just(SIRET),
        "vat": st.just("FR44732829320"),
        "naf": st.just("62.01Z"),
        "legal_form": st.sampled_from(FORMS),
        "capital": st.just("10000"),
        "rcs": WORDS,
    },
)
PEOPLE = st.fixed_dictionaries(
    {"last_name": WORDS}, optional={**SHARED, "first_name": WORDS, "civility": st.sampled_from(["mr", "mrs", "ms"])}
)
OWN = correspondence({"U02": "LinkedIn"})


def agree(left: Value, right: Value, name: str) -> bool:
    return THIRD_PARTY.field(name).same(left, right)


@settings(max_examples=40, deadline=None)
@given(st.booleans().flatmap(lambda person: st.tuples(st.just(person), PEOPLE if person else COMPANIES)))
def test_down_and_up_again(drawn: tuple[bool, dict[str, Any]]) -> None:
    person, fields = drawn
    sellsy, altior = in_sellsy(FakeSellsy(), OWN), in_altior(FakeAltior(), OWN)
    role = frozenset({"client"})
    made = sellsy.create([Create("k", fields, role, tiers(1))])[0]
    assert made.error is None
    assert made.snapshot is not None
    assert dict(made.shown) == fields, made.refused
    descended = altior.create([Create("k", made.snapshot.fields, role, made.snapshot.reference)])[0]
    assert descended.snapshot is not None
    for name, value in made.snapshot.fields.items():
        assert agree(descended.snapshot.fields[name], value, name), name
        if name != "civility":
            assert descended.snapshot.fields[name] == value, name
    reference = (individual if person else company)(made.snapshot.reference.id)
    ascended = sellsy.update([Write(sellsy.observe([reference])[reference], descended.snapshot.fields)])[0]
    assert ascended.refused == {}
    assert ascended.snapshot is not None
    for name in made.snapshot.fields:
        assert agree(ascended.snapshot.fields[name], descended.snapshot.fields[name], name), name
    looked = altior.observe([descended.snapshot.reference])[descended.snapshot.reference]
    assert looked.hash == descended.snapshot.hash


@settings(max_examples=40, deadline=None)
@given(COMPANIES, COMPANIES)
def test_any_record_may_become_any_other_in_altior(before: dict[str, Any], after: dict[str, Any]) -> None:
    system = in_altior(FakeAltior(), OWN)
    made = system.create([Create("k", before, frozenset({"client"}), company(1))])[0].snapshot
    assert made is not None
    wanted = {**dict.fromkeys(before), **after}
    done = system.update([Write(made, wanted)])[0]
    assert {name: value for name, value in done.shown.items() if name != "siren"} == wanted


@settings(max_examples=40, deadline=None)
@given(COMPANIES, COMPANIES)
def test_any_record_may_become_any_other_in_sellsy(before: dict[str, Any], after: dict[str, Any]) -> None:
    system = in_sellsy(FakeSellsy(), OWN)
    made = system.create([Create("k", before, frozenset({"client"}), tiers(1))])[0].snapshot
    assert made is not None
    wanted = {**dict.fromkeys(before), **after}
    wanted = {name: value for name, value in wanted.items() if name != "owner" or value}
    done = system.update([Write(made, wanted)])[0]
    assert dict(done.shown) == wanted, done.refused


@pytest.mark.parametrize("title", FORMS)
def test_every_legal_form_both_ways(title: str) -> None:
    fake = FakeSellsy()
    sellsy, altior = in_sellsy(fake), in_altior(FakeAltior())
    role = frozenset({"client"})
    up = sellsy.create([Create("k", {"name": "Léo", "legal_form": title}, role, tiers(1))])[0]
    assert up.shown["legal_form"] == title
    down = altior.create([Create("k", up.shown, role, company(1))])[0]
    assert down.shown["legal_form"] == title


@pytest.mark.parametrize("role", ["client", "prospect", "supplier"])
def test_every_role_both_ways(role: str) -> None:
    up = in_sellsy(FakeSellsy()).create([Create("k", {"name": "Léo"}, frozenset({role}), tiers(1))])[0]
    down = in_altior(FakeAltior()).create([Create("k", {"name": "Léo"}, frozenset({role}), company(1))])[0]
    assert up.snapshot is not None
    assert down.snapshot is not None
    assert up.snapshot.roles == down.snapshot.roles == {role}
