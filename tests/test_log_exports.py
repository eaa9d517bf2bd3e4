"""Part of the log taken out with its proofs: checked by a program of its own and by others' code, and every forgery found."""

import base64
import io
import json
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from django.conf import settings as portal_settings
from django.db import connection

from accounts.models import SystemJob
from audit import sealing
from audit.actions import record
from audit.models import Event, EventDetail, Leaf, Subtree
from audit.seal import exports, merkle
from audit.tree import Tree
from audit.verbs import Verb
from portal.database.throwaway import admin_connection
from standards.models import StandardsProfile

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "retention", "sealer"])

JOB = SystemJob("tester")
MANY = 600  # more than two kept subtrees, and some over


@pytest.fixture(autouse=True)
def key(settings, tmp_path):
    settings.SEAL_DIR = tmp_path / "seal"
    return sealing.make_key()


@pytest.fixture
def reader(client_of, dpo):
    """A browser whose person has chosen their purpose."""
    client = client_of(dpo)
    client.post("/audit/purpose/", {"purpose": "lawfulness"})
    return client


def act(times: int = 1) -> list[Event]:
    target = StandardsProfile.objects.order_by("pk").first()
    return [record(Verb.PROFILE_ADOPTED, target=target, by=JOB, number=n) for n in range(times)]


def taken(reader, query: str = "", recipient: str = "The Commissioner") -> bytes:
    response = reader.post(f"/audit/export/?{query}", {"recipient": recipient})
    assert response.status_code == 200, response.content
    return response.getvalue()


def checked(content: bytes, key) -> exports.Checked:
    return exports.check(io.BytesIO(content), key)


def test_what_was_taken_out_proves_itself(reader, key):
    events = act(MANY)
    sealing.seal()
    found = checked(taken(reader, "verb=profile.adopted"), key)
    assert (found.events, found.with_words, found.problems) == (MANY, MANY, [])
    assert found.checkpoint.size == Leaf.objects.count()
    began, ended = (Event.objects.filter(verb=verb).get() for verb in (Verb.LOG_TAKEN, Verb.LOG_HANDED_OUT))
    assert EventDetail.objects.get(pk=began.pk).body["recipients"] == "The Commissioner"
    assert EventDetail.objects.get(pk=ended.pk).body["sha256"] == found.sha256
    assert ended.count == MANY
    assert events[0].pk == Event.objects.filter(verb=Verb.PROFILE_ADOPTED).earliest("pk").pk


def test_what_is_not_sealed_yet_is_left_out(reader, key):
    act(3)
    sealing.seal()
    act(2)
    assert checked(taken(reader, "verb=profile.adopted"), key).events == 3


def test_nothing_is_taken_out_before_anything_is_sealed(reader):
    assert reader.get("/audit/export/").status_code == 409
    assert not Event.objects.filter(verb=Verb.LOG_TAKEN).exists()


def test_recipient_is_asked_for_and_what_was_typed_is_kept(reader):
    act()
    sealing.seal()
    response = reader.post("/audit/export/", {"recipient": " "})
    assert response.status_code == 422
    assert not Event.objects.filter(verb=Verb.LOG_TAKEN).exists()


def test_who_may_not_read_the_log_takes_nothing_out(client_of, submitter):
    act()
    sealing.seal()
    assert client_of(submitter).post("/audit/export/", {"recipient": "Me"}).status_code == 403


def test_erased_words_are_left_out_and_the_event_is_proved(reader, key):
    (event, _) = act(2)
    sealing.seal()
    EventDetail.objects.using("retention").filter(pk=event.pk).delete()
    found = checked(taken(reader, "verb=profile.adopted"), key)
    assert (found.events, found.with_words, found.problems) == (2, 1, [])


def lines_of(content: bytes) -> list[dict]:
    return [json.loads(line) for line in content.splitlines()]


def written(lines: list[dict]) -> bytes:
    """The lines with an end that fits them, as a forger would write it."""
    body = b"".join(json.dumps(line).encode() + b"\n" for line in lines[:-1])
    return body + json.dumps({"events": len(lines) - 2, "sha256": sha256(body).hexdigest()}).encode() + b"\n"


def other_actor(lines):
    lines[2]["leaf"] = lines[2]["leaf"].replace("job:", "user:")


def other_words(lines):
    lines[2]["words"] = lines[2]["words"].replace("tester", "nobody")


def twice(lines):
    lines.insert(2, lines[2])


def swapped(lines):
    lines[2], lines[3] = lines[3], lines[2]


def at_another_place(lines):
    lines[2]["number"] += 1


def with_anothers_proof(lines):
    lines[2]["proof"] = lines[1]["proof"]


def no_event(lines):
    del lines[2]["leaf"]


@pytest.mark.parametrize(
    ("forge", "said"),
    [
        (other_actor, "is not in the log"), (other_words, "not those that were recorded"), (twice, "here twice"),
        (swapped, "out of order"), (at_another_place, "is not in the log"), (with_anothers_proof, "is not in the log"),
        (no_event, "is no event"),
    ],
)  # fmt: skip
def test_forged_exports_are_found_out(reader, key, forge, said):
    act(9)
    sealing.seal()
    lines = lines_of(taken(reader, "verb=profile.adopted"))
    assert checked(written(lines), key).problems == [], "a forger's end is as good as ours"
    forge(lines)
    assert any(said in problem for problem in checked(written(lines), key).problems)


def test_lines_that_are_missing_show_by_the_digest_and_by_the_record(reader, key, tmp_path):
    act(5)
    sealing.seal()
    whole = taken(reader, "verb=profile.adopted")
    cut = b"".join(whole.splitlines(keepends=True)[:-1])
    assert "ends in the middle" in checked(cut, key).problems[0]
    lines = lines_of(whole)
    del lines[3]
    shorter = tmp_path / "shorter.jsonl"
    shorter.write_bytes(written(lines))
    (tmp_path / "whole.jsonl").write_bytes(whole)
    sealing.seal()
    record_of = Event.objects.filter(verb=Verb.LOG_HANDED_OUT).get()
    (tmp_path / "record.jsonl").write_bytes(taken(reader, f"event={record_of.pk}"))
    assert program(tmp_path / "whole.jsonl", key, tmp_path / "record.jsonl") == (0, "")
    status, said = program(shorter, key, tmp_path / "record.jsonl")
    assert status == 1
    assert "The record is that of another export." in said
    assert program(shorter, key)[0] == 0, "without the record nobody can tell that one is left out"


WITHOUT_DJANGO = """
import runpy, sys
sys.modules["django"] = None
runpy.run_module("audit.seal", run_name="__main__")
"""


def program(path: Path, key, record_path: Path | None = None) -> tuple[int, str]:
    """The stand-alone verifier, where there is neither Django nor a database."""
    more = ["--record", str(record_path)] if record_path else []
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_DJANGO, str(path), "--key", key.spelled(), *more],
        cwd=portal_settings.BASE_DIR, env={"PATH": ""}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    return done.returncode, done.stderr


def test_program_says_what_it_cannot_read(tmp_path, key):
    (tmp_path / "other").write_text("no export")
    status, said = program(tmp_path / "other", key)
    assert status == 2
    assert "no JSON" in said


def test_code_that_others_wrote_accepts_our_proofs_and_no_others(reader, key):
    """Sigstore's own check of inclusion in a transparency log, from its package."""
    node, package = shutil.which("node"), portal_settings.BASE_DIR / "node_modules/@sigstore/verify"
    if node is None or not package.exists():
        pytest.skip("node or @sigstore/verify is not there: npm ci")
    act(MANY)
    sealing.seal()
    lines = lines_of(taken(reader, "verb=profile.adopted"))
    _, size, root = lines[0]["checkpoint"].split("\n")[:3]
    asked = [{"leaf": line["leaf"], "number": line["number"], "proof": line["proof"]} for line in lines[1:-1]]
    asked.append(asked[0] | {"number": asked[1]["number"]})
    done = subprocess.run(
        [node, "-e", """
            const { verifyMerkleInclusion } = require("@sigstore/verify/dist/tlog/merkle.js");
            const { size, root, events } = JSON.parse(require("fs").readFileSync(0, "utf8"));
            const checkpoint = { logSize: BigInt(size), logHash: Buffer.from(root, "base64") };
            console.log(JSON.stringify(events.map(({ leaf, number, proof }) => {
                const hashes = proof.map((node) => Buffer.from(node, "base64"));
                const entry = { canonicalizedBody: Buffer.from(leaf), inclusionProof: { logIndex: String(number), hashes } };
                try { verifyMerkleInclusion(entry, checkpoint); return true; } catch { return false; }
            })));
        """],
        cwd=portal_settings.BASE_DIR, input=json.dumps({"size": size, "root": root, "events": asked}),
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout) == [True] * MANY + [False]


@pytest.mark.parametrize("sizes", [[1], [255, 1, 1], [256], [300, 400, 600]])
def test_proofs_from_kept_subtrees_are_those_from_all_leaves(key, sizes):
    for size in sizes:
        act(size)
        sealing.seal()
    leaves = [bytes(leaf) for leaf in Leaf.objects.order_by("number").values_list("hash", flat=True)]
    tree, node = Tree(len(leaves)), merkle.over(leaves)
    some = {0, len(leaves) // 2, len(leaves) - 1}
    assert tree.proofs(some) == [merkle.inclusion_proof(node, len(leaves), number) for number in some]
    assert tree.growth(len(leaves) // 3) == merkle.consistency_proof(node, len(leaves), len(leaves) // 3)
    assert Subtree.objects.filter(level=1).count() == len(leaves) // 256


def test_subtrees_of_a_log_that_was_sealed_before_there_were_any_are_made(key):
    act(520)
    sealing.seal()
    with admin_connection(connection.settings_dict["NAME"], options="-c session_replication_role=replica") as admin:
        admin.execute("DELETE FROM audit_subtree")
    act()
    sealing.seal()
    assert Subtree.objects.filter(level=1).count() == 2
    assert Tree(521).proofs([7])


def test_api_hands_out_the_same(client_of, dpo, key):
    act(4)
    sealing.seal()
    client = client_of(dpo)
    asked = {"purpose": "proceedings", "recipient": "Counsel", "verb": "profile.adopted"}
    response = client.post("/api/v1/events/export/", asked, content_type="application/json")
    assert response.status_code == 200, response.content
    found = checked(response.getvalue(), key)
    assert (found.events, found.problems, found.header["recipient"]) == (4, [], "Counsel")
    for missing in ("purpose", "recipient"):
        less = {name: value for name, value in asked.items() if name != missing}
        assert client.post("/api/v1/events/export/", less, content_type="application/json").status_code == 400


def test_a_root_spelled_in_base64_is_that_of_the_tree(reader, key):
    act(3)
    made = sealing.seal()
    header = lines_of(taken(reader))[0]
    assert base64.b64decode(header["checkpoint"].split("\n")[2]) == bytes(made.root)
    assert header["key"] == key.spelled()
