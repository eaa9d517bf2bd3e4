"""A read that the real matcher client matches is a hit on the portal, by way of its spool; sent twice it is one."""

import datetime as dt

import pytest
from django.utils import timezone

from hits.models import Hit
from hotlists import actions as hotlists
from matcher_client.reads import Read
from tests.hit_cast import *  # noqa: F403 - fixtures
from tests.hit_cast import published

pytestmark = pytest.mark.django_db(transaction=True)


def read(vrm: str = "AB01CDE", **over) -> Read:
    facts = {"vrm": vrm, "country": None, "site": "ring-north", "camera": "ring-north-1", "confidence": 0.97}
    return Read(**{**facts, "captured_at": timezone.now().astimezone(dt.UTC), **over})


def test_matched_read_becomes_a_hit_and_only_once(listed, matcher, client_for, supervisor):
    entry = listed()
    client = client_for(matcher)
    client._report_lapsed_sites = True  # this test publishes no table of sites
    assert client.step(), client.problem
    assert client.match([read(), read("XY50ZZZ")]) == 1
    [waiting] = client.spool._folder.glob("*.json")
    kept = waiting.read_bytes()
    assert client.spool.send_all()
    hit = Hit.objects.get()
    assert (hit.entry, hit.country_read, hit.site.ref) == (entry, "", "ring-north")
    assert "country_assumed" in hit.cautions
    waiting.write_bytes(kept)  # the answer was lost on the way
    assert client.spool.send_all()
    assert Hit.objects.count() == 1
    hotlists.withdraw(entry, by=supervisor, reason="recovered")
    published(entry)
    client.step()
    assert client.match([read()]) == 0
