"""Pages and API of hits: the board, a hit and its answers, what strangers and colleagues are told."""

import json

import pytest
from django.urls import reverse

from accounts.models import MachineClient
from audit.models import Event
from audit.verbs import Verb
from hits import actions
from hits.models import Hit
from scrutiny.actions import open_finding
from tests.hit_cast import *  # noqa: F403 - fixtures
from tests.hit_cast import CONFIRMED, fresh, seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def token_of(client):
    """token_of(made): the header with which this matcher calls."""

    def fetch(made, scope="matcher") -> dict[str, str]:
        answer = client.post(
            "/oauth/token/",
            {"grant_type": "client_credentials", "client_id": made.client_id, "client_secret": made.client_secret,
             "scope": scope},
        )  # fmt: skip
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    return fetch


def body_of(told, **over) -> dict:
    """A report as a matcher sends it."""
    facts = {name: getattr(told, name) for name in told.__dataclass_fields__ if name != "role"}
    return {**facts, "hotlist": told.role, "captured_at": told.captured_at.isoformat(), **over}


def test_board_shows_vehicle_authority_cautions_and_contact(hit, client_of, operator):
    page = client_of(operator).get(reverse("board")).content.decode()
    for words in (
        "AB01 CDE", "Vehicle linked; driver not identified", "Approved by Sergeant Supervisor Test", "Sgt Test, 01632 960001",
        "Take it on", "getaway vehicle", "Ring road, ring-north", "app-board--may-answer",
    ):  # fmt: skip
        assert words in page, words


def test_board_of_one_who_only_watches_offers_no_answer_and_no_precise_place(hit, client_of, submitter):
    page = client_of(submitter).get(reverse("board")).content.decode()
    assert "app-board--may-answer" not in page
    assert "Ring road" not in page
    assert "Northdale" in page


def test_board_is_empty_for_who_may_see_none_of_the_lists(hit, client_of, outsider):
    page = client_of(outsider).get(reverse("board")).content.decode()
    assert "AB01" not in page
    assert "No hit is open" in page


def test_people_without_the_role_and_strangers_see_no_board(hit, client_of, dpo, client):
    assert client_of(dpo).get(reverse("board")).status_code == 403
    assert client.get(reverse("board")).status_code == 302
    assert client.get(reverse("board_stream")).status_code == 302


def test_board_shows_a_vehicle_once_and_the_most_urgent_first(listed, report, client_of, operator):
    low = listed(vrm_entered="XY50 AAA", priority="LOW")
    high = listed(vrm_entered="XY50 BBB", priority="HIGH")
    for entry in (low, high, low):
        report(entry)
    page = client_of(operator).get(reverse("board")).content.decode()
    assert page.count("data-hit ") == 2
    assert page.index("XY50 BBB") < page.index("XY50 AAA")
    assert "2 times" in page


def test_walk_through_the_pages_from_hit_to_outcome(listed, report, client_of, operator):
    hit = report(listed(action="STOP"))
    browser = client_of(operator)
    here = reverse("hit_detail", args=[hit.pk])
    assert "Take it on" in browser.get(here).content.decode()
    assert browser.post(reverse("hit_acknowledge", args=[hit.pk])).status_code == 302
    refused = browser.post(reverse("hit_outcome", args=[hit.pk]), {"decision": "DEPLOY"})
    assert refused.status_code == 403 and "Verify the hit before anybody is sent" in refused.content.decode()
    page = browser.post(reverse("hit_verify", args=[hit.pk]), {**CONFIRMED, "vehicle": "unseen"}).content.decode()
    assert "confirmed only when" in page or "This does not confirm it" in page
    assert browser.post(reverse("hit_verify", args=[hit.pk]), CONFIRMED).status_code == 302
    page = browser.post(reverse("hit_outcome", args=[hit.pk]), {"decision": "NOT_DEPLOYED"}).content.decode()
    assert "Say why nobody was sent" in page
    done = browser.post(
        reverse("hit_outcome", args=[hit.pk]), {"decision": "DEPLOY", "result": "arrest", "was_stopped": "on"}
    )
    assert done.status_code == 302
    assert fresh(hit).outcome.result == "arrest"
    page = browser.get(here).content.decode()
    for words in ("Taken on", "Verified: Confirmed", "Deployed", "opened hit", "Arrest"):
        assert words in page, words


def test_taking_on_from_the_board_answers_nothing_and_a_second_is_409(hit, client_of, operator, manager):
    first = client_of(operator).post(reverse("hit_acknowledge", args=[hit.pk]), headers={"HX-Request": "true"})
    assert first.status_code == 204
    assert client_of(manager).post(reverse("hit_acknowledge", args=[hit.pk])).status_code == 409


def test_hit_page_of_a_stranger_is_404_and_of_a_colleague_without_the_role_403(hit, client_of, outsider, dpo):
    for name in ("hit_detail", "hit_verify", "hit_outcome"):
        assert client_of(outsider).get(reverse(name, args=[hit.pk])).status_code == 404
        assert client_of(dpo).get(reverse(name, args=[hit.pk])).status_code == 403


def test_precise_place_is_only_for_who_may_see_sites(hit, client_of, operator, submitter):
    assert "54.61234" in client_of(operator).get(reverse("hit_detail", args=[hit.pk])).content.decode()
    page = client_of(submitter).get(reverse("hit_detail", args=[hit.pk])).content.decode()
    for place in ("54.61234", "A9999", "Ring road"):
        assert place not in page


def test_entry_page_says_what_it_led_to(hit, client_of, submitter, operator, answers):
    answers.ended(hit, operator, decision="NOT_DEPLOYED", reason="no_unit")
    page = client_of(submitter).get(reverse("entry_detail", args=[hit.entry_id])).content.decode()
    assert "What it led to" in page
    assert "1 hit, 0 open; 1 not deployed" in page


def test_list_of_hits_asks_for_a_reason_before_a_plate(hit, client_of, operator):
    browser = client_of(operator)
    assert "AB01 CDE" in browser.get(reverse("hit_list")).content.decode()
    page = browser.get(reverse("hit_list"), {"plate": "AB01CDE"}).content.decode()
    assert "Enter the reason for looking for one plate" in page
    page = browser.get(reverse("hit_list"), {"plate": "AB01CDE", "reason": "CR/2211/26", "state": "open"})
    assert "Waiting" in page.content.decode()
    assert Event.objects.filter(verb=Verb.HITS_SEARCHED).count() == 2


def test_queries_of_board_and_list_do_not_grow_with_their_rows(listed, report, client_of, operator):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser = client_of(operator)
    entries = [listed(vrm_entered=f"XY50 {letter * 3}") for letter in "ABCDEFGHJ"]
    counts = {}
    for n in (1, len(entries)):
        for entry in entries[: n if n == 1 else None]:
            report(entry)
        for name in ("board", "hit_list"):
            browser.get(reverse(name))
            with CaptureQueriesContext(
                connection,
            ) as asked:
                assert browser.get(reverse(name)).status_code == 200
            counts.setdefault(name, []).append(len(asked))
    for name, (one, many) in counts.items():
        assert one == many, (name, one, many)


# --- API --------------------------------------------------------------------------------------------


def test_matcher_reports_over_the_api_and_the_same_again_is_200(listed, matcher, token_of, client):
    told = body_of(seen(listed()))
    headers = token_of(matcher)
    first = client.post("/api/v1/hits/", told, content_type="application/json", headers=headers)
    again = client.post("/api/v1/hits/", told, content_type="application/json", headers=headers)
    assert (first.status_code, again.status_code) == (201, 200), first.content
    assert first.json() == again.json()
    assert Hit.objects.count() == 1


def test_read_without_a_country_or_with_a_strange_one_is_taken(listed, matcher, token_of, client):
    entry = listed()
    for sign, stored in ((None, ""), ("??", ""), ("F", "FR")):
        told = body_of(seen(entry), country_read=sign, vrm_read=" ab01 cde")
        answer = client.post("/api/v1/hits/", told, content_type="application/json", headers=token_of(matcher))
        assert answer.status_code == 201, answer.content
        hit = Hit.objects.get(pk=answer.json()["id"])
        assert (hit.country_read, hit.vrm_read) == (stored, "AB01CDE")


def test_report_that_does_not_hold_is_a_problem_in_words(listed, matcher, token_of, client):
    entry = listed()
    headers = token_of(matcher)
    answer = client.post(
        "/api/v1/hits/", body_of(seen(entry, vrm="XY50ZZZ")), content_type="application/json", headers=headers
    )
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert "No such row" in answer.json()["detail"]
    broken = body_of(seen(entry), confidence=2)
    answer = client.post("/api/v1/hits/", broken, content_type="application/json", headers=headers)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/confidence"


def test_person_and_machine_without_the_scope_cannot_report(listed, matcher, token_of, client, client_of, operator):
    told = body_of(seen(listed()))
    assert client.post("/api/v1/hits/", told, content_type="application/json").status_code == 401
    answer = client_of(operator).post("/api/v1/hits/", told, content_type="application/json")
    assert answer.status_code == 403
    MachineClient.objects.update(scopes="matcher read")
    headers = token_of(matcher, scope="read")
    assert client.post("/api/v1/hits/", told, content_type="application/json", headers=headers).status_code == 403
    headers = token_of(matcher)
    assert client.get("/api/v1/hits/", headers=headers).status_code == 403


def test_person_answers_over_the_api_with_the_same_rules(listed, report, client_of, operator, submitter, outsider):
    hit = report(listed(action="STOP"))
    at = f"/api/v1/hits/{hit.pk}/"
    browser = client_of(operator)

    def post(verb, body=None, who=browser):
        return who.post(f"{at}{verb}/", json.dumps(body or {}), content_type="application/json")

    assert post("acknowledge", who=client_of(outsider)).status_code == 404
    assert post("acknowledge", who=client_of(submitter)).status_code == 403
    assert post("acknowledge").json()["acknowledgement"]["acknowledged_by"] == "Operator Test"
    assert post("acknowledge").status_code == 409
    assert post("outcome", {"decision": "DEPLOY"}).status_code == 403
    assert post("verify", {**CONFIRMED, "plate": "unseen"}).status_code == 422
    assert post("verify", CONFIRMED).json()["verification"]["result"] == "CONFIRMED"
    done = post("outcome", {"decision": "DEPLOY", "result": "words"}).json()
    assert (done["outcome"]["decision"], done["is_overdue"]) == ("DEPLOY", False)
    found = browser.get("/api/v1/hits/", {"state": "closed"}).json()["results"]
    assert [one["id"] for one in found] == [str(hit.pk)]
    assert browser.get("/api/v1/hits/", {"plate": "AB01CDE"}).status_code == 422


def test_change_that_boards_are_told_draws_the_newest_sighting_or_takes_it_away(listed, report, operator, answers):
    from hits.live import change_of

    entry = listed()
    first, second = report(entry), report(entry)
    told = change_of(first)
    assert str(second.pk) in told["site"] and "Ring road" not in told["area"]
    actions.acknowledge(second, by=operator, with_earlier=True)
    actions.record_outcome(second, by=operator, decision="NO_ACTION", with_earlier=True)
    told = change_of(second)
    assert "site" not in told and told["card"].startswith("vehicle-")


def test_who_may_not_see_sites_is_told_the_area_by_page_and_api_alike(hit, client_of, operator, submitter):
    shown = client_of(operator).get(reverse("api_hit_detail", args=[hit.pk])).json()
    assert (shown["site"], shown["camera"]) == (hit.site_ref, hit.camera_ref)
    client = client_of(submitter)
    for told in (client.get(reverse("api_hit_detail", args=[hit.pk])).json(),
                 client.get(reverse("api_hit_list")).json()["results"][0]):  # fmt: skip
        assert (told["site"], told["camera"]) == (hit.site.area, "")
    for page in (reverse("hit_detail", args=[hit.pk]), reverse("entry_detail", args=[hit.entry_id])):
        assert hit.site_ref not in client.get(page).content.decode(), page


def test_findings_are_not_told_on_the_page_of_what_they_are_about(hit, client_of, dpo, manager, operator):
    open_finding(by=dpo, title="Asked about by the auditor", words="Why so late?", owner=manager, about=hit)
    assert (
        "Asked about by the auditor"
        not in client_of(operator).get(reverse("hit_detail", args=[hit.pk])).content.decode()
    )
