"""Agreements, import profiles, exceptions and departures as pages and over the API."""
# ruff: noqa: F811 - fixtures of another file

import datetime as dt
import io
import zipfile

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from hotlists import actions
from hotlists.feeds import samples
from hotlists.feeds.layouts import PRESETS
from hotlists.models import Departure, FeedException, ImportProfile, Load, SourceAgreement
from tests.feed_cast import *  # noqa: F403 - fixtures
from tests.feed_cast import JOB, plate, terms, voi, weed_date
from tests.test_feed_pages import machine, machine_client, uploads  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db

JSON = "application/json"


def packed_file(name: str, content: bytes) -> bytes:
    """A ZIP archive of one file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def test_a_sample_becomes_an_import_profile_step_by_step(feed, agreement, manager, second_manager, client_of, uploads):
    browser = client_of(manager)
    rows = "".join(f"{plate(n)};D;{weed_date()};Citroën\r\n" for n in range(3)) + f"{plate(9)};D;31/02/2027;Ford\r\n"
    sample = SimpleUploadedFile("s.txt", f"Reg No;Country;Expiry date;Make\r\n{rows}".encode("windows-1252"))
    new = reverse("import_profile_new", args=[feed.slug])
    assert browser.post(new, {}).status_code == 200
    assert "Choose a file, or a layout" in browser.post(new, {}).content.decode()
    shape = browser.post(new, {"sample": sample}).url
    profile = ImportProfile.objects.get()
    layout = profile.read_by
    assert (layout.delimiter, layout.encoding, layout.header) == (";", "windows-1252", "yes")
    assert layout.columns == {"vrm": 0, "country": 1, "make": 3, "expires_at": 2}
    given = {"delimiter": "semicolons", "encoding": "windows-1252", "header": "yes", "dates": "usual", "places": ""}
    wrong = browser.post(shape, given | {"delimiter": "places"})
    assert "Say where each column begins" in wrong.content.decode()
    columns = browser.post(shape, given).url
    page = browser.get(columns).content.decode()
    assert plate(0) in page
    assert "Citroën" in page
    held = {f"name_{n}": name for n, name in enumerate(layout.names)} | {
        "target_0": "vrm", "target_1": "country", "target_2": "expires_at", "target_3": "make", "fixed_colour": "Unknown",
    }  # fmt: skip
    twice = browser.post(columns, held | {"target_3": "country"}).content.decode()
    assert "Column 2 holds this already." in twice
    assert "Unknown" in twice  # nothing typed is lost
    codes = browser.post(columns, held).url
    assert "does not say what a code means" in browser.post(codes, {"countries": "D is Germany"}).content.decode()
    check = browser.post(codes, {"countries": "D = AT"}).url
    page = browser.get(check).content.decode()
    assert "Citroën" in page
    assert "is no day of the calendar" in page
    assert "Unknown" in page
    proposed = browser.post(check, {"why": "The insurers' own layout."})
    assert proposed.url == reverse("feed_terms", args=[feed.slug])
    assert samples.of(profile.pk) == b"" or profile.is_draft  # deleted on commit
    assert browser.get(check).url == reverse("import_profile_detail", args=[profile.pk])
    approve = reverse("import_profile_approve", args=[profile.pk])
    assert browser.post(approve).status_code == 403
    seen = client_of(second_manager).get(reverse("import_profile_detail", args=[profile.pk])).content.decode()
    assert "semicolons" in seen
    assert "D = AT" in seen
    assert client_of(second_manager).post(approve).status_code == 302
    load = actions.receive(feed, by=manager, chunks=[sample.open().read()], file_name="s.txt", mode="complete")
    load = actions.check(load, by=JOB)
    assert (load.encoding, load.profile, load.good_rows, load.problems) == ("windows-1252", profile, 3, 1)
    page = browser.get(reverse("load_new", args=[feed.slug]))
    assert page.status_code in (200, 403)


@pytest.mark.parametrize("preset", PRESETS)
def test_every_layout_that_comes_with_the_portal_begins_a_draft_without_a_sample(feed, manager, client_of, preset):
    browser = client_of(manager)
    answer = browser.post(reverse("import_profile_new", args=[feed.slug]), {"preset": preset})
    assert answer.status_code == 302
    profile = ImportProfile.objects.get()
    assert profile.read_by == PRESETS[preset][1]
    for step in ("shape", "columns", "codes", "check"):
        assert browser.get(reverse("import_profile_step", args=[profile.pk, step])).status_code == 200
    assert browser.get(reverse("import_profile_step", args=[profile.pk, "nonsense"])).status_code == 404
    assert browser.post(reverse("import_profile_end", args=[profile.pk])).status_code == 302


def test_a_file_of_fixed_width_is_guessed_by_its_blanks(feed, manager, client_of, uploads):
    rows = "".join(f"{plate(n):10} FORD   {weed_date()} R{n}\n" for n in range(5))
    client_of(manager).post(
        reverse("import_profile_new", args=[feed.slug]), {"sample": SimpleUploadedFile("s", rows.encode())}
    )
    layout = ImportProfile.objects.get().read_by
    assert layout.delimiter == ""
    assert layout.columns["vrm"] == 0
    assert layout.places[layout.columns["expires_at"]][0] == 18


@pytest.mark.parametrize("content", [b"\xff\xfeA\x00", b"\n\n", b"PK\x03\x04nothing", b"AB01CDE\nXY50ZZZ\n"])
def test_a_sample_that_cannot_be_read_says_so_and_begins_nothing(feed, manager, client_of, uploads, content):
    answer = client_of(manager).post(
        reverse("import_profile_new", args=[feed.slug]), {"sample": SimpleUploadedFile("s", content)}
    )
    assert answer.status_code == 200
    assert "There is a problem" in answer.content.decode()
    assert not ImportProfile.objects.exists()


def test_terms_are_renewed_and_ended_in_the_browser(feed, agreement, manager, second_manager, submitter, client_of):
    browser = client_of(manager)
    page = reverse("feed_terms", args=[feed.slug])
    renew = reverse("agreement_renew", args=[agreement.pk])
    assert client_of(submitter).get(renew).status_code == 403
    shown = browser.get(renew)
    assert "Motor insurance database" in shown.content.decode()
    given = terms() | {
        "from_at": "",
        "until_at": "2030-01-01T00:00",
        "fact": "FACT",
        "country": "GB",
        "refresh_hours": "24",
    }
    assert browser.post(renew, given).status_code == 302
    renewal = SourceAgreement.objects.get(renews=agreement)
    assert renewal.refresh_hours == 24
    assert client_of(second_manager).post(reverse("agreement_agree", args=[renewal.pk])).status_code == 302
    end = reverse("agreement_end", args=[agreement.pk])
    assert browser.post(end, {"reason": ""}).status_code == 200
    assert client_of(submitter).post(end, {"reason": "No."}).status_code == 403
    assert browser.post(end, {"reason": "Replaced."}).status_code == 302
    assert "Replaced." in browser.get(page).content.decode()


def test_a_recovery_is_recorded_and_the_source_told_in_the_browser(
    feed, agreement, loaded, operator, manager, submitter, client_of, team
):
    team.user_set.add(operator)
    loaded([voi(1), voi(2)])
    new = reverse("recovery_new", args=[feed.slug])
    given = {"plate": plate(1), "country": "GB", "occurred": "2026-01-01T10:00", "reference": "CR/1/26"}
    wrong = client_of(operator).post(new, given | {"plate": plate(7)})
    assert "no longer lists this plate" in wrong.content.decode()
    assert client_of(operator).post(new, given).status_code == 302
    held = FeedException.objects.get()
    page = reverse("exception_list", args=[feed.slug])
    assert "Recovered: CR/1/26" in client_of(submitter).get(page).content.decode()
    browser = client_of(manager)
    assert client_of(submitter).get(reverse("exception_untold", args=[feed.slug])).status_code == 403
    csv = b"".join(browser.get(reverse("exception_untold", args=[feed.slug])).streaming_content).decode()
    assert f"{held.pk},GB,{plate(1)},Recovered" in csv
    told = reverse("exception_told", args=[feed.slug])
    assert browser.post(told, {"exception": ["x"]}).status_code == 302
    assert browser.post(told, {"exception": [str(held.pk)]}).status_code == 302
    held.refresh_from_db()
    assert held.told_by == manager
    loaded([voi(2)])
    left = browser.get(reverse("departure_list", args=[feed.slug]) + "?why=recovered").content.decode()
    printed = f"{plate(1)[:4]} {plate(1)[4:]}"
    assert printed in left
    shown = Event.objects.filter(verb="departures.shown", operation="consultation")
    assert [event.count for event in shown] == [1]
    assert printed not in browser.get(reverse("departure_list", args=[feed.slug]) + "?why=weeded").content.decode()


def test_new_pages_refuse_strangers_and_say_why_to_colleagues(feed, agreement, manager, outsider, submitter, client_of):
    profile = actions.begin_profile(feed, by=manager, layout=PRESETS["plain"][1].as_data(), why="x")
    pages = {
        reverse("feed_terms", args=[feed.slug]): 200, reverse("exception_list", args=[feed.slug]): 200,
        reverse("departure_list", args=[feed.slug]): 200, reverse("import_profile_new", args=[feed.slug]): 403,
        reverse("import_profile_step", args=[profile.pk, "shape"]): 403, reverse("import_profile_detail", args=[profile.pk]): 200,
        reverse("agreement_renew", args=[agreement.pk]): 403, reverse("recovery_new", args=[feed.slug]): 200,
        reverse("exception_untold", args=[feed.slug]): 403,
    }  # fmt: skip
    for page, status in pages.items():
        assert Client().get(page).status_code == 302, page
        assert client_of(outsider).get(page).status_code == 404, page
        assert client_of(submitter).get(page).status_code == status, page


def test_pages_ask_as_much_of_the_database_for_ten_rows_as_for_one(
    feed, agreement, loaded, operator, manager, client_of, django_assert_num_queries, django_assert_max_num_queries
):
    browser = client_of(manager)
    loaded([voi(n) for n in range(25)])

    def queries(address: str) -> int:
        browser.get(address)
        with django_assert_max_num_queries(60) as asked:
            assert browser.get(address).status_code == 200
        return len(asked)

    pages = [reverse("exception_list", args=[feed.slug]), reverse("departure_list", args=[feed.slug])]
    actions.suspend_row(feed, by=operator, country="GB", vrm=plate(0), reason="Recovered.")
    loaded([voi(n) for n in range(24)])
    one = [queries(page) for page in pages]
    for n in range(1, 12):
        actions.suspend_row(feed, by=operator, country="GB", vrm=plate(n), reason="Recovered.")
    loaded([voi(n) for n in range(13)])
    assert [queries(page) for page in pages] == one


def test_home_says_what_sources_owe_and_have_to_be_told(feed, agreement, loaded, manager, second_manager, client_of):
    renewal = actions.renew_agreement(
        agreement, by=manager, until_at=agreement.until_at, from_at=timezone.now(), refresh_hours=24
    )
    actions.agree(renewal, by=second_manager)
    profile = actions.begin_profile(feed, by=manager, layout=PRESETS["plain"][1].as_data(), why="x")
    actions.propose_profile(profile, by=manager)
    loaded([voi(1), voi(2)])
    home = client_of(second_manager).get("/").content.decode()
    assert "An import profile of No insurance waits for a second person" in home
    assert "waits for a second person" not in client_of(manager).get("/").content.decode()
    assert "its source does not know" not in home
    assert "is late" not in home
    actions.suspend_row(feed, by=manager, country="GB", vrm=plate(1), reason="Recovered.")
    with time_machine.travel(timezone.now() + dt.timedelta(hours=25)):
        home = client_of(second_manager).get("/").content.decode()
        assert "A load of No insurance is late" in home
        assert "its source does not know" in home
        assert "A load was due" in client_of(manager).get(reverse("hotlist_detail", args=[feed.slug])).content.decode()


# --- API -------------------------------------------------------------------------------------------------


def test_agreements_are_proposed_agreed_renewed_and_ended_over_the_api(
    feed, manager, second_manager, outsider, client_of
):
    api, other = client_of(manager), client_of(second_manager)
    url = reverse("api_agreement_list", args=[feed.slug])
    sent = {name: value.isoformat() if isinstance(value, dt.datetime) else value for name, value in terms().items()}
    made = api.post(url, sent, JSON, headers={"Idempotency-Key": "a1"})
    assert made.status_code == 201, made.content
    assert api.post(url, sent, JSON, headers={"Idempotency-Key": "a1"}).json() == made.json()
    assert SourceAgreement.objects.count() == 1
    wrong = api.post(url, sent | {"category": "CT"}, JSON)
    assert (wrong.status_code, wrong.headers["content-type"]) == (422, "application/problem+json")
    pk = made.json()["id"]
    agree = reverse("api_agreement_agree", args=[pk])
    assert api.post(agree, {}, JSON).status_code == 403
    assert client_of(outsider).post(agree, {}, JSON).status_code == 404
    assert other.post(agree, {}, JSON).json()["agreed_by"] == str(second_manager)
    assert other.post(agree, {}, JSON).status_code == 409
    renew = reverse("api_agreement_renew", args=[pk])
    assert api.post(renew, {}, JSON).status_code == 400
    later = (timezone.now() + dt.timedelta(days=900)).isoformat()
    renewal = api.post(renew, {"until_at": later, "contact": "New desk"}, JSON).json()
    assert (renewal["renews"], renewal["contact"], renewal["source"]) == (pk, "New desk", sent["source"])
    end = reverse("api_agreement_end", args=[pk])
    assert api.post(end, {}, JSON).status_code == 400
    assert api.post(end, {"reason": "Over."}, JSON).json()["ended_because"] == "Over."
    assert len(api.get(url).json()["results"]) == 2


def test_import_profiles_are_drafted_edited_with_if_match_and_approved_over_the_api(
    feed, manager, second_manager, client_of
):
    api, other = client_of(manager), client_of(second_manager)
    url = reverse("api_import_profile_list", args=[feed.slug])
    plain = PRESETS["plain"][1].as_data()
    assert api.post(url, {"layout": {"names": ["a"]}}, JSON).status_code == 422
    pk = api.post(url, {"layout": plain, "why": "Theirs."}, JSON).json()["id"]
    page = reverse("api_import_profile_detail", args=[pk])
    tag = api.get(page).headers["ETag"]
    edit = {"layout": plain | {"dates": "yyyymmdd"}}
    assert api.patch(page, edit, JSON).status_code == 428
    changed = api.patch(page, edit, JSON, headers={"If-Match": tag})
    assert changed.json()["layout"]["dates"] == "yyyymmdd"
    assert api.patch(page, edit, JSON, headers={"If-Match": tag}).status_code == 412
    wrong = api.patch(page, {"layout": plain | {"dates": "x"}}, JSON, headers={"If-Match": changed.headers["ETag"]})
    assert wrong.status_code == 422
    assert other.post(reverse("api_import_profile_approve", args=[pk]), {}, JSON).status_code == 409
    assert api.post(reverse("api_import_profile_propose", args=[pk]), {}, JSON).status_code == 200
    assert api.post(reverse("api_import_profile_approve", args=[pk]), {}, JSON).status_code == 403
    assert other.post(reverse("api_import_profile_approve", args=[pk]), {}, JSON).json()["approved_by"] == str(
        second_manager
    )
    assert other.post(reverse("api_import_profile_end", args=[pk]), {}, JSON).status_code == 409


def test_the_sources_machine_hears_of_what_is_held_back_and_answers(
    feed,
    manager,
    second_manager,
    loaded,
    supervisor,
    inspector,
    machine,
    client_of,
):
    actions.agree(actions.propose_agreement(feed, by=manager, **terms(machine=machine)), by=second_manager)
    loaded([voi(1), voi(2), voi(3)])
    person, source = client_of(supervisor), Client(headers=machine_client(machine, "write"))
    url = reverse("api_exception_list", args=[feed.slug])
    held = person.post(url, {"vrm": plate(1), "cause": "cloned", "reason": "Two at once."}, JSON)
    assert held.status_code == 201, held.content
    assert person.post(url, {"vrm": plate(1), "reason": "Again."}, JSON).status_code == 409
    lift = reverse("api_exception_lift", args=[held.json()["id"]])
    assert person.post(lift, {"reason": "Mine."}, JSON).status_code == 403
    to_tell = reverse("api_exception_to_tell", args=[feed.slug])
    told = source.get(to_tell).json()["results"]
    assert [(one["vrm"], one["cause"], one["source_knows"]) for one in told] == [(plate(1), "cloned", False)]
    assert source.post(to_tell, {"exceptions": [told[0]["id"]]}, JSON).status_code == 200
    assert source.get(to_tell).json()["results"] == []
    assert source.post(to_tell, {"exceptions": []}, JSON).status_code == 400
    reconfirm = reverse("api_exception_reconfirm", args=[told[0]["id"]])
    assert person.post(reconfirm, {"reason": "x"}, JSON).status_code == 403
    assert source.post(reconfirm, {"reason": "Checked."}, JSON).json()["let_go_by"] == str(machine)
    recoveries = reverse("api_recovery_create", args=[feed.slug])
    given = {"vrm": plate(2), "occurred": timezone.now().isoformat(), "reference": "R2"}
    assert source.post(recoveries, given, JSON).status_code == 201
    assert source.get(to_tell).json()["results"] == []  # it said so itself
    assert source.get(url).status_code == 403  # it reads what it has to be told, no more
    other = person.post(url, {"vrm": plate(3), "reason": "Wrong."}, JSON).json()["id"]
    lifted = client_of(inspector).post(
        reverse("api_exception_lift", args=[other]), {"reason": "Right after all."}, JSON
    )
    assert lifted.json()["let_go_by"] == str(inspector)
    loaded([voi(3)])
    left = person.get(reverse("api_departure_list", args=[feed.slug])).json()["results"]
    assert {(one["vrm"], one["why"]) for one in left} == {(plate(1), "dropped"), (plate(2), "recovered")}
    assert Departure.objects.count() == 2


def test_a_packed_file_is_sent_and_its_problems_taken_over_the_api(feed, agreement, manager, client_of, uploads):
    api = client_of(manager)
    packed = packed_file("voi.csv", (voi(1) + "\n" + voi(2, action="CHASE") + "\n").encode())
    sent = api.post(reverse("api_load_list", args=[feed.slug]) + "?mode=add", packed, "application/zip")
    assert sent.status_code == 201, sent.content
    load = actions.check(Load.objects.get(), by=JOB)
    assert (load.good_rows, load.problems) == (1, 1)
    answer = api.get(reverse("api_load_problems", args=[load.pk]))
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert lines[0] == voi(1) + ',""'
    assert "is no action" in lines[1]
