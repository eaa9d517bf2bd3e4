"""Files that a source leaves in a place: taken in whole, once, as its machine's; from a directory and from a bucket."""

import datetime as dt
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import obstore
import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone
from obstore.store import S3Store

from accounts.actions import add_machine
from accounts.models import SystemJob
from audit.models import Event
from hotlists import actions
from hotlists.feeds import inbox
from hotlists.models import FeedRow, Load, SourceAgreement
from portal.errors import Unfit
from tests.feed_cast import *  # noqa: F403 - the feed and who loads it
from tests.feed_cast import JOB, terms, voi, voi_file

pytestmark = pytest.mark.django_db
BUCKET = "sources"


@pytest.fixture
def place(settings, tmp_path):
    """A directory that the portal watches."""
    settings.FEED_INBOX_SETTLED_SECONDS = 30
    settings.UPLOADS_DIR = tmp_path / "uploads"
    (tmp_path / "inbox").mkdir()
    settings.FEED_INBOX = f"file://{tmp_path}/inbox"
    return tmp_path / "inbox"


@pytest.fixture
def machine():
    """The name under which files that are left count."""
    return add_machine("insurance database", by=SystemJob("tests"), scopes=["write"])[0]


@pytest.fixture
def left_agreement(place, feed, manager, second_manager, machine):
    """The source leaves files, which count as this machine's."""
    proposed = actions.propose_agreement(feed, by=manager, **terms(interface="inbox", machine=machine))
    return actions.agree(proposed, by=second_manager)


def leave(place: Path, name: str, content: bytes, *, seconds_ago: float = 60) -> Path:
    """As a source does it."""
    path = place / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    moment = time.time() - seconds_ago
    os.utime(path, (moment, moment))
    return path


def look():
    return actions.look_into_inbox(by=JOB)


def check_and_merge(load: Load) -> None:
    """What the worker does when it is told of a load."""
    actions.check(load, by=JOB)
    look()
    actions.merge(Load.objects.get(pk=load.pk), by=JOB)


def test_a_file_that_is_left_is_taken_checked_accepted_and_gone(left_agreement, place, feed, machine):
    path = leave(place, "no-insurance/complete/monday.csv", voi_file([voi(1), voi(2)]))
    [load] = look().received
    assert (load.file_name, load.mode, load.uploader) == ("monday.csv", Load.Mode.COMPLETE, machine)
    assert not path.exists()
    actions.check(load, by=JOB)
    load.refresh_from_db()
    assert load.is_over_limit  # a list's first load always is: a person releases it
    assert look().accepted == []


def test_within_the_limit_nobody_has_to_be_at_a_desk(left_agreement, place, feed, second_manager):
    leave(place, "no-insurance/complete/monday.csv", voi_file([voi(n) for n in range(20)]))
    [first] = look().received
    actions.check(first, by=JOB)
    actions.accept(first, by=second_manager)
    actions.merge(first, by=JOB)
    leave(place, "no-insurance/add/tuesday.csv", voi_file([voi(20)]))
    [second] = look().received
    check_and_merge(second)
    assert FeedRow.objects.filter(hotlist=feed).count() == 21


def test_rows_with_problems_wait_for_a_person(left_agreement, place, feed, second_manager):
    leave(place, "no-insurance/complete/monday.csv", voi_file([voi(n) for n in range(20)]))
    [first] = look().received
    actions.check(first, by=JOB)
    actions.accept(first, by=second_manager)
    actions.merge(first, by=JOB)
    leave(place, "no-insurance/add/tuesday.csv", voi_file([voi(20), voi(21, weed="never")]))
    [second] = look().received
    actions.check(second, by=JOB)
    assert look().accepted == []
    assert Load.objects.get(pk=second.pk).status == Load.Status.CHECKED


def test_what_is_still_being_written_is_left_to_its_writer(left_agreement, place):
    leave(place, "no-insurance/complete/now.csv", voi_file([voi(1)]), seconds_ago=5)
    leave(place, "no-insurance/complete/.hidden.csv", voi_file([voi(1)]))
    leave(place, "no-insurance/complete/half.csv.part", voi_file([voi(1)]))
    assert look().received == []


def test_files_are_taken_one_at_a_time_the_oldest_first(left_agreement, place, feed, second_manager):
    leave(place, "no-insurance/add/b.csv", voi_file([voi(2)]), seconds_ago=60)
    leave(place, "no-insurance/complete/a.csv", voi_file([voi(1)]), seconds_ago=90)
    [first] = look().received
    assert first.file_name == "a.csv"
    assert look().received == []  # the first is still open
    actions.check(first, by=JOB)
    actions.accept(first, by=second_manager)
    actions.merge(first, by=JOB)
    assert [load.file_name for load in look().received] == ["b.csv"]


def test_a_file_that_cannot_be_taken_is_set_aside_on_record_and_deleted_in_time(
    left_agreement, place, django_capture_on_commit_callbacks
):
    leave(place, "no-insurance/complete/empty.csv", b"")
    with django_capture_on_commit_callbacks(execute=True):
        assert look().received == []
    [kept] = (place / "no-insurance" / "set-aside").iterdir()
    assert kept.name.endswith("-empty.csv")
    assert Event.objects.filter(verb="load.file_set_aside").count() == 1
    assert look().set_aside == []  # once
    assert kept.exists()
    with time_machine.travel(timezone.now() + dt.timedelta(days=8), tick=True):
        look()
    assert not kept.exists()


def test_a_file_put_in_place_of_the_one_that_was_read_is_not_deleted(left_agreement, place):
    path = leave(place, "no-insurance/complete/a.csv", voi_file([voi(1)]))
    [file] = inbox.left_for("no-insurance", ["complete"], before=timezone.now())
    path.write_bytes(voi_file([voi(1), voi(2)]))
    inbox.remove(file)
    assert path.exists()


def test_a_file_whose_deletion_a_crash_prevented_is_taken_again_and_changes_nothing_twice(
    left_agreement, place, second_manager
):
    content = voi_file([voi(n) for n in range(5)])
    leave(place, "no-insurance/complete/a.csv", content)
    [first] = look().received
    leave(place, "no-insurance/complete/a.csv", content)  # as if the process had died before it deleted the file
    actions.check(first, by=JOB)
    actions.accept(first, by=second_manager)
    actions.merge(first, by=JOB)
    [again] = look().received
    check_and_merge(again)
    again.refresh_from_db()
    assert (again.status, again.added, again.changed, again.removed, again.unchanged) == (
        Load.Status.LOADED,
        0,
        0,
        0,
        5,
    )
    assert any("was loaded before" in notice for notice in again.notices)


def test_other_lists_folders_and_lists_without_such_an_agreement_are_not_looked_into(agreement, place, feed):
    path = leave(place, "no-insurance/complete/a.csv", voi_file([voi(1)]))
    leave(place, "somewhere-else/complete/a.csv", voi_file([voi(1)]))
    assert look().received == []
    assert path.exists()


def test_a_place_that_is_gone_is_told_of_in_the_log_and_stops_nothing(
    left_agreement, place, settings, caplog, tmp_path
):
    settings.FEED_INBOX = "s3://nobody-has-this-bucket"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT", "http://127.0.0.1:9")
        patch.setenv("AWS_ALLOW_HTTP", "true")
        patch.setenv("AWS_ACCESS_KEY_ID", "nobody")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
        assert look().received == []
    assert "no-insurance cannot be read" in caplog.text


def test_the_terms_need_a_machine_and_a_watched_place(feed, manager, machine, settings, place):
    with pytest.raises(Unfit) as refusal:
        actions.propose_agreement(feed, by=manager, **terms(interface="inbox"))
    assert "machine" in refusal.value.fields
    settings.FEED_INBOX = ""
    with pytest.raises(Unfit) as refusal:
        actions.propose_agreement(feed, by=manager, **terms(interface="inbox", machine=machine))
    assert "interface" in refusal.value.fields


def test_the_database_wants_the_machine_too(left_agreement):
    left_agreement.pk, left_agreement.machine = None, None
    with pytest.raises(IntegrityError), transaction.atomic():
        SourceAgreement.objects.bulk_create([left_agreement])


# --- A bucket -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bucket():
    """An S3 service on loopback, with an empty bucket."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    service = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            try:
                httpx.put(f"{url}/{BUCKET}").raise_for_status()
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield url
    finally:
        service.terminate()
        service.wait(10)


def test_a_bucket_serves_as_a_directory_does(
    bucket, left_agreement, settings, monkeypatch, django_capture_on_commit_callbacks
):
    for name, value in {
        "AWS_ENDPOINT": bucket, "AWS_ALLOW_HTTP": "true", "AWS_REGION": "eu-west-2", "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    settings.FEED_INBOX, settings.FEED_INBOX_SETTLED_SECONDS = f"s3://{BUCKET}/feeds", 0
    store = S3Store(BUCKET, prefix="feeds")
    obstore.put(store, "no-insurance/complete/empty.csv", b"")
    obstore.put(store, "no-insurance/complete/monday.csv", voi_file([voi(1), voi(2)]))
    time.sleep(1.1)  # a bucket's clock counts in seconds
    with django_capture_on_commit_callbacks(execute=True):
        assert look().received == []  # the first by name is empty
    [load] = look().received
    assert load.file_name == "monday.csv"
    [kept] = [kept["path"] for page in obstore.list(store) for kept in page]
    assert kept.startswith("no-insurance/set-aside/") and kept.endswith("-empty.csv")
    actions.check(load, by=JOB)
    assert Load.objects.get(pk=load.pk).good_rows == 2
