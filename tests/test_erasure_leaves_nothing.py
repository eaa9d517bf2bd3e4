"""After retention erased a record, a dump of the whole database and every file of the portal are searched for its plate:
nothing is found, and every proof still verifies from zero (R-065)."""

import base64
import gzip
import logging
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.conf import settings as django_settings
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.models import SystemJob
from audit import sealing
from audit.actions import verify_log
from audit.models import Event
from hits.models import Hit
from hotlists import actions as lists
from hotlists.exports import Form
from hotlists.models import Entry, EntryVersion
from matcher_client.vrm import search_skeleton, skeleton
from matchers import actions as matchers
from portal.embedded import programs
from portal.embedded.places import server_dir
from portal.ids import new_id
from portal.logs import Formatter
from retention import actions as retention
from tests.hit_cast import *  # noqa: F403 - fixtures
from tests.publishing import PUBLISHER, publish
from tests.test_retention import months_later

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "retention", "owner", "sealer"])

CLOCK = SystemJob("tests")
PLATE, PRINTED = "WK50VHT", "WK50 VHT"  # in no other test
KEPT = "XY50 ZZZ"
CLUSTER = ("base", "pg_wal", "global")  # PostgreSQL's own files: its dump is what they say


def spellings() -> set[bytes]:
    """The plate as it may be written anywhere: as printed, typed, compared, encoded."""
    plain = {PLATE, PRINTED, PRINTED.replace(" ", "-"), PRINTED.replace(" ", "+"), PRINTED.replace(" ", "%20"),
             skeleton(PLATE), search_skeleton(PLATE), PLATE[::-1]}  # fmt: skip
    plain |= {word.lower() for word in plain}
    found = {word.encode() for word in plain} | {word.encode("utf-16-le") for word in plain}
    found |= {word.encode().hex().encode() for word in plain}
    return found | {base64.b64encode(word.encode())[:8] for word in plain}


def dumped() -> bytes:
    """The whole database as text: what a backup of it would hold."""
    address = urlsplit(django_settings.DATABASE_ADMIN_URL)._replace(path=f"/{connection.settings_dict['NAME']}")
    outside = "DATABASE_URL" in os.environ
    program = shutil.which("pg_dump") if outside else programs.binaries(django_settings.STATE_DIR) / "pg_dump"
    done = subprocess.run([str(program), urlunsplit(address)], capture_output=True, check=True, timeout=120)
    return done.stdout


def contents(path: Path) -> Iterator[bytes]:
    """A file, and what it holds where it is packed."""
    raw = path.read_bytes()
    yield raw
    if path.suffix == ".parquet" or raw[:4] == b"PAR1":
        yield str(pq.read_table(path).to_pylist()).encode()
    elif raw[:2] == b"\x1f\x8b":
        yield gzip.decompress(raw)
    elif raw[:4] == b"\x28\xb5\x2f\xfd":
        yield pa.input_stream(path, compression="zstd").read()


def files_of(*folders: Path) -> Iterator[Path]:
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and not set(CLUSTER) & set(path.parts):
                yield path


def holding(data: Iterator[tuple[str, bytes]]) -> list[str]:
    marks = spellings()
    return sorted({f"{name}: {mark!r}" for name, raw in data for mark in marks if mark in raw})


def everywhere(*folders: Path) -> list[str]:
    found = holding([("the dump", dumped())])
    return found + holding((str(path), raw) for path in files_of(*folders) for raw in contents(path))


@pytest.fixture
def places(settings, tmp_path) -> tuple[Path, ...]:
    """Where the portal of this test leaves files, the servers' logs with them."""
    settings.SEAL_DIR, settings.UPLOADS_DIR = tmp_path / "seal", tmp_path / "uploads"
    settings.CHECKPOINT_DROP = str(tmp_path / "elsewhere")
    (tmp_path / "elsewhere").mkdir()
    sealing.make_key()
    servers = server_dir(django_settings.STATE_DIR) / "postgres"
    return (tmp_path, *([servers] if servers.exists() else []))


@pytest.fixture
def log_file(tmp_path):
    """The log as a deployment writes it to a file."""
    handler = logging.FileHandler(tmp_path / "portal.log")
    handler.setFormatter(Formatter("%(levelname)s %(name)s %(message)s"))
    logging.getLogger().addHandler(handler)
    yield tmp_path / "portal.log"
    logging.getLogger().removeHandler(handler)
    handler.close()


def refused_by_the_database(entry: Entry) -> None:
    """A row that names the plate and that no rule lets in, told to the log as an action would be."""
    version = EntryVersion.objects.filter(entry=entry).values().first()
    lacking = {
        "id": new_id(),
        "number": 2,
        "status": "draft",
        "reason": None,
        "submitted_by_id": None,
        "submitted_at": None,
    }
    try:
        with transaction.atomic():
            EntryVersion.objects.create(**version | lacking)
    except IntegrityError as error:
        assert PLATE in str(error)
        logging.getLogger("portal.errors").error("The database refused: %s", error, exc_info=error)
    else:
        pytest.fail("it was let in")


def test_erased_plate_is_in_no_dump_and_no_file_and_every_proof_verifies(
    listed, report, answers, operator, supervisor, submitter, dpo, places, log_file, client_of, live_server
):
    entry = listed(vrm_entered=PRINTED, reason=f"The {PRINTED} left the burglary at Mill Lane, case 77; seen on CCTV.")
    listed(vrm_entered=KEPT)
    hit = answers.ended(report(entry), operator)
    client = client_of(submitter)
    client.post(reverse("plate_search"), {"plate": PRINTED, "reason": f"Is {PRINTED} listed?"})
    client.get(reverse("entry_detail", args=[entry.pk]))
    b"".join(lists.export_entries({}, by=supervisor, reason="Briefing.", form=Form.CSV).parts)
    refused_by_the_database(entry)
    lists.withdraw(entry, by=supervisor, reason="located", words=f"{PLATE} found in Mill Lane.")
    publish(entry.hotlist)
    while sealing.seal():
        pass
    before = everywhere(*places)
    assert [line for line in before if line.startswith("the dump")]
    assert [line for line in before if "publication" in line], before
    events = set(Event.objects.values_list("pk", flat=True))
    with months_later(12, days=1):
        matchers.renew_whole_file(entry.hotlist_id, by=PUBLISHER)  # within the hour, where the clock runs
        matchers.prune(by=PUBLISHER)
    with months_later(12, days=9):  # no matcher can ask for the files before it any more
        matchers.prune(by=PUBLISHER)
        certificate = retention.apply(by=CLOCK)
        matchers.prune(by=PUBLISHER)
        while sealing.seal():
            pass
        found = verify_log(by=CLOCK, whole=True)
    assert certificate.run.problems == []
    assert not Hit.objects.filter(pk=hit.pk).exists()
    assert not Entry.objects.filter(pk=entry.pk).exists()
    assert everywhere(*places) == []
    assert found.problems == []
    assert found.after == 0
    assert events <= set(Event.objects.values_list("pk", flat=True)), "the events outlive their words"
