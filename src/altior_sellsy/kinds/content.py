"""The hash by which a scan sees that a record has moved since it was last looked at."""

import hashlib
import json
from dataclasses import replace

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
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=dict)
    return replace(snapshot, hash=hashlib.sha256(text.encode()).hexdigest())
