"""Settings: each that is read stands in .env.example, and one address can stand for all four roles."""

import ast
import json
import os
import re
import subprocess
import sys

import pytest

from bench.figures import Figure
from portal import embedded


def names_read():
    """What the code asks of the environment, by reading the code."""
    files = [embedded.BASE_DIR / "portal" / "settings.py", *(embedded.BASE_DIR / "portal").glob("embedded/*.py")]
    files += [embedded.BASE_DIR / "portal" / name for name in ("demo.py", "setup.py")]
    for file in files:
        for node in ast.walk(ast.parse(file.read_text())):
            if (
                isinstance(node, ast.Call)
                and re.fullmatch(r"env\.\w+|os\.environ\.get", ast.unparse(node.func))
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                yield node.args[0].value


def names_documented():
    return set(re.findall(r"^# ([A-Z_]+)=", (embedded.BASE_DIR / ".env.example").read_text(), re.M))


def test_every_setting_is_documented_and_every_documented_one_is_read():
    assert set(names_read()) == names_documented()


def settings_with(**environment):
    """What a fresh process makes of an environment."""
    script = (
        "import json; from portal import settings as s; print(json.dumps({'databases': s.DATABASES,"
        " 'admin': s.DATABASE_ADMIN_URL, 'broker': s.CELERY_BROKER_URL, 'cache': s.CACHE_URL}))"
    )
    kept = {name: value for name, value in os.environ.items() if not re.match(r"PORTAL_|DATABASE_|REDIS_", name)}
    done = subprocess.run(
        [sys.executable, "-c", script], env=kept | environment, cwd=embedded.BASE_DIR, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_one_database_address_stands_for_four_roles():
    made = settings_with(DATABASE_URL="postgres://somebody:secret@db.example/force")
    roles = {
        "default": "portal_app",
        "owner": "portal_owner",
        "retention": "portal_retention",
        "sealer": "portal_sealer",
    }
    for alias, role in roles.items():
        assert made["databases"][alias]["OPTIONS"]["options"] == f"-c role={role}"
        assert made["databases"][alias]["NAME"] == "force"
    assert made["admin"] == "postgres://somebody:secret@db.example/force"


def test_four_addresses_are_taken_as_they_are_and_nobody_is_administrator():
    made = settings_with(
        DATABASE_URL="postgres://a@db.example/force",
        DATABASE_OWNER_URL="postgres://b@db.example/force",
        DATABASE_RETENTION_URL="postgres://c@db.example/force",
        DATABASE_SEALER_URL="postgres://d@db.example/force",
    )
    assert [made["databases"][alias]["USER"] for alias in ("default", "owner", "retention", "sealer")] == [*"abcd"]
    assert made["admin"] == ""


@pytest.mark.parametrize("url", ["redis://r.example:6379", "redis://r.example:6379/", "redis://r.example:6379/3"])
def test_redis_databases_are_numbered_by_one_setting(url):
    made = settings_with(REDIS_URL=url, PORTAL_REDIS_DB="7")
    assert made["broker"] == "redis://r.example:6379/7"
    assert made["cache"] == "redis://r.example:6379/8"


def test_a_figure_keeps_to_its_shape():
    assert json.loads(Figure("load", "rate", 123456.7, "rows/s", "COPY", 0.98765).line()) == {
        "bench": "load",
        "figure": "rate",
        "value": 123500.0,
        "unit": "rows/s",
        "against": "COPY",
        "ratio": 0.9877,
    }
    with pytest.raises(ValueError, match="unit"):
        Figure("load", "rate", 1, "furlongs", "COPY", 1)
    with pytest.raises(ValueError, match="peer"):
        Figure("load", "rate", 1, "s", "hope", 1)
