"""The conformance suite: does an implementation of altior.port.Altior keep what the port promises?

    from altior_sellsy.altior.conformance import Bench, conform
    outcomes = conform(Bench(altior, altior_as))

or, against a server that speaks the stand-in contract: `python -m altior_sellsy.altior.conformance --help`.
It writes: run it on a test environment. What it creates is named «Conformité …» and is archived at the end.
"""

from altior_sellsy.altior.conformance.bench import Backstage, Bench, Check, Outcome, Verdict
from altior_sellsy.altior.conformance.suite import CHECKS, conform

__all__ = ["CHECKS", "Backstage", "Bench", "Check", "Outcome", "Verdict", "conform"]
