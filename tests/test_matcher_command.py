"""The matcher as a process of its own: started, killed, asked after its health, fed by simulated cameras."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from matcher_client.cli import keep_running
from tests.loopback_portal import LIST, SITE, a_portal, a_row, in_service
from tests.test_matcher_folder import hikvision_xml

HERE = Path(__file__).parent.parent
READ = {"vrm": "AB01CDE", "site": SITE, "camera": "1", "captured_at": "2026-11-22T12:00:00Z", "confidence": 0.9}


def until(check, seconds=15):
    """Wait until `check` gives something true, and return it."""
    end = time.monotonic() + seconds
    while not (found := check()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
    return found


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Running:
    """A matcher process and where it listens."""

    def __init__(self, process, url):
        self.process = process
        self.url = url

    def health(self):
        try:
            return httpx.get(f"{self.url}/health").json()
        except httpx.TransportError:
            return None

    def revision(self):
        return ((self.health() or {}).get("lists", {}).get(LIST) or {}).get("revision")

    def post(self, content):
        return httpx.post(f"{self.url}/reads", json=content)


@pytest.fixture
def portal():
    with a_portal() as loopback:
        yield loopback


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state"


@pytest.fixture
def run_matcher(portal, tmp_path, state):
    (tmp_path / "root.json").write_bytes(portal.feed.root)
    (tmp_path / "secret").write_text(f"{portal.secret}\n")
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}

    @contextmanager
    def run(*more):
        port = free_port()
        command = [sys.executable, "-m", "matcher_client", "run", "--portal", portal.url]
        command += ["--metadata-url", portal.metadata_url, "--targets-url", portal.targets_url]
        command += ["--client-id", "matcher-1", "--client-secret-file", str(tmp_path / "secret")]
        command += ["--root", str(tmp_path / "root.json"), "--state", str(state), "--poll", "0.2"]
        command += ["--listen", f"127.0.0.1:{port}", "--enrol-code", portal.code or ""]
        command += ["--key", str(tmp_path / "key"), *more]
        with (tmp_path / "log").open("ab") as log:
            process = subprocess.Popen(
                command, cwd=HERE, env=environment, stdin=subprocess.PIPE, stderr=log, stdout=log
            )
        running = Running(process, f"http://127.0.0.1:{port}")
        try:
            until(running.health)
            yield running
        finally:
            process.terminate()
            process.stdin.close()
            process.wait(10)

    return run


def test_a_matcher_runs_end_to_end_and_comes_back_after_a_kill_without_the_portal(portal, run_matcher, state, tmp_path):
    portal.publish({LIST: [a_row()]}, in_service())
    with run_matcher() as running:
        until(lambda: running.revision() == 1)
        until(lambda: portal.receipts)
        assert running.post(READ).json() == {"reads": 1, "hits": 1, "problems": []}
        until(lambda: len(portal.hits) == 1, 2)

        began = time.monotonic()
        portal.publish({LIST: [a_row("XY50ZZZ")]}, in_service())
        until(lambda: running.post(READ).json()["hits"] == 0)
        assert time.monotonic() - began < 2  # told by the long poll, not by a clock
        until(lambda: [r["is_right"] for r in portal.receipts] == [True, True])

        unlisted = [READ | {"vrm": f"AB50{last}XX"} for last in "ABCD"]
        assert running.post(unlisted).json() == {"reads": 4, "hits": 0, "problems": []}
        running.process.send_signal(signal.SIGKILL)
        running.process.wait(10)
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert SITE.encode() in kept  # the search does find what is there
    assert b"XY50ZZZ" not in kept  # it is held, and locked
    assert not [read["vrm"] for read in unlisted if read["vrm"].encode() in kept]

    with portal.down(), run_matcher() as running:
        until(lambda: running.revision() == 2)
        assert running.post(READ | {"vrm": "XY50ZZZ"}).json()["hits"] == 1
        health = until(lambda: running.health()["problem"] and running.health())
        assert health["spool"] == 1
        assert health["lists"][LIST]["last_receipt"]["is_right"]
        portal.is_down = False
        until(lambda: any(hit["vrm"] == "XY50ZZZ" for hit in portal.hits.values()), 12)
        running.process.terminate()
        assert running.process.wait(10) == 0
    status = [sys.executable, "-m", "matcher_client", "status", "--state", str(state)]
    told = subprocess.run(status, cwd=HERE, check=True, capture_output=True)
    assert json.loads(told.stdout)["lists"][LIST]["revision"] == 2


def test_a_second_matcher_does_not_use_the_same_state(portal, run_matcher, state):
    portal.publish({LIST: [a_row()]}, in_service())
    with run_matcher() as running:
        until(lambda: running.revision() == 1)
        command = [*running.process.args]
        command[command.index("--listen") + 1] = f"127.0.0.1:{free_port()}"
        second = subprocess.run(command, cwd=HERE, capture_output=True, timeout=20)
    assert second.returncode == 2
    assert b"Another matcher is using" in second.stderr


def test_a_thread_that_fails_ends_the_process_and_logs_no_plate(caplog):
    plate = READ["vrm"]

    def fails(_):
        raise LookupError(plate)

    stop, failed = threading.Event(), []
    keep_running("folder", fails, stop, failed)
    assert (stop.is_set(), failed) == (True, ["folder"])
    assert "LookupError" in caplog.text and plate not in caplog.text


def test_status_of_a_directory_that_holds_nothing_says_so(tmp_path):
    command = [sys.executable, "-m", "matcher_client", "status", "--state", str(tmp_path)]
    told = subprocess.run(command, cwd=HERE, capture_output=True)
    assert told.returncode == 1
    assert json.loads(told.stdout)["lists"] == {}


def test_bad_reads_are_answered_clearly_and_cost_no_good_one(portal, run_matcher):
    portal.publish({LIST: [a_row()]}, in_service())
    with run_matcher() as running:
        until(lambda: running.revision() == 1)
        mixed = running.post([READ, READ | {"confidence": 2}, 7, READ | {"captured_at": "2026-11-22T12:00:00"}])
        assert (mixed.json()["reads"], mixed.json()["hits"]) == (1, 1)
        assert [problem["index"] for problem in mixed.json()["problems"]] == [1, 2, 3]
        for content, words in (
            (READ | {"vrm": "--"}, "registration mark"),
            (READ | {"site": ""}, "needs its site"),
            (READ | {"captured_at": "yesterday"}, "not an ISO 8601 time"),
            (READ | {"captured_at": "2026-11-22T12:00:00"}, "which time zone"),
        ):
            answer = running.post(content)
            assert answer.status_code == 400
            assert words in answer.json()["detail"]
            assert READ["vrm"] not in answer.text
        assert httpx.post(f"{running.url}/reads", content=b"{").status_code == 400
        assert httpx.post(f"{running.url}/reads", content=b"x" * 5_000_000).status_code == 413
        assert httpx.post(f"{running.url}/elsewhere", json=READ).status_code == 404
        assert httpx.get(f"{running.url}/elsewhere").status_code == 404
        assert running.health()["lists"]


def test_simulated_cameras_make_hits(portal, run_matcher, tmp_path):
    portal.publish({LIST: [a_row()]}, in_service())
    (tmp_path / "sites.json").write_text(json.dumps([{"site": SITE, "cameras": ["1"]}]))
    (tmp_path / "listed.json").write_text(json.dumps(["AB01CDE"]))
    with run_matcher() as running:
        until(lambda: running.revision() == 1)
        command = [sys.executable, "-m", "matcher_client.simulated_camera", "--matcher", running.url, "--rate", "20"]
        command += ["--sites", str(tmp_path / "sites.json"), "--listed", str(tmp_path / "listed.json")]
        cameras = subprocess.Popen(command, cwd=HERE)
        try:
            until(lambda: running.health()["counts"].get("reads", 0) > 10)
            until(lambda: portal.hits)
        finally:
            cameras.terminate()
            cameras.wait(10)


def test_files_of_cameras_are_matched_and_taken_away(portal, run_matcher, tmp_path):
    portal.publish({LIST: [a_row()]}, in_service())
    camera = tmp_path / "watched" / SITE / "north"
    camera.mkdir(parents=True)
    with run_matcher("--folder", str(tmp_path / "watched")) as running:
        until(lambda: running.revision() == 1)
        (camera / "1.xml").write_bytes(hikvision_xml())
        (camera / "2.xml").write_bytes(hikvision_xml("XY50ZZZ"))
        until(lambda: portal.hits)
        until(lambda: list(camera.iterdir()) == [])
        assert running.health()["counts"]["files"] == 2
    (hit,) = portal.hits.values()
    assert (hit["vrm"], hit["site"], hit["camera"]) == ("AB01CDE", SITE, "north")


def test_a_folder_that_is_not_there_is_said_at_once(portal, tmp_path, run_matcher):
    portal.publish({LIST: [a_row()]}, in_service())
    with run_matcher() as running:
        command = [*running.process.args, "--folder", str(tmp_path / "none")]
        command[command.index("--listen") + 1] = f"127.0.0.1:{free_port()}"
        command[command.index("--state") + 1] = str(tmp_path / "other")
        told = subprocess.run(command, cwd=HERE, capture_output=True, timeout=20)
    assert (told.returncode, told.stderr.count(b"no folder from which")) == (2, 1)


def test_reads_from_a_pipe_are_matched_and_its_end_is_the_end(portal, run_matcher, tmp_path):
    portal.publish({LIST: [a_row()]}, in_service())
    with run_matcher("--stdin") as running:
        until(lambda: running.revision() == 1)
        for line in (READ, [READ, READ | {"vrm": "XY50ZZZ"}, {"vrm": "AB01CDE"}], "no read"):
            running.process.stdin.write(json.dumps(line).encode() + b"\n")
        running.process.stdin.write(b"{\n")
        running.process.stdin.flush()
        until(lambda: running.health()["counts"].get("bad_lines") == 3)
        assert running.health()["counts"]["reads"] == 3
        running.process.stdin.close()
        assert running.process.wait(20) == 0
    assert len(portal.hits) == 2
    assert "AB01CDE" not in (tmp_path / "log").read_text()
