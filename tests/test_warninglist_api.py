"""Warninglists over the API: the same checks as on the pages, and the same events."""

import io
import json
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actions import add_machine
from audit.models import Event
from audit.verbs import Verb
from hotlists.models import EntryVersion, Warninglist, WarninglistEdition
from tests.cast import JOB, entry_facts
from tests.test_warninglists import WORDS
from tests.warninglist_cast import FLEET, SAYS

pytestmark = pytest.mark.django_db


def post(client: Client, name: str, *args, body: dict | None = None, **headers):
    return client.post(
        reverse(name, args=args), json.dumps(body or {}), content_type="application/json", headers=headers
    )


@pytest.fixture
def bearer() -> dict[str, str]:
    """A machine that may read."""
    machine, secret = add_machine("reader", by=JOB, scopes=["read"])
    given = {"grant_type": "client_credentials", "client_id": machine.application.client_id, "client_secret": secret}
    token = Client().post(reverse("oauth_token"), given | {"scope": "read"}).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


def test_list_lives_its_life_over_the_api(client_of, manager, asset_owner, superintendent):
    keeper, second = client_of(manager), client_of(asset_owner)
    body = {"name": "Fleet", "kind": "emergency", "source": "Fleet desk", "licence": "Agreement"}
    begun = post(keeper, "api_warninglist_list", body=body, **{"Idempotency-Key": "one"})
    assert begun.status_code == 201
    assert post(keeper, "api_warninglist_list", body=body, **{"Idempotency-Key": "one"}).json() == begun.json()
    pk = begun.json()["id"]
    editions = reverse("api_edition_list", args=[pk])
    made = keeper.post(f"{editions}?{urlencode(SAYS)}", FLEET, content_type="text/csv").json()
    assert (made["count"], made["patterns"], made["added"]) == (3, 1, 3)
    assert keeper.post(f"{editions}?{urlencode(SAYS)}", FLEET, content_type="text/csv").status_code == 409
    assert post(keeper, "api_edition_accept", made["id"]).status_code == 403
    assert post(second, "api_edition_accept", made["id"]).json()["accepted_by"] == "Asset Test"
    assert post(second, "api_edition_discard", made["id"]).status_code == 409
    file = io.BytesIO(b"plate\nXY50ZZX\n!!\n")
    file.name = "next.csv"
    following = keeper.post(editions, {"file": file, **SAYS}).json()
    assert (following["file_name"], following["removed"], following["bad_rows"]) == ("next.csv", 3, 1)
    plates = second.get(reverse("api_edition_plates", args=[following["id"]])).json()
    assert plates["added"] == [{"country": "GB", "plate": "XY50ZZX", "note": ""}]
    assert b"has letters and digits" in second.get(reverse("api_edition_problems", args=[following["id"]])).content
    post(second, "api_edition_accept", following["id"])
    back = post(
        client_of(superintendent), "api_edition_bring_back", made["id"], body={"reason": "Engines were missing."}
    )
    assert back.status_code == 200
    assert keeper.get(reverse("api_warninglist_detail", args=[pk])).json()["edition"] == made["id"]
    assert len(keeper.get(editions).json()["results"]) == 2
    retired = post(keeper, "api_warninglist_retire", pk, body={"reason": "Replaced."}).json()
    assert (retired["edition"], retired["retired_because"]) == (None, "Replaced.")


def test_edition_that_waits_is_discarded_over_the_api(client_of, asset_owner, loaded):
    edition = loaded()
    assert post(client_of(asset_owner), "api_edition_discard", edition.pk).json()["discarded_by"] == "Asset Test"


def test_what_cannot_be_taken_says_why_by_field(client_of, manager, warninglist):
    editions = reverse("api_edition_list", args=[warninglist.pk])
    client = client_of(manager)
    silent = client.post(editions, FLEET, content_type="text/csv").json()
    assert [one["pointer"] for one in silent["errors"]] == ["/effect", "/meaning", "/advice"]
    answer = client.post(f"{editions}?{urlencode(SAYS)}", b"number\n1\n", content_type="text/csv")
    assert (answer.status_code, [one["pointer"] for one in answer.json()["errors"]]) == (422, ["/file"])


def test_machine_that_may_read_sees_lists_and_checks_plates_and_keeps_nothing(bearer, in_use):
    edition = in_use()
    client = Client(headers=bearer)
    shown = client.get(reverse("api_warninglist_list")).json()["results"][0]
    assert (shown["edition"], shown["effect"], shown["count"]) == (str(edition.pk), "warn", 3)
    assert client.get(reverse("api_edition_detail", args=[edition.pk])).status_code == 200
    found = post(client, "api_warninglist_check", body={"plate": "xy50 zzz"}).json()
    assert WORDS in [one["words"] for one in found]
    assert Event.objects.filter(verb=Verb.PLATE_CHECKED, actor_kind="machine").exists()
    for name in ("api_edition_plates", "api_edition_problems"):
        assert client.get(reverse(name, args=[edition.pk])).status_code == 403
    assert post(client, "api_warninglist_list", body={"name": "N"}).status_code == 403


def test_people_without_the_role_keep_nothing_over_the_api(client_of, submitter, administrator, loaded):
    edition = loaded()
    for who in (submitter, administrator):
        client = client_of(who)
        for name in ("api_edition_accept", "api_edition_discard", "api_edition_bring_back"):
            assert post(client, name, edition.pk, body={"reason": "Mine."}).status_code == 403
        assert client.get(reverse("api_edition_plates", args=[edition.pk])).status_code == 403
    assert WarninglistEdition.objects.waiting().count() == 1


def test_entrys_quality_names_the_warninglist_and_the_answer_names_what_it_answers(
    client_of, submitter, draft_entry, in_use
):
    version = draft_entry(vrm_entered="XY50 ZZZ")
    in_use()
    client = client_of(submitter)
    quality = reverse("api_entry_quality", args=[version.entry_id])
    said = client.get(quality).json()
    assert WORDS in said["missing"][0]["detail"]
    entry = reverse("api_entry_detail", args=[version.entry_id])
    body = {"plate_confirmed_because": version.plate_confirmed_because}

    def patch(**more) -> None:
        tag = client.get(entry).headers["ETag"]
        answer = client.patch(
            entry, json.dumps(body | more), content_type="application/json", headers={"If-Match": tag}
        )
        assert answer.status_code == 200, answer.content

    patch()
    assert client.get(quality).json()["is_ready"] is False
    patch(answered=[one["fingerprint"] for one in said["warnings"]])
    assert client.get(quality).json()["is_ready"] is True


def test_refusal_is_answered_over_the_api_by_somebody_of_rank_only(
    client_of, superintendent, inspector, in_use, draft_entry
):
    edition = in_use(effect="refuse")
    version = draft_entry(vrm_entered="XY50 ZZZ")
    where = (version.entry_id, edition.warninglist_id)
    words = {"words": "The engine was stolen from its station."}
    assert post(client_of(inspector), "api_refusal_answer", *where, body=words).status_code == 403
    answered = post(client_of(superintendent), "api_refusal_answer", *where, body=words)
    assert (answered.status_code, answered.json()["warning"]) == (201, WORDS)
    assert post(client_of(superintendent), "api_refusal_answer", *where, body=words).status_code == 409


def test_new_entry_over_the_api_says_what_its_words_answered(client_of, submitter, hotlist, in_use):
    in_use()
    facts = {name: str(value) if hasattr(value, "isoformat") else value for name, value in entry_facts().items()}
    body = facts | {"vrm_entered": "XY50ZZZ", "hotlist": hotlist.slug}
    assert post(client_of(submitter), "api_entry_list", body=body).status_code == 201
    assert WORDS in EntryVersion.objects.get().plate_warnings


def test_lists_of_the_api_ask_as_much_with_one_row_as_with_ten(
    client_of, manager, in_use, django_assert_max_num_queries
):
    in_use()
    client = client_of(manager)
    addresses = reverse("api_warninglist_list"), reverse("api_edition_list", args=[Warninglist.objects.get().pk])

    def counted(address: str) -> int:
        with django_assert_max_num_queries(100) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    counted(addresses[0])
    before = [counted(address) for address in addresses]
    for _ in range(9):
        in_use()
    assert [counted(address) for address in addresses] == before
