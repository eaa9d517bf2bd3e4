"""What every test stands on: a real PostgreSQL with its three roles, a real Redis, and tables left empty."""

import hashlib
import os
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
import redis
from django.conf import settings
from django.core.management import call_command
from django.test import TransactionTestCase
from psycopg import sql

from portal import embedded
from portal.database import create_database, create_roles
from tests.cast import *  # noqa: F403 - the people of the tests are fixtures everywhere
from tests.publishing import *  # noqa: F403 - and what they publish to

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in the thread that asks the database

# What the code writes at migration, and no test owns.
KEPT_TABLES = (
    r"^(django_migrations|django_content_type|auth_permission|auth_group|auth_group_permissions|standards_\w+)$"
)


def admin_connection(database: str, **options) -> psycopg.Connection:
    """The superuser, who makes databases and empties tables; the application never is."""
    address = urlsplit(settings.DATABASE_ADMIN_URL)._replace(path=f"/{database}")
    return psycopg.connect(urlunsplit(address), autocommit=True, **options)


def migrations_digest() -> str:
    """Changes when any migration does, so that a database left by an earlier run is used again or not."""
    digest = hashlib.sha256()
    for file in sorted(settings.BASE_DIR.glob("*/migrations/*.py")):
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


def make_database(name: str, *, afresh: bool) -> None:
    """The test database, as the owner will find it: empty, or left by an earlier run with the same migrations."""
    with admin_connection("postgres") as admin:
        create_roles(admin)
        digest = migrations_digest()
        left = admin.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
        ).fetchone()
        if left and (afresh or left[0] != digest):
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        if create_database(admin, name):
            call_command("set_up_database", no_roles=True, verbosity=0)
            admin.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(digest)))
        else:
            call_command("set_up_database", no_roles=True, verbosity=0)
            empty_tables()


def empty_tables() -> None:
    """Every table but those of KEPT_TABLES, append-only ones too, as the one role that no trigger stops."""
    with admin_connection(
        settings.DATABASES["default"]["NAME"], options="-c session_replication_role=replica"
    ) as admin:
        admin.execute(
            sql.SQL(
                """
                DO $$ DECLARE t text; filled boolean; BEGIN
                    FOR t IN SELECT relname FROM pg_class
                        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
                            AND NOT relispartition AND relname !~ {kept}
                    LOOP
                        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', t) INTO filled;
                        IF filled THEN EXECUTE format('DELETE FROM public.%I', t); END IF;
                    END LOOP;
                END $$
                """
            ).format(kept=sql.Literal(KEPT_TABLES))
        )


@pytest.fixture(scope="session")
def django_db_setup(request, django_db_blocker):
    """Takes the place of pytest-django's: three roles on one database, made and granted as bin/setup does."""
    name = settings.DATABASES["default"]["NAME"]
    with embedded.use(settings.STATE_DIR), pytest.MonkeyPatch.context() as patch:
        with django_db_blocker.unblock():
            make_database(name, afresh=request.config.getvalue("create_db"))
        # Django would TRUNCATE, which append-only tables refuse and the application may not.
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: empty_tables())
        yield


@pytest.fixture(autouse=True)
def _redis_emptied(request):
    """After a test that had the database: nothing queued, nothing cached, for the next."""
    yield
    if "django_db_setup" in request.fixturenames:
        for url in (settings.BROKER_REDIS_URL, settings.CACHE_URL):
            with redis.Redis.from_url(url) as client:
                client.flushdb()
