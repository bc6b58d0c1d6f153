"""Sellsy's error envelope and its French texts (FACTS 8). `details` is an empty list when there are none."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

MISSING = "Ce champ est manquant"
UNKNOWN = "Ce champ est inconnu"
EMAIL_TAKEN = "Cette adresse email est déjà utilisée sur l'un de vos collaborateurs"


class ApiError(Exception):
    """Answered as `{"error": {...}}` with its status."""

    def __init__(
        self,
        status: int,
        message: str,
        details: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.details = dict(details or {})
        self.headers = dict(headers or {})

    def body(self) -> dict[str, Any]:
        details: Any = self.details or []
        return {"error": {"code": self.status, "message": self.message, "details": details, "context": None}}


def not_found() -> ApiError:
    return ApiError(404, "Not Found")


def invalid(details: Mapping[str, str]) -> ApiError:
    """400 that names each field at fault. A missing first field is said in the message, as recorded."""
    field, text = next(iter(details.items()))
    if text == MISSING:
        return ApiError(400, f"Le contenu de la requête est invalide: le champ '{field}' est manquant.", details)
    return ApiError(400, "Validations errors", details)


def from_pydantic(error: ValidationError, prefix: str = "") -> ApiError:
    details: dict[str, str] = {}
    for item in error.errors(include_url=False):
        path = ".".join(str(part) for part in item["loc"])
        details.setdefault(f"{prefix}{path}" or "body", _french(item["type"], item.get("ctx") or {}, item["msg"]))
    return invalid(details)


def _french(kind: str, context: Mapping[str, Any], message: str) -> str:
    if kind == "value_error":
        return str(context["error"])
    text = _TEXTS.get(kind)
    return text.format(**context) if text else f"Cette valeur n'est pas valide ({message})"


_TEXTS = {
    "missing": MISSING,
    "extra_forbidden": UNKNOWN,
    "string_type": "Cette valeur doit être de type string",
    "int_type": "Cette valeur doit être de type integer",
    "bool_type": "Cette valeur doit être de type boolean",
    "list_type": "Cette valeur doit être de type array",
    "dict_type": "Cette valeur doit être de type object",
    "model_type": "Cette valeur doit être de type object",
    "model_attributes_type": "Cette valeur doit être de type object",
    "string_too_short": "Cette chaîne est trop courte. Elle doit avoir au minimum {min_length} caractères",
    "string_too_long": "Cette chaîne est trop longue. Elle doit avoir au maximum {max_length} caractères",
    "string_pattern_mismatch": "Cette valeur n'est pas valide",
    "literal_error": "Cette valeur doit être l'un des choix proposés : {expected}",
    "greater_than_equal": "Cette valeur doit être supérieure ou égale à {ge}",
    "less_than_equal": "Cette valeur doit être inférieure ou égale à {le}",
    "too_short": "Cette collection doit contenir {min_length} élément(s) ou plus",
    "too_long": "Cette collection doit contenir {max_length} élément(s) ou moins",
}
