"""What the checks found, for the console, the command line and the ledger."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from altior_sellsy.preflight.checks_pipelines import Resolution
from altior_sellsy.preflight.findings import Finding, Severity, Where, count, french

_COUNTED = {
    Severity.BLOCKING: ("bloquant", "bloquants"),
    Severity.WARNING: ("avertissement", "avertissements"),
    Severity.EYE: ("à vérifier à l'œil", "à vérifier à l'œil"),
    Severity.NOTICE: ("à savoir", "à savoir"),
    Severity.OK: ("en ordre", "en ordre"),
}


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose account and whose access these are: pinned when the environment is activated. Texts may be empty."""

    account_id: str = ""
    account_uuid: str = ""
    account_name: str = ""
    access_name: str = ""
    access_type: str = ""
    staff_id: str = ""
    staff_name: str = ""
    staff_email: str = ""

    def as_json(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Report:
    """`resolution`: what the approved configuration keeps; partial while something blocks."""

    at: datetime
    findings: tuple[Finding, ...]
    identity: Identity = field(default_factory=Identity)
    resolution: Resolution = field(default_factory=Resolution)
    complete: bool = True
    """Both systems were read."""

    @property
    def blocking(self) -> bool:
        """Nothing may be activated: something blocks, or one of the two systems was not checked."""
        return not self.complete or any(finding.severity is Severity.BLOCKING for finding in self.findings)

    @property
    def pipelines(self) -> dict[str, Any]:
        return self.resolution.as_json()

    def counts(self) -> dict[Severity, int]:
        """Gravest first; severities without a finding are left out."""
        counted = Counter(finding.severity for finding in self.findings)
        return {severity: counted[severity] for severity in reversed(Severity) if counted[severity]}

    def of(self, where: Where) -> list[Finding]:
        """Gravest first, then in the guide's order."""
        gravity = list(reversed(Severity))
        mine = [finding for finding in self.findings if finding.where is where]
        return sorted(mine, key=lambda finding: (gravity.index(finding.severity), finding.statement))

    def as_json(self) -> dict[str, Any]:
        return {
            "at": self.at.isoformat(),
            "blocking": self.blocking,
            "complete": self.complete,
            "counts": {severity.value: number for severity, number in self.counts().items()},
            "findings": [finding.as_json() for finding in self.findings],
            "identity": self.identity.as_json(),
            "pipelines": self.pipelines,
        }

    def lines(self) -> Iterator[str]:
        """Text for a terminal."""
        yield f"Vérifications{french(' :')} {self._told(self.findings)}"
        for where in Where:
            findings = self.of(where)
            if not findings:
                continue
            yield ""
            yield f"{where.heading} ({self._told(findings)})"
            for finding in findings:
                cell = f" [{finding.cell}]" if finding.cell else ""
                yield f"  {finding.severity.symbol} {finding.title}{cell}{french(' :')} {finding.sentence}"
                if finding.remedy:
                    yield f"      → {finding.remedy}"
        repairable = len({finding.repair.key for finding in self.findings if finding.repair})
        if repairable:
            yield ""
            yield french(
                f"Le connecteur peut créer {count(repairable, 'réglage manquant', 'réglages manquants')} dans Altior "
                "(« preflight NOM --repair »)."
            )

    @staticmethod
    def _told(findings: "tuple[Finding, ...] | list[Finding]") -> str:
        counted = Counter(finding.severity for finding in findings)
        parts = [count(counted[severity], *words) for severity, words in _COUNTED.items() if counted[severity]]
        return ", ".join(parts) or "rien à vérifier"
