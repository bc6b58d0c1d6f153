"""Bodies are held to Sellsy's own document, as the client does before it sends them."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from altior_sellsy.errors import Invalid
from altior_sellsy.sellsy import writes


def checked(shape: str, body: Mapping[str, Any]) -> dict[str, Any]:
    adapter: TypeAdapter[Any] = TypeAdapter(getattr(writes, shape))
    try:
        valid = adapter.validate_python(dict(body))
    except ValidationError as error:
        fields = {".".join(str(part) for part in one["loc"]): one["msg"] for one in error.errors()}
        raise Invalid("Sellsy refuse les valeurs envoyées.", fields) from None
    shown: dict[str, Any] = adapter.dump_python(valid)
    return shown
