"""The periods that the schedule came with, told to the database, so that it can hold a first change against them too."""

from django.apps import AppConfig
from django.db import connections
from psycopg import sql

from retention.rules import Rule
from retention.schedule import SCHEDULE

FUNCTION = "retention_delivered_months"
OURS = """
    SELECT EXISTS (SELECT FROM pg_proc WHERE proname = %s AND pronamespace = 'public'::regnamespace
        AND pg_has_role(current_user, proowner, 'USAGE'))
"""


def tell_database(sender: AppConfig, using: str, **kwargs: object) -> None:
    """After each migration, by the owner of the function; whoever else migrates or flushes leaves it as it is."""
    with connections[using].cursor() as cursor:
        cursor.execute(OURS, [FUNCTION])
        if cursor.fetchone()[0]:
            cursor.execute(_statement([rule for rule in SCHEDULE if rule.can_change]))


def _statement(rules: list[Rule]) -> sql.Composed:
    cases = sql.SQL(" ").join(
        sql.SQL("WHEN {} THEN {}").format(sql.Literal(rule.label), sql.Literal(rule.months)) for rule in rules
    )
    return sql.SQL(
        "CREATE OR REPLACE FUNCTION public.{}(p_label text) RETURNS integer LANGUAGE sql IMMUTABLE SET search_path = ''"
        " AS $$ SELECT CASE p_label {} END $$"
    ).format(sql.Identifier(FUNCTION), cases)
