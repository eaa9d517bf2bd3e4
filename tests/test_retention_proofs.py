"""What a certificate says is proved by the sealed log, outside the portal."""

import io
import json

import pytest

from accounts.models import SystemJob
from audit import sealing
from audit.seal import exports
from hotlists import actions as lists
from retention import actions
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
