"""What the operator sets, from the environment (`ALTIOR_SELLSY_…`). Read when asked for, never at import."""

import os
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from altior_sellsy.errors import ConnectorError
from altior_sellsy.timing import Timing

PREFIX = "ALTIOR_SELLSY_"


class Options(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="ignore")

    database_url: SecretStr | None = None
    """Unset: the embedded PostgreSQL, in `data`."""
    data: Path = Path("data")
    public_url: str = ""
    """The address at which Sellsy and browsers reach us."""
    key: SecretStr | None = None
    """32 bytes in base64: encrypts the secrets at rest. Unset with the embedded database: made in `data`."""
    hosts: str = ""
    """More host names to answer to, separated by commas."""
    log_format: Literal["console", "json"] = "console"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    timing: Timing = Field(default_factory=Timing)


class BadOption(ConnectorError):
    """An environment variable holds a value that makes no sense."""


def options() -> Options:
    """Raises BadOption, one French sentence that names the variables but never their values."""
    return _read(tuple(item for item in os.environ.items() if item[0].upper().startswith(PREFIX)))


@lru_cache(maxsize=1)
def _read(_variables: tuple[tuple[str, str], ...]) -> Options:
    """Once for what the environment says now: each secret that is read asks for the key."""
    try:
        return Options()
    except ValidationError as error:
        names = sorted({PREFIX + ".".join(str(part) for part in item["loc"]).upper() for item in error.errors()})
        raise BadOption(f"Réglage illisible dans l'environnement : {', '.join(names)}. Corrigez sa valeur.") from None
