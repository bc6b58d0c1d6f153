"""The database for one process: which one, ready, migrated. Entry points call `prepare` before anything else."""

import atexit
import os
import sys

import django
import psycopg
from django.apps import apps
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from psycopg.conninfo import conninfo_to_dict

from altior_sellsy import collecting
from altior_sellsy.options import options
from altior_sellsy.web.places import DatabaseTrouble
from altior_sellsy.web.postgres import EmbeddedPostgres

MIGRATION_LOCK = 0x416C_7469_6F72  # «Altior»: one process migrates at a time

_server: EmbeddedPostgres | None = None


def prepare(migrate: bool | None = None) -> None:
    """Find the database, start it if it is ours, set Django up, see to the migrations. May be called again.

    `migrate` None: the embedded database migrates by itself, another one must be migrated already; True: migrate;
    False: touch nothing. Raises ConnectorError (DatabaseTrouble, BadOption), one French sentence.
    """
    global _server
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "altior_sellsy.web.settings")
    chosen = options()
    if chosen.database_url:
        configure(chosen.database_url.get_secret_value())
        _reach(chosen.database_url.get_secret_value())
    else:
        if _server is None:
            _server = EmbeddedPostgres(chosen.data)
            for note in _server.places.notes:
                print(note, file=sys.stderr, flush=True)
        configure(_server.start())
        atexit.register(release)
    django.setup()
    collecting.settle()
    wanted = migrate if migrate is not None else (True if _server else None)
    if wanted is False:
        return
    if wanted:
        _migrate()
    elif _pending():
        raise DatabaseTrouble(
            "La base n'est pas à jour pour cette version : lancez « altior-sellsy migrate », puis recommencez."
        )


def configure(url: str) -> None:
    """Fill Django's DATABASES from a PostgreSQL URL. Connections that are open keep their address."""
    from django.conf import settings

    try:
        parts = {key: str(value) for key, value in conninfo_to_dict(url).items()}
    except psycopg.ProgrammingError:
        raise DatabaseTrouble(
            "ALTIOR_SELLSY_DATABASE_URL est illisible : "
            "attendu « postgresql://utilisateur:mot-de-passe@machine:5432/base »."
        ) from None
    default = settings.DATABASES["default"]
    for django_name, name in (("NAME", "dbname"), ("USER", "user"), ("PASSWORD", "password"), ("HOST", "host")):
        default[django_name] = parts.pop(name, "")
    default["PORT"] = parts.pop("port", "")
    default["NAME"] = default["NAME"] or default["USER"] or "postgres"
    default["OPTIONS"] = {**default.get("OPTIONS", {}), **parts}


def described() -> str:
    """Where the data is, for people: never a password."""
    if _server:
        return f"dossier « {_server.places.data} »"
    from django.conf import settings

    default = settings.DATABASES["default"]
    return f"base « {default['NAME']} » sur « {default['HOST'] or 'localhost'} »"


def release() -> None:
    """Close every connection and leave the embedded server: the last one out stops it."""
    global _server
    # Only once Django is set up: a start that failed on an unreadable setting must not fail on it again.
    for used in connections.all(initialized_only=True) if apps.ready else []:
        used.close()
        close_pool = getattr(used, "close_pool", None)
        if close_pool and used.settings_dict["NAME"]:
            close_pool()
    if _server:
        server, _server = _server, None
        atexit.unregister(release)
        server.release()


def _reach(url: str) -> None:
    """The first try is a plain connection: a pool would try again and again before it gives up."""
    try:
        psycopg.connect(url, connect_timeout=10).close()
    except psycopg.OperationalError as error:
        raise DatabaseTrouble(
            f"La base de données ne répond pas ({described()}) : vérifiez qu'elle est démarrée et joignable, "
            "et la valeur de ALTIOR_SELLSY_DATABASE_URL."
        ) from error


def _pending() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _migrate() -> None:
    if not _pending():
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
    try:
        call_command("migrate", interactive=False, verbosity=0)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])
