"""What a person is told who asks at an odd moment: of a record that is gone, of one that was unlinked, and while an
initialisation is undone."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from altior_sellsy.errors import Final, Refused
from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.sandbox.companies import sample_companies
from altior_sellsy.service import decisions, environments, full_sync, undoing
from altior_sellsy.service.explain import explain
from altior_sellsy.service.runtime import Runtime
from tests.acceptance.steps import BY, initialise, sync
from tests.acceptance.test_first_sync import company
from tests.acceptance.town import QUICK, Town

FIRST, SECOND = "sellsy:97417:company:3001", "sellsy:97417:company:3002"
TIMING = QUICK.model_copy(update={"gone_gap": 0.1})


@pytest.fixture
def town() -> Iterator[Town]:
    firms = [company(firm, number, True) for number, firm in enumerate(sample_companies(2, 21))]
    with Town({"companies": firms}, served=False, timing=TIMING) as town:
        yield town


@pytest.fixture
def runtime(town: Town) -> Iterator[Runtime]:
    with town.runtime(MemoryLedgers(town.clock)) as runtime:
        initialise(runtime)
        town.clock.sleep(timedelta(minutes=5).total_seconds())
        yield runtime


def test_a_record_that_was_deleted_is_said_to_be(town: Town, runtime: Runtime) -> None:
    """Only «Aucune fiche connue … vérifiez l'orthographe» was said, by the reference that the journal shows."""
    [before] = explain(runtime.ledger, FIRST)
    assert before.counterpart is not None
    town.sellsy("DELETE", "records/companies/3001")
    for _ in range(3):
        sync(runtime)
        town.clock.sleep(5)
    [told] = explain(runtime.ledger, FIRST)
    assert told.sentence.startswith(f"« {before.label} » a été supprimée dans Sellsy")
    assert (str(told.reference), told.code, told.counterpart) == (FIRST, "gone", None)
    assert told.as_json()["remedy"]
    assert explain(runtime.ledger, "sellsy:97417:company:9999") == []
    [kept] = explain(runtime.ledger, str(before.counterpart))
    assert kept.code == "unlinked"


def test_an_unlinked_record_is_linked_or_made_again_not_let_in(runtime: Runtime) -> None:
    """«Faire entrer. Ce sera fait …» was answered, and nothing ever happened."""
    clock = runtime.clock
    decisions.decide(runtime.ledger, FIRST, "unlink", by=BY, clock=clock)
    sync(runtime)
    [told] = explain(runtime.ledger, FIRST)
    assert "« altior-sellsy decide NOM RÉFÉRENCE link --to RÉFÉRENCE" in told.remedy
    with pytest.raises(Final, match=r"Décidez « create » .* ou « link »"):
        decisions.decide(runtime.ledger, FIRST, "let_in", by=BY, clock=clock)
    assert runtime.ledger.looks() == []
    decisions.decide(runtime.ledger, FIRST, "create", by=BY, clock=clock)
    sync(runtime)
    [again] = explain(runtime.ledger, FIRST)
    assert again.counterpart is not None


def test_a_sync_that_meets_a_pause_says_why_in_whole_sentences(town: Town, runtime: Runtime) -> None:
    town.sellsy("PATCH", "records/companies/3001", {"name": "Menuiserie Neuve"})

    def paused(what: str, done: int, total: int | None) -> None:
        if runtime.ledger.environment().paused_at is None:
            environments.pause(runtime.ledger, runtime.clock, BY, "annulation de l'initialisation")

    with pytest.raises(Refused, match=r"s'est mis en pause : annulation de l'initialisation\. Rien n'est perdu"):
        full_sync.run(runtime, paused)


def test_a_sync_during_which_the_initialisation_is_undone(town: Town, runtime: Runtime) -> None:
    town.sellsy("PATCH", "records/companies/3001", {"name": "Menuiserie Neuve"})
    asked: list[str] = []

    def undone(what: str, done: int, total: int | None) -> None:
        if not asked:
            asked.append(what)
            undoing.undo(runtime, BY)

    with pytest.raises(Refused, match="n'est plus activé : son initialisation vient d'être annulée"):
        full_sync.run(runtime, undone)
