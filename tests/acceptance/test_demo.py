"""`demo`: the whole story on this machine, told to its end, twice; and as a service until it is interrupted."""

import re
import signal
from pathlib import Path

import httpx2
import pytest

from tests.acceptance.commands import Commands, eventually


@pytest.fixture
def demo(folder: Path) -> Commands:
    """In a data folder of its own, with the embedded database. A database named outside is none of its business."""
    return Commands(
        folder,
        {
            "ALTIOR_SELLSY_DATA": str(folder / "données de démo"),
            "ALTIOR_SELLSY_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/somebody",
        },
    )


def ended(addresses: list[str]) -> bool:
    """Nobody listens there any more."""
    for address in addresses:
        try:
            httpx2.get(address, timeout=2)
        except httpx2.ConnectError:
            continue
        return False
    return True


def test_once_ends_with_a_report_and_a_sync_that_writes_nothing(demo: Commands) -> None:
    told = demo.right("demo", "--once")
    servers = re.findall(r"http://127\.0\.0\.1:\d+", told.out)
    assert len(set(servers)) == 2
    assert ended(servers)
    assert "réglages à créer dans Altior" in told.out
    assert "approuvée par Claire Martin (démonstration)" in told.out
    assert "Modifié dans Sellsy" in told.out
    assert "Modifié dans Altior" in told.out
    for said in ("est créée", "l'opportunité est passée à", "Elle y reste", "l'opportunité est gagnée"):
        assert said in told.out
    quiet = told.out.index("Une synchronisation de plus")
    assert "Écritures comptées par les serveurs eux-mêmes\N{NO-BREAK SPACE}: 0 dans Sellsy, 0 dans Altior." in told.out
    report = told.out[told.out.index("── Bilan") :]
    assert told.out.index("── Bilan") > quiet
    found = re.findall(r"^  (\S.+?)\s{2,}(\d+)\s", report, re.MULTILINE)
    tiers = {label: int(number) for label, number in found}
    # Forty firms in Sellsy and five private persons, one in two ticked, and what a deal brings; twenty
    # tiers, the first ten of them in both.
    assert tiers["Rapprochées sur le SIRET"] == 10
    assert tiers["Exportées d'Altior dans Sellsy"] + tiers["Exclue\N{NO-BREAK SPACE}: Type de tiers non exporté"] == 10
    assert tiers["Importées de Sellsy dans Altior"] >= 23 - 5
    assert any(label.startswith("Exclue") and "Synchronisation Altior" in label for label in tiers)
    assert "Cas à traiter\N{NO-BREAK SPACE}:" in report


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_it_serves_until_interrupted_and_runs_again(demo: Commands, unused_port: int) -> None:
    running = demo.start("demo", "--port", str(unused_port))
    try:
        assert running.stdout is not None
        said = ""
        while f"sur http://127.0.0.1:{unused_port}" not in said:
            line = running.stdout.readline()
            assert line, said + running.communicate()[1]
            said += line
        servers = re.findall(r"http://127\.0\.0\.1:\d+", said)[:2]
        assert "À vous" in said
        assert "tourne déjà" in demo.refused("demo", "--once")
        _live(servers[0], servers[1])
        running.send_signal(signal.SIGINT)
        _out, err = running.communicate(timeout=30)
        assert (running.returncode, err) == (0, "")
        eventually(lambda: ended(servers), "a sandbox goes on")
    finally:
        if running.poll() is None:
            running.kill()
            running.communicate()
    assert "── Bilan" in demo.right("demo", "--once").out


def _live(sellsy: str, altior: str) -> None:
    """What a person tries first: a company renamed in Sellsy arrives in Altior by itself."""
    with httpx2.Client(timeout=10) as http:
        path = f"{sellsy}/_sandbox/records/companies/3001"
        http.patch(path, json={"name": "Renommée en direct"}).raise_for_status()

        def arrived() -> bool:
            tiers = http.get(f"{altior}/_sandbox/tiers").json()["elements"]
            return any(one["raison_sociale"] == "Renommée en direct" for one in tiers)

        eventually(arrived, "the new name has not arrived in Altior")
