"""The leaves of what Sellsy answers: numbers may come as text, PHP sends an empty map as `[]`, enums may grow.

A missing key is not null (FACTS 5 and 8): every model tells them apart by `model_fields_set`.
"""

import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator


def _id(value: Any) -> str | None:
    """Ids are opaque text in the product, whatever their JSON type; 0 and "" mean none."""
    if isinstance(value, bool) or not isinstance(value, int | str | None):
        raise ValueError("not an id")
    text = "" if value is None else str(value).strip()
    return None if text in ("", "0") else text


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        return value if value.isascii() else unicodedata.normalize("NFC", value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("not a text")
    return str(value)


def instant(value: Any) -> datetime | None:
    """ISO 8601 with the account's offset → UTC. None for null, empty and dates that are none («0000-00-00»)."""
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if not isinstance(value, str):
        return None
    try:
        parsed = datetime.fromisoformat(value.strip())
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _day(value: Any) -> date | None:
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value.strip()[:10])
    except ValueError:
        return None


def flag(value: Any) -> bool | None:
    """True and False in the spellings Sellsy uses («true», "1", 1); anything else is unknown."""
    if isinstance(value, str):
        value = {"true": True, "1": True, "false": False, "0": False}.get(value.strip().casefold())
    return bool(value) if isinstance(value, bool) or value in (0, 1) else None


def _whole(value: Any) -> int | None:
    try:
        return None if value is None or isinstance(value, bool) else int(Decimal(str(value)))
    except (InvalidOperation, ValueError, OverflowError):
        return None


def _decimal(value: Any) -> Decimal | None:
    try:
        number = None if value is None or isinstance(value, bool) else Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None


def _many(value: Any) -> Any:
    """null is no rows; PHP sends a list with gaps as an object."""
    if value is None:
        return []
    return list(value.values()) if isinstance(value, dict) else value


T = TypeVar("T")
Many = Annotated[list[T], BeforeValidator(_many)]
Id = Annotated[str, BeforeValidator(_id)]
MaybeId = Annotated[str | None, BeforeValidator(_id)]
Text = Annotated[str | None, BeforeValidator(_text)]
Instant = Annotated[datetime | None, BeforeValidator(instant)]
Day = Annotated[date | None, BeforeValidator(_day)]
Flag = Annotated[bool | None, BeforeValidator(flag)]
Whole = Annotated[int | None, BeforeValidator(_whole)]
Amount = Annotated[Decimal | None, BeforeValidator(_decimal)]


class Read(BaseModel):
    """Base of all that is read: unknown keys are dropped, `[]` in place of an object is an empty object."""

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _empty_map(cls, data: Any) -> Any:
        return {} if data == [] else data

    def has(self, name: str) -> bool:
        """Was the key in the answer (null included)? A missing key is unknown, not empty."""
        return name in self.__pydantic_fields_set__
