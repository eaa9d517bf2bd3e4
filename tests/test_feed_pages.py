"""Pages and API of feeds: who reaches them, what they show, and that they call the same actions."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from oauth2_provider.models import AccessToken

from accounts.actions import add_machine
from accounts.models import SystemJob
from hotlists import actions
from hotlists.models import FeedException, FeedRow, Load, SourceAgreement
from tests.feed_cast import *  # noqa: F403 - fixtures
from tests.feed_cast import JOB, plate, terms, voi, voi_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def uploads(settings, tmp_path):
    """Files go to a place of the test's own."""
    settings.UPLOADS_DIR = tmp_path


def upload(client: Client, feed, rows, **over):
    """What the browser sends."""
    file = SimpleUploadedFile("voi.csv", voi_file(rows), "text/csv")
    return client.post(
        reverse("load_new", args=[feed.slug]), {"file": file, "mode": "complete", "encoding": "utf-8", **over}
    )


def test_a_file_is_uploaded_checked_shown_and_released_in_the_browser(
    feed, agreement, manager, second_manager, client_of, uploads
):
    browser = client_of(manager)
    answer = upload(browser, feed, [voi(1), voi(2, action="CHASE")])
    load = Load.objects.get()
    assert answer.url == reverse("load_detail", args=[load.pk])
    page = browser.get(answer.url).content.decode()
    assert "Waiting to be checked" in page
    assert browser.get(reverse("load_progress", args=[load.pk])).headers.get("HX-Refresh") is None
    actions.check(load, by=JOB)
    assert browser.get(reverse("load_progress", args=[load.pk])).headers["HX-Refresh"] == "true"
    page = browser.get(answer.url).content.decode()
    assert "“CHASE” is no action" in page
    assert "somebody else has to release it" in page
    assert plate(1) not in page
    other = client_of(second_manager)
    assert other.post(reverse("load_accept", args=[load.pk])).status_code == 422
    assert other.post(reverse("load_accept", args=[load.pk]), {"without_bad_rows": "on"}).status_code == 302
    actions.merge(load, by=JOB)
    assert "In the list since" in other.get(answer.url).content.decode()
    assert FeedRow.objects.count() == 1


def test_pages_of_a_feed_refuse_strangers_and_colleagues(feed, agreement, checked_load, outsider, submitter, client_of):
    load = checked_load([voi(1)])
    pages = [reverse("load_list", args=[feed.slug]), reverse("load_new", args=[feed.slug]),
             reverse("load_detail", args=[load.pk]), reverse("load_problems", args=[load.pk]),
             reverse("agreement_new", args=[feed.slug]), reverse("feed_search", args=[feed.slug])]  # fmt: skip
    for page in pages:
        assert client_of(outsider).get(page).status_code == 404, page
        assert Client().get(page).status_code == 302, page
    assert client_of(submitter).get(reverse("load_new", args=[feed.slug])).status_code == 403
    assert client_of(submitter).get(reverse("load_problems", args=[load.pk])).status_code == 403
    assert client_of(submitter).post(reverse("load_accept", args=[load.pk])).status_code == 403
    assert client_of(submitter).get(reverse("load_detail", args=[load.pk])).status_code == 200
    load.refresh_from_db()
    assert load.status == "checked"


def test_an_agreement_is_proposed_and_agreed_in_the_browser(feed, manager, asset_owner, client_of):
    given = terms() | {"from_at": "", "until_at": "2030-01-01T00:00", "fact": "FACT", "country": "GB"}
    answer = client_of(manager).post(reverse("agreement_new", args=[feed.slug]), given)
    assert answer.status_code == 302
    agreement = SourceAgreement.objects.get()
    agree = reverse("agreement_agree", args=[agreement.pk])
    assert client_of(manager).post(agree).status_code == 403
    assert "An agreement with Motor insurance database" in client_of(asset_owner).get("/").content.decode()
    assert client_of(asset_owner).post(agree).status_code == 302
    assert client_of(asset_owner).post(agree).status_code == 409
    page = client_of(manager).get(reverse("hotlist_detail", args=[feed.slug])).content.decode()
    assert "Motor insurance database" in page
    assert "Never loaded" in page


def test_a_plate_is_found_held_back_and_let_go_in_the_browser(feed, loaded, supervisor, inspector, client_of):
    loaded([voi(1)])
    browser = client_of(supervisor)
    page = browser.post(reverse("feed_search", args=[feed.slug]), {"plate": plate(1), "reason": "Keeper rang."})
    assert "Hold this plate back" in page.content.decode()
    given = {"country": "GB", "vrm": plate(1), "reason": "The keeper showed a certificate."}
    hold_back = reverse("feed_hold_back", args=[feed.slug])
    assert browser.post(hold_back, given | {"reason": ""}).status_code == 422
    assert browser.post(hold_back, given).status_code == 302
    assert (
        "The keeper showed a certificate." in browser.get(reverse("exception_list", args=[feed.slug])).content.decode()
    )
    lift = reverse("exception_lift", args=[FeedException.objects.get().pk])
    assert "somebody else has to let it go" in browser.get(lift).content.decode()
    assert browser.post(lift, {"reason": "Mine."}).status_code == 403
    assert client_of(inspector).post(lift, {"reason": "Lapsed again."}).status_code == 302


def test_a_load_beyond_the_limit_waits_on_the_home_page_of_others(checked_load, manager, second_manager, client_of):
    checked_load([voi(1)])
    assert "waits for release" in client_of(second_manager).get("/").content.decode()
    assert "waits for release" not in client_of(manager).get("/").content.decode()


def test_searching_all_lists_finds_rows_of_feeds_too(feed, loaded, supervisor, outsider, client_of):
    loaded([voi(1), voi(2)])
    actions.suspend_row(feed, by=supervisor, country="GB", vrm=plate(2), reason="Recovered.")
    given = {"plate": plate(1), "reason": "Stopped on the A1."}
    page = client_of(supervisor).post(reverse("plate_search"), given).content.decode()
    assert "1 row of a feed" in page
    assert "In force" in page
    assert (
        "Held back" in client_of(supervisor).post(reverse("plate_search"), given | {"plate": plate(2)}).content.decode()
    )
    assert "Nothing found" in client_of(outsider).post(reverse("plate_search"), given).content.decode()
    told = client_of(supervisor).post("/api/v1/search/", given, "application/json").json()
    assert [(row["vrm"], row["is_in_force"]) for row in told["feed_rows"]] == [(plate(1), True)]
    assert told["entries"] == []


def machine_client(machine, scopes: str) -> dict[str, str]:
    """Headers that sign a machine in."""

    token = AccessToken.objects.create(
        application=machine.application, scope=scopes, token=f"token-{machine.pk}-{scopes}",
        expires=timezone.now() + dt.timedelta(hours=1),
    )  # fmt: skip
    return {"authorization": f"Bearer {token.token}"}


@pytest.fixture
def machine():
    """The source's machine."""
    return add_machine("insurance database", by=SystemJob("tests"), scopes=["write"])[0]


def test_the_sources_machine_sends_a_load_and_a_person_releases_what_is_beyond_the_limit(
    feed, machine, manager, second_manager, uploads
):
    actions.agree(actions.propose_agreement(feed, by=manager, **terms(machine=machine)), by=second_manager)
    api, headers = Client(), machine_client(machine, "write")
    url = f"/api/v1/hotlists/{feed.slug}/loads/"
    answer = api.post(f"{url}?mode=complete&file_name=mid.csv", voi_file([voi(n) for n in range(20)]), "text/csv",
                      headers=headers)  # fmt: skip
    assert answer.status_code == 201, answer.content
    load = Load.objects.get()
    assert (answer.json()["id"], answer.json()["status"], load.uploader) == (str(load.pk), "received", machine)
    actions.check(load, by=JOB)
    accept = f"/api/v1/loads/{load.pk}/accept/"
    assert api.post(accept, {}, "application/json", headers=headers).status_code == 403
    actions.accept(load, by=manager)
    actions.merge(load, by=JOB)
    small = api.post(f"{url}?mode=add", voi_file([voi(30)]), "text/csv", headers=headers).json()
    actions.check(Load.objects.get(pk=small["id"]), by=JOB)
    answer = api.post(f"/api/v1/loads/{small['id']}/accept/", {}, "application/json", headers=headers)
    assert (answer.status_code, answer.json()["status"]) == (200, "accepted")
    shown = api.get(f"/api/v1/loads/{small['id']}/", headers=headers).json()
    assert (shown["added"], shown["decided_by"]) == (1, "insurance database")


def test_a_machine_that_no_agreement_names_finds_no_such_list(feed, agreement, machine, uploads):
    url = f"/api/v1/hotlists/{feed.slug}/loads/?mode=add"
    answer = Client().post(url, voi_file([voi(1)]), "text/csv", headers=machine_client(machine, "write"))
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert Client().post(url, voi_file([voi(1)]), "text/csv").status_code == 401
    assert not Load.objects.exists()


def test_the_api_says_what_is_wrong_with_an_upload(feed, agreement, manager, client_of, uploads):
    browser = client_of(manager)
    url = f"/api/v1/hotlists/{feed.slug}/loads/"
    assert browser.post(url + "?mode=everything", b"x", "text/csv").status_code == 400
    assert browser.post(url + "?mode=add", b"x", "application/octet-stream").status_code == 415
    assert browser.post(url + "?mode=add", b"", "text/csv").status_code == 422
    first = browser.post(url + "?mode=add", voi_file([voi(1, action="CHASE")]), "text/csv")
    assert first.status_code == 201
    again = browser.post(url + "?mode=add", voi_file([voi(1)]), "text/csv")
    assert again.status_code == 409
    load = actions.check(Load.objects.get(), by=JOB)
    shown = browser.get(f"/api/v1/loads/{load.pk}/").json()
    assert (shown["first_problems"][0]["row"], shown["first_problems"][0]["column"]) == (1, "action")
    refused = browser.post(f"/api/v1/loads/{load.pk}/refuse/", {"reason": "Wrong code."}, "application/json")
    assert (refused.status_code, refused.json()["status"]) == (200, "refused")
    assert len(browser.get(url).json()["results"]) == 1
