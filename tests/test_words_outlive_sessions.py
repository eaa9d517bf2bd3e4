"""What somebody wrote is not lost: neither when their session ended meanwhile, nor when somebody else was first."""

import re

import pytest
from django.urls import reverse

from tests.cast import GROUNDS, PASSWORD, approve

pytestmark = pytest.mark.django_db
WORDS = "Weighed against the harm of a third burglary."


@pytest.fixture
def pages(submitted_entry, approved_entry, hotlist):
    """Name -> the address of the page, and what is sent to it."""
    waiting, running = submitted_entry(), approved_entry(vrm_entered="XY50 ZZZ")
    decision = {"version": str(waiting.pk), "verdict": "approve", **GROUNDS, "necessity": WORDS}
    return {
        "decide": (reverse("entry_decide", args=[waiting.entry_id]), decision),
        "review": (reverse("entry_review", args=[running.pk]) + "?queue=1", {"still_necessary": WORDS}),
        "emergency": (reverse("emergency_new", args=[hotlist.slug]), {"vrm_entered": "AB50 ZZZ", "words": WORDS}),
    }


@pytest.mark.parametrize(
    ("page", "who"), [("decide", "supervisor"), ("review", "inspector"), ("emergency", "operator")]
)
def test_words_sent_after_the_session_ended_wait_for_who_wrote_them(page, who, pages, cast, client_of):
    address, body = pages[page]
    client = client_of(cast[who])
    typed_by = re.search(r'name="typed_by" value="([^"]+)"', client.get(address).content.decode())[1]
    for user, comes_back in ((cast[who], True), (cast["manager"], False)):
        client.cookies.pop("sessionid")
        answer = client.post(address, body | {"typed_by": typed_by})
        assert answer.url.startswith("/accounts/login/")
        again = client.post(answer.url, {"login": user.username, "password": PASSWORD})
        shown = client.get(again.url).content.decode()
        assert (WORDS in shown) is comes_back


def test_words_of_who_came_second_are_shown_to_be_copied(submitted_entry, supervisor, inspector, client_of):
    version = submitted_entry()
    approve(version, by=inspector)
    address = reverse("entry_decide", args=[version.entry_id])
    body = {"version": str(version.pk), "verdict": "approve", **GROUNDS, "necessity": WORDS}
    answer = client_of(supervisor).post(address, body)
    assert answer.status_code == 409
    assert WORDS in answer.content.decode() and str(version.pk) not in answer.content.decode()
