"""Lists taken away as unsigned files: what they hold and withhold, what is recorded, who has to be told what was taken back."""

import csv
import datetime as dt
import io
from hashlib import sha256

import pytest
import time_machine
import yaml
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import Event, EventDetail
from audit.verbs import Operation, Verb
from hotlists import actions as lists
from hotlists.feeds.layouts import VOI_ROW
from hotlists.feeds.legacy import modern_grade
from hotlists.models import Hotlist
from matchers import actions, waiting
from matchers.models import Disclosure, DisclosureTold, PublishedRow
from matchers.unsigned import writing
from portal.errors import Refused, Stranger, TooLate, Unfit
from tests.publishing import publish

pytestmark = pytest.mark.django_db

VOI, TEXT, YAML, STIX = Disclosure.Form.VOI, Disclosure.Form.TEXT, Disclosure.Form.ANPR2MQTT, Disclosure.Form.STIX
FOR = {"recipient": "J. Bloggs, Westmere Council CCTV", "reason": "Their cameras read no signed list; ISA 12/2026"}


def take(hotlist, by, form=VOI, **over) -> tuple[Disclosure, bytes]:
    """A file that was taken, and what was in it."""
    taken = actions.export_list(hotlist, by=by, form=form, **{**FOR, **over})
    return taken.disclosure, b"".join(taken.parts)


def table(content: bytes, delimiter: str = ",") -> list[list[str]]:
    """Its rows, without notes."""
    read = csv.reader(io.StringIO(content.decode()), delimiter=delimiter)
    return [row for row in read if row and not row[0].startswith("#")]


def plates(content: bytes) -> set[str]:
    return {row[0] for row in table(content)}


@pytest.fixture
def published(matcher, hotlist, approved_entry):
    """published(**over): an entry that is published."""

    def make(**over):
        entry = approved_entry(**over)
        publish(hotlist)
        return entry

    return make


def test_a_voi_file_has_the_sixteen_columns_that_the_portal_takes_in(published, hotlist, manager):
    entry = published(vrm_entered="AB01CDE", grading="2CC", area="Westmere")
    _, content = take(hotlist, manager)
    [row] = table(content)
    assert len(row) == len(VOI_ROW.names) == 16
    said = {target: row[column] for target, column in VOI_ROW.columns.items()}
    ends = timezone.localtime(entry.versions.get().review_by).date() - dt.timedelta(days=1)
    assert said["vrm"] == "AB01CDE"
    assert (said["make"], said["model"], said["colour"]) == ("Ford", "Focus", "Blue")
    assert (said["action"], said["expires_at"], said["force_area"]) == ("ASSESS", f"{ends:%d/%m/%Y}", "Westmere")
    assert (said["grading"], said["marking"]) == ("E45", "RESTRICTED")
    assert "Do not approach alone." in said["action_text"]
    assert "01632 960001" in said["action_text"]
    assert "Fact, crime, verified" in said["action_text"]
    assert row[15].startswith("UNSIGNED ")


def test_yaml_for_anpr2mqtt_names_plates_and_says_at_each_alert_until_when(published, hotlist, manager):
    entry = published(vrm_entered="AB01CDE", action_text='Ask first: "who"?\n    XY50ZZZ: x # {[&*')
    _, content = take(hotlist, manager, YAML, recipient="J. Bloggs\ntargets: {}")
    found = yaml.safe_load(content)
    assert list(found) == ["targets"]
    [(vrm, words)] = found["targets"]["plate"]["dangerous"].items()
    ends = timezone.localtime(entry.versions.get().review_by).date() - dt.timedelta(days=1)
    assert vrm == "AB01CDE"
    assert words.startswith(f"Only until {ends:%d/%m/%Y}. ASSESS.")
    assert 'Ask first: "who"? XY50ZZZ: x # {[&*' in words
    assert "or delete this one" in content.decode()


def test_yaml_names_a_plate_of_several_interests_once_with_the_words_of_all(published, hotlist, manager):
    Hotlist.objects.update(markers=["DR"])  # unlike firearms, reviewed late enough to be carried at any hour of a day
    drugs = {"markers": ["DR"], "marker_source": "PNC", "marker_date": timezone.localdate(), "marker_grade": "1AP"}
    published(vrm_entered="AB01CDE", action_text="Ask for Ann.", **drugs)
    published(vrm_entered="AB01CDE", action_text="Ask for Bob.")
    published(vrm_entered="XY50ZZZ")
    _, content = take(hotlist, manager, YAML)
    keys = [line.split(":")[0].strip() for line in content.decode().splitlines() if line.startswith("      ")]
    assert keys == ['"AB01CDE"', '"XY50ZZZ"'], "a key twice is no YAML, or all but the last are lost"
    words = yaml.safe_load(content)["targets"]["plate"]["dangerous"]["AB01CDE"]
    assert "Ask for Ann." in words and "Ask for Bob." in words
    assert "Markers: DR" in words


@pytest.mark.parametrize("grade", [s + i + h for s in "123" for i in "ABCDE" for h in "PC"])
def test_a_grade_in_the_old_scale_is_never_read_as_better_than_it_is(grade):
    back = modern_grade(writing.old_grade(grade))
    assert (back[0], back[2]) == (grade[0], grade[2])
    assert back[1] >= grade[1]


def test_text_has_category_country_plate_and_dates_and_says_that_it_proves_nothing(published, hotlist, manager):
    entry = published(vrm_entered="AB01CDE")
    disclosure, content = take(hotlist, manager, TEXT)
    head, row = table(content, "\t")
    version = entry.versions.get()
    begins = timezone.localtime(version.starts_at).date()
    ends = timezone.localtime(version.review_by).date() - dt.timedelta(days=1)
    assert head == ["category", "country", "plate", "effective", "expiry"]
    assert row == ["CRM", "GB", "AB01CDE", f"{begins:%d/%m/%Y}", f"{ends:%d/%m/%Y}"]
    notes = [line for line in content.decode().splitlines() if line.startswith("#")]
    assert notes[: len(notes) // 2] == notes[len(notes) // 2 :]
    assert "nothing proves" in notes[0]
    assert str(disclosure.pk) in content.decode()


WITHHELD = [
    ({"scope": {"days": [1]}}, "place_or_time", {VOI, TEXT, YAML, STIX}),
    (
        {"country": "FR", "vrm_entered": "AB001CD", "plate_confirmed_because": "Read by an officer."},
        "foreign",
        {VOI, YAML},
    ),
    ({"action": "OBSERVE_REPORT"}, "quiet", {TEXT, YAML}),
    ({"response": "RECORD_ONLY"}, "quiet", {TEXT, YAML}),
    (
        {"markers": ["DR"], "marker_source": "PNC", "marker_date": timezone.localdate(), "marker_grade": "1AP"},
        "marker",
        {TEXT},
    ),
]


@pytest.mark.parametrize(("over", "reason", "forms"), WITHHELD)
def test_what_a_file_would_make_broader_than_authorised_stays_here_and_is_counted(
    published, hotlist, manager, over, reason, forms
):
    Hotlist.objects.filter(pk=hotlist.pk).update(markers=["DR"])
    published(vrm_entered="AB01CDF")
    published(**{"vrm_entered": "AB01CDE", **over})
    for form in (VOI, TEXT, YAML, STIX):
        disclosure, content = take(hotlist, manager, form)
        is_withheld = form in forms
        assert disclosure.withheld == ({reason: 1} if is_withheld else {}), form
        assert disclosure.rows == (1 if is_withheld else 2)
        assert (over.get("vrm_entered", "AB01CDE") in content.decode()) is not is_withheld


def test_an_entry_that_is_only_to_be_recorded_is_no_stop_in_a_voi_file(published, hotlist, manager):
    published(response="RECORD_ONLY")
    [row] = table(take(hotlist, manager)[1])
    assert row[4] == "NO STOP"
    assert row[8].startswith("Record only: nobody is sent.")


def test_a_row_that_ends_within_the_day_is_carried_until_the_day_before_and_then_not(published, hotlist, manager):
    noon = (timezone.localtime() + dt.timedelta(days=1)).replace(
        hour=12
    )  # so that a minute before its end is that day too
    with time_machine.travel(noon):
        entry = published(markers=["VI"])  # to be reviewed within a day
    ends = timezone.localtime(entry.versions.get().review_by)
    with time_machine.travel(ends - dt.timedelta(minutes=1), tick=False), pytest.raises(Unfit, match="ends today"):
        take(hotlist, manager)


def test_a_row_that_has_not_begun_waits_or_leaves_with_its_first_whole_day(published, hotlist, manager):
    begins = timezone.now() + dt.timedelta(hours=3)
    published(starts_at=begins)
    published(vrm_entered="AB01CDF")
    disclosure, _ = take(hotlist, manager)
    assert disclosure.withheld == {"not_begun": 1}
    _, content = take(hotlist, manager, TEXT)
    first = timezone.localtime(begins).date() + dt.timedelta(days=1)
    assert [row[3] for row in table(content, "\t") if row[2] == "AB01CDE"] == [f"{first:%d/%m/%Y}"]


def test_only_what_was_published_leaves_never_what_is_merely_in_force(
    matcher, published, approved_entry, hotlist, manager, supervisor
):
    withdrawn = published(vrm_entered="AB01CDE")
    approved_entry(vrm_entered="AB01CDF")
    lists.withdraw(withdrawn, by=supervisor, reason="recovered")
    assert plates(take(hotlist, manager)[1]) == {"AB01CDE"}
    publish(hotlist)
    assert plates(take(hotlist, manager)[1]) == {"AB01CDF"}


def test_a_list_that_was_never_published_leaves_in_no_file(approved_entry, hotlist, manager):
    approved_entry()
    with pytest.raises(Unfit, match="Nothing is published"):
        take(hotlist, manager)
    Hotlist.objects.filter(pk=hotlist.pk).update(kind=Hotlist.Kind.SUPPRESSION)
    with pytest.raises(Refused, match="never published"):
        take(hotlist, manager)


def test_a_file_is_recorded_as_disclosure_with_its_digest_and_no_plate(published, hotlist, manager):
    published(vrm_entered="AB01CDE")
    disclosure, content = take(hotlist, manager)
    assert (disclosure.sha256, disclosure.length) == (sha256(content).hexdigest(), len(content))
    event = Event.objects.newest_first().first()
    body = EventDetail.objects.get(pk=event.pk).body
    assert (event.verb, event.operation, event.count) == (Verb.DISCLOSURE_MADE, Operation.DISCLOSURE, 1)
    assert (body["recipients"], body["justification"], body["sha256"]) == (*FOR.values(), disclosure.sha256)
    assert "AB01CDE" not in str(body)
    with pytest.raises(IntegrityError), transaction.atomic():
        Disclosure.objects.create(hotlist=hotlist, revision=1, form="voi", recipient="", reason="x", rows=1, sha256="",
                                  length=1, taken_by=manager, taken_at=timezone.now())  # fmt: skip
    with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE matchers_disclosure SET recipient = 'nobody'")


@pytest.mark.parametrize("missing", ["recipient", "reason"])
def test_nothing_leaves_without_recipient_and_purpose(published, hotlist, manager, missing):
    published()
    before = Event.objects.count()
    with pytest.raises(Unfit) as refusal:
        take(hotlist, manager, **{missing: " "})
    assert list(refusal.value.fields) == [missing]
    assert (Event.objects.count(), Disclosure.objects.count()) == (before, 0)


def test_words_of_an_entry_are_no_formula_and_no_further_row_in_a_file(published, hotlist, manager):
    published(action_text='=HYPERLINK("x"),"\r\nXY50ZZZ,Ford', area="@cmd", contact_24h="+44 1632 960001")
    _, content = take(hotlist, manager)
    [row] = table(content)
    assert len(row) == 16
    assert all(cell[:1] not in ("=", "+", "-", "@") for cell in row if cell)
    _, content = take(hotlist, manager, TEXT, recipient="=1+1\r\nCRM\tGB\tXY50ZZZ", reason="\tx\ny")
    assert len(table(content, "\t")) == 2


def test_what_was_taken_back_since_is_to_be_told_until_it_was(published, hotlist, manager, supervisor):
    entry = published(vrm_entered="AB01CDE")
    published(vrm_entered="AB01CDF")
    disclosure, _ = take(hotlist, manager)
    assert not waits(manager)
    lists.withdraw(entry, by=supervisor, reason="recovered")
    publish(hotlist)
    assert waits(manager) == 1
    [row] = actions.open_disclosure(disclosure, by=manager)
    assert (row.vrm, row.reason, row.is_told) == ("AB01CDE", "removed", False)
    told = actions.tell_recipient(disclosure, by=manager, how="By telephone to J. Bloggs")
    assert told.rows == 1
    assert not waits(manager)
    assert [row.is_told for row in actions.open_disclosure(disclosure, by=manager)] == [True]
    with pytest.raises(TooLate):
        actions.tell_recipient(disclosure, by=manager, how="Again")


def waits(user) -> int | None:
    return next(
        (item.count for item in waiting.questions(user, timezone.now()) if item.title.startswith("Files whose")), None
    )


def test_a_row_that_never_left_is_never_told_of(published, hotlist, manager, supervisor):
    published(vrm_entered="AB01CDF")
    hidden = published(vrm_entered="AB01CDE", scope={"days": [1]})
    disclosure, _ = take(hotlist, manager)
    after = published(vrm_entered="AB01CDG")
    for entry in (hidden, after):
        lists.withdraw(entry, by=supervisor, reason="recovered")
    publish(hotlist)
    assert actions.open_disclosure(disclosure, by=manager) == []
    assert not waits(manager)


def test_a_file_said_to_be_destroyed_asks_for_nothing_more(published, hotlist, manager, supervisor):
    entry = published()
    disclosure, _ = take(hotlist, manager)
    actions.tell_recipient(disclosure, by=manager, how="They wrote to us", is_destroyed=True)
    lists.withdraw(entry, by=supervisor, reason="recovered")
    publish(hotlist)
    assert not waits(manager)
    with pytest.raises(TooLate):
        actions.tell_recipient(disclosure, by=manager, how="Again")
    with pytest.raises(IntegrityError), transaction.atomic():
        DisclosureTold.objects.create(disclosure=disclosure, revision=1, rows=0, how="", is_destroyed=False,
                                      told_by=manager, told_at=timezone.now())  # fmt: skip


def test_pages_of_list_entry_and_board_say_that_it_cannot_be_proved(published, hotlist, manager, supervisor, client_of):
    entry = published(vrm_entered="AB01CDE")
    browser = client_of(manager)
    page = browser.get(reverse("list_export", args=[hotlist.slug])).content.decode()
    assert "Nothing proves" in page
    answer = browser.post(reverse("list_export", args=[hotlist.slug]), {"form": "voi", **FOR})
    assert answer.headers["Content-Disposition"].endswith('.csv"')
    assert plates(b"".join(answer.streaming_content)) == {"AB01CDE"}
    disclosure = Disclosure.objects.get()
    lists.withdraw(entry, by=supervisor, reason="recovered")
    publish(hotlist)
    for address in (
        reverse("hotlist_detail", args=[hotlist.slug]), reverse("publication_list", args=[hotlist.slug]),
        reverse("disclosure_list"), reverse("disclosure_detail", args=[disclosure.pk]),
    ):  # fmt: skip
        page = browser.get(address).content.decode()
        assert "Recipient to be told" in page, address
        assert "J. Bloggs" in page, address
    assert (
        "Not provable: exported to J. Bloggs" in browser.get(reverse("entry_detail", args=[entry.pk])).content.decode()
    )
    assert "Unsigned files that people took" in browser.get(reverse("matcher_list")).content.decode()
    page = browser.post(reverse("disclosure_detail", args=[disclosure.pk]), {"how": ""}).content.decode()
    assert "There is a problem" in page
    done = browser.post(reverse("disclosure_detail", args=[disclosure.pk]), {"how": "By telephone"}, follow=True)
    assert "Not provable, told" in done.content.decode()


def test_the_page_keeps_what_was_typed_when_something_is_missing(published, hotlist, manager, client_of):
    published()
    page = client_of(manager).post(
        reverse("list_export", args=[hotlist.slug]), {"form": "text", "recipient": "Somebody", "reason": ""}
    )
    assert "There is a problem" in page.content.decode()
    assert 'value="Somebody"' in page.content.decode()
    assert not Disclosure.objects.exists()


def test_the_api_takes_tells_and_lists_by_the_same_rules(published, hotlist, manager, supervisor, client_of):
    entry = published(vrm_entered="AB01CDE")
    api = client_of(manager)
    address = reverse("api_list_export", args=[hotlist.slug])
    assert api.post(address, {"form": "exe", **FOR}, "application/json").status_code == 400
    answer = api.post(address, {"form": "text", **FOR}, "application/json")
    assert b"AB01CDE" in b"".join(answer.streaming_content)
    key = answer.headers["X-Disclosure"]
    told = reverse("api_disclosure_told", args=[key])
    assert api.post(told, {"how": "By telephone"}, "application/json").status_code == 409
    lists.withdraw(entry, by=supervisor, reason="recovered")
    publish(hotlist)
    opened = api.get(reverse("api_disclosure_detail", args=[key])).json()
    assert (opened["is_provable"], opened["taken_back"], opened["untold"]) == (False, 1, 1)
    assert opened["rows_taken_back"][0]["vrm"] == "AB01CDE"
    headers = {"idempotency-key": "once"}
    first = api.post(told, {"how": "By telephone"}, "application/json", headers=headers)
    again = api.post(told, {"how": "By telephone"}, "application/json", headers=headers)
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    [listed] = api.get(reverse("api_disclosure_list")).json()["results"]
    assert (listed["id"], listed["rows"], listed["recipient"]) == (key, 1, FOR["recipient"])
    assert {Verb.DISCLOSURE_MADE, Verb.DISCLOSURE_OPENED, Verb.DISCLOSURE_TOLD} <= set(
        Event.objects.values_list("verb", flat=True)
    )


def test_colleagues_are_refused_and_strangers_find_nothing(
    published, hotlist, manager, supervisor, outsider, client_of
):
    published()
    disclosure, _ = take(hotlist, manager)
    with pytest.raises(Refused):
        take(hotlist, supervisor)
    with pytest.raises(Stranger):
        take(hotlist, outsider)
    for name, given in (("list_export", hotlist.slug), ("api_list_export", hotlist.slug),
                        ("disclosure_detail", disclosure.pk), ("api_disclosure_told", disclosure.pk)):  # fmt: skip
        kind = {"content_type": "application/json"} if name.startswith("api") else {}
        body = {"form": "voi", "how": "x", **FOR}
        assert client_of(supervisor).post(reverse(name, args=[given]), body, **kind).status_code == 403, name
        assert client_of(outsider).post(reverse(name, args=[given]), body, **kind).status_code in (403, 404), name
        assert Client().post(reverse(name, args=[given]), body, **kind).status_code in (302, 401), name
    assert Disclosure.objects.count() == 1


def test_as_many_queries_for_ten_files_as_for_one(published, hotlist, manager, client_of):
    published()
    take(hotlist, manager)
    browser, counts = client_of(manager), []
    for more in (0, 9):
        for _ in range(more):
            take(hotlist, manager)
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse("disclosure_list"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_file_of_many_rows_takes_as_many_queries_as_one_of_few(matcher, hotlist, approved_entry, manager):
    counts = []
    for names in (["AB01CDE"], [f"AB01CE{letter}" for letter in "ABCDEFGH"]):
        for vrm in names:
            approved_entry(vrm_entered=vrm)
        publish(hotlist)
        with CaptureQueriesContext(connection) as queries:
            take(hotlist, manager)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert PublishedRow.objects.current().count() == 9
