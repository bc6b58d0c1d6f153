"""The first synchronisation of a hundred and fifty companies and a hundred tiers, judged through the servers' HTTP."""

from collections import Counter

from altior_sellsy.ledger.model import State
from altior_sellsy.ledger.port import Ledgers
from altior_sellsy.sandbox.companies import SampleCompany, sample_companies
from altior_sellsy.service import first_sync
from tests.acceptance.steps import initialise, sync
from tests.acceptance.town import Town

COMPANIES, TIERS, SHARED, SHARED_TICKED = 150, 100, 20, 10


def company(firm: SampleCompany, number: int, ticked: bool) -> dict:
    return {
        "id": 3001 + number,
        "type": "client" if number % 3 else "prospect",
        "name": firm.name,
        "email": firm.email,
        "phone_number": firm.phone,
        "legal_france": {"siret": firm.siret, "siren": firm.siren, "company_type": firm.legal_form},
        "sa": True if ticked else None,
    }


def tiers(firm: SampleCompany, number: int) -> dict:
    return {
        "id": str(501 + number),
        "nature": "moral",
        "roles": ["client"],
        "raison_sociale": f"{firm.name} (Altior)",
        "siret": firm.siret,
        "siren": firm.siren,
        "telephones": [{"type": "Principale", "numero": firm.phone}],
    }


def test_a_hundred_and_fifty_companies_and_a_hundred_tiers(ledgers: Ledgers) -> None:
    firms = sample_companies(COMPANIES + TIERS - SHARED, 7)
    in_sellsy = firms[:COMPANIES]
    # The first twenty companies share their SIRET with a tiers; every other one of them all is ticked.
    in_altior = [*firms[:SHARED], *firms[COMPANIES:]]
    with Town(
        {"companies": [company(f, n, n % 2 == 0) for n, f in enumerate(in_sellsy)]},
        {"tiers": [tiers(f, n) for n, f in enumerate(in_altior)]},
    ) as town:
        before = {c["id"]: c for c in town.companies()}
        tiers_before = {t["id"]: t for t in town.tiers()}
        town.forget_writes()
        with town.runtime(ledgers) as runtime:
            plan = first_sync.preview(runtime)
            assert town.writes() == (0, 0)
            report = initialise(runtime)
            assert report.waiting == 0

            companies, all_tiers = town.companies(), town.tiers()
            ticked = [c for c in before.values() if c["sa"] is True]
            assert len(ticked) == COMPANIES / 2
            # Altior: exactly its own and the ticked ones, no SIRET twice.
            assert len(all_tiers) == TIERS + len(ticked) - SHARED_TICKED
            assert max(Counter(t["siret"] for t in all_tiers).values()) == 1
            own = {f.siret for f in in_altior}
            assert {t["siret"] for t in all_tiers} == own | {c["legal_france"]["siret"] for c in ticked}
            # The ten unticked twins: linked, figées, no field written on either side.
            twins = [c for c in before.values() if c["legal_france"]["siret"] in own and c["sa"] is not True]
            assert len(twins) == SHARED - SHARED_TICKED
            after = {c["id"]: c for c in companies}
            for twin in twins:
                assert after[twin["id"]] == twin
            frozen = [p for p in runtime.ledger.all_pairs() if p.state is State.FROZEN]
            assert sorted(int(p.sellsy.id) for p in frozen) == sorted(t["id"] for t in twins)
            for pair in frozen:
                shown = next(t for t in all_tiers if t["id"] == pair.altior.id)
                was = tiers_before[pair.altior.id]
                moving = {"version", "references_externes", "modifie_le", "modifie_par"}
                assert {k: v for k, v in shown.items() if k not in moving} == {
                    k: v for k, v in was.items() if k not in moving
                }
            # Sellsy: the exported ones, ticked; nobody else was ticked.
            exported = [c for c in companies if c["id"] not in before]
            assert len(exported) == TIERS - SHARED
            assert all(c["sa"] is True for c in exported)
            assert [c["id"] for c in companies if c["sa"] is True and c["id"] in before] == [c["id"] for c in ticked]
            assert max(Counter(c["legal_france"]["siret"] for c in companies).values()) == 1

            # The preview said so, record by record.
            decisions = Counter((i.decision, i.reference.side.value) for i in plan.items)
            assert decisions["create", "sellsy"] == len(ticked) - SHARED_TICKED
            assert decisions["create", "altior"] == len(exported)
            assert decisions["link", "sellsy"] == SHARED

            town.forget_writes()
            report = sync(runtime)
            assert town.writes() == (0, 0)
            assert not any(report.writes.values())


def test_internal_duplicates_are_left_out(ledgers: Ledgers) -> None:
    [one, two] = sample_companies(2, 3)
    twin = company(one, 9, True) | {"name": "Le même, deux fois"}
    with (
        Town({"companies": [company(one, 0, True), twin, company(two, 1, True)]}) as town,
        town.runtime(ledgers) as runtime,
    ):
        initialise(runtime)
        assert [t["siret"] for t in town.tiers()] == [two.siret]
        codes = Counter(s.code for s in runtime.ledger.all_sightings() if s.state is State.EXCLUDED)
        assert codes["duplicate"] == 2
        town.forget_writes()
        sync(runtime)
        assert town.writes() == (0, 0)


def test_two_companies_of_one_siret_ticked_live_make_one_tiers_and_one_card(ledgers: Ledgers) -> None:
    [one] = sample_companies(1, 3)
    with (
        Town({"companies": [company(one, 0, False), company(one, 9, False)]}) as town,
        town.runtime(ledgers) as runtime,
    ):
        initialise(runtime)
        for id in (3001, 3010):
            town.sellsy("PATCH", f"records/companies/{id}", {"sa": True})
        sync(runtime)
        assert len(town.tiers()) == 1
        [card] = runtime.ledger.cards()
        assert card.code == "siret_taken"


def test_export_no_keeps_old_tiers_out_even_when_edited(ledgers: Ledgers) -> None:
    firms = sample_companies(10, 5)
    with (
        Town({}, {"tiers": [tiers(f, n) for n, f in enumerate(firms)]}) as town,
        town.runtime(ledgers, export=False) as runtime,
    ):
        initialise(runtime)
        for number in range(10):
            town.altior("PATCH", f"tiers/{501 + number}", {"corps": {"raison_sociale": f"Édité {number}"}})
        sync(runtime)
        assert town.companies() == []
        assert town.writes()[0] == 0


def test_a_lossy_altior_never_shortens_the_original(ledgers: Ledgers) -> None:
    firms = sample_companies(12, 11)
    with Town({"companies": [company(f, n, True) for n, f in enumerate(firms)]}) as town:
        town.altior(
            "PUT",
            "switches",
            {"truncate_name": 8, "upper_case": True, "reformat_phones": True, "reorder_lists": True},
        )
        before = {c["id"]: (c["name"], c["phone_number"]) for c in town.companies()}
        with town.runtime(ledgers) as runtime:
            initialise(runtime)
            for _ in range(3):
                town.forget_writes()
                sync(runtime)
                assert town.writes() == (0, 0)
        assert {c["id"]: (c["name"], c["phone_number"]) for c in town.companies()} == before
        assert all(len(t["raison_sociale"]) <= 8 for t in town.tiers())


def test_the_reference_user_goes_on_working_and_his_edits_ascend(ledgers: Ledgers) -> None:
    """The connector writes in his name: what he types himself is still an edit, and no echo (guide, n° 10)."""
    [firm] = sample_companies(1, 4)
    with Town({"companies": [company(firm, 0, True)]}) as town, town.runtime(ledgers) as runtime:
        initialise(runtime)
        [one] = town.tiers()
        edit = {"auteur": "claire.martin@example.test", "corps": {"raison_sociale": "Tapé par Claire"}}
        town.altior("PATCH", f"tiers/{one['id']}", edit)
        assert town.tiers()[0]["modifie_par"] == "claire.martin@example.test"
        runtime.poll_feed(0)
        first_sync.drain_until_quiet(runtime)
        [here] = town.companies()
        assert here["name"] == "Tapé par Claire"
        town.forget_writes()
        sync(runtime)
        assert town.writes() == (0, 0)
