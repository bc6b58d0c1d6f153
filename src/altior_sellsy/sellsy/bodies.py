"""Checks what is about to be sent against `writes`, and gives its JSON. A refusal looks like Sellsy's own. Pure."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from altior_sellsy.errors import Invalid

_SENTENCES = {
    "missing": "Ce champ est manquant",
    "extra_forbidden": "Ce champ est inconnu",
    "string_too_long": "{max_length} caractères au plus",
    "string_too_short": "{min_length} caractères au moins",
    "too_short": "{min_length} élément au moins",
    "too_long": "{max_length} éléments au plus",
    "literal_error": "Valeur non admise",
}


class Shape:
    """One body or filter shape. `json(body)` raises Invalid with path → French reason, and never shows the values."""

    def __init__(self, kind: Any) -> None:
        self._adapter: TypeAdapter[Any] = TypeAdapter(kind)

    def json(self, body: Any) -> Any:
        try:
            checked = self._adapter.validate_python(dict(body) if isinstance(body, Mapping) else body)
        except ValidationError as fault:
            fields = {
                ".".join(str(part) for part in error["loc"]): _SENTENCES.get(error["type"], "Valeur refusée").format(
                    **error.get("ctx", {})
                )
                for error in fault.errors(include_url=False, include_input=False)
            }
            names = ", ".join(sorted(fields))
            raise Invalid(f"Sellsy n'admet pas les valeurs préparées pour : {names}. Corrigez-les.", fields) from None
        return self._adapter.dump_python(checked, mode="json")
