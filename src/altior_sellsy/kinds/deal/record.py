"""The deal as data: its fields, their families, and who is right before and after it is won (design 6; rules R5, R26).

`third_party` and `contacts` hold Sellsy references as text, whichever side shows them. `number`, `pipe`, `etap`,
`third_party` and `establishment` only descend. Neither won nor the step is a field: they are milestones.
"""

from collections.abc import Mapping

from altior_sellsy.kinds.field import DEFAULT_POLICY, Family, Field
from altior_sellsy.kinds.kind import Kind
from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.ledger.model import Pair, Value
from altior_sellsy.values import amount
from altior_sellsy.values.reference import Side

DERIVED = ("pipe", "etap")
"""Names of the pipeline and the step: Sellsy always wins."""
MARKS = "marks"


def exact(a: Value, b: Value) -> bool:
    return a == b


def same_amount(a: Value, b: Value) -> bool:
    if a == b:
        return True
    left, right = (amount.parse(value) if isinstance(value, str) else None for value in (a, b))
    return left is not None and left == right


def _exact(name: str, label: str, family: Family = Family.DEAL, *, ascends: bool = True) -> Field:
    return Field(name, label, family, same=exact, arrived=exact, ascends=ascends)


DEAL = Kind(
    name="deal",
    label="Affaire",
    plural="Affaires",
    fields=(
        Field("name", "Nom", Family.DEAL),
        _exact("number", "Numéro", ascends=False),
        _exact("third_party", "Tiers", ascends=False),
        _exact("establishment", "Établissement", ascends=False),
        Field("amount", "Montant potentiel", Family.AMOUNT, same=same_amount, arrived=same_amount),
        _exact("probability", "Probabilité"),
        _exact("due_date", "Date d'échéance"),
        _exact("status", "Statut"),
        _exact("owner", "Collaborateur affecté", Family.OWNER),
        Field("contacts", "Contacts", Family.DEAL, is_set=True),
        Field("note", "Note", Family.NOTE),
        Field("pipe", "Pipeline", Family.DERIVED, ascends=False),
        Field("etap", "Étape", Family.DERIVED, ascends=False),
    ),
    scanned_in_part=frozenset({Side.SELLSY}),
    gated=False,
)
OF_THE_DEAL = (Family.DEAL, Family.OWNER, Family.NOTE, Family.AMOUNT)


def policy_for(pair: Pair, snapshots: Mapping[Side, Snapshot]) -> Mapping[Family, Side]:
    """Sellsy until won, then Altior; the amount is Altior's once a devis exists (design 7.4). Judged by what both sides
    had agreed on before, which the marks of the pair say, never by the edit that is being judged."""
    marks = pair.bindings.get(MARKS, {})
    policy = dict(DEFAULT_POLICY) | dict.fromkeys(OF_THE_DEAL, Side.SELLSY)
    if 3 in marks.get("fired", {}).get(Side.ALTIOR.value, ()):
        policy |= dict.fromkeys(OF_THE_DEAL, Side.ALTIOR)
    if marks.get("quoted"):
        policy[Family.AMOUNT] = Side.ALTIOR
    return policy
