"""The checks of both systems, run again every night: what breaks in a set-up that worked becomes a card, which closes
by itself when the check passes again."""

from typing import TYPE_CHECKING

from altior_sellsy.altior.port import Altior
from altior_sellsy.errors import ConnectorError
from altior_sellsy.ledger.model import Card
from altior_sellsy.ledger.port import Changes
from altior_sellsy.preflight.asked import Asked
from altior_sellsy.preflight.findings import Finding, Severity
from altior_sellsy.preflight.report import Report
from altior_sellsy.preflight.run import run as run_checks
from altior_sellsy.sellsy.port import Sellsy

if TYPE_CHECKING:
    from altior_sellsy.service.runtime import Runtime

PREFIX = "check:"
"""Code of a card made of a check: «check:field_missing»; its field is what it concerns (a value, a pipeline)."""
TOLD = frozenset({Severity.WARNING, Severity.BLOCKING})


def report(runtime: "Runtime") -> Report:
    """The checks as they stand now. A system that cannot be reached is itself a finding."""
    environment = runtime.ledger.environment()
    pinned, active = None, environment.activated_at is not None
    if active:
        pinned = {"account_id": environment.account_id, "account_uuid": environment.account_uuid}
    with runtime.hurried(runtime.timing.person_quota):  # they repeat what fails themselves, for two seconds
        return run_checks(
            Asked(settings=environment.settings, environment=environment.altior_name),
            _sellsy(runtime),
            _altior(runtime),
            runtime.clock,
            pinned=pinned,
            approved=environment.settings.get("resolved") if active else None,
        )


def _sellsy(runtime: "Runtime") -> Sellsy | Exception:
    try:
        return runtime.sellsy
    except ConnectorError as error:
        return error


def _altior(runtime: "Runtime") -> Altior | Exception:
    try:
        return runtime.altior
    except ConnectorError as error:
        return error


def nightly(runtime: "Runtime") -> bool:
    """Could both systems be checked? Writes to neither."""
    checked = report(runtime)
    found = [f for f in checked.findings if f.severity in TOLD]
    now = runtime.clock.now()
    changes = Changes()
    for card in runtime.ledger.cards():
        if card.code.startswith(PREFIX):
            changes.close_cards.append((None, card.code, card.field_name))
    for finding in found:
        changes.cards.append(
            Card(
                reference=None,
                code=PREFIX + finding.code,
                field_name=_concerns(finding),
                sentence=finding.sentence,
                remedy=finding.remedy,
                data={"severity": finding.severity.value, "where": finding.where.value},
                at=now,
            )
        )
    # A card that the same commit opens again is not closed: it counts on.
    runtime.ledger.commit(changes, None)
    return checked.complete


def _concerns(finding: Finding) -> str:
    """Two findings of one code are told apart by their sentence."""
    return finding.cell or finding.sentence[:120]
