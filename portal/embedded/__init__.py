"""PostgreSQL and Redis out of wheels, for machines that have neither: their addresses, starting, keeping, stopping."""

from portal.embedded.places import (
    BASE_DIR,
    DATABASE_NAME,
    SUPERUSER,
    database_url,
    redis_url,
    run_dir,
    secret,
    server_dir,
    state_dir,
)
from portal.embedded.programs import NotStarted
from portal.embedded.servers import keep, start, stop, use
from portal.embedded.up import are_up, postgres_is_up, redis_is_up, runs_postgres, runs_redis

__all__ = [
    "BASE_DIR",
    "DATABASE_NAME",
    "SUPERUSER",
    "NotStarted",
    "are_up",
    "database_url",
    "keep",
    "postgres_is_up",
    "redis_is_up",
    "redis_url",
    "run_dir",
    "runs_postgres",
    "runs_redis",
    "secret",
    "server_dir",
    "start",
    "state_dir",
    "stop",
    "use",
]
