"""A record that Sellsy shows in a shape that nobody can read: a card, no write, no closing; the others go on."""

import json
from typing import Any

from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.sandbox.companies import sample_companies
from altior_sellsy.sandbox.sellsy.app import Options, create_app
from altior_sellsy.sandbox.sellsy.scenario import Scenario
from altior_sellsy.sandbox.serving import Served
from tests.acceptance.steps import initialise, sync
from tests.acceptance.test_first_sync import company
from tests.acceptance.town import QUICK, Town

TIMING = QUICK.model_copy(update={"gone_gap": 0.1, "backoff_first": 0.05, "backoff_most": 0.2})


class Garbled:
    """ASGI: in every page, the records named have an object where a name should be."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self.ids: set[int] = set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        messages: list[Any] = []

        async def keep(message: Any) -> None:
            messages.append(message)

        if scope["type"] != "http" or scope["path"].startswith("/_sandbox") or not self.ids:
            await self._app(scope, receive, send)
            return
        await self._app(scope, receive, keep)
        body = b"".join(m.get("body", b"") for m in messages[1:])
        try:
            data = json.loads(body)
        except ValueError:
            data = None
        rows = data.get("data", []) if isinstance(data, dict) else []
        for row in rows:
            if isinstance(row, dict) and row.get("id") in self.ids and "legal_france" in row:
                row["legal_france"] = ["?"]
        if rows:
            body = json.dumps(data).encode()
        headers = [(k, v) for k, v in messages[0]["headers"] if k.lower() != b"content-length"]
        await send({**messages[0], "headers": [*headers, (b"content-length", str(len(body)).encode())]})
        await send({"type": "http.response.body", "body": body})


def test_an_unreadable_record_is_a_card_and_never_a_deletion() -> None:
    firms = sample_companies(6, 3)
    records = [company(firm, number, True) for number, firm in enumerate(firms)]
    garbled = Garbled(create_app(Options(scenario=Scenario(companies=records))))
    with Town(timing=TIMING) as town:
        empty, town.ground.sellsy = town.ground.sellsy, Served(garbled, date_header=False)
        empty.stop()
        town.ground.sellsy.start()
        garbled.ids = {3006}
        with town.runtime(MemoryLedgers()) as runtime:
            initialise(runtime)
            sync(runtime)
            assert {t["siret"] for t in town.tiers()} == {f.siret for f in firms[:5]}
            [card] = runtime.ledger.cards()
            assert (str(card.reference), card.code) == ("sellsy:97417:company:3006", "unreadable")

            garbled.ids = {3001}
            town.sellsy("PATCH", "records/companies/3001", {"name": "Illisible un moment"})
            town.sellsy("PATCH", "records/companies/3002", {"name": "Les autres continuent"})
            for _ in range(3):
                sync(runtime)
                runtime.clock.sleep(TIMING.gone_gap)
            names = {t["siret"]: t["raison_sociale"] for t in town.tiers()}
            assert len(names) == 6
            assert names[firms[0].siret] == firms[0].name
            assert names[firms[1].siret] == "Les autres continuent"
            [card] = runtime.ledger.cards()
            assert (str(card.reference), card.code) == ("sellsy:97417:company:3001", "unreadable")

            garbled.ids = set()
            sync(runtime)
            assert runtime.ledger.cards() == []
            names = {t["siret"]: t["raison_sociale"] for t in town.tiers()}
            assert names[firms[0].siret] == "Illisible un moment"
            town.forget_writes()
            sync(runtime)
            assert town.writes() == (0, 0)
