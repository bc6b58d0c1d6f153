import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from altior_sellsy.ledger.port import Ledgers
from tests.acceptance.commands import KEY, Commands
from tests.acceptance.forking import Forking


@pytest.fixture
def ledgers(transactional_db: None) -> Ledgers:
    """The ledger on PostgreSQL."""
    from altior_sellsy.ledger.django_app.store import DjangoLedgers

    return DjangoLedgers()


@pytest.fixture(scope="session")
def migrated(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The server's address and the name of a database that `migrate` has made ready, to be copied."""
    name = f"migrated_{secrets.token_hex(4)}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        url = _address(postgres_url, name)
        commands = Commands(
            tmp_path_factory.mktemp("migrate"), {"ALTIOR_SELLSY_DATABASE_URL": url, "ALTIOR_SELLSY_KEY": KEY}
        )
        assert "altior-sellsy migrate" in commands.refused("status")
        assert "à jour" in commands.right("migrate").out
        yield postgres_url, name
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture(scope="session")
def forks() -> Iterator[Forking]:
    forks = Forking()
    yield forks
    forks.stop()


@pytest.fixture
def commands(migrated: tuple[str, str], tmp_path: Path, forks: Forking) -> Iterator[Commands]:
    """The command line on a fresh, migrated database, without waits made for real servers."""
    server, template = migrated
    name = f"cli_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
        yield Commands(
            tmp_path,
            {
                "ALTIOR_SELLSY_DATABASE_URL": _address(server, name),
                "ALTIOR_SELLSY_KEY": KEY,
                "ALTIOR_SELLSY_TIMING": '{"echo_delay": 0, "call_deadline": 5}',
            },
            forks,
        )
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _address(server: str, database: str) -> str:
    return server.replace("/postgres?", f"/{database}?")
