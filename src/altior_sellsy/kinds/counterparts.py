"""What is paired with what, as the runtime tells it to the kinds that point to other records."""

from collections.abc import Callable, Iterable, Mapping

from altior_sellsy.values.reference import Reference

Counterparts = Callable[[Iterable[Reference]], Mapping[Reference, tuple[Reference, ...]]]
"""References of one side → their paired references on the other, the sales side first; unpaired ones are missing."""


def nothing_paired(references: Iterable[Reference]) -> Mapping[Reference, tuple[Reference, ...]]:
    return {}
