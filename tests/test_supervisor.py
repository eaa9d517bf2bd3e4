"""The demo's supervisor: what dies is started again, slower each time, and nothing outlives it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from portal import supervisor
from portal.supervisor import Supervisor


@pytest.fixture
def said():
    return []


@pytest.fixture
def supervised(tmp_path, said):
    one = Supervisor(cwd=tmp_path, log_dir=tmp_path / "log", say=said.append)
    yield one
    one.stop()


def sh(script):
    return ["/bin/sh", "-c", script]


def is_alive(pid):
    try:
        with Path(f"/proc/{pid}/stat").open() as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(is_so, supervised=None, seconds=10):
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "waited in vain"
        if supervised:
            supervised.look_after()
        time.sleep(0.02)


def test_one_that_is_killed_runs_again_and_a_line_says_so(supervised, said):
    child = supervised.add("web", sh("echo here I am; exec sleep 60"))
    wait_until(lambda: "here I am" in supervised.tail("web"))
    first = child.process.pid
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: child.is_running and child.process.pid != first, supervised)
    assert said[0] == "web ended (signal SIGKILL), starting again in 1 s"
    assert "here I am" in said[1]


def test_one_that_keeps_dying_is_started_ever_more_slowly(supervised, monkeypatch):
    monkeypatch.setattr(supervisor, "FIRST_WAIT", 0.01)
    child = supervised.add("hopeless", sh("exit 3"))
    child.wait = 0.01
    waits = []
    while len(waits) < 4:
        supervised.look_after()
        if child.process is None and (not waits or child.wait != waits[-1]):
            waits.append(child.wait)
    assert waits == [0.02, 0.04, 0.08, 0.16]


def test_one_that_had_settled_starts_again_soon(supervised):
    child = supervised.add("steady", sh("exec sleep 60"))
    child.wait = 16.0
    child.started_at -= supervisor.SETTLED_SECONDS + 1
    child.process.kill()
    wait_until(lambda: child.process is None, supervised)
    assert child.wait == supervisor.FIRST_WAIT


def test_stopping_leaves_no_process_of_theirs_nor_of_their_children(supervised, tmp_path, monkeypatch):
    monkeypatch.setattr(supervisor, "TERM_SECONDS", 1.0)
    supervised.add("first", sh("exec sleep 60"))
    supervised.add("parent", sh(f"sleep 61 & echo $! > {tmp_path}/grandchild; wait"))
    supervised.add("deaf", sh("trap '' TERM; while :; do sleep 0.1; done"))
    wait_until(lambda: (tmp_path / "grandchild").exists() and (tmp_path / "grandchild").read_text().strip())
    pids = [child.process.pid for child in supervised.children]
    pids.append(int((tmp_path / "grandchild").read_text()))
    began = time.monotonic()
    supervised.stop()
    assert time.monotonic() - began < 5
    wait_until(lambda: not any(is_alive(pid) for pid in pids))


def test_the_first_added_ends_after_all_others(supervised, tmp_path):
    order = tmp_path / "order"
    for name, delay in (("servers", 0), ("web", 0.3)):
        supervised.add(
            name,
            sh(
                f"trap 'sleep {delay}; echo {name} >> {order}; exit' TERM; touch {tmp_path}/{name}; while :; do sleep 0.05; done"
            ),
        )
    wait_until(lambda: (tmp_path / "servers").exists() and (tmp_path / "web").exists())
    supervised.stop()
    assert order.read_text().split() == ["web", "servers"]


def test_a_second_run_keeps_the_log_of_the_first(supervised):
    supervised.add("web", sh("echo first; exec sleep 60"))
    wait_until(lambda: "first" in supervised.tail("web"))
    supervised.stop()
    supervised.add("web", sh("echo second; exec sleep 60"))
    wait_until(lambda: "second" in supervised.tail("web"))
    assert "first" not in supervised.tail("web")
    assert "first" in supervised.log("web").with_suffix(".1.log").read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell a process that its parent died")
def test_a_supervisor_killed_outright_takes_its_processes_along(tmp_path):
    script = (
        "import sys, time; from pathlib import Path; from portal.supervisor import Supervisor\n"
        f"s = Supervisor(cwd=Path('/'), log_dir=Path({str(tmp_path)!r}), say=print)\n"
        "print(s.add('child', ['/bin/sleep', '60']).process.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        child = int(process.stdout.readline())
        assert is_alive(child)
        process.kill()
    wait_until(lambda: not is_alive(child))
