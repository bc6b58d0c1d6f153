"""What the request asks for, as the checks read it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from altior_sellsy.request.model import Request


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table of one event. `establishment`: event 1 only. `defaulted`: it was left blank there."""

    event: int
    pipeline: str
    step: str
    establishment: str = ""
    cell: str | None = None
    defaulted: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """`cells`: defined name of a cell (request.fields) → «Général!B5»; `row_cells`: event → the cells of its rows'
    pipelines; `blank_rows`: indexes of the rows of event 1 that name no établissement of their own. All three empty
    when no document is at hand."""

    settings: Mapping[str, Any]
    environment: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)
    row_cells: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    blank_rows: frozenset[int] = frozenset()

    @classmethod
    def of(cls, request: Request) -> "Asked":
        first = request.events.get(1, ())
        return cls(
            settings=request.settings(),
            environment=request.environment,
            cells=request.cells,
            row_cells={number: tuple(row.cell for row in rows) for number, rows in request.events.items()},
            blank_rows=frozenset(index for index, row in enumerate(first) if not row.establishment),
        )

    def cell(self, name: str) -> str | None:
        return self.cells.get(name) or None

    @property
    def rows(self) -> list[Row]:
        """All rows, event by event."""
        found = []
        for key, rows in sorted(self.settings["deals"]["events"].items(), key=lambda item: int(item[0])):
            cells = self.row_cells.get(int(key), ())
            for index, row in enumerate(rows):
                found.append(
                    Row(
                        int(key),
                        row["pipeline"],
                        row["step"],
                        row.get("establishment", ""),
                        (cells[index] or None) if index < len(cells) else None,
                        int(key) == 1 and index in self.blank_rows,
                    )
                )
        return found

    @property
    def uses_deals(self) -> bool:
        return any(row.event == 1 for row in self.rows)

    def take(self, name: str) -> bool:
        """The answer to «export» or «import» of the third parties."""
        return bool(self.settings["tiers"][name])
