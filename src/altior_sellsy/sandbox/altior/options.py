"""What a server is started with, and what may be switched while it runs."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from altior_sellsy.sandbox.altior.faults import Fault

TOKEN = "jeton-de-demonstration"  # noqa: S105  (a stand-in's own, printed at start)


class Switches(BaseModel):
    """The habits of this Altior. Lossy ones apply to every save, whoever saves."""

    model_config = ConfigDict(extra="forbid")

    siret_unique: bool = False
    truncate_name: int | None = Field(default=None, ge=1)
    """Keeps so many characters of a raison sociale, without a word."""
    upper_case: bool = False
    """Raison sociale, noms and towns in capitals."""
    reformat_phones: bool = False
    """06 12 34 56 78 becomes +33612345678."""
    fill_in: dict[str, str] = {}
    """Fields of a tiers that it fills in when they are empty."""
    reorder_lists: bool = False
    """Sets come back in another order at each save."""
    late_correction: float | None = Field(default=None, ge=0)
    """So many seconds after each save it puts towns and names in capitals by itself."""
    required: dict[Literal["tiers", "contacts", "affaires"], list[str]] = {}
    """Further required fields; «adresses.code_postal» names a field of each element."""
    lengths: dict[str, int] = {}
    """Other lengths than the usual ones: «tiers.raison_sociale» → 38."""
    hide: float = Field(default=0, ge=0, le=1)
    """Share of the records that scans do not show (rights taken away); reads by id still do."""
    read_lag: float = Field(default=0, ge=0)
    """Seconds during which reads still show a record as it was before its last change."""


class Options(BaseModel):
    """`size`, `seed`, `offset`: the sample tiers, firms `offset` to `offset + size` of that seed's list."""

    model_config = ConfigDict(extra="forbid")

    size: int = 0
    seed: int = 1
    offset: int = 0
    environment: str = "Menuiserie Léo"
    establishments: list[str] = ["Menuiserie Léo"]
    all_values: bool = False
    custom_fields: bool = False
    token: str = TOKEN
    first_id: int = 501
    feed_kept: int = 200_000
    longest_poll: float = 30
    """Seconds after which a long poll is answered, whatever it asked."""
    data: Path | None = None
    switches: Switches = Switches()
    faults: list[Fault] = []


_ALWAYS = 1_000_000
PROFILES: dict[str, tuple[Switches, list[Fault]]] = {
    "none": (Switches(), []),
    "slow": (Switches(read_lag=2), [Fault(kind="latency", seconds=0.4, times=_ALWAYS)]),
    "flaky": (
        Switches(),
        [
            Fault(kind="drop_after", path="POST .*/lot", chance=0.2, times=_ALWAYS),
            Fault(kind="truncate_after", path="POST .*/lot", chance=0.14, times=_ALWAYS),
            Fault(kind="late_commit", path="POST .*/lot", chance=0.11, seconds=3, times=_ALWAYS),
            Fault(kind="status", chance=0.09, times=_ALWAYS),
            Fault(kind="drop_before", chance=0.04, times=_ALWAYS),
        ],
    ),
    "lossy": (Switches(truncate_name=30, reformat_phones=True, reorder_lists=True, fill_in={"naf": "0000Z"}), []),
    "tight": (Switches(), [Fault(kind="status", status=429, retry_after=1, chance=0.33, times=_ALWAYS)]),
}
"""Moods by name, for `altior-sellsy sandbox altior --faults PROFILE`."""


def with_profile(options: Options, name: str) -> Options:
    """The options with a profile's habits and faults. Raises ValueError, one French sentence, on an unknown name."""
    if name not in PROFILES:
        raise ValueError(f"Profil de pannes inconnu : « {name} ». Profils : {', '.join(PROFILES)}.")
    switches, faults = PROFILES[name]
    return options.model_copy(update={"switches": switches, "faults": faults}, deep=True)
