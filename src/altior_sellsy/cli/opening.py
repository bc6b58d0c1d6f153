"""What most commands begin with: the database, the ledgers, one environment."""

import logging
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from altior_sellsy.ledger.port import Ledger, Ledgers
    from altior_sellsy.service.runtime import Runtime


def ledgers() -> "Ledgers":
    """Raises DatabaseTrouble, one French sentence."""
    from altior_sellsy.web import database

    if os.environ.get("ALTIOR_SELLSY_DEBUG") != "1":
        logging.disable(logging.WARNING)  # a command tells its one sentence; logs are for services
    database.prepare()
    from altior_sellsy.ledger.django_app.store import DjangoLedgers

    return DjangoLedgers()


def ledger(name: str) -> "Ledger":
    """Raises UnknownEnvironment."""
    from altior_sellsy.service.environments import opened

    return opened(ledgers(), name)


def runtime(name: str, *, quiet: bool = False) -> "Runtime":
    """One environment at work, for a person who waits and is told why; close it. `quiet`: stdout is for JSON, she is
    told on stderr. Raises UnknownEnvironment."""
    ledger(name)
    from altior_sellsy.cli.failing import say
    from altior_sellsy.cli.show import say as tell
    from altior_sellsy.service.runtime import open_runtime

    opened = open_runtime(name)
    opened.be_patient(say if quiet else tell)
    return opened
