"""A PostgreSQL of the measurement's own, taken away afterwards."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from altior_sellsy.web import database as product
from altior_sellsy.web.postgres import EmbeddedPostgres


@contextmanager
def database() -> Iterator[int]:
    """Django is set up on it and migrated. Gives the server's process id."""
    folder = Path(tempfile.mkdtemp(prefix="altior-sellsy-bench-"))
    folder.chmod(0o711)  # as root PostgreSQL runs under an account of its own, which must pass
    server = EmbeddedPostgres(folder / "data")
    try:
        os.environ["ALTIOR_SELLSY_DATABASE_URL"] = server.start()
        os.environ.setdefault("ALTIOR_SELLSY_KEY", "YmVuY2gtb25seS1iZW5jaC1vbmx5LWJlbmNoLW9ubHk=")
        product.prepare(migrate=True)
        yield int((server.places.cluster / "postmaster.pid").read_text().split()[0])
        product.release()
    finally:
        server.release()
        shutil.rmtree(folder, ignore_errors=True)
