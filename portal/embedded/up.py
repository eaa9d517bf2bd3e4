"""Which servers are ours to run, and whether they answer."""

import os
from pathlib import Path

import psycopg
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from portal.embedded.places import SUPERUSER, run_dir


def runs_postgres() -> bool:
    """Not when a real one is configured."""
    return not os.environ.get("DATABASE_URL")


def runs_redis() -> bool:
    """Not when a real one is configured."""
    return not os.environ.get("REDIS_URL")


def postgres_is_up(state_dir: Path) -> bool:
    """A real connection, never the pid file: that outlives a killed server."""
    try:
        psycopg.connect(
            host=str(run_dir(state_dir)), user=SUPERUSER, dbname="postgres", connect_timeout=5, autocommit=True
        ).close()
    except psycopg.OperationalError:
        return False
    return True


def redis_is_up(state_dir: Path) -> bool:
    """An answer to PING; one still reading its file counts: a second one must not be started beside it."""
    client = redis_client(state_dir)
    try:
        client.ping()
    except redis.BusyLoadingError:
        return True
    except redis.RedisError:
        return False
    finally:
        client.close()
    return True


def redis_client(state_dir: Path) -> redis.Redis:
    """A client that gives up at once."""
    # By default redis-py takes seconds of retrying to say that nobody is there.
    socket = str(run_dir(state_dir) / "redis.sock")
    return redis.Redis(unix_socket_path=socket, socket_timeout=5, retry=Retry(NoBackoff(), 0))


def are_up(state_dir: Path) -> bool:
    """Whether every server that is ours to run answers."""
    return (not runs_postgres() or postgres_is_up(state_dir)) and (not runs_redis() or redis_is_up(state_dir))
