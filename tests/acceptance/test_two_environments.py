"""Two companies on one installation whose records bear the same numbers in both systems: what is done in one is neither
seen nor felt in the other."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from altior_sellsy.errors import Final
from altior_sellsy.ledger.model import Environment, EnvironmentStatus
from altior_sellsy.ledger.port import Ledger, Ledgers
from altior_sellsy.sandbox.altior.options import TOKEN
from altior_sellsy.sandbox.sellsy.settings import CLIENT_ID, CLIENT_SECRET
from altior_sellsy.service import choosing, decisions, explain, first_sync, plan_file, undoing
from altior_sellsy.service.plan_reading import records
from altior_sellsy.service.runtime import Runtime
from altior_sellsy.values.reference import Side
from tests.acceptance.every_case import every_case
from tests.acceptance.steps import BY, initialise, sync
from tests.acceptance.test_plan_is_kept import everything
from tests.acceptance.town import Town

OTHER = "boulangerie-morel"


class Morel(Town):
    """Another Sellsy account and another Altior, with the same people, numbers and names of records."""

    def environment(self, **tiers: Any) -> Environment:
        made = super().environment(**tiers)
        settings = made.settings | {"account_id": "97418"}
        return replace(made, name=OTHER, client="Boulangerie Morel", altior_name="Boulangerie Morel",
                       account_id="97418", settings=settings, webhook_token="autre")  # fmt: skip

    def at_work(self, ledgers: Ledgers) -> Runtime:
        ledger = ledgers.add(self.environment())
        for name, secret in (
            ("sellsy_client_id", CLIENT_ID),
            ("sellsy_client_secret", CLIENT_SECRET),
            ("altior_token", TOKEN),
            ("webhook_key", "autre-cle"),
        ):
            ledger.set_secret(name, secret)
        return Runtime(ledgers, ledger, self.clock, self.timing, transport=self.ground.transport)


def held(ledger: Ledger) -> Any:
    """All that an environment remembers, its own account's reading of the clock apart."""
    journal = ledger.journal(limit=100_000)
    return (
        ledger.environment(), ledger.all_pairs(), list(ledger.all_sightings()), ledger.cards(), journal, ledger.looks(),
        list(records(ledger)),
    )  # fmt: skip


def test_each_keeps_to_its_own(ledgers: Ledgers, tmp_path: Path) -> None:
    from altior_sellsy.ledger.django_app.store import DjangoLedgers

    cases = every_case(6)
    account = {"account": {"id": 97418, "uuid": "7f1c0a52-5f4c-4d0e-9c55-1b3f0d0a9b11", "name": "Boulangerie Morel"}}
    with (
        Town(cases.sellsy(), cases.altior(), served=False) as leo,
        Morel({**cases.sellsy(), "settings": account}, cases.altior(), served=False,
              altior_options={"environment": "Boulangerie Morel"}) as morel,
        leo.runtime(store := DjangoLedgers(leo.clock)) as mine,
        morel.at_work(store) as theirs,
    ):  # fmt: skip
        for runtime in (mine, theirs):
            first_sync.preview(runtime)
        initialise(theirs)
        stands, there = held(theirs.ledger), everything(morel)
        morel.forget_writes()
        # Everything that people may do in the one.
        first_sync.run(mine, BY, trial=5)
        with pytest.raises(Final):
            decisions.decide(mine.ledger, "sellsy:97418:company:3001", "leave_out", by=BY, clock=mine.clock)
        decisions.decide(mine.ledger, "sellsy:97417:company:3003", "leave_out", by=BY, clock=mine.clock)
        initialise(mine)
        choosing.choose(mine, choosing.Wish(types=["client"]), BY)
        sync(mine)
        for text in ("3001", "97418", "sellsy:97418:company:3001"):
            assert all("97418" not in str(found) for found in explain.explain(mine.ledger, text))
        plan_file.write(mine.ledger, tmp_path / "apercu.xlsx")
        written = openpyxl.load_workbook(tmp_path / "apercu.xlsx", read_only=True)
        cells = {str(cell) for sheet in written for row in sheet.iter_rows(values_only=True) for cell in row}
        assert any("97417" in cell for cell in cells)
        assert not any("97418" in cell for cell in cells)
        undoing.undo(mine, BY)
        assert mine.ledger.environment().status is EnvironmentStatus.NOT_ACTIVATED

        assert held(theirs.ledger) == stands
        assert everything(morel) == there
        assert morel.writes() == (0, 0)
        sync(theirs)
        assert morel.writes() == (0, 0)
        assert {pair.sellsy.owner for pair in theirs.ledger.all_pairs()} == {"97418"}
        assert {pair.reference(Side.ALTIOR).owner for pair in theirs.ledger.all_pairs()} == {OTHER}
