"""Brings the database to what the code says: roles, tables, grants, partitions. Repeatable."""

import contextlib
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from django.core.management import BaseCommand, call_command
from django.db import connections

from portal import embedded, partitions
from portal.database import apply_grants, create_database, create_roles


@contextlib.contextmanager
def everything_as(connection):
    """Migrations and what runs after them write rows without naming a database: let that be the owner's too."""
    application = connections["default"]
    connections["default"] = connection
    try:
        yield
    finally:
        connections["default"] = application


class Command(BaseCommand):
    """`manage.py set_up_database`"""

    help = __doc__
    requires_system_checks = []  # some ask the database

    def add_arguments(self, parser):
        parser.add_argument(
            "--no-roles", action="store_true", help="the roles and the database were made by an administrator"
        )

    def handle(self, **options):
        with embedded.use(settings.STATE_DIR):
            self.set_up(**options)

    def set_up(self, *, no_roles, verbosity, **options):
        owner = connections["owner"]
        if settings.DATABASE_ADMIN_URL and not no_roles:
            self.make_roles_and_database(owner.settings_dict["NAME"])
        with everything_as(owner):
            call_command("migrate", database="owner", verbosity=max(0, verbosity - 1), interactive=False)
        mended = apply_grants(owner)
        created = partitions.ensure_partitions(connection=owner)
        if verbosity:
            self.stdout.write(f"database: migrated, {mended} grants mended, {len(created)} partitions added")

    def make_roles_and_database(self, name: str) -> None:
        """As the administrator, who does nothing else."""
        address = urlsplit(settings.DATABASE_ADMIN_URL)
        for database in ("postgres", address.path.strip("/")):  # either may be missing
            try:
                admin = psycopg.connect(urlunsplit(address._replace(path=f"/{database}")), autocommit=True)
            except psycopg.OperationalError as problem:
                refused = problem
            else:
                break
        else:
            raise refused
        with admin:
            create_roles(admin)
            create_database(admin, name)
