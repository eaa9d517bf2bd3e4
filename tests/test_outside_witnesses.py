"""Witnesses outside cosign checkpoints over HTTP (C2SP tlog-witness), and the tree as static files (C2SP tlog-tiles).

The witness here is a second, plain statement of what one does: it keeps how far it has seen the log, and signs nothing else.
"""

import base64
import re
import threading
import time
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from django.urls import reverse

from accounts.models import SystemJob
from audit import sealing, tasks
from audit.actions import record, verify_log
from audit.models import Checkpoint, Leaf, WitnessWord
from audit.seal import merkle, notes
from audit.verbs import Verb
from portal.database.throwaway import admin_connection
from standards.models import StandardsProfile

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "retention", "sealer"])

JOB = SystemJob("tester")
NAME = "witness.example/w1"
COSIGNS = b"\x04"


@pytest.fixture(autouse=True)
def key(settings, tmp_path):
    settings.SEAL_DIR = tmp_path / "seal"
    return sealing.make_key()


def sealed(times: int) -> Checkpoint:
    target = StandardsProfile.objects.order_by("pk").first()
    for number in range(times):
        record(Verb.PROFILE_ADOPTED, target=target, by=JOB, number=number)
    while sealing.seal():
        pass
    return Checkpoint.objects.first()


class Witness:
    """A witness that trusts one log."""

    def __init__(self, log_key: notes.Verifier) -> None:
        self.key, self.log_key = Ed25519PrivateKey.generate(), log_key
        self.size, self.root, self.asked, self.answers_with = 0, merkle.EMPTY_ROOT, [], None
        public = self.key.public_key().public_bytes_raw()
        self.id = sha256(NAME.encode() + b"\n\x04" + public).digest()[:4]
        self.spelled = f"{NAME}+{self.id.hex()}+{base64.b64encode(COSIGNS + public).decode()}"

    def add_checkpoint(self, body: str) -> tuple[int, str]:
        """The status and the answer."""
        head, note = body.split("\n\n", 1)
        first, *proof = head.split("\n")
        old = int(first.removeprefix("old "))
        said = notes.checkpoint(note, self.log_key)
        self.asked.append((old, said.size))
        if self.answers_with:
            return self.answers_with
        if old != self.size:
            return 409, f"{self.size}\n"
        if not merkle.is_consistent(old, self.root, said.size, said.root, [base64.b64decode(line) for line in proof]):
            return 422, "the log did not only grow"
        self.size, self.root = said.size, said.root
        now = int(time.time())
        text = note[: note.index("\n\n") + 1]
        signature = self.key.sign(f"cosignature/v1\ntime {now}\n{text}".encode())
        return 200, f"— {NAME} {base64.b64encode(self.id + now.to_bytes(8, 'big') + signature).decode()}\n"


@pytest.fixture
def witness(key, settings):
    """One that listens on this machine."""
    one = Witness(key)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            assert self.path == "/w1/add-checkpoint"
            status, answer = one.add_checkpoint(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer.encode())))
            self.end_headers()
            self.wfile.write(answer.encode())

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.AUDIT_WITNESSES = {one.spelled: f"http://127.0.0.1:{server.server_port}/w1"}
    yield one
    server.shutdown()
    thread.join()
    server.server_close()


def rewrite_all(seal_dir: Path) -> None:
    """As an administrator with the sealer's key, who makes another history and seals it as if it were the only one."""
    with admin_connection(connection.settings_dict["NAME"], options="-c session_replication_role=replica") as admin:
        admin.execute("UPDATE audit_event SET actor_id = 'nobody'")
        for table in ("audit_leaf", "audit_subtree", "audit_checkpoint", "audit_unsealed"):
            admin.execute(f"DELETE FROM {table}")
        admin.execute("INSERT INTO audit_unsealed (event_id) SELECT id FROM audit_event")
    (seal_dir / "sealed.json").unlink()


def test_witness_cosigns_from_where_it_was(witness):
    first = sealed(3)
    tasks.ask_witnesses()
    tasks.ask_witnesses()  # nothing new: it is not asked
    second = sealed(300)
    tasks.ask_witnesses()
    assert witness.asked == [(0, first.size), (first.size, second.size)]
    assert [word.size for word in WitnessWord.objects.order_by("id")] == [first.size, second.size]
    assert verify_log(by=JOB, whole=True).problems == []


def test_witness_that_is_elsewhere_says_so_and_is_asked_from_there(witness):
    first = sealed(5)
    tasks.ask_witnesses()
    with admin_connection(connection.settings_dict["NAME"], options="-c session_replication_role=replica") as admin:
        admin.execute("DELETE FROM audit_witnessword")  # after a restore, say
    second = sealed(5)
    tasks.ask_witnesses()
    assert witness.asked[-2:] == [(0, second.size), (first.size, second.size)]
    assert WitnessWord.objects.get().problem == ""


def test_history_rewritten_with_the_key_is_found_by_the_witness_and_said_once(witness, settings):
    before = sealed(4)
    tasks.ask_witnesses()
    rewrite_all(settings.SEAL_DIR)
    sealed(1)
    tasks.ask_witnesses()
    tasks.ask_witnesses()
    word = WitnessWord.objects.first()
    assert "does not find that the log only grew" in word.problem
    assert WitnessWord.objects.exclude(problem="").count() == 1
    assert WitnessWord.objects.exclude(line="").get().size == before.size
    assert any("witness.example/w1: it does not find" in words for words in verify_log(by=JOB, whole=True).problems)


def test_log_shorter_than_what_a_witness_saw_is_said(witness):
    sealed(4)
    witness.answers_with = (409, "4000\n")
    tasks.ask_witnesses()
    assert "it has seen 4000 events" in WitnessWord.objects.get().problem


@pytest.mark.parametrize(
    "answer", [(503, "later"), (200, "— another.example AAAA\n"), (200, ""), (404, "who are you?")]
)
def test_witness_that_is_away_or_signs_nothing_holds_nothing_up(witness, answer):
    sealed(4)
    witness.answers_with = answer
    tasks.ask_witnesses()
    assert not WitnessWord.objects.exists()
    witness.answers_with = None
    tasks.ask_witnesses()
    assert WitnessWord.objects.exists()


def test_cosignature_of_another_is_none(witness):
    newest = sealed(4)
    tasks.ask_witnesses()
    word, text = WitnessWord.objects.get(), newest.note[: newest.note.index("\n\n") + 1]
    known = notes.Verifier.read(witness.spelled)
    assert notes.cosigned_at(word.line, text, known) == word.time
    for line, words in ((word.line, text.replace(f"\n{newest.size}\n", "\n9\n")), (word.line[:-8] + "AAAAAAA=", text)):
        with pytest.raises(notes.Forged):
            notes.cosigned_at(line, words, known)


def test_page_and_api_tell_what_witnesses_said(witness, client_of, dpo, submitter):
    sealed(4)
    tasks.ask_witnesses()
    client = client_of(dpo)
    assert NAME in client.get(reverse("verification_list")).content.decode()
    (told,) = client.get(reverse("api_witness_list")).json()["results"]
    assert (told["witness"], told["problem"]) == (NAME, "")
    assert client_of(submitter).get(reverse("api_witness_list")).status_code == 403


def leaves_in(folder: Path, size: int) -> list[bytes]:
    """The leaf hashes as anybody reads them from the files, by the specification's own words."""
    found, number = [], 0
    while len(found) < size:
        width = min(256, size - len(found))
        groups = [f"{number:09d}"[at : at + 3] for at in (0, 3, 6)]
        while len(groups) > 1 and groups[0] == "000":
            groups.pop(0)
        path = "tile/0/" + "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        raw = (folder / (path if width == 256 else f"{path}.p/{width}")).read_bytes()
        assert len(raw) == width * 32
        found += [raw[at : at + 32] for at in range(0, len(raw), 32)]
        number += 1
    return found


def test_tree_is_rebuilt_from_static_files_alone(settings, tmp_path, key, witness):
    settings.AUDIT_TILES_DIR = str(tmp_path / "tiles")
    for more in (3, 300, 256, 1):
        newest = sealed(more)
        tasks.ask_witnesses()
        tasks.publish_tiles()
        note = (tmp_path / "tiles" / "checkpoint").read_text()
        assert notes.checkpoint(note, key) == (newest.note.split("\n")[0], newest.size, bytes(newest.root))
        assert re.search(rf"^— {NAME} ", note, re.M)
        assert merkle.root_of(leaves_in(tmp_path / "tiles", newest.size)) == bytes(newest.root)
    above = (tmp_path / "tiles" / "tile" / "1" / f"000.p/{newest.size // 256}").read_bytes()
    assert above[:32] == merkle.root_of(leaves_in(tmp_path / "tiles", newest.size)[:256])
    assert not (tmp_path / "tiles" / "tile" / "0" / "000.p").exists(), "a whole one takes the place of its parts"
    assert Leaf.objects.count() == newest.size


def test_folder_that_is_away_holds_nothing_up(settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.AUDIT_TILES_DIR = str(tmp_path / "file" / "tiles")
    sealed(2)
    tasks.publish_tiles()
