"""Fixtures that every folder of tests shares: a PostgreSQL started when first needed, ports, no skips in CI."""

import atexit
import gc
import os
import shutil
import socket
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

CI = os.environ.get("ALTIOR_SELLSY_CI") == "1"
FOLDER = "ALTIOR_SELLSY_TEST_FOLDER"
"""One folder for the whole run: xdist's workers inherit it and share its server."""
MEMORY = Path("/dev/shm")
"""Databases are made, copied and thrown away all the time: on a disk that is a good part of a run."""
ROOM = 2 * 2**30


def pytest_configure(config: pytest.Config) -> None:
    gc.disable()  # what is collected stays to the end: nobody looks for cycles in it
    atexit.register(gc.freeze)
    if "TMPDIR" not in os.environ and _has_room(MEMORY):
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)
    if not hasattr(config, "workerinput") and FOLDER not in os.environ:
        folder = Path(tempfile.mkdtemp(prefix="altior-sellsy-tests-"))
        folder.chmod(0o711)  # as root PostgreSQL runs under an account of its own, which must pass
        os.environ[FOLDER] = str(folder)
        config.add_cleanup(lambda: _remove(folder))


def _has_room(folder: Path) -> bool:
    """Enough, and programs may run there."""
    return folder.is_dir() and not os.statvfs(folder).f_flag & os.ST_NOEXEC and shutil.disk_usage(folder).free > ROOM


def _remove(folder: Path) -> None:
    os.environ.pop(FOLDER, None)
    if (folder / "data").exists():
        from altior_sellsy.web.postgres import EmbeddedPostgres

        # A worker that was killed left the server running: join it, so as to be the last one out.
        server = EmbeddedPostgres(folder / "data")
        if (server.places.cluster / "postmaster.pid").exists():
            server.start()
            server.release()
    shutil.rmtree(folder, ignore_errors=True)


WAITING = ("tests/kill/", "tests/acceptance/test_demo.py", "tests/acceptance/test_cli_thread.py", "tests/integration/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What waits for processes begins first, in one worker, while the others compute: the longest before all."""
    items.sort(key=lambda item: next((n for n, name in enumerate(WAITING) if item.nodeid.startswith(name)), 9))


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


# -- in CI a skipped test is a failure


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which is a failure in CI: {item.nodeid}: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if CI and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped, which is a failure in CI: {collector.nodeid}: {report.longrepr}"
    return report


# -- the database


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of the run's own server (or of ALTIOR_SELLSY_DATABASE_URL)."""
    given = os.environ.get("ALTIOR_SELLSY_DATABASE_URL")
    if given:
        yield given
        return
    from altior_sellsy.web.postgres import EmbeddedPostgres

    server = EmbeddedPostgres(Path(os.environ[FOLDER]) / "data", durable=False)
    yield server.start()
    server.release()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(postgres_url: str, request: pytest.FixtureRequest) -> None:
    from django.contrib.contenttypes.management import create_contenttypes
    from django.db.models.signals import post_migrate

    from altior_sellsy.web import database

    database.configure(postgres_url)
    # Django's rights by model are not used; making them again after each test takes half of the time of emptying it.
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)
    request.getfixturevalue("django_db_modify_db_settings_parallel_suffix")  # it needs the name just filled in


@pytest.fixture(autouse=True)
def _empty_job_tables(request: pytest.FixtureRequest) -> Iterator[None]:
    """procrastinate's models are unmanaged: the flush after a transactional test leaves its jobs behind."""
    marker = request.node.get_closest_marker("django_db")
    transactional = "transactional_db" in request.fixturenames or (marker and marker.kwargs.get("transaction"))
    if not transactional:
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers, procrastinate_workers"
        )


@pytest.fixture
def unused_port() -> int:
    """A port of 127.0.0.1 that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every account may enter, unlike pytest's own: as root PostgreSQL runs under another account."""
    made = Path(tempfile.mkdtemp(prefix="altior-sellsy-test-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)
