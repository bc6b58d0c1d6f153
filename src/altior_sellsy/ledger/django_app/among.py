"""`reference__among=[…]`: one of many texts, sent as one array. Django's `in` makes a parameter of each, which costs
more in Python than the search costs in PostgreSQL, and a plan of its own for each number of them."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Lookup, TextField


@TextField.register_lookup
class Among(Lookup):
    lookup_name = "among"

    def __init__(self, lhs: Any, rhs: Iterable[object]) -> None:
        super().__init__(lhs, [str(one) for one in rhs])

    def get_prep_lookup(self) -> Any:
        return self.rhs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", (*parameters, self.rhs)
