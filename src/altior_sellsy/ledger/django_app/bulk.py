"""Many rows in one statement. The rows travel as one JSON text, which PostgreSQL reads as rows of the table itself.

Django's `bulk_create(update_conflicts=True)` does the same three times slower (a commit of 100 pairs with halves of
20 fields, 100 journal rows and 100 marks: 52 ms against 18): its parameters are arrays of JSON, escaped in Python.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Model
from psycopg import sql

from altior_sellsy.json_text import dumped


def put(table: type[Model], environment_id: int, records: Iterable[Mapping[str, Any]], key: Sequence[str] = ()) -> None:
    """Insert; where another row of the environment has the same key, replace its other columns. All records have the
    same columns, and no two the same key."""
    listed = [{**record, "environment_id": environment_id} for record in records]
    if not listed:
        return
    with connection.cursor() as cursor:
        cursor.execute(_statement(table._meta.db_table, tuple(listed[0]), tuple(key)), [dumped(listed).decode()])


@cache
def _statement(table: str, columns: Sequence[str], key: Sequence[str]) -> str:
    text = "INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, %s) {rest}"
    composed = sql.SQL(text).format(
        table=sql.Identifier(table), columns=_list(columns), rest=_on_conflict(columns, key)
    )
    return composed.as_string()


def _on_conflict(columns: Sequence[str], key: Sequence[str]) -> sql.Composable:
    if not key:
        return sql.SQL("")
    arbiter = ["environment_id", *key]
    replaced = [
        sql.SQL("{0} = excluded.{0}").format(sql.Identifier(column)) for column in columns if column not in arbiter
    ]
    return sql.SQL("ON CONFLICT ({}) DO UPDATE SET {}").format(_list(arbiter), sql.SQL(", ").join(replaced))


def _list(columns: Iterable[str]) -> sql.Composable:
    return sql.SQL(", ").join(map(sql.Identifier, columns))
