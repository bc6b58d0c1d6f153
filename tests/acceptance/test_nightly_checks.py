"""What breaks in a set-up that worked becomes a card, and the card closes when it works again."""

from altior_sellsy.ledger.port import Ledgers
from altior_sellsy.service import checks
from tests.acceptance.steps import initialise
from tests.acceptance.town import Town


def test_a_broken_set_up_is_told_once_and_closes_by_itself(ledgers: Ledgers) -> None:
    with Town() as town, town.runtime(ledgers) as runtime:
        initialise(runtime)
        checks.nightly(runtime)
        before = {c.code for c in runtime.ledger.cards()}

        town.altior("PUT", "utilisateurs/claire.martin@example.test", {"actif": False, "administrateur": True})
        town.forget_writes()
        checks.nightly(runtime)
        checks.nightly(runtime)
        [card] = [c for c in runtime.ledger.cards() if c.code not in before]
        assert card.code.startswith("check:")
        assert card.count == 2
        assert "claire.martin@example.test" in card.sentence
        assert card.remedy
        assert town.writes() == (0, 0)

        town.altior("PUT", "utilisateurs/claire.martin@example.test", {"actif": True, "administrateur": True})
        checks.nightly(runtime)
        assert {c.code for c in runtime.ledger.cards()} == before


def test_an_unreachable_system_is_a_card_not_a_crash(ledgers: Ledgers) -> None:
    with Town() as town, town.runtime(ledgers) as runtime:
        initialise(runtime)
        town.ground.altior.stop()
        assert not checks.nightly(runtime), "so that it is tried again before tomorrow"
        assert any(c.code.startswith("check:") and c.data["where"] == "Altior" for c in runtime.ledger.cards())
