"""The pages and the API of signs of misuse, samples and certificates: the same acts, the same checks."""

import datetime as dt

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Event
from audit.verbs import Verb
from oversight.actions import release_figures
from portal.errors import Refused, TooLate, Unfit
from scrutiny import actions, drawing
from scrutiny.models import Certificate, Finding, Sample, Signal
from scrutiny.waiting import questions
from tests.cast import JOB
from tests.misuse_cast import planted
from tests.test_samples import GOOD, a_months_searches, last_month

pytestmark = pytest.mark.django_db
JSON = "application/json"


def text(response) -> str:
    assert response.status_code == 200, response.status_code
    return response.content.decode()


@pytest.fixture
def signal(submitter) -> Signal:
    """One plate looked up a dozen times by the submitter."""
    now = timezone.now()
    planted((now - dt.timedelta(hours=n), submitter.pk, Verb.PLATE_SEARCHED, "XY50ZZZ") for n in range(1, 13))
    (made,) = actions.screen(by=JOB)
    return made


@pytest.fixture
def sample(submitter, supervisor, inspector, operator, dpo) -> Sample:
    """Last month's, of the searches of five people."""
    a_months_searches([submitter, supervisor, inspector, operator, dpo])
    return actions.draw_sample(by=JOB, month=last_month())


def test_signal_is_read_with_its_innocent_explanation_and_judged_on_its_page(signal, client_of, dpo, manager):
    browser = client_of(dpo)
    assert "One plate looked up again" in text(browser.get("/signals/"))
    page = text(browser.get(f"/signals/{signal.pk}/"))
    for words in ("It may be nothing", "in charge of a long case", "searched the lists for a plate", "Submitter Test"):
        assert words in page, words
    assert "XY50ZZZ" not in page
    assert Event.objects.filter(verb=Verb.LOG_CONSULTED, actor_id=str(dpo.pk)).count() == 1
    facts = {"words": "Nothing links them with this case.", "owner": manager.pk}
    assert browser.post(f"/signals/{signal.pk}/take-up/", facts).status_code == 302
    assert Finding.objects.get().owner == manager
    assert "Taken up" in text(browser.get("/signals/?show=all"))
    assert "No sign of misuse waits" in text(browser.get("/signals/"))
    assert "The finding" in text(browser.get(f"/signals/{signal.pk}/"))


def test_signals_are_narrowed_by_indicator(signal, client_of, auditor):
    browser = client_of(auditor)
    assert "Submitter Test" in text(browser.get("/signals/?indicator=one_plate_again"))
    assert "Submitter Test" not in text(browser.get("/signals/?indicator=same_pair"))


def test_what_is_looked_for_is_told_with_the_numbers_in_force(client_of, dpo, submitter):
    page = text(client_of(dpo).get("/signals/indicators/"))
    for words in ("Approvals within seconds", "Or else", "An approval sooner after the submission"):
        assert words in page, words
    assert client_of(submitter).get("/signals/indicators/").status_code == 403


def test_strangers_and_those_it_is_about_see_nothing(signal, client_of, submitter, auditor, manager):
    assert client_of(manager).get("/signals/").status_code == 403
    assert client_of(manager).get(f"/signals/{signal.pk}/").status_code == 403
    own = client_of(auditor)
    planted((timezone.now() - dt.timedelta(hours=n), auditor.pk, Verb.PLATE_SEARCHED, "XY50ZZY") for n in range(1, 13))
    (about,) = actions.screen(by=JOB)
    assert own.get(f"/signals/{about.pk}/").status_code == 404
    assert own.get(f"/api/v1/signals/{about.pk}/").status_code == 404
    assert "Auditor Test" not in text(own.get("/signals/")).replace("Signed in as Auditor Test", "").split("<main")[1]


def test_looking_by_hand_finds_what_the_night_would(client_of, dpo, submitter):
    now = timezone.now()
    planted((now - dt.timedelta(hours=n), submitter.pk, Verb.PLATE_SEARCHED, "XY50ZZZ") for n in range(1, 13))
    assert client_of(dpo).post("/signals/look/").status_code == 302
    assert Signal.objects.count() == 1


def test_api_reads_and_judges_signals(signal, client_of, dpo, manager, submitter):
    browser = client_of(dpo)
    assert client_of(submitter).get("/api/v1/signals/").status_code == 403
    assert len(browser.get("/api/v1/signals/indicators/").json()) >= 10
    assert browser.get("/api/v1/signals/?status=open").json()["results"][0]["id"] == str(signal.pk)
    told = browser.get(f"/api/v1/signals/{signal.pk}/").json()
    assert (len(told["acts"]), told["who"]) == (12, submitter.pk)
    at = f"/api/v1/signals/{signal.pk}/"
    assert client_of(manager).post(f"{at}dismiss/", {"words": "No."}, JSON).status_code == 403
    assert browser.post(f"{at}dismiss/", {"words": " "}, JSON).status_code in (400, 422)
    assert browser.post(f"{at}dismiss/", {"words": "His own case."}, JSON).json()["status"] == "dismissed"
    assert browser.post(f"{at}take-up/", {"words": "Still.", "owner": manager.pk}, JSON).status_code == 409
    assert browser.post("/api/v1/signals/", {}, JSON).json() == []


def test_sample_is_drawn_and_worked_on_its_pages(client_of, dpo, auditor, manager, submitter, supervisor):
    a_months_searches([submitter, supervisor])
    browser = client_of(dpo)
    drawn = browser.post("/samples/", {"month": last_month().isoformat()})
    assert drawn.status_code == 302
    assert "10 of 10 items are left" in text(browser.get(drawn.url))
    item = Sample.objects.get().items.first()
    page = text(browser.get(f"/samples/items/{item.pk}/"))
    assert "Did the authority exist?" in page
    bad = {**GOOD, "is_reasoned": "no", "words": "It says “check”."}
    assert "Choose who puts it right" in text(browser.post(f"/samples/items/{item.pk}/", bad))
    assert browser.post(f"/samples/items/{item.pk}/", {**bad, "owner": manager.pk}).status_code == 302
    assert "9 of 10 items are left" in text(browser.get(drawn.url))
    assert "Something is wrong" in text(browser.get(f"{drawn.url}?show=all"))
    assert client_of(manager).get(drawn.url).status_code == 403
    assert Finding.objects.get().owner == manager


def test_home_page_says_how_many_items_are_left(sample, dpo, auditor, manager):
    titles = {item.title: item.count for item in questions(auditor, timezone.now())}
    assert titles[f"Left in the sample of {sample.month:%B}"] == 10
    own = sample.items.filter(hands__contains=[dpo.pk]).count()
    assert {item.title: item.count for item in questions(dpo, timezone.now())}.popitem()[1] == 10 - own
    assert list(questions(manager, timezone.now())) == []


def test_api_draws_and_works_samples(client_of, dpo, submitter, supervisor, manager):
    a_months_searches([submitter, supervisor])
    browser = client_of(dpo)
    assert client_of(manager).post("/api/v1/samples/", {"month": last_month().isoformat()}, JSON).status_code == 403
    made = browser.post("/api/v1/samples/", {"month": last_month().isoformat()}, JSON)
    assert made.status_code == 201, made.content
    assert browser.post("/api/v1/samples/", {"month": last_month().isoformat()}, JSON).status_code == 409
    item = made.json()["items"][0]["id"]
    assert len(browser.get(f"/api/v1/samples/items/{item}/").json()["acts"]) == 1
    answered = browser.post(f"/api/v1/samples/items/{item}/answer/", {**GOOD, "words": "Fine."}, JSON)
    assert answered.status_code == 201, answered.content
    assert browser.get("/api/v1/samples/").json()["results"][0]["answered"] == 1


def test_pages_take_as_many_queries_for_one_as_for_ten(client_of, dpo, submitter, supervisor):
    now = timezone.now()
    browser, counted = client_of(dpo), []
    for plates in (1, 9):
        planted(
            (now - dt.timedelta(hours=n), user.pk, Verb.PLATE_SEARCHED, f"XY50Z{chr(65 + plate)}{chr(65 + plates)}")
            for n in range(1, 13) for user in (submitter,) for plate in range(plates)
        )  # fmt: skip
        actions.screen(by=JOB)
        browser.get("/signals/")
        with CaptureQueriesContext(connection) as queries:
            browser.get("/signals/")
        counted.append(len(queries))
    assert Signal.objects.count() >= 10
    assert counted[0] == counted[1]


# --- The year ---------------------------------------------------------------------------------------------


def new_year():
    """The first days of the year after the sampled month."""
    return time_machine.travel(dt.datetime(last_month().year + 1, 1, 5, 12, tzinfo=dt.UTC))


SAID = {"policy": "ANPR policy, edition 4, on our site.", "violations": "None is known."}


def test_certificate_is_signed_once_the_year_is_worked_and_stands(sample, auditor, asset_owner, dpo, manager):
    year = sample.month.year
    with pytest.raises(TooLate, match="not over"):
        actions.sign_certificate(by=asset_owner, year=year, area="search", **SAID)
    for n, item in enumerate(sample.items.all()):
        given = {**GOOD, "is_reasoned": "no"} if n == 0 else GOOD
        with new_year(), pytest.raises(TooLate, match="wait to be worked"):
            actions.sign_certificate(by=asset_owner, year=year, area="search", **SAID)
        actions.answer_item(item, by=auditor, **given, words="Read it.", owner=manager)
    with new_year():
        with pytest.raises(Refused):
            actions.sign_certificate(by=dpo, year=year, area="search", **SAID)
        with pytest.raises(Unfit):
            actions.sign_certificate(by=asset_owner, year=year, area="search", policy=" ", violations="None.")
        signed = actions.sign_certificate(by=asset_owner, year=year, area="search", **SAID)
        with pytest.raises(TooLate, match="signed already"):
            actions.sign_certificate(by=asset_owner, year=year, area="search", **SAID)
    told = signed.figures
    assert (told["sampled"], told["bad"], told["findings"], told["open"], told["mended"]) == (10, 1, 1, 1, 0)
    with pytest.raises(DatabaseError), transaction.atomic():
        Certificate.objects.update(policy="Another.")


def test_certificate_has_a_page_a_year_and_area(sample, client_of, asset_owner, dpo, submitter):
    at = f"/certificates/{sample.month.year}/search/"
    assert "0 of 10" in text(client_of(dpo).get(at))
    assert str(sample.month.year) in text(client_of(asset_owner).get("/certificates/"))
    assert client_of(submitter).get(at).status_code == 403
    assert client_of(dpo).get("/certificates/1999/search/").status_code == 404
    refused = client_of(asset_owner).post(
        "/api/v1/certificates/", {"year": sample.month.year, "area": "search", **SAID}, JSON
    )
    assert refused.status_code == 409


def test_month_is_a_month_in_london():
    begin, end = drawing.span_of(dt.date(2026, 7, 1))
    assert begin == dt.datetime(2026, 6, 30, 23, tzinfo=dt.UTC)
    assert end == dt.datetime(2026, 7, 31, 23, tzinfo=dt.UTC)


def test_public_reads_each_signed_year_with_its_figures_and_nobodys_name(sample, auditor, asset_owner, manager, client):
    for item in sample.items.all():
        actions.answer_item(item, by=auditor, **GOOD, words="Read it.")
    year = sample.month.year
    with new_year():
        with pytest.raises(Unfit, match="words"):
            actions.sign_certificate(
                by=asset_owner, year=year, area="search", policy="Ed. 4", violations="AB01 CDE stopped."
            )
        release_figures(by=JOB)
        assert "Looked at every year" not in text(client.get("/transparency/"))
        actions.sign_certificate(by=asset_owner, year=year, area="search", **SAID)
        page, (told,) = (
            text(client.get("/transparency/")),
            client.get("/transparency/figures.json").json()["certificates"],
        )
    for words in (SAID["policy"], SAID["violations"], f", {year}", "Drawn by lot and looked at"):
        assert words in page, words
    figures = dict(told["rows"])
    assert figures["Drawn by lot and looked at"] == 10
    assert figures["Sampled acts with something wrong"] == 0
    assert figures["People with access"] is None or figures["People with access"] >= 5
    for person in (asset_owner, auditor, manager):
        assert str(person) not in page
        assert person.username not in str(told)
