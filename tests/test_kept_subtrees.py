"""The roots that are kept to make proofs quickly are held against the leaves when the log is verified."""

import pytest
from django.db import connection

from accounts.models import SystemJob
from audit import sealing
from audit.actions import record
from audit.models import Checkpoint, Subtree
from audit.seal import merkle
from audit.verbs import Verb
from audit.verification import verify
from portal.database.throwaway import admin_connection
from standards.models import StandardsProfile

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "retention", "sealer"])

JOB = SystemJob("tester")
ZEROS = "decode(repeat('00', 32), 'hex')"


@pytest.fixture(autouse=True)
def key(settings, tmp_path):
    settings.SEAL_DIR = tmp_path / "seal"
    return sealing.make_key()


def sealed(times: int) -> int:
    """So many events more, sealed; the size of the log now."""
    target = StandardsProfile.objects.order_by("pk").first()
    for number in range(times):
        record(Verb.PROFILE_ADOPTED, target=target, by=JOB, number=number)
    while sealing.seal():
        pass
    return Checkpoint.objects.first().size


def spoil(sql: str) -> None:
    """As an administrator of the server, whom no trigger stops."""
    with admin_connection(connection.settings_dict["NAME"], options="-c session_replication_role=replica") as admin:
        assert admin.execute(sql).rowcount >= 1


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        (
            f"UPDATE audit_subtree SET hash = {ZEROS} WHERE level = 1 AND index = 1",
            "root 1 of level 1 is not that over",
        ),
        ("DELETE FROM audit_subtree WHERE level = 1 AND index = 0", "root 0 of level 1 is missing"),
        ("UPDATE audit_subtree SET index = 9 WHERE level = 1 AND index = 1", "root 9 of level 1 is kept over leaves"),
        ("UPDATE audit_subtree SET level = 2 WHERE level = 1 AND index = 1", "root 1 of level 2 is kept over leaves"),
    ],
)
def test_wrong_one_is_found_and_said(sql, words):
    sealed(600)
    assert verify(sealing.verifier()).problems == []
    spoil(sql)
    assert words in " ".join(verify(sealing.verifier()).problems)


def test_wrong_one_is_found_by_a_look_at_what_is_new_that_begins_in_its_midst():
    start = sealed(300)
    sealed(300)
    assert verify(sealing.verifier(), after=start).problems == []
    spoil(f"UPDATE audit_subtree SET hash = {ZEROS} WHERE level = 1 AND index = 1")
    assert "root 1 of level 1" in " ".join(verify(sealing.verifier(), after=start).problems)


def test_log_that_was_sealed_before_any_were_kept_is_as_sealed():
    sealed(300)
    spoil("DELETE FROM audit_subtree")
    assert not Subtree.objects.exists()
    assert verify(sealing.verifier()).problems == []


def test_edge_tells_each_subtree_that_a_leaf_makes_whole():
    leaves = [merkle.leaf_hash(bytes([number % 256, number // 256])) for number in range(600)]
    edge, told = merkle.Edge(), 0
    for size, leaf in enumerate(leaves, 1):
        for height, node in edge.add_and_tell(leaf):
            first = size - (1 << height)
            assert node == merkle.root_of(leaves[first:size])
            told += 1
    assert edge.root() == merkle.root_of(leaves)
    assert told == 600 - (600).bit_count()
