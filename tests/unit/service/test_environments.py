"""Environments are added whole or not at all, with addresses at which something can be called, and numbered once."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from altior_sellsy.clock import ManualClock
from altior_sellsy.errors import Final
from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.request import example, form
from altior_sellsy.service import environments, requests

CLOCK = ManualClock(datetime(2026, 3, 12, 8, 0, tzinfo=UTC))
ACCESS = environments.Access("http://127.0.0.1:1", "jeton", sellsy_secret="secret-de-test")


def added(ledgers: MemoryLedgers, folder: Path, number: int) -> str:
    """The number of its request."""
    path = folder / f"demande-{number}.xlsx"
    form.write(
        path, example.REQUEST.model_copy(update={"environment": f"Atelier {number}", "account_id": f"{number}00"})
    )
    ledger, _ = environments.add(ledgers, path, ACCESS, CLOCK)
    return ledger.request_versions()[0].number


def test_a_number_is_given_to_one_environment(tmp_path: Path) -> None:
    """It was the number of environments: after a removal the next one got a number that another one still had."""
    ledgers = MemoryLedgers(CLOCK)
    assert [added(ledgers, tmp_path, n) for n in (1, 2)] == ["DEM-2026-0001", "DEM-2026-0002"]
    ledgers.remove("atelier-1")
    assert added(ledgers, tmp_path, 3) == "DEM-2026-0003"
    again, _, _ = requests.submit(ledgers.open("atelier-2"), tmp_path / "demande-2.xlsx", "Claire", CLOCK)
    assert again.number == "DEM-2026-0002-2"
    assert added(ledgers, tmp_path, 4) == "DEM-2026-0004"


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("", "elle est vide"),
        ("  ", "elle est vide"),
        ("pas une url", "une espace"),
        ("http://a b/", "une espace"),
        ("http://a\nb/", "un caractère interdit"),
        ("altior.exemple.fr", "http:// ou https://"),
        ("ftp://altior.exemple.fr", "http:// ou https://"),
        ("http://", "le nom de la machine"),
        ("http://:8080/", "le nom de la machine"),
        ("http://[::1", "n'est pas valable"),
        ("http://altior..exemple.fr", "n'est pas valable"),
        (f"http://{'a' * 70}.fr", "n'est pas valable"),
        ("http://altior.exemple.fr:99999", "n'est pas valable"),
        ("http://altior.exemple.fr:0", "n'est pas valable"),
        ("http://altior.exemple.fr:é", "n'est pas valable"),
        ("https://claire:secret@altior.exemple.fr", "un identifiant devant « @ »"),
        ("https://altior.exemple.fr/?a=1", "« ? »"),
    ],
)
def test_an_address_at_which_nothing_can_be_called_is_refused(address: str, why: str) -> None:
    with pytest.raises(Final, match="--altior-url") as refused:
        environments.Access(address, "jeton")
    assert why in str(refused.value).replace("\N{NO-BREAK SPACE}", " ")
    assert "secret" not in str(refused.value)
    if address:
        for option in ("sellsy_url", "sellsy_login_url"):
            with pytest.raises(Final, match=f"--{option.replace('_', '-')}"):
                environments.Access("http://127.0.0.1:1", "jeton", **{option: address})


@pytest.mark.parametrize("address", ["https://altior.exemple.fr/api/v1/", "http://[::1]:8091", "http://é.exemple:80"])
def test_an_address_that_can_be_called_is_taken(address: str) -> None:
    assert environments.Access(address, "jeton", sellsy_url=address).altior_url == address
