"""What the operator sets, from the environment (`ALTIOR_SELLSY_…`). Read when asked for, never at import."""

import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from altior_sellsy import addresses
from altior_sellsy.errors import ConnectorError
from altior_sellsy.timing import Timing

PREFIX = "ALTIOR_SELLSY_"


class Options(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="ignore")

    database_url: SecretStr | None = None
    """Unset: the embedded PostgreSQL, in `data`."""
    data: Path = Path("data")
    public_url: str = ""
    """The address at which Sellsy and browsers reach us; empty when there is none."""
    key: SecretStr | None = None
    """32 bytes in base64: encrypts the secrets at rest. Unset with the embedded database: made in `data`."""
    hosts: str = ""
    """More host names to answer to, separated by commas."""
    log_format: Literal["console", "json"] = "console"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    timing: Timing = Field(default_factory=Timing)

    @field_validator("public_url")
    @classmethod
    def _callable(cls, address: str) -> str:
        if address and (fault := addresses.fault(address)):
            raise ValueError(fault)
        return address


class BadOption(ConnectorError):
    """An environment variable holds a value that makes no sense."""


def options() -> Options:
    """Raises BadOption, one French sentence that names the variables but never their values."""
    return _read(tuple(item for item in os.environ.items() if item[0].upper().startswith(PREFIX)))


_EXPECTED = {
    f"{PREFIX}PUBLIC_URL": "Il faut une adresse http(s) avec un nom de machine, comme https://connecteur.exemple.fr.",
    f"{PREFIX}TIMING": "Il faut un objet JSON ; une durée est un nombre de secondes, jamais négatif.",
}


@lru_cache(maxsize=1)
def _read(_variables: tuple[tuple[str, str], ...]) -> Options:
    """Once for what the environment says now: each secret that is read asks for the key."""
    try:
        return Options()
    except ValidationError as error:
        names = sorted({PREFIX + ".".join(str(part) for part in item["loc"]).upper() for item in error.errors()})
        raise _unreadable(names) from None
    except SettingsError:  # the only one that is read as JSON
        raise _unreadable([f"{PREFIX}TIMING"]) from None


def _unreadable(names: Sequence[str]) -> BadOption:
    expected = [said for begin, said in _EXPECTED.items() if any(name.startswith(begin) for name in names)]
    sentences = (f"Réglage illisible dans l'environnement : {', '.join(names)}.", *expected, "Corrigez sa valeur.")
    return BadOption(" ".join(sentences))
