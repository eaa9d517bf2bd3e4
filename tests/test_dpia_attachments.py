"""Files of an assessment: judged by content, scanned before anybody opens them, part of what is approved, and gone when taken off."""

import hashlib
import os
import socket
import struct
import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from audit.models import Event
from audit.verbs import Verb
from camera_sites import actions, tasks
from camera_sites.actions.dpias import digest_of
from camera_sites.models import DpiaAttachment, DpiaVersion
from portal.errors import Refused, TooLate, Unfit
from portal.kept_files import path_of
from portal.scanning import Away, Clamd, Verdict
from tests.site_cast import *  # noqa: F403 - fixtures
from tests.site_cast import CONTENTS, REGISTERS

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489")
EICAR = PDF + b"EICAR-TEST"
OPEN = DpiaAttachment.Status


@pytest.fixture(autouse=True)
def kept(settings, tmp_path):
    settings.FILES_DIR = tmp_path
    return tmp_path


@pytest.fixture
def draft(infrastructure_lead) -> DpiaVersion:
    return actions.begin_dpia(by=infrastructure_lead, ref="dpia-files", title="Files", **CONTENTS, **REGISTERS)


@pytest.fixture
def clamd(settings):
    """A daemon on loopback that speaks INSTREAM and finds what this file calls malware."""
    listening = socket.create_server(("127.0.0.1", 0))
    settings.SCANNER, settings.CLAMD = "portal.scanning.Clamd", f"127.0.0.1:{listening.getsockname()[1]}"

    def serve() -> None:
        while True:
            try:
                there, _ = listening.accept()
            except OSError:
                return
            with there, there.makefile("rb") as said:
                assert said.read(10) == b"zINSTREAM\0"
                content = b""
                while size := struct.unpack("!I", said.read(4))[0]:
                    content += said.read(size)
                there.sendall(b"stream: Eicar-Test FOUND\0" if b"EICAR" in content else b"stream: OK\0")

    threading.Thread(target=serve, daemon=True).start()
    yield listening
    listening.close()


def attach(draft, by, content=PDF, name="plan.pdf") -> DpiaAttachment:
    return actions.attach(draft, by=by, name=name, content=content)


def test_what_is_attached_is_bound_by_what_is_approved(draft, infrastructure_lead):
    before = digest_of(draft)
    made = attach(draft, infrastructure_lead)
    assert made.sha256 == hashlib.sha256(PDF).hexdigest()
    assert path_of(made.sha256).read_bytes() == PDF
    assert digest_of(draft) != before
    actions.submit(draft, by=infrastructure_lead)
    for act in (
        lambda: attach(draft, infrastructure_lead, PNG, "a.png"),
        lambda: actions.detach(made, by=infrastructure_lead),
    ):
        with pytest.raises(TooLate, match="its files stay"):
            act()
    sql = ("DELETE FROM camera_sites_dpiaattachment", "UPDATE camera_sites_dpiaattachment SET sha256 = repeat('0', 64)",
           "UPDATE camera_sites_dpiaattachment SET status = 'clean'")  # fmt: skip
    for statement in sql:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_who_judges_a_version_is_shown_its_files(draft, infrastructure_lead, dpo, client_of):
    made = attach(draft, infrastructure_lead)
    actions.submit(draft, by=infrastructure_lead)
    page = client_of(dpo).get(reverse("dpia_advise", args=[draft.dpia_id])).content.decode()
    assert reverse("dpia_attachment", args=[draft.dpia_id, made.pk]) in page


@pytest.mark.parametrize(
    ("name", "content", "becomes"),
    [
        ("plan.pdf", PDF, "plan.pdf"), ("photo.PNG", PNG, "photo.png"), ("../../etc/passwd", PDF, "passwd.pdf"),
        ('a"b\r\nX: y.exe', PDF, "a_b__X_ y.pdf"), (r"C:\docs\plan.html", PDF, "plan.pdf"), ("", PDF, "file.pdf"),
    ],
)  # fmt: skip
def test_names_are_made_harmless(draft, infrastructure_lead, name, content, becomes):
    assert attach(draft, infrastructure_lead, content, name).name == becomes


@pytest.mark.parametrize(
    "content", [b"", b"MZ\x90\x00", b"<html><script>alert(1)</script>", b"PK\x03\x04", b"#!/bin/sh\n", b"plain words"]
)
def test_content_decides_what_a_file_is(draft, infrastructure_lead, content):
    with pytest.raises(Unfit, match="cannot be attached"):
        attach(draft, infrastructure_lead, content, "innocent.pdf")
    assert not DpiaAttachment.objects.exists()


def test_too_large_too_many_and_twice_are_refused(draft, infrastructure_lead, monkeypatch):
    with pytest.raises(Unfit):
        attach(draft, infrastructure_lead, PDF + b" " * (10 << 20))
    attach(draft, infrastructure_lead)
    with pytest.raises(Unfit) as twice:
        attach(draft, infrastructure_lead, name="other.pdf")
    assert "already" in str(twice.value.fields)


def test_nobody_opens_a_file_before_it_was_scanned(draft, infrastructure_lead, dpo, clamd):
    made = attach(draft, infrastructure_lead)
    assert made.status == OPEN.WAITING
    with pytest.raises(TooLate, match="waits for the scanner"):
        actions.open_attachment(made, by=dpo)
    with pytest.raises(Unfit) as why:
        actions.submit(draft, by=infrastructure_lead)
    assert "attachments" in why.value.fields
    tasks.scan_attachments()
    made.refresh_from_db()
    assert made.status == OPEN.CLEAN
    assert actions.open_attachment(made, by=dpo) == PDF
    assert Event.objects.filter(verb=Verb.DPIA_FILE_OPENED).count() == 1
    actions.submit(draft, by=infrastructure_lead)


def test_what_is_infected_is_refused_recorded_and_gone(
    draft, infrastructure_lead, dpo, clamd, django_capture_on_commit_callbacks
):
    made = attach(draft, infrastructure_lead, EICAR)
    before = digest_of(draft)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.scan_attachments()
    made.refresh_from_db()
    assert (made.status, made.found) == (OPEN.REFUSED, "Eicar-Test")
    assert not path_of(made.sha256).exists()
    assert Event.objects.filter(verb=Verb.DPIA_FILE_REFUSED).count() == 1
    with pytest.raises(Refused, match="Eicar-Test"):
        actions.open_attachment(made, by=dpo)
    assert digest_of(draft) != before, "it is no part of the version"
    actions.submit(draft, by=infrastructure_lead)


def test_scanner_that_is_away_leaves_files_waiting_and_is_asked_again(draft, infrastructure_lead, clamd, settings):
    address, settings.CLAMD = settings.CLAMD, "127.0.0.1:1"
    made = attach(draft, infrastructure_lead)
    with pytest.raises(Away, match="did not answer"):
        actions.scan(made, by=tasks.SCANNER)
    tasks.scan_attachments()
    made.refresh_from_db()
    assert made.status == OPEN.WAITING
    settings.CLAMD = address
    tasks.scan_attachments()
    made.refresh_from_db()
    assert made.status == OPEN.CLEAN


def test_daemon_is_asked_by_its_socket_too_and_its_no_is_no_yes(settings, tmp_path):
    path = tmp_path / "c.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        settings.CLAMD = str(path)

        def serve() -> None:
            there, _ = listening.accept()
            with there:
                there.recv(1 << 16)
                there.sendall(b"INSTREAM size limit exceeded. ERROR\0")

        threading.Thread(target=serve, daemon=True).start()
        with pytest.raises(Away):
            Clamd().scan(PDF)
    assert Verdict(True).words == ""


def test_without_a_scanner_pages_say_so(draft, infrastructure_lead, client_of):
    page = client_of(infrastructure_lead).get(reverse("dpia_attachments", args=[draft.dpia_id]))
    assert "Nothing looks for malware" in page.text
    assert attach(draft, infrastructure_lead).status == OPEN.UNSCANNED


def test_files_come_along_into_the_next_version(draft, infrastructure_lead, dpo, asset_owner):
    attach(draft, infrastructure_lead)
    actions.submit(draft, by=infrastructure_lead)
    actions.advise(draft, by=dpo, is_favourable=True, words="Yes.")
    actions.decide(draft, by=asset_owner, verdict="approve", words="Yes.")
    second = actions.begin_version(draft.dpia, by=infrastructure_lead)
    (copied,) = second.attachments.all()
    actions.detach(copied, by=infrastructure_lead)
    assert draft.attachments.count() == 1
    tasks.drop_files()
    assert path_of(copied.sha256).exists(), "the version before has it"


def test_content_goes_once_nobody_has_it(draft, infrastructure_lead):
    made = attach(draft, infrastructure_lead)
    actions.detach(made, by=infrastructure_lead)
    path = path_of(made.sha256)
    tasks.drop_files()
    assert path.exists(), "its record may be on its way"
    os.utime(path, (0, 0))
    tasks.drop_files()
    assert not path.exists()
    with pytest.raises(ValueError, match="not a digest"):
        path_of("../../../../etc/passwd")


def test_page_and_api_do_the_same(draft, infrastructure_lead, submitter, dpo, client_of):
    client = client_of(infrastructure_lead)
    page, api = (reverse(name, args=[draft.dpia_id]) for name in ("dpia_attachments", "api_dpia_attachments"))
    assert client.post(page, {"file": SimpleUploadedFile("a.pdf", PDF)}, follow=True).status_code == 200
    assert client.post(page, {"file": SimpleUploadedFile("a.pdf", b"no")}).status_code == 422
    assert client.post(page, {}).status_code == 422
    answer = client.post(api, {"file": SimpleUploadedFile("b.png", PNG)})
    assert answer.status_code == 201, answer.content
    assert client.post(api, {"file": SimpleUploadedFile("b.png", b"no")}).status_code == 422
    rows = client.get(api).json()
    assert [row["name"] for row in rows] == ["a.pdf", "b.png"]
    for name in ("dpia_attachment", "api_dpia_attachment"):
        got = client_of(dpo).get(reverse(name, args=[draft.dpia_id, rows[0]["id"]]))
        assert got.content == PDF
        assert got["Content-Disposition"] == 'attachment; filename="a.pdf"'
        assert got["X-Content-Type-Options"] == "nosniff"
    assert client_of(submitter).get(api).status_code in (403, 404)
    assert client_of(dpo).post(api, {"file": SimpleUploadedFile("c.pdf", PDF + b"1")}).status_code == 403
    assert client.delete(reverse("api_dpia_attachment", args=[draft.dpia_id, rows[1]["id"]])).status_code == 204
    taken = client.post(reverse("dpia_detach", args=[draft.dpia_id, rows[0]["id"]]), follow=True)
    assert "no longer attached" in taken.text
    assert not DpiaAttachment.objects.exists()
