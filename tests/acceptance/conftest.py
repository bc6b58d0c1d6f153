import pytest

from altior_sellsy.ledger.port import Ledgers


@pytest.fixture
def ledgers(transactional_db: None) -> Ledgers:
    """The ledger on PostgreSQL."""
    from altior_sellsy.ledger.django_app.store import DjangoLedgers

    return DjangoLedgers()
