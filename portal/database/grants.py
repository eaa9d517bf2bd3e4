"""Who may do what to which table: the grants that the models ask for, compared with those that stand, and mended."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.apps import apps
from django.db import transaction
from psycopg import sql

from portal.database.roles import APP, RETENTION, SEALER
from portal.partitions import ASIDE, GOING, KEPT

ROLES = (APP, RETENTION, SEALER)
Grants = dict[tuple[str, str], frozenset[str]]  # (table, role) -> privileges, a column's as "UPDATE(column)"


@dataclass(frozen=True, slots=True)
class TableRule:
    """What a model says of its table."""

    append_only: bool = False
    app_may_update: frozenset[str] = field(default_factory=frozenset)
    role_may: Mapping[str, frozenset[str]] = field(default_factory=dict)  # what stands here stands instead of the rest


def table_rules() -> dict[str, TableRule]:
    """The rule of every table that a model stands for; a table without a model has none."""
    rules = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy or not model._meta.managed:
            continue
        rules[model._meta.db_table] = TableRule(
            append_only=getattr(model, "append_only", False),
            app_may_update=frozenset(getattr(model, "app_may_update", ())),
            role_may={role: frozenset(may) for role, may in getattr(model, "role_may", {}).items()},
        )
    return rules


def wanted_privileges(rule: TableRule | None, role: str) -> frozenset[str]:
    """What a role may do to a table. Nobody but the owner may TRUNCATE, nor add triggers or references."""
    if rule is not None and role in rule.role_may:
        return rule.role_may[role]
    if role == SEALER:
        return frozenset()
    if rule is None:  # django_migrations: to be read, and no more
        return frozenset({"SELECT"})
    if not rule.append_only:
        if role == APP and rule.app_may_update:
            return frozenset({"SELECT", "INSERT", "DELETE", *(f"UPDATE({name})" for name in rule.app_may_update)})
        return frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
    if role == RETENTION:
        return frozenset({"SELECT", "INSERT", "DELETE"})
    return frozenset({"SELECT", "INSERT", *(f"UPDATE({name})" for name in rule.app_may_update)})


def wanted_grants(connection) -> Grants:
    """What should be granted on every table there is. A partition is reached through its parent only, or not yet."""
    rules = table_rules()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, relispartition FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        )
        tables = cursor.fetchall()
    wanted = {}
    for table, is_partition in tables:
        is_closed = is_partition or (table.endswith(ASIDE) and table not in rules)
        for role in ROLES:
            wanted[table, role] = frozenset() if is_closed else wanted_privileges(rules.get(table), role)
        if table.endswith((GOING, KEPT)):
            wanted[table, RETENTION] = frozenset({"SELECT"})
        wanted[table, "PUBLIC"] = frozenset()
    return wanted


def granted(connection) -> Grants:
    """What is granted on every table, read from the catalogue."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH acl AS (
                SELECT c.relname, a.grantee, a.privilege_type AS privilege
                FROM pg_class c, aclexplode(c.relacl) a
                WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
                UNION ALL
                SELECT c.relname, a.grantee, a.privilege_type || '(' || t.attname || ')'
                FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid, aclexplode(t.attacl) a
                WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT t.attisdropped
            )
            SELECT relname, coalesce(r.rolname, 'PUBLIC'), array_agg(privilege)
            FROM acl LEFT JOIN pg_roles r ON r.oid = acl.grantee
            WHERE coalesce(r.rolname, 'PUBLIC') = ANY(%s)
            GROUP BY 1, 2
            """,
            [[*ROLES, "PUBLIC"]],
        )
        return {(table, role): frozenset(privileges) for table, role, privileges in cursor.fetchall()}


def grants_to_mend(connection) -> Grants:
    """Where what is granted differs from what should be: (table, role) -> what should be."""
    now = granted(connection)
    return {key: wanted for key, wanted in wanted_grants(connection).items() if now.get(key, frozenset()) != wanted}


def apply_grants(connection) -> int:
    """Brings every grant to what the models say; returns how many (table, role) pairs were mended. Idempotent.

    Run as the owner after each migration.
    """
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(f"REVOKE CREATE ON SCHEMA public FROM PUBLIC, {', '.join(ROLES)}")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {', '.join(ROLES)}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP}, {RETENTION}")
        to_mend = grants_to_mend(connection)
        for (table, role), privileges in to_mend.items():
            names = {
                "table": sql.Identifier(table),
                "role": sql.SQL("PUBLIC") if role == "PUBLIC" else sql.Identifier(role),
            }
            cursor.execute(sql.SQL("REVOKE ALL ON TABLE {table} FROM {role}").format(**names))
            for privilege in sorted(privileges):
                cursor.execute(
                    sql.SQL("GRANT {what} ON TABLE {table} TO {role}").format(what=_privilege(privilege), **names)
                )
        harden_functions(cursor)
    return len(to_mend)


def _privilege(text: str) -> sql.Composable:
    """`UPDATE(column)` or `SELECT` as SQL."""
    verb, _, column = text.partition("(")
    if not column:
        return sql.SQL(verb)
    return sql.SQL("{} ({})").format(sql.SQL(verb), sql.Identifier(column.removesuffix(")")))


def harden_functions(cursor) -> None:
    """Closes two ways round a trigger that are open to any role.

    pgtrigger lets a session name triggers to be ignored, in a setting that everybody may set: here nothing is ignored.
    A trigger function looks its tables up by the caller's search path, where a temporary table comes first: pinned.
    """
    cursor.execute("SELECT to_regprocedure('public._pgtrigger_should_ignore(name)')")
    if cursor.fetchone()[0] is not None:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean"
            " LANGUAGE plpgsql AS $$ BEGIN RETURN FALSE; END; $$"
        )
    cursor.execute(
        """
        SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
        WHERE p.pronamespace = 'public'::regnamespace AND l.lanname = 'plpgsql' AND p.proconfig IS NULL
          AND pg_has_role(p.proowner, 'USAGE')
        """
    )
    for (function,) in cursor.fetchall():
        cursor.execute(f"ALTER FUNCTION {function} SET search_path = pg_catalog, public, pg_temp")
    cursor.execute(
        """
        SELECT p.oid::regprocedure::text, p.proname LIKE 'retention\\_%' FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef AND pg_has_role(p.proowner, 'USAGE')
        """
    )
    # What runs with the owner's rights is called by the two roles only; what takes rows away, by retention's alone.
    for function, is_retentions in cursor.fetchall():
        cursor.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC, {APP}")
        cursor.execute(
            f"GRANT EXECUTE ON FUNCTION {function} TO {RETENTION if is_retentions else f'{APP}, {RETENTION}'}"
        )
