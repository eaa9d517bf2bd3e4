"""Taking away as a file what a list or a search shows: who may, what the file says of itself, what the log says of it."""

import csv
import io
import zipfile
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.actions import plate_hash
from audit.models import Event, EventDetail
from audit.verbs import Operation, Verb
from hotlists import actions
from hotlists.exports import COLUMNS, WITHHELD, Form, Watermark, as_csv, as_xlsx
from hotlists.models import Hotlist
from portal.errors import Refused, Unfit
from portal.spreadsheets import harmless
from standards.models import Number
from tests.feed_cast import *  # noqa: F403 - fixtures
from tests.feed_cast import plate, voi

pytestmark = pytest.mark.django_db

WHY = "For the briefing of CR/2211/26 & its enquiry team"


def table(parts) -> list[list[str]]:
    """The rows of a CSV file, as a reader sees them."""
    return list(csv.reader(io.StringIO(b"".join(parts).decode("utf-8-sig"))))


def parsed(text: str) -> ElementTree.Element:
    """A part of a workbook that we wrote ourselves."""
    return ElementTree.fromstring(text)  # noqa: S314


def sheet(parts) -> tuple[list[list[str]], dict[str, str]]:
    """The cells of a workbook, read without the library that wrote it, and its other parts."""
    book = zipfile.ZipFile(io.BytesIO(b"".join(parts)))
    xml = {name: book.read(name).decode() for name in book.namelist()}
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    rows = [
        ["".join(text.text or "" for text in cell.iter(f"{space}t")) for cell in row.iter(f"{space}c")]
        for row in parsed(xml["xl/worksheets/sheet1.xml"]).iter(f"{space}row")
    ]
    return rows, xml


def test_entries_are_taken_away_as_a_table_that_says_who_when_and_why(approved_entry, draft_entry, supervisor):
    approved_entry(vrm_entered="AB01CDE")
    draft_entry(vrm_entered="XY50ZZZ")
    export = actions.export_entries({"state": "in-force"}, by=supervisor, reason=WHY, form=Form.CSV)
    rows = table(export.parts)
    head = next(n for n, row in enumerate(rows) if tuple(row) == COLUMNS)
    above, beneath = [row[0] for row in rows[:head]], [row[0] for row in rows[-head:]]
    assert above == beneath
    assert str(supervisor) in above[0]
    assert f"{timezone.localtime():%d %b %Y}" in above[0]
    assert WHY in above[1]
    assert [row[1] for row in rows[head + 1 : -head]] == ["AB01CDE"]
    assert rows[head + 1][COLUMNS.index("State")] == "In force"


def test_a_workbook_says_it_on_the_sheet_in_print_and_in_its_properties(approved_entry, supervisor):
    approved_entry(vrm_entered="AB01CDE")
    export = actions.export_entries({}, by=supervisor, reason=WHY, form=Form.XLSX)
    rows, xml = sheet(export.parts)
    assert list(COLUMNS) in rows
    assert any(row[1:2] == ["AB01CDE"] for row in rows)
    assert rows[0][0] == rows[-4][0]
    assert WHY in rows[1][0]
    assert str(supervisor) in xml["docProps/core.xml"]
    assert "enquiry team" in xml["docProps/core.xml"]
    printed = parsed(xml["xl/worksheets/sheet1.xml"]).find(".//{*}headerFooter")
    assert str(supervisor) in printed.find("{*}oddHeader").text
    assert "CR/2211/26 && its" in printed.find("{*}oddFooter").text


def test_an_export_is_recorded_as_disclosure_with_count_reason_and_hashes(approved_entry, supervisor):
    entry = approved_entry(vrm_entered="AB01CDE")
    export = actions.export_entries({"state": "in-force"}, by=supervisor, reason=WHY, form=Form.CSV)
    event = Event.objects.newest_first().first()
    body = EventDetail.objects.get(pk=event.pk).body
    assert (event.verb, event.operation, event.count) == (Verb.EXPORT_TAKEN, Operation.DISCLOSURE, 1)
    assert (body["reason"], body["form"], body["what"]) == (WHY, "csv", "entries, state in-force")
    assert "AB01CDE" not in str(body)
    assert event in Event.objects.of_plate(plate_hash("GB", "AB01CDE"))
    assert event in Event.objects.about("hotlists.entry", entry.pk)
    assert str(event.pk) in table(export.parts)[3][0]


def test_for_whom_it_is_taken_is_on_record_and_on_the_file(approved_entry, client_of, supervisor):
    approved_entry(vrm_entered="AB01CDE")
    client, told = client_of(supervisor), {"reason": WHY, "form": "csv", "recipient": "Insp. Vale, Westmoor Police"}
    answers = [
        client.post("/entries/export/", told),
        client.post("/search/export/", told | {"plate": "AB01CDE"}),
        client.post("/api/v1/entries/export/", told, content_type="application/json"),
        client.post("/api/v1/search/export/", told | {"plate": "AB01CDE"}, content_type="application/json"),
    ]
    for answer in answers:
        assert b"for Insp. Vale, Westmoor Police" in b"".join(answer), answer.status_code
    taken = Event.objects.filter(verb=Verb.EXPORT_TAKEN).values("pk")
    bodies = EventDetail.objects.filter(pk__in=taken).values_list("body", flat=True)
    assert [body["recipients"] for body in bodies] == ["Insp. Vale, Westmoor Police"] * 4


def test_what_a_search_finds_is_taken_away(approved_entry, loaded, supervisor):
    loaded([voi(1)])
    approved_entry(vrm_entered="AB01CDE")
    export = actions.export_search("A?01*", by=supervisor, reason=WHY, form=Form.CSV)
    assert {row[1] for row in table(export.parts) if len(row) > 1} == {"Plate", "AB01CDE", plate(1)}
    assert "plates like A?01*" in EventDetail.objects.get(pk=Event.objects.newest_first().first().pk).body["what"]


@pytest.mark.parametrize("how", ["kind", "category"])
@pytest.mark.parametrize("form", list(Form))
def test_a_suppressed_plate_is_never_taken_away_in_clear(approved_entry, supervisor, hotlist, how, form):
    entry = approved_entry(vrm_entered="AB01CDE", source_ref="CR/9999/26")
    if how == "kind":
        Hotlist.objects.filter(pk=hotlist.pk).update(kind=Hotlist.Kind.SUPPRESSION)
    else:
        version = entry.versions.get()
        version.profile.categories.filter(code=version.category).update(is_suppression=True)
    for export in (
        actions.export_entries({}, by=supervisor, reason=WHY, form=form),
        actions.export_search("AB01*", by=supervisor, reason=WHY, form=form),
    ):
        content = b"".join(export.parts)
        rows = table([content]) if form == Form.CSV else sheet([content])[0]
        assert any(WITHHELD in row for row in rows)
        for hidden in ("AB01CDE", "CR/9999/26", "Focus"):
            assert not any(hidden in cell for row in rows for cell in row)
        event = Event.objects.newest_first().first()
        assert EventDetail.objects.get(pk=event.pk).body["withheld"] == 1
        assert event not in Event.objects.of_plate(plate_hash("GB", "AB01CDE"))


def test_more_than_one_file_may_hold_is_refused_and_not_recorded(approved_entry, supervisor):
    Number.objects.filter(key="export.most").update(value=1)
    approved_entry(vrm_entered="AB01CDE")
    approved_entry(vrm_entered="AB01CDF")
    before = Event.objects.count()
    for take in (
        lambda: actions.export_entries({}, by=supervisor, reason=WHY, form=Form.CSV),
        lambda: actions.export_search("AB01*", by=supervisor, reason=WHY, form=Form.CSV),
        lambda: actions.export_entries({"ref": "nothing"}, by=supervisor, reason=" ", form=Form.CSV),
    ):
        with pytest.raises(Unfit):
            take()
    assert Event.objects.count() == before


def test_who_may_only_look_may_not_take_away_and_strangers_take_nothing(approved_entry, submitter, outsider, client_of):
    approved_entry(vrm_entered="AB01CDE")
    with pytest.raises(Refused):
        actions.export_entries({}, by=submitter, reason=WHY, form=Form.CSV)
    for name in ("entry_export", "search_export", "api_entry_export", "api_search_export"):
        given = {"form": "csv", "reason": WHY, "plate": "AB01*"}
        kind = {"content_type": "application/json"} if name.startswith("api") else {}
        assert client_of(submitter).post(reverse(name), given, **kind).status_code == 403, name
        assert Client().post(reverse(name), given, **kind).status_code in (302, 401), name
    export = actions.export_entries({}, by=outsider, reason=WHY, form=Form.CSV)  # a supervisor of another team
    assert b"AB01CDE" not in b"".join(export.parts)


@pytest.mark.parametrize("cell", ["=1+1", "+44", "-2", "@cmd", "\tx", " =1", "\r=1"])
def test_no_cell_of_a_file_is_a_formula(cell):
    assert harmless(cell) == "'" + cell
    mark = Watermark(who="=HYPERLINK()", at=timezone.now(), why="@x", what="y", record="z" * 36)
    row = (cell,) * len(COLUMNS)
    assert all(one[:1] not in "=+-@\t\r" for line in table(as_csv([row], mark)) for one in line if one)
    assert "<f>" not in sheet(as_xlsx([row], mark))[1]["xl/worksheets/sheet1.xml"]


def test_plain_words_are_left_as_they_are():
    assert [harmless(one) for one in ("", "Ford", "CR/1-2", "10+")] == ["", "Ford", "CR/1-2", "10+"]


@pytest.mark.parametrize(("form", "begins"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")])
def test_pages_and_api_send_the_file(approved_entry, supervisor, client_of, form, begins):
    approved_entry(vrm_entered="AB01CDE")
    browser, given = client_of(supervisor), {"form": form, "reason": WHY, "plate": "AB01*", "state": "in-force"}
    for name, query in (("entry_export", "?state=in-force"), ("search_export", "")):
        answer = browser.post(reverse(name) + query, given)
        assert answer.status_code == 200
        assert f'.{form}"' in answer.headers["Content-Disposition"]
        assert b"".join(answer.streaming_content).startswith(begins), name
    for name in ("api_entry_export", "api_search_export"):
        body = {key: value for key, value in given.items() if name == "api_entry_export" or key != "state"}
        answer = browser.post(reverse(name), body, "application/json", headers={"accept": Form(form).media_type})
        assert answer.status_code == 200, answer.content
        assert b"".join(answer.streaming_content).startswith(begins), name
    assert Event.objects.filter(verb=Verb.EXPORT_TAKEN).count() == 4


def test_the_pages_ask_why_and_keep_what_was_asked(approved_entry, supervisor, submitter, client_of):
    approved_entry(vrm_entered="AB01CDE")
    browser = client_of(supervisor)
    page = browser.get(reverse("entry_list") + "?state=in-force").content.decode()
    assert "/entries/export/?state=in-force" in page
    assert "does not include" in client_of(submitter).get(reverse("entry_list")).content.decode()
    page = browser.get(reverse("entry_export") + "?state=in-force").content.decode()
    assert "1 entry, narrowed as the list was" in page
    page = browser.post(reverse("entry_export") + "?state=in-force", {"form": "csv", "reason": ""}).content.decode()
    assert "There is a problem" in page
    page = browser.post(reverse("search_export"), {"plate": "AB01*", "likeness": "font"}).content.decode()
    assert "Why do you take this away?" in page
    assert 'value="font"' in page
    assert "There is a problem" not in page
