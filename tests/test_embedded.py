"""The embedded servers: started once, found again, restarted when they die, stopped by the last who uses them."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import time

import psycopg
import pytest
import redis

from portal import embedded
from portal.embedded import programs
from portal.embedded.places import SOCKET_PATH_LIMIT
from portal.embedded.programs import run, within_reach


def connect(state_dir):
    return psycopg.connect(host=str(embedded.run_dir(state_dir)), user="postgres", dbname="postgres", autocommit=True)


def postmaster_pid(state_dir):
    return int((embedded.server_dir(state_dir) / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def redis_client(state_dir):
    return redis.Redis(unix_socket_path=str(embedded.run_dir(state_dir) / "redis.sock"))


def redis_pid(state_dir):
    with redis_client(state_dir) as client:
        return client.info("server")["process_id"]


def keeper(state_dir):
    """`python -m portal.embedded keep` in a process of its own, once it says that the servers are up."""
    process = subprocess.Popen(
        [sys.executable, "-m", "portal.embedded", "keep"],
        cwd=embedded.BASE_DIR,
        env={**os.environ, "PORTAL_STATE_DIR": str(state_dir)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert "are up" in process.stdout.readline()
    return process


def wait_until(is_so, seconds=20):
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def test_servers_start_once_answer_and_stop(state_dir):
    assert embedded.start(state_dir) == ["PostgreSQL", "Redis"]
    assert embedded.start(state_dir) == []
    with connect(state_dir) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    assert embedded.stop(state_dir) == ["Redis", "PostgreSQL"]
    assert not embedded.postgres_is_up(state_dir)
    assert not embedded.redis_is_up(state_dir)


def test_sockets_are_closed_to_other_users(state_dir):
    embedded.start(state_dir)
    assert stat.S_IMODE(embedded.run_dir(state_dir).stat().st_mode) == 0o700


def test_several_starting_at_once_share_one_server(state_dir):
    starters = [
        subprocess.Popen(
            [sys.executable, "-m", "portal.embedded", "start"],
            cwd=embedded.BASE_DIR,
            env={**os.environ, "PORTAL_STATE_DIR": str(state_dir)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    said = [starter.communicate(timeout=60)[0] for starter in starters]
    assert sorted(said) == ["started: PostgreSQL, Redis\n", *["started: nothing, all was up\n"] * 2]


def test_killed_servers_come_back_by_themselves_with_what_was_committed(state_dir):
    process = keeper(state_dir)
    try:
        with connect(state_dir) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        with redis_client(state_dir) as client:
            client.set("kept", "yes")
            client.config_set("appendfsync", "always")
            client.set("kept too", "yes")
        database, broker = postmaster_pid(state_dir), redis_pid(state_dir)
        os.kill(database, signal.SIGKILL)
        os.kill(broker, signal.SIGKILL)
        wait_until(lambda: embedded.are_up(state_dir))
        assert postmaster_pid(state_dir) != database
        assert redis_pid(state_dir) != broker
        with connect(state_dir) as connection:
            assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
        with redis_client(state_dir) as client:
            assert client.get("kept too") == b"yes"
        assert "started again" in process.stdout.readline()  # said once both are up, maybe after we found that they are
    finally:
        process.terminate()
        process.communicate(timeout=60)
    assert not embedded.are_up(state_dir)


def test_the_last_to_leave_stops_the_servers(state_dir):
    with embedded.use(state_dir):
        process = keeper(state_dir)
    assert embedded.are_up(state_dir)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert not embedded.postgres_is_up(state_dir)


def test_a_user_killed_outright_keeps_nobody_from_stopping_them(state_dir):
    process = keeper(state_dir)
    process.kill()
    process.communicate(timeout=60)
    assert embedded.are_up(state_dir)
    with embedded.use(state_dir):
        pass
    assert not embedded.postgres_is_up(state_dir)


def test_servers_started_by_hand_stay(state_dir):
    (state_dir / "servers.stay").touch()
    with embedded.use(state_dir):
        pass
    assert embedded.are_up(state_dir)


def test_configured_servers_are_used_instead(state_dir, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://somebody@elsewhere/portal")
    assert embedded.start(state_dir) == ["Redis"]
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere")
    assert embedded.start(state_dir) == []
    monkeypatch.delenv("REDIS_URL")


def test_a_long_path_still_gets_a_short_socket(state_dir):
    deep = state_dir / ("d" * 60) / ("e" * 60)
    assert len(os.fsencode(embedded.run_dir(deep))) <= SOCKET_PATH_LIMIT
    assert embedded.run_dir(deep) != embedded.run_dir(deep.with_name("other"))


def test_a_path_with_spaces_and_quotes_works(state_dir):
    odd = state_dir / "it's a place"
    embedded.start(odd)
    try:
        with psycopg.connect(embedded.database_url(odd, "postgres", "postgres")) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        with redis.Redis.from_url(embedded.redis_url(odd)) as client:
            assert client.ping()
    finally:
        embedded.stop(odd)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the servers as somebody else")
def test_a_closed_directory_above_stays_closed(state_dir):
    closed = state_dir / "home"
    closed.mkdir(mode=0o700)
    embedded.start(closed / "repository" / ".local")
    try:
        assert embedded.are_up(closed / "repository" / ".local")
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    finally:
        embedded.stop(closed / "repository" / ".local")
        shutil.rmtree(embedded.server_dir(closed / "repository" / ".local"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the servers as somebody else")
def test_binaries_out_of_reach_are_copied_to_where_they_can_run(state_dir):
    tree = state_dir / "closed" / "bin"
    tree.mkdir(parents=True)
    (tree / "program").write_text("#!/bin/sh\necho ran\n")
    (tree / "program").chmod(0o755)
    assert within_reach(state_dir, tree) == tree
    tree.parent.chmod(0o700)
    copied = within_reach(state_dir, tree)
    assert copied != tree
    assert run([copied / "program"], check=True).stdout == "ran\n"


def test_a_server_that_cannot_start_says_why(state_dir, monkeypatch):
    monkeypatch.setattr(programs, "REPLACE_SECONDS", 1.0)
    embedded.start(state_dir)
    embedded.stop(state_dir)
    (state_dir / "postgres" / "postgresql.conf").write_text("nonsense = on\n")
    with pytest.raises(embedded.NotStarted, match="nonsense"):
        embedded.start(state_dir)


def test_a_secret_is_made_once_and_read_by_its_owner_only(state_dir):
    first = embedded.secret(state_dir, "key")
    assert len(first) >= 48
    assert embedded.secret(state_dir, "key") == first
    assert embedded.secret(state_dir, "other") != first
    assert stat.S_IMODE((state_dir / "secrets" / "key").stat().st_mode) == 0o600
