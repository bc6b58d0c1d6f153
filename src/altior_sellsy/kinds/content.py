"""The hash by which a scan sees that a record has moved since it was last looked at."""

import hashlib
from collections.abc import Mapping
from typing import Any

from altior_sellsy.frozen import replace
from altior_sellsy.json_text import dumped
from altior_sellsy.kinds.port import Snapshot


def hashed(snapshot: Snapshot) -> Snapshot:
    """The same snapshot with its `hash`: of everything that was read and matters, the gate and archived included.

    Version and modification time are left out: a record whose content is the same needs no look.
    """
    content = {
        "fields": snapshot.fields,
        "problems": {name: [one.code, one.sentence] for name, one in snapshot.problems.items()},
        "gate": snapshot.gate,
        "archived": snapshot.archived,
        "roles": sorted(snapshot.roles),
        "stamps": sorted(snapshot.stamps),
        "parents": [str(parent) for parent in snapshot.parents],
        "keys": dict(snapshot.keys),
        "created": snapshot.created,
        **({"position": dict(snapshot.position)} if snapshot.position else {}),
    }
    return replace(snapshot, hash=digest(content))


def digest(content: Mapping[str, Any]) -> str:
    """Stable over the order of keys and from one process to the next. 120 bits, in 30 characters: one
    is kept for every record."""
    return hashlib.blake2b(dumped(content, sort=True), digest_size=15).hexdigest()
