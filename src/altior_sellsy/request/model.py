"""The completed request: answers that every rule accepts, as typed values."""

from typing import Any

from pydantic import BaseModel, ConfigDict, SecretStr

from altior_sellsy.request.answers import Answers, Choice, Row, account_id, choice, email, minutes, override, secret
from altior_sellsy.request.fields import EVENTS, FORM_VERSION, IN_CONSOLE
from altior_sellsy.request.mapping import LINES, line
from altior_sellsy.values.text import fold

EXPORT_ROLES = ["client", "prospect"]
"""Roles whose new Altior tiers are created in Sellsy (rules R4); suppliers only once someone asks for them."""


class EventRow(BaseModel):
    """A pipeline tied to an event by its step, as Sellsy's screen names both. `cell`: where the pipeline was written,
    for whoever checks it against Sellsy. `establishment`: event 1 only; None = the request's own."""

    model_config = ConfigDict(frozen=True)

    pipeline: str
    step: str
    establishment: str | None = None
    cell: str = ""


class Request(BaseModel):
    """`siret` None = «Sans objet». `overrides`: mapping line → value, None for «—»; lines kept standard are absent.
    `client_secret` None = given in the console. `cells`: input name → «Général!B5»."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    client: str
    environment: str
    referent: str | None = None
    reference_user: str
    establishment: str
    account_id: str
    client_id: str
    client_secret: SecretStr | None = None
    tiers_export: bool
    tiers_import: bool
    siret: bool | None = None
    archiving: bool = False
    contact_notes: bool = False
    overrides: dict[str, str | None] = {}
    deals_import: bool = False
    deals_grace: int = 0
    """Minutes that an opportunity stays at event 1 before its affaire is made."""
    events: dict[int, tuple[EventRow, ...]] = {}
    form_version: int = FORM_VERSION
    cells: dict[str, str] = {}

    @property
    def slug(self) -> str:
        """The environment's name on the command line: «Menuiserie Léo» → «menuiserie-leo»."""
        return slug(self.environment)

    @property
    def uses_deals(self) -> bool:
        return bool(self.events.get(1))

    def mapping(self) -> dict[str, str | None]:
        """Every line → Altior's effective value; "" = left empty there, None = not synchronised."""
        return {one.number: self.overrides.get(one.number, one.standard) for one in LINES}

    def settings(self) -> dict[str, Any]:
        """What the engine reads, as JSON; no secret. Event 1 always names its establishment."""
        return {
            "reference_user": self.reference_user,
            "establishment": self.establishment,
            "account_id": self.account_id,
            "referent": self.referent or "",
            "tiers": {
                "export": self.tiers_export,
                "import": self.tiers_import,
                "siret": self.siret,
                "archiving": self.archiving,
                "contact_notes": self.contact_notes,
            },
            "mapping": self.mapping(),
            "deals": {
                "import": self.deals_import,
                "grace_minutes": self.deals_grace,
                "events": {str(event.number): self._rows(event.number) for event in EVENTS},
            },
            "export_roles": list(EXPORT_ROLES),
        }

    def _rows(self, number: int) -> list[dict[str, str]]:
        rows = self.events.get(number, ())
        if number != 1:
            return [{"pipeline": row.pipeline, "step": row.step} for row in rows]
        return [
            {"pipeline": row.pipeline, "step": row.step, "establishment": row.establishment or self.establishment}
            for row in rows
        ]

    def masked(self) -> dict[str, Any]:
        """The whole request as JSON for people's eyes: the secret is only said to be there or not."""
        return {
            "form_version": self.form_version,
            "client": self.client,
            "environment": self.environment,
            "slug": self.slug,
            "sellsy": {
                "client_id": self.client_id,
                "client_secret": IN_CONSOLE if self.client_secret is None else "présent, masqué",
            },
            "overrides": dict(self.overrides),
            **self.settings(),
        }


def slug(name: str) -> str:
    """«Menuiserie Léo» → «menuiserie-leo»."""
    return fold(name).replace(" ", "-")


def from_answers(answers: Answers) -> Request:
    """Answers that the rules accept (no error), as a request. Raises pydantic.ValidationError on others."""
    text = {name: answer.text for name, answer in answers.values.items()}
    tiers_export = choice(text["tiers_export"]) is Choice.YES
    tiers_import = choice(text["tiers_import"]) is Choice.YES
    siret = choice(text["tiers_siret"]) is Choice.YES if tiers_export or tiers_import else None
    client_secret = secret(answers.values["sellsy_client_secret"].raw)
    return Request.model_validate(
        {
            "client": text["client"],
            "environment": text["environnement"],
            "referent": text["referent_integration"],
            "reference_user": email(text["utilisateur_reference"]),
            "establishment": text["etablissement"],
            "account_id": account_id(text["sellsy_id_compte"]),
            "client_id": text["sellsy_client_id"],
            "client_secret": client_secret,
            "tiers_export": tiers_export,
            "tiers_import": tiers_import,
            "siret": siret,
            "archiving": choice(text["tiers_archivage"]) is Choice.YES,
            "contact_notes": choice(text["contacts_notes"]) is Choice.YES,
            "overrides": _overrides(answers),
            "deals_import": choice(text["affaires_import"]) is Choice.YES,
            "deals_grace": minutes(text["affaires_delai"]) or 0,
            "events": {number: tuple(map(_row, rows)) for number, rows in sorted(answers.events.items())},
            "form_version": answers.form_version,
            "cells": {name: answer.cell for name, answer in answers.values.items()},
        }
    )


def _overrides(answers: Answers) -> dict[str, str | None]:
    """Only what differs from the standard: a copy of the standard value is no other value."""
    given = {number: override(answer.text) for number, answer in answers.mapping.items() if answer.text is not None}
    return {number: value for number, value in given.items() if value != line(number).standard}


def _row(row: Row) -> EventRow:
    establishment = row.establishment.text if row.establishment else None
    return EventRow.model_validate(
        {
            "pipeline": row.pipeline.text,
            "step": row.step.text,
            "establishment": establishment,
            "cell": row.pipeline.cell,
        }
    )
