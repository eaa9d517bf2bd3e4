"""Rows of several tables in one statement."""

from django.db import connection, models


def insert_together(*rows: models.Model) -> None:
    """Adds new rows, of whatever tables, in one journey to the database, without the signals that `save` sends.

    For what is written with each act; everything else is saved as Django saves.
    """
    inserts, values = [], []
    for row in rows:
        fields = row._meta.concrete_fields
        columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
        places = ", ".join(["%s"] * len(fields))
        inserts.append(f"INSERT INTO {row._meta.db_table} ({columns}) VALUES ({places})")  # noqa: S608 - names of models
        values += [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]
    *first, last = inserts
    beside = ", ".join(f"row{number} AS ({insert})" for number, insert in enumerate(first))
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {beside} {last}" if beside else last, values)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias
