"""Four ways into the database, by what they may do; made by an administrator, once."""

import psycopg
from psycopg import sql

OWNER = "portal_owner"  # owns the database and its tables; migrations run as this role
APP = "portal_app"  # the web, the worker and the clock; owns nothing
RETENTION = "portal_retention"  # the only one that may delete what is append-only
SEALER = "portal_sealer"  # the only one that may seal the log, and it may do nothing else
ROLES = {OWNER: "LOGIN CREATEDB", APP: "LOGIN", RETENTION: "LOGIN", SEALER: "LOGIN"}


def create_roles(admin: psycopg.Connection) -> list[str]:
    """The roles that are missing; returns their names. `admin` is in autocommit and may create roles."""
    existing = {name for (name,) in admin.execute("SELECT rolname FROM pg_roles").fetchall()}
    missing = [role for role in ROLES if role not in existing]
    for role in missing:
        admin.execute(f"CREATE ROLE {role} {ROLES[role]}")
    for role in ROLES:  # so that one address can stand for all (see settings), and a test can be each of them
        if not admin.execute(
            "SELECT pg_has_role(current_user, %s, 'SET')"
            if admin.info.server_version >= 160000
            else "SELECT pg_has_role(current_user, %s, 'MEMBER')",
            [role],
        ).fetchone()[0]:
            admin.execute(f"GRANT {role} TO CURRENT_USER")
    return missing


def create_database(admin: psycopg.Connection, name: str) -> bool:
    """The database `name`, owned by the owner and closed to all but the four roles; whether it was missing."""
    database = sql.Identifier(name)
    is_missing = not admin.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchall()
    if is_missing:
        admin.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
                database, sql.Identifier(OWNER)
            )
        )
        admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    # One that was made before a role was known opens to it now.
    for role in (APP, RETENTION, SEALER):
        admin.execute(sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(database, sql.Identifier(role)))
    return is_missing
