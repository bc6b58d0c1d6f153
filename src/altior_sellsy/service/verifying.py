"""The checks of both systems as a person asks for them: what the configuration needs of them is kept in the ledger."""

from altior_sellsy.ledger.port import Changes
from altior_sellsy.preflight.report import Report
from altior_sellsy.service import checks
from altior_sellsy.service.runtime import Runtime

RESOLVED = "resolved"
"""Key of the environment's settings: ids of pipelines, steps and établissements (preflight.Resolution)."""


def verify(runtime: Runtime) -> Report:
    """Writes to neither system. Before activation the account's uuid and the ids that the names mean are kept;
    afterwards they are the approved ones, to which what is found is compared, until a newly validated request asks for
    other pipelines: then they are found anew."""
    report = checks.report(runtime)
    environment = runtime.ledger.environment()
    if environment.activated_at is not None and RESOLVED in environment.settings:
        return report
    changed: dict[str, object] = {}
    if report.identity.account_uuid and report.identity.account_uuid != environment.account_uuid:
        changed["account_uuid"] = report.identity.account_uuid
    if report.complete and environment.settings.get(RESOLVED) != report.pipelines:
        changed["settings"] = {**environment.settings, RESOLVED: report.pipelines}
    if changed:
        runtime.ledger.commit(Changes(environment=changed), None)
    return report
