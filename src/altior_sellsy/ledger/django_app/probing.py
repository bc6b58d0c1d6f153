"""Rows found by many keys at once: one look into the index for each key, whatever PostgreSQL knows of the table.

Of a table that has grown by thousands since it was last analysed, as in every first synchronisation, PostgreSQL
believes that the environment alone leaves few rows, and a hundred keys half of the table: it read all rows for each
page of a hundred. Hence an index that begins with the key, `environment_id + 0`, which no index serves, and OFFSET 0:
without it the inner query would be joined by whatever way looks cheapest.
"""

from collections.abc import Collection
from functools import cache
from typing import Any

import orjson
from django.db import connection, transaction
from django.db.models import JSONField, Model

from altior_sellsy.ledger.django_app.rows import Row

_FOUND = """
FROM unnest(%s::text[]) AS wanted (key)
CROSS JOIN LATERAL (
    SELECT {columns} FROM {table} WHERE {column} = wanted.key AND environment_id + 0 = %s{also} OFFSET 0
) AS found
"""
_BY_TOKENS = """
SELECT reference, keys FROM (
    SELECT id, reference, keys FROM ledger_sighting WHERE tokens && %s::text[] AND environment_id + 0 = %s OFFSET 0
) AS found ORDER BY id
"""
"""Put in order outside: else the primary key's index, read whole for the sake of its order, looks cheaper."""


def by_tokens(environment_id: int, tokens: Collection[str]) -> list[tuple[str, dict[str, str]]]:
    """References of sightings that bear one of these match keys, with all of their keys."""
    if not tokens:
        return []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(_BY_TOKENS, [array(tokens), environment_id])
        return [(reference, orjson.loads(keys)) for reference, keys in cursor.fetchall()]


def by_keys(
    table: type[Model], environment_id: int, column: str, keys: Collection[str], also: str = "", *more: Any
) -> list[Row]:
    """Rows of an environment with one of these keys in `column`, in the order of their making. `also`: a further
    condition, with its parameters; that of a partial index has to be named to use it."""
    if not keys:
        return []
    statement, names, json_at = _select(table, column, also)
    with connection.cursor() as cursor:
        cursor.execute(statement, [array(keys), environment_id, *more])
        return [dict(zip(names, _read(values, json_at), strict=True)) for values in cursor.fetchall()]


def delete(table: type[Model], environment_id: int, column: str, keys: Collection[str]) -> None:
    """The rows of `by_keys`, which nobody else changes meanwhile: commits hold the environment's row."""
    if keys:
        with connection.cursor() as cursor:
            cursor.execute(_delete(table, column), [array(keys), environment_id])


def array(texts: Collection[str]) -> str:
    """An array as PostgreSQL writes it: psycopg's own writer looks at each element, at ten times the cost."""
    return "{" + ",".join(['"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' for text in texts]) + "}"


@cache
def _select(table: type[Model], column: str, also: str) -> tuple[str, list[str], list[int]]:
    """The statement, its columns, and places of those that are JSON: Django's connections leave them as text."""
    fields = table._meta.concrete_fields
    names = [one.attname for one in fields]
    key = table._meta.pk.attname
    found = _FOUND.format(columns=", ".join(names), table=table._meta.db_table, column=column, also=also)
    statement = f"SELECT {', '.join(names)} {found} ORDER BY {key}"
    return statement, names, [at for at, one in enumerate(fields) if isinstance(one, JSONField)]


@cache
def _delete(table: type[Model], column: str) -> str:
    key, name = table._meta.pk.attname, table._meta.db_table
    found = _FOUND.format(columns=key, table=name, column=column, also="")
    return f"DELETE FROM {name} WHERE {key} = ANY(ARRAY(SELECT {key} {found}))"  # noqa: S608 - names of our own tables


def _read(values: tuple[Any, ...], json_at: list[int]) -> list[Any]:
    read = list(values)
    for at in json_at:
        if read[at] is not None:
            read[at] = orjson.loads(read[at])
    return read
