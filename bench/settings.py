"""The portal's settings, but beside a running demo: measurements have a database and Redis databases to themselves."""

import os

os.environ["PORTAL_DATABASE_NAME"] = "bench_portal"
os.environ["PORTAL_REDIS_DB"] = "2"  # a demo has 0 and 1, test runs 5 and up

from portal.settings import *  # noqa: F403 - settings read the environment as they load

RETENTION_MARK = ""  # the database is emptied again and again here, which is no restore
