"""Everything that one Altior environment holds, in memory: records, directory, feed. Nothing here judges values.

A stored record is never changed in place: `save` replaces it. That makes a snapshot a copy of a few dictionaries, and
lets answers be written without copying. All of it runs on one event loop, so each request is a transaction.
"""

import asyncio
import json
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from altior_sellsy.sandbox.altior.options import Options
from altior_sellsy.sandbox.altior.shapes import MAIN, Record
from altior_sellsy.sandbox.altior.vault import Vault

RESOURCES = (*MAIN, "devis", "commandes")
Operation = Literal["creation", "modification", "suppression"]


class CursorUnknownError(Exception):
    """The feed does not reach this cursor."""


@dataclass(slots=True)
class Contents:
    """`feed_base`: the position before the first entry kept. `life`: changes with each reset and restore, so that a
    cursor of another life is unknown."""

    records: dict[str, dict[str, Record]] = field(default_factory=lambda: {name: {} for name in RESOURCES})
    directory: dict[str, Any] = field(default_factory=dict)
    feed: list[Record] = field(default_factory=list)
    feed_base: int = 0
    sequences: dict[str, int] = field(default_factory=dict)
    life: str = field(default_factory=lambda: secrets.token_hex(4))

    def copy(self) -> "Contents":
        return Contents(
            records={name: dict(records) for name, records in self.records.items()},
            directory=json.loads(json.dumps(self.directory)),
            feed=list(self.feed),
            feed_base=self.feed_base,
            sequences=dict(self.sequences),
        )


class Store:
    def __init__(self, options: Options, clock: Callable[[], float] = time.time) -> None:
        self.options = options
        self.clock = clock
        self.switches = options.switches.model_copy(deep=True)
        self.contents = Contents()
        self.holders: dict[str, tuple[str, str]] = {}
        self.before: dict[tuple[str, str], tuple[float, Record | None]] = {}
        self._vault = Vault(options.data) if options.data else None
        self._dirty: dict[str, str | None] = {}
        self._moved = asyncio.Event()

    @property
    def directory(self) -> dict[str, Any]:
        return self.contents.directory

    def of(self, resource: str) -> dict[str, Record]:
        return self.contents.records[resource]

    def number(self, name: str) -> int:
        """The next number of a sequence, never given again within a life."""
        first = self.options.first_id - 1 if name in MAIN else 0
        value = self.contents.sequences.get(name, first) + 1
        self.contents.sequences[name] = value
        return value

    # -- changing --------------------------------------------------------------------------------------------------

    def save(self, resource: str, record: Record, author: str) -> Record:
        """Puts the record with a new version, and its entry at the end of the feed."""
        records = self.of(resource)
        old = records.get(record["id"])
        now = self._now()
        record["version"] = str(int(old["version"]) + 1 if old else 1)
        record["cree_le"] = old["cree_le"] if old else record.get("cree_le") or now
        record["modifie_le"], record["modifie_par"] = now, author
        records[record["id"]] = record
        if old is None and len(records) > 1 and self.position(record["id"]) < self.contents.sequences.get(resource, 0):
            self.contents.records[resource] = dict(sorted(records.items(), key=lambda item: self.position(item[0])))
        self._remember(resource, record["id"], old)
        self._hold(resource, old, record)
        self._entry(resource, record["id"], "modification" if old else "creation", author, now)
        return record

    def remove(self, resource: str, id: str, author: str) -> None:
        old = self.of(resource).pop(id)
        now = self._now()
        self._remember(resource, id, old)
        self._hold(resource, old, None)
        self._entry(resource, id, "suppression", author, now)

    def touch_directory(self) -> None:
        self._dirty["directory"] = ""

    def flush(self) -> None:
        """Writes what this request changed to the file, in one transaction."""
        if self._vault is None or not self._dirty:
            self._dirty.clear()
            return
        texts: dict[str, str | None] = {}
        for key in self._dirty:
            kind, _, id = key.partition("/")
            if kind in RESOURCES:
                record = self.of(kind).get(id)
                texts[key] = None if record is None else json.dumps(record, ensure_ascii=False)
            elif kind == "feed":
                texts[key] = self._dirty[key]
        texts["directory"] = json.dumps(self.directory, ensure_ascii=False)
        texts["meta"] = json.dumps([self.contents.sequences, self.contents.life, self.contents.feed_base])
        self._vault.save(texts)
        self._dirty.clear()

    @staticmethod
    def position(id: str) -> int:
        """Where the id stands in id order: its digits as a number."""
        return int("".join(c for c in id if c.isascii() and c.isdigit())[:18] or "0")

    def _now(self) -> str:
        return datetime.fromtimestamp(self.clock(), UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

    def _remember(self, resource: str, id: str, old: Record | None) -> None:
        self._dirty[f"{resource}/{id}"] = ""
        if self.switches.read_lag:
            self.before[resource, id] = (self.clock() + self.switches.read_lag, old)

    def _hold(self, resource: str, old: Record | None, new: Record | None) -> None:
        for reference in (old or {}).get("references_externes", ()):
            self.holders.pop(reference, None)
        for reference in (new or {}).get("references_externes", ()):
            self.holders[reference] = (resource, (new or {})["id"])

    def _entry(self, resource: str, id: str, operation: Operation, author: str, now: str) -> None:
        if resource not in MAIN:
            return
        contents = self.contents
        entry = {"ressource": resource, "id": id, "operation": operation, "auteur": author, "date": now}
        contents.feed.append(entry)
        position = contents.feed_base + len(contents.feed)
        self._dirty[f"feed/{position:012}"] = json.dumps(entry)
        if len(contents.feed) > self.options.feed_kept * 1.1:
            self.forget(len(contents.feed) - self.options.feed_kept)
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    # -- the feed --------------------------------------------------------------------------------------------------

    def cursor(self) -> str:
        return f"{self.contents.life}-{self.contents.feed_base + len(self.contents.feed)}"

    def entries(self, cursor: str, most: int) -> tuple[list[Record], str]:
        """What was committed after the cursor, at most `most`, and the cursor after it. Raises CursorUnknownError."""
        life, _, text = cursor.rpartition("-")
        contents = self.contents
        start = int(text) - contents.feed_base if text.isascii() and text.isdigit() else -1
        if life != contents.life or not 0 <= start <= len(contents.feed):
            raise CursorUnknownError
        found = contents.feed[start : start + most]
        return found, f"{life}-{contents.feed_base + start + len(found)}"

    async def wait(self, seconds: float) -> None:
        """Until something is committed, at most so long."""
        try:
            await asyncio.wait_for(self._moved.wait(), seconds)
        except TimeoutError:
            return

    def forget(self, count: int) -> None:
        """The oldest entries are no longer kept."""
        contents = self.contents
        for offset in range(count):
            self._dirty[f"feed/{contents.feed_base + offset + 1:012}"] = None
        del contents.feed[:count]
        contents.feed_base += count

    # -- whole contents --------------------------------------------------------------------------------------------

    def replace(self, contents: Contents) -> None:
        """Another life: reset and restore. Numbers, ids included, are given anew from where the contents stand."""
        self.contents = contents
        self.holders = {
            reference: (resource, record["id"])
            for resource in MAIN
            for record in contents.records[resource].values()
            for reference in record["references_externes"]
        }
        self.before.clear()
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()
        if self._vault is not None:
            self._vault.save({}, whole=True)
        self._dirty = dict.fromkeys(self._keys(), "")
        for offset, entry in enumerate(contents.feed, contents.feed_base + 1):
            self._dirty[f"feed/{offset:012}"] = json.dumps(entry)
        self.touch_directory()
        self.flush()

    def load(self) -> bool:
        """Takes up what the file holds. False when there is none."""
        texts = dict(self._vault.load()) if self._vault else {}
        if "meta" not in texts:
            return False
        contents = Contents()
        contents.sequences, contents.life, contents.feed_base = json.loads(texts["meta"])
        contents.directory = json.loads(texts["directory"])
        for key, text in texts.items():
            kind, _, id = key.partition("/")
            if kind in RESOURCES:
                contents.records[kind][id] = json.loads(text)
            elif kind == "feed":
                contents.feed.append(json.loads(text))
        for name, records in contents.records.items():
            contents.records[name] = dict(sorted(records.items(), key=lambda item: self.position(item[0])))
        self.replace(contents)
        return True

    def close(self) -> None:
        if self._vault is not None:
            self._vault.close()

    def _keys(self) -> Iterable[str]:
        for name, records in self.contents.records.items():
            for id in records:
                yield f"{name}/{id}"
