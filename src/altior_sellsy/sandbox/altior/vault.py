"""Where a server keeps its records when they must survive it: one SQLite file of keys and JSON texts."""

import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path


class Vault:
    """Saved texts survive the end of the process, `kill -9` included (not the end of the machine)."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute("CREATE TABLE IF NOT EXISTS entry (key TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID")

    def load(self) -> Iterator[tuple[str, str]]:
        yield from self._db.execute("SELECT key, text FROM entry ORDER BY key")

    def save(self, texts: Mapping[str, str | None], *, whole: bool = False) -> None:
        """In one transaction; None removes. `whole`: nothing else stays."""
        self._db.execute("BEGIN IMMEDIATE")
        if whole:
            self._db.execute("DELETE FROM entry")
        for key, text in texts.items():
            if text is None:
                self._db.execute("DELETE FROM entry WHERE key = ?", (key,))
            else:
                self._db.execute("INSERT OR REPLACE INTO entry VALUES (?, ?)", (key, text))
        self._db.execute("COMMIT")

    def close(self) -> None:
        self._db.close()
