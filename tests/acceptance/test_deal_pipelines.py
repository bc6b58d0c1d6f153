"""Pipelines of opportunities: configured or not, their steps changed in Sellsy, approved anew."""

from altior_sellsy.ledger.model import Look, State
from altior_sellsy.ledger.port import Changes, Ledgers
from altior_sellsy.service.verifying import verify
from altior_sellsy.values.reference import Reference, Side
from tests.acceptance.deal_town import Later, codes, running, standing
from tests.acceptance.steps import sync


def test_unconfigured_pipelines_are_left_alone(ledgers: Ledgers) -> None:
    with running(ledgers, step=1103) as (town, runtime):
        other = {"name": "Ailleurs", "pipeline": 12, "step": 1203, "related": [{"type": "company", "id": 3001}]}
        town.sellsy("POST", "records/opportunities", other)
        sync(runtime)
        assert len(town.affaires()) == 1
        town.move(pipeline=12, step=1205)
        town.forget_writes()
        sync(runtime)
        assert town.writes() == (0, 0)
        assert standing(runtime) == (State.EXCLUDED, "pipeline_not_configured")
        assert town.affaire()["champs_personnalises"]["PIPE"] == "Commercial"
        town.move(pipeline=11, step=1104)
        sync(runtime)
        assert town.affaire()["champs_personnalises"]["ETAP"] == "Négociation"
        town.quiet(runtime)


def test_steps_reordered_pause_the_pipeline_and_fire_nothing(ledgers: Ledgers) -> None:
    with running(ledgers, step=1103) as (town, runtime):
        town.reorder(1105)
        town.move(name="Autre nom")
        town.forget_writes()
        sync(runtime)
        assert town.writes() == (0, 0)
        assert standing(runtime, "Autre nom") == (State.WAITING, "pipeline_paused")
        assert codes(runtime) == {"pipeline_changed"}
        town.reorder()
        sync(runtime)
        assert codes(runtime) == set()
        assert town.affaire()["nom"] == "Autre nom"
        assert town.affaire()["etat"] == "en_cours"


def test_an_opportunity_that_moves_is_planned_by_steps_read_just_now(ledgers: Ledgers) -> None:
    with running(ledgers) as (town, runtime):
        town.reorder(1102)
        town.move(step=1103)
        with town.runtime(ledgers, Later(runtime.timing.steps_fresh + 1)) as later:
            opportunity = Reference(Side.SELLSY, later.ledger.environment().account_id, "opportunity", "101")
            later.ledger.mark([Look(opportunity, "deal", reason="webhook updated", due=later.clock.now(), live=True)])
            later.drain()
            assert town.affaires() == []
            assert codes(later) == {"pipeline_changed"}


def test_where_nothing_moves_the_steps_are_read_once_an_hour(ledgers: Ledgers) -> None:
    def turn(seconds: float) -> int:
        town.sellsy("DELETE", "calls")
        with town.runtime(ledgers, Later(seconds)) as later:
            later.schedules(later.clock.now())
        calls = town.sellsy("GET", "calls")["by"]
        assert calls["POST /v2/opportunities/search"] == 2
        return int(calls.get("GET /v2/opportunities/pipelines/{pipeline:int}/steps", 0))

    with running(ledgers) as (town, runtime):
        sync(runtime)
        turn(0)  # the nightly checks, too
        town.reorder(1102)
        assert [turn(1000), turn(2000), turn(3000)] == [0, 0, 0]
        assert codes(runtime) == set()
        assert turn(4000) == 1
        assert codes(runtime) == {"pipeline_changed"}


def test_steps_that_a_person_approves_as_they_are_now_let_the_pipeline_go_on(ledgers: Ledgers) -> None:
    with running(ledgers, step=1103) as (town, runtime):
        town.reorder(1102)
        town.move(name="Autre nom")
        sync(runtime)
        assert standing(runtime, "Autre nom") == (State.WAITING, "pipeline_paused")
        settings = {k: v for k, v in runtime.ledger.environment().settings.items() if k != "resolved"}
        runtime.ledger.commit(Changes(environment={"settings": settings}), None)  # a request validated again
        verify(runtime)
        order = runtime.ledger.environment().settings["resolved"]["order"]
        assert order == {"11": ["1102", "1101", "1103", "1104", "1105"]}
        runtime.close()
        sync(runtime)
        assert codes(runtime) == set()
        assert town.affaire()["nom"] == "Autre nom"
        town.quiet(runtime)


def test_zero_configured_pipelines_is_valid(ledgers: Ledgers) -> None:
    with running(ledgers, events={"1": [], "2": [], "3": [], "4": []}, step=1103) as (town, runtime):
        town.move(step=1105, status="won")
        sync(runtime)
        assert town.affaires() == []
        assert [binding.kind.name for binding in runtime.engine.bindings if binding.kind.name == "deal"] == []
        town.quiet(runtime)
