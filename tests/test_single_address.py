"""A real server given by DATABASE_URL alone: bin/setup makes the roles, and each address acts as its own."""

import os
import subprocess
import sys

import psycopg

from portal import embedded


def test_setup_makes_roles_and_database_and_the_application_is_not_the_owner(state_dir, tmp_path):
    embedded.start(state_dir)
    elsewhere = embedded.database_url(state_dir, "postgres", "force")
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "DATABASE_", "REDIS_"))
    } | {
        "DATABASE_URL": elsewhere,
        "REDIS_URL": "redis://nowhere.example",
        "PORTAL_STATE_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }
    for _ in range(2):
        subprocess.run(
            [sys.executable, "manage.py", "set_up_database"], env=environment, cwd=embedded.BASE_DIR, check=True
        )
    script = (
        "import django; django.setup(); from django.db import connections\n"
        "for alias in ('default', 'owner', 'retention', 'sealer'):\n"
        "    with connections[alias].cursor() as cursor:\n"
        "        cursor.execute('SELECT current_user'); print(cursor.fetchone()[0])\n"
        "with connections['default'].cursor() as cursor:\n"
        "    try: cursor.execute('DELETE FROM audit_event')\n"
        "    except Exception as problem: print(problem)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        cwd=embedded.BASE_DIR,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert done.stdout.splitlines() == [
        "portal_app",
        "portal_owner",
        "portal_retention",
        "portal_sealer",
        "permission denied for table audit_event",
    ]
    assert not (tmp_path / "postgres").exists()
    with psycopg.connect(elsewhere) as connection:
        assert connection.execute(
            "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall() == [("portal_owner",)]
