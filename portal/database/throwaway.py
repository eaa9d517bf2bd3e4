"""A database beside the real one, for tests and measurements: made and emptied by the administrator."""

import hashlib
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from django.core.management import call_command
from psycopg import sql

from portal.database.roles import create_database, create_roles
from portal.partitions import ASIDE

# What the code writes at migration, and nobody empties.
KEPT_TABLES = (
    r"^(django_migrations|django_content_type|auth_permission|auth_group|auth_group_permissions|standards_\w+)$"
)

ONE_AT_A_TIME = 0x726F6C6573  # "roles"


def admin_connection(database: str, **options: Any) -> psycopg.Connection:
    """The superuser, who makes databases and empties tables; the application never is."""
    address = urlsplit(settings.DATABASE_ADMIN_URL)._replace(path=f"/{database}")
    return psycopg.connect(urlunsplit(address), autocommit=True, **options)


def prepare(name: str, *, afresh: bool = False) -> None:
    """The database as set_up_database leaves it, and empty; one left by an earlier run serves if no migration changed."""
    with admin_connection("postgres") as admin:
        admin.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])  # the roles are everybody's on this server
        create_roles(admin)
        admin.execute("SELECT pg_advisory_unlock(%s)", [ONE_AT_A_TIME])
        digest = _migrations_digest()
        left = admin.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
        ).fetchone()
        if left and (afresh or left[0] != digest):
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        create_database(admin, name)
        call_command("set_up_database", no_roles=True, verbosity=0)
        empty(name)
        admin.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(digest)))


def empty(name: str) -> None:
    """Every table but those of KEPT_TABLES, append-only ones too, as the one role that no trigger stops."""
    with admin_connection(name, options="-c session_replication_role=replica") as admin:
        # What a failed test's thread still holds would keep this waiting for ever.
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'"
        )
        admin.execute(
            sql.SQL(
                """
                DO $$ DECLARE t text; filled boolean; BEGIN
                    FOR t IN SELECT relname FROM pg_class
                        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
                            AND NOT relispartition AND relname !~ {kept}
                    LOOP
                        IF t LIKE {aside} THEN  -- a part that waited to be attached: nobody will
                            EXECUTE format('DROP TABLE public.%I', t);
                            CONTINUE;
                        END IF;
                        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', t) INTO filled;
                        IF filled THEN EXECUTE format('DELETE FROM public.%I', t); END IF;
                    END LOOP;
                END $$
                """
            ).format(kept=sql.Literal(KEPT_TABLES), aside=sql.Literal("%\\" + ASIDE))
        )
        # Groups that permit nothing are no roles of the code's but teams of some test's.
        admin.execute(
            "DELETE FROM auth_group g WHERE NOT EXISTS (SELECT FROM auth_group_permissions p WHERE p.group_id = g.id)"
        )


def _migrations_digest() -> str:
    """Changes when any migration does."""
    digest = hashlib.sha256()
    for file in sorted(settings.BASE_DIR.glob("*/migrations/*.py")):
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()
