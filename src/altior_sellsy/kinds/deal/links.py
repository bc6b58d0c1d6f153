"""What a deal points to (its third party, its contacts), spoken of by Sellsy's references on both sides."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from altior_sellsy.values.reference import Reference

Pairs = Callable[[Iterable[Reference]], Mapping[Reference, Reference]]
"""References of either side → the reference their pair has on the other, for those that are paired."""


def unpaired(references: Iterable[Reference]) -> Mapping[Reference, Reference]:
    return {}


@dataclass(frozen=True, slots=True)
class Links:
    """The pairs of what a page of deals points to, looked up at once."""

    others: Mapping[Reference, Reference] = field(default_factory=dict)

    def paired(self, references: Iterable[Reference]) -> list[Reference]:
        return [one for one in references if one in self.others]

    def texts(self, references: Iterable[Reference]) -> list[str]:
        """The paired ones, as they stand here, as a set field holds them."""
        return sorted(str(one) for one in self.paired(references))

    def others_of(self, references: Iterable[Reference]) -> list[str]:
        """The paired ones, as they are called on the other side."""
        return sorted(str(self.others[one]) for one in self.paired(references))


def looked_up(pairs: Pairs, references: Sequence[Reference]) -> Links:
    return Links(pairs(set(references)) if references else {})
