"""An ERP's judgement of one value: what it takes, as it keeps it, or why it refuses it, in French."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from stdnum.exceptions import ValidationError
from stdnum.fr import siren, siret

from altior_sellsy.sandbox.altior.shapes import Field
from altior_sellsy.sandbox.altior.store import Store

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_COUNTRY = re.compile(r"[A-Z]{2}")


class RefusedError(Exception):
    """The whole write of one record is refused. `fields`: place in `corps` → sentence. `holder`: the id of the record
    that is in the way."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        fields: Mapping[str, str] | None = None,
        holder: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.fields, self.holder = dict(fields or {}), holder

    def body(self) -> dict[str, Any]:
        error: dict[str, Any] = {"code": self.code, "message": self.message, "champs": self.fields}
        if self.holder is not None:
            error["porteur"] = self.holder
        return error


class Unfit(Exception):
    """One value is refused: the sentence."""


def checked(store: Store, field: Field, value: Any, length: int | None = None) -> Any:
    """The value as it is kept. Raises Unfit."""
    if value is None or (value == "" and field.type != "bool"):
        if field.required:
            raise Unfit("Champ obligatoire.")
        return field.empty
    match field.type:
        case "bool":
            return _of(bool, value, "oui ou non (true ou false)")
        case "percent":
            if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 100:
                raise Unfit("Un nombre entier de 0 à 100 est attendu.")
            return value
        case "choices" | "lists":
            return _several(store, field, value)
    text = _of(str, value, "un texte")
    if any(ord(c) < 32 and c not in "\n\r\t" for c in text) or any(0xD800 <= ord(c) < 0xE000 for c in text):
        raise Unfit("Le texte contient un caractère interdit.")
    most = length or field.length
    if most and len(text) > most:
        raise Unfit(f"Trop long de {len(text) - most} caractères (au plus {most}).")
    return _text(store, field, text)


def _of(type: type[Any], value: Any, what: str) -> Any:
    if not isinstance(value, type):
        raise Unfit(f"Valeur inattendue, {what} est attendu.")
    return value


def _several(store: Store, field: Field, value: Any) -> list[str]:
    values = _of(list, value, "une liste")
    if field.required and not values:
        raise Unfit("Champ obligatoire.")
    one = Field("choice" if field.type == "choices" else "list", of=field.of, choices=field.choices)
    return list(dict.fromkeys(checked(store, one, each) for each in values if each))


def _text(store: Store, field: Field, text: str) -> str:
    match field.type:
        case "choice":
            if text not in field.choices:
                raise Unfit(f"« {text} » n'est pas admis. Valeurs possibles : {', '.join(field.choices)}.")
        case "list":
            if not any(value["titre"] == text for value in store.directory["listes"][field.of]):
                raise Unfit(f"« {text} » n'existe pas dans le paramétrage ({field.of}).")
        case "user":
            return _user(store, text)
        case "establishment":
            if not any(each["id"] == text for each in store.directory["etablissements"]):
                raise Unfit(f"L'établissement {text} n'existe pas.")
        case "tiers":
            if text not in store.of("tiers"):
                raise Unfit(f"Le tiers {text} n'existe pas ou a été supprimé.")
        case "siret" | "siren":
            return _number(siret if field.type == "siret" else siren, field.type, text)
        case "email" if not _EMAIL.fullmatch(text):
            raise Unfit(f"« {text} » n'est pas une adresse e-mail.")
        case "country" if not _COUNTRY.fullmatch(text):
            raise Unfit("Le pays s'écrit en deux lettres capitales (FR).")
        case "date":
            try:
                return date.fromisoformat(text).isoformat()
            except ValueError:
                raise Unfit("La date s'écrit AAAA-MM-JJ.") from None
        case "amount":
            return _amount(text)
    return text


def _user(store: Store, email: str) -> str:
    for user in store.directory["utilisateurs"]:
        if user["email"].casefold() == email.casefold():
            if not user["actif"]:
                raise Unfit(f"L'utilisateur {email} est inactif.")
            return str(user["email"])
    raise Unfit(f"L'utilisateur {email} n'existe pas.")


def _number(module: Any, name: str, text: str) -> str:
    try:
        number = str(module.validate(text))
    except ValidationError:
        raise Unfit(f"Numéro {name.upper()} invalide (longueur ou clé de contrôle).") from None
    if not number.strip("0"):
        raise Unfit(f"Numéro {name.upper()} invalide (il n'est fait que de zéros).")
    return number


def _amount(text: str) -> str:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise Unfit("Le montant s'écrit « 1200.00 ».") from None
    if not amount.is_finite() or abs(amount) >= 10**12:
        raise Unfit("Le montant est hors limites.")
    return str(amount.quantize(Decimal("0.01")))
