"""Erasing reaches what lies beside the records: Redis, Celery's messages, sessions, stored answers, column differences, uploaded
files. The dump, publications, the log and its files are searched in test_erasure_leaves_nothing."""

import ast
import datetime as dt
import inspect
import re
import tempfile
from importlib import import_module
from pathlib import Path

import pytest
import redis
import time_machine
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from accounts.models import SystemJob
from audit.models import ColumnChange
from hotlists import actions as lists
from hotlists.exports import Form
from hotlists.models import Departure, FeedRow, Load, LoadProblem
from portal.celery import app
from portal.models import StoredAnswer
from portal.typed import FIELD
from retention import actions as retention
from tests.feed_cast import *  # noqa: F403 - fixtures
from tests.feed_cast import plate, voi
from tests.months_cast import *  # noqa: F403 - fixtures
from tests.test_bulk import file_of, row
from tests.test_idempotency import body, send
from tests.test_retention import everything_that_mentions, months_later

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "retention", "owner"])

CLOCK = SystemJob("tests")
ROOMS = (
    "portal", "audit", "standards", "accounts", "retention", "camera_sites", "hotlists", "matchers", "hits", "scrutiny",
    "oversight",
)  # fmt: skip
TYPED = "AB50 KLM"


def in_redis() -> bytes:
    """Every key and value of the broker and of the cache."""
    said = [b""]
    for address in (django_settings.BROKER_REDIS_URL, django_settings.CACHE_URL):
        with redis.Redis.from_url(address) as there:
            for key in there.scan_iter():
                said += [key, READ[there.type(key)](there, key)]
    return b"\n".join(said)


READ = {
    b"string": lambda there, key: there.get(key) or b"",
    b"list": lambda there, key: b"\n".join(there.lrange(key, 0, -1)),
    b"set": lambda there, key: b"\n".join(there.smembers(key)),
    b"hash": lambda there, key: str(there.hgetall(key)).encode(),
    b"zset": lambda there, key: b"\n".join(there.zrange(key, 0, -1)),
    b"stream": lambda there, key: str(there.xrange(key)).encode(),
    b"none": lambda there, key: b"",
}


# --- Celery: ids only, ever -------------------------------------------------------------------------------


def our_tasks() -> dict[str, object]:
    for room in ROOMS:
        if (Path(django_settings.BASE_DIR) / room / "tasks.py").exists():
            import_module(f"{room}.tasks")
    return {name: task for name, task in app.tasks.items() if name.split(".")[0] in ROOMS}


def test_tasks_are_given_ids_and_flags_and_answer_nothing():
    tasks = our_tasks()
    assert len(tasks) > 25
    for name, task in tasks.items():
        asked = inspect.signature(task.run)
        for parameter in asked.parameters.values():
            is_id = parameter.name.endswith("_id") and parameter.annotation is str
            assert is_id or parameter.annotation is bool, f"{name}: {parameter}"
        assert asked.return_annotation is None, f"{name} answers {asked.return_annotation}"
    assert django_settings.CELERY_TASK_IGNORE_RESULT
    assert not getattr(django_settings, "CELERY_RESULT_BACKEND", None)
    assert not [entry for entry in app.conf.beat_schedule.values() if entry.get("args")]


def test_nothing_but_the_text_of_an_id_is_sent_to_a_task():
    sent, task_ways = [], {"delay", "delay_on_commit", "apply_async", "apply_async_on_commit", "signature"}
    for room in ROOMS:
        for path in (Path(django_settings.BASE_DIR) / room).rglob("*.py"):
            for call in ast.walk(ast.parse(path.read_text())):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
                    assert call.func.attr not in task_ways, f"{path}: tasks are asked for by send_task"
                    if call.func.attr == "send_task":
                        sent.append((path, call))
    assert len(sent) > 10
    for path, call in sent:
        given = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
        assert len(call.args) == 1, path
        assert set(given) <= {"args", "kwargs"}, path
        assert re.fullmatch(r"\[str\(\w+(\.pk|_id)\)\]", given.get("args", "[str(x.pk)]")), f"{path}: {given}"
        assert given.get("kwargs", "{'whole': whole}") == "{'whole': whole}", f"{path}: {given}"


# --- Redis, sessions, stored answers ----------------------------------------------------------------------


def test_redis_never_holds_a_plate(client_of, submitter, supervisor, approved_entry, loaded):
    cache.set("looked-for", "AB01ZZZ found", 60)
    assert b"AB01ZZZ" in in_redis(), "what is there is seen"
    entry = approved_entry(vrm_entered=TYPED)
    client = client_of(submitter)
    client.post(reverse("plate_search"), {"plate": TYPED, "reason": "Is it listed? Briefing of the late shift."})
    client.get(reverse("entry_detail", args=[entry.pk]))
    client.get(reverse("entry_list"))
    loaded([voi(7)])
    lists.withdraw(entry, by=supervisor, reason="located", words=f"{TYPED} found.")
    said = in_redis().upper()
    for word in (TYPED, TYPED.replace(" ", ""), plate(7)):
        assert word.encode() not in said


def test_words_that_waited_in_a_session_go_when_it_expires(client, client_of, submitter, hotlist):
    page = client_of(submitter).get(reverse("entry_new", args=[hotlist.slug])).content.decode()
    signed = re.search(rf'name="{FIELD}" value="([^"]+)"', page).group(1)
    client.post(reverse("entry_new", args=[hotlist.slug]), {FIELD: signed, "vrm_entered": TYPED})
    waiting = [one for one in Session.objects.all() if "typed" in one.get_decoded()]
    assert len(waiting) == 1
    assert "KLM" in str(waiting[0].get_decoded())
    with time_machine.travel(timezone.now() + dt.timedelta(hours=2), tick=True):
        retention.apply(by=CLOCK)
    assert not Session.objects.filter(pk=waiting[0].pk).exists()


def test_answer_stored_for_a_repeated_call_goes_a_day_later(client_of, submitter, hotlist):
    assert send(client_of(submitter), body(hotlist, vrm_entered=TYPED), "k1").status_code == 201
    assert "KLM" in str(StoredAnswer.objects.get().body)
    with time_machine.travel(timezone.now() + dt.timedelta(days=1, minutes=5), tick=True):
        retention.apply(by=CLOCK)
    assert not StoredAnswer.objects.exists()


# --- Column differences, drafts, uploaded files ------------------------------------------------------------


def test_column_differences_name_no_record_that_was_erased(closed_entry):
    versions = [str(pk) for pk in closed_entry.versions.values_list("pk", flat=True)]
    of_it = ColumnChange.objects.filter(object_pk__in=[str(closed_entry.pk), *versions])
    assert of_it.exists()
    assert not [change for change in ColumnChange.objects.all() if "AB01" in change.object_repr]
    with months_later(12, days=3):
        retention.apply(by=CLOCK)
    assert not of_it.exists()
    assert not ColumnChange.objects.filter(object_repr__contains=str(closed_entry.pk)[-8:]).exists()


def test_draft_that_nobody_sent_goes_twelve_months_after_it_was_written(draft_entry):
    draft_entry(
        vrm_entered=TYPED, reason=f"The {TYPED} was seen leaving the yard at Mill Lane by two witnesses on Monday."
    )
    assert "hotlists_entryversion" in everything_that_mentions("AB50KLM")
    with months_later(12, days=3):
        retention.apply(by=CLOCK)
    for word in ("AB50KLM", TYPED):
        assert everything_that_mentions(word) == []


def test_uploaded_file_and_what_it_said_go(loaded, tmp_path):
    gone, bad = plate(11), "AB50NOTAPLATEATALL"
    loaded([voi(11, information="Seen at Mill Lane."), voi(12), voi(13, vrm=bad)], without_bad_rows=True)
    assert FeedRow.objects.filter(vrm=gone).exists()
    assert LoadProblem.objects.exists()
    assert not [problem for problem in LoadProblem.objects.all() if bad in problem.words]
    loaded([voi(12)])
    assert Departure.objects.filter(vrm=gone).exists()
    with months_later(12, days=3):
        retention.apply(by=CLOCK)
    for word in (gone, bad, "Mill Lane"):
        assert everything_that_mentions(word) == []
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and gone.encode() in path.read_bytes()]
    assert kept == []


def test_a_files_name_that_names_a_vehicle_is_not_kept(loaded, hotlist, submitter):
    """It would outlive the rows by years: files of loads, uploads of entries."""
    loaded([voi(12)], file_name="about AB50 KLM.csv")
    assert Load.objects.get().file_name == "(a name with a plate in it).csv"
    lists.upload_entries(hotlist, by=submitter, content=file_of([row(1)]), file_name="AB50KLM.csv")
    loaded([voi(12), voi(13)], file_name="insured-2026-11-23.csv")
    assert Load.objects.order_by("pk").last().file_name == "insured-2026-11-23.csv"
    for word in ("AB50KLM", TYPED):
        assert everything_that_mentions(word) == []


def test_what_is_taken_away_leaves_no_file_here(client_of, supervisor, approved_entry, monkeypatch, tmp_path):
    """Files are made as they are sent; what is said of a bad row repeats nothing of it (above)."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    approved_entry(vrm_entered=TYPED)
    places = (tmp_path, Path(django_settings.UPLOADS_DIR))
    before = {path for place in places for path in place.rglob("*")}
    for form in Form:
        asked = {"form": form.value, "reason": "For the morning briefing.", "recipient": "The early shift"}
        answer = client_of(supervisor).post("/entries/export/", asked)
        sent = b"".join(answer.streaming_content)
        assert answer.status_code == 200
        assert b"AB50KLM" in sent or sent.startswith(b"PK"), form
    assert {path for place in places for path in place.rglob("*")} == before
