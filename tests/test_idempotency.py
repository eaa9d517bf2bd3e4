"""Creating calls with an Idempotency-Key: once, however often they are sent."""

import json
import threading

import pytest
from django.db import connection
from django.urls import reverse

from hotlists.models import Entry
from tests.cast import entry_facts


def body(hotlist, **over) -> dict:
    return json.loads(json.dumps(entry_facts(**over), default=lambda moment: moment.isoformat())) | {
        "hotlist": hotlist.slug
    }


def send(client, given: dict, key: str):
    return client.post(
        reverse("api_entry_list"), given, content_type="application/json", headers={"Idempotency-Key": key}
    )


@pytest.mark.django_db
def test_call_sent_twice_creates_one_entry_and_gets_the_same_answer(hotlist, submitter, client_of):
    client, given = client_of(submitter), body(hotlist)
    first, second = send(client, given, "k1"), send(client, given, "k1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second.headers["Idempotent-Replayed"] == "true"
    assert Entry.objects.count() == 1
    assert send(client, given, "k2").json()["id"] != first.json()["id"]


@pytest.mark.django_db
def test_same_key_for_another_request_is_refused(hotlist, submitter, client_of):
    client = client_of(submitter)
    send(client, body(hotlist), "k1")
    assert send(client, body(hotlist, colour="Red"), "k1").status_code == 422
    assert Entry.objects.count() == 1


@pytest.mark.django_db
def test_refused_call_can_be_mended_and_sent_again(hotlist, submitter, client_of):
    client = client_of(submitter)
    assert send(client, body(hotlist, vrm_entered="!!!"), "k1").status_code == 422
    assert send(client, body(hotlist), "k1").status_code == 201


@pytest.mark.django_db
def test_key_of_another_caller_is_another_key(hotlist, submitter, supervisor, client_of):
    given = body(hotlist)
    assert send(client_of(submitter), given, "k1").json()["id"] != send(client_of(supervisor), given, "k1").json()["id"]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_create_one_entry(hotlist, submitter, client_of):
    given, answers = body(hotlist), []
    clients = [client_of(submitter), client_of(submitter)]

    def call(client):
        try:
            answers.append(send(client, given, "k1").json()["id"])
        finally:
            connection.close()

    threads = [threading.Thread(target=call, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(answers)) == 1
    assert Entry.objects.count() == 1
