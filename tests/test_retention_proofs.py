"""What a certificate says is proved by the sealed log, outside the portal."""

import io
import json
import subprocess
import sys
from hashlib import sha256

import pytest

from accounts.models import SystemJob
from audit import sealing
from audit.seal import exports
from hotlists import actions as lists
from retention import actions, erasure
from tests.months_cast import *  # noqa: F403 - fixtures
from tests.test_retention import months_later

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "retention", "sealer"])

CLOCK = SystemJob("tests")


def test_certificate_leads_to_the_sealed_event_that_proves_its_count_and_digest(
    settings, tmp_path, client_of, dpo, approved_entry, supervisor
):
    settings.SEAL_DIR = tmp_path / "seal"
    key = sealing.make_key()
    lists.withdraw(approved_entry(vrm_entered="AB01CDE"), by=supervisor, reason="located")
    with months_later(12, days=3):
        certificate = actions.apply(by=CLOCK)
        sealing.seal()
        reader = client_of(dpo)
        reader.post("/audit/purpose/", {"purpose": "lawfulness"})
        event = reader.get(f"/retention/certificates/{certificate.pk}.json").json()["event"]
        assert f"/audit/events/{event}/" in reader.get(f"/retention/certificates/{certificate.pk}/").content.decode()
        taken = reader.post(f"/audit/export/?event={event}", {"recipient": "The Commissioner"}).getvalue()
    found = exports.check(io.BytesIO(taken), key)
    assert (found.events, found.with_words, found.problems) == (1, 1, [])
    words = json.loads(json.loads(taken.splitlines()[1])["words"])
    assert words["digest"] == certificate.digest
    assert "AB01" not in taken.decode()
    forged = taken.replace(certificate.digest.encode(), b"0" * 64)
    assert exports.check(io.BytesIO(forged), key).problems


def test_certificate_with_its_proof_is_checked_by_whoever_has_the_key(
    settings, tmp_path, client_of, dpo, submitter, closed_entry
):
    settings.SEAL_DIR = tmp_path / "seal"
    key = sealing.make_key()
    with months_later(12, days=3):
        certificate = actions.apply(by=CLOCK)
        reader, at = client_of(dpo), f"/retention/certificates/{certificate.pk}.jsonl"
        assert reader.get(at).status_code == 409, "nothing proves it before it is sealed"
        sealing.seal()
        taken = reader.get(at).content
        assert at in reader.get(f"/retention/certificates/{certificate.pk}/").content.decode()
        assert client_of(submitter).get(at).status_code == 403
        over = reader.get(f"/api/v1/retention/certificates/{certificate.pk}/proof/")
        assert client_of(submitter).get(f"/api/v1/retention/certificates/{certificate.pk}/proof/").status_code == 403
    assert json.loads(over.content.splitlines()[0])["certificate"] == json.loads(taken.splitlines()[0])["certificate"]
    (tmp_path / "taken.jsonl").write_bytes(taken)
    command = [sys.executable, "-I", "-c", ALONE, str(settings.BASE_DIR), str(tmp_path / "taken.jsonl"), key.spelled()]
    assert subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0
    told = json.loads(taken.splitlines()[0])["certificate"]
    line = next(line for line in told["lines"] if line["label"] == "hotlists.Entry")
    assert line["digest"] == erasure.digest([f"hotlists.Entry:{closed_entry.pk}"]), (
        "recomputed from the sealed words alone"
    )
    for forged in (
        {**told, "erased": told["erased"] + 1},
        {**told, "lines": []},
        {**told, "id": str(certificate.run_id)},
        {},
    ):
        assert exports.check(io.BytesIO(with_certificate(taken, forged)), key).problems


# As anybody runs it: with neither Django nor our settings.
ALONE = """
import sys
root, *arguments = sys.argv[1:]
sys.path.insert(0, root)
from audit.seal.__main__ import main
code = main([arguments[0], "--key", arguments[1]])
assert "django" not in sys.modules
sys.exit(code)
"""


def with_certificate(taken: bytes, certificate: dict[str, object]) -> bytes:
    """The file as a forger would hand it on, who makes its last line fit."""
    first, event, _end = taken.splitlines(keepends=True)
    lines = json.dumps(json.loads(first) | {"certificate": certificate}).encode() + b"\n" + event
    return lines + json.dumps({"events": 1, "sha256": sha256(lines).hexdigest()}).encode() + b"\n"
