"""What leaves the portal in files and feeds names a covert site to those alone who were given it (R-123)."""

import json

import pytest

from audit import sealing, siem
from audit.models import Event
from camera_sites import actions
from tests.covert_cast import *  # noqa: F403 - fixtures
from tests.covert_cast import SECRETS
from tests.site_cast import *  # noqa: F403 - fixtures

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "retention", "sealer"])
NAMED = {*SECRETS, "unseen-1"} - {"unseen"}  # a common word, which an open site's case says of someone too


@pytest.fixture(autouse=True)
def key(settings, tmp_path):
    settings.SEAL_DIR = tmp_path / "seal"
    return sealing.make_key()


def taken(client, query: str) -> str:
    client.post("/audit/purpose/", {"purpose": "lawfulness"})
    response = client.post(f"/audit/export/?{query}", {"recipient": "The Commissioner"})
    assert response.status_code == 200, response.content
    return response.getvalue().decode()


def named_in(text: str) -> list[str]:
    return [word for word in NAMED if word in text]


def test_log_taken_out_with_its_proofs_keeps_the_words_of_a_covert_site_until_it_is_given(
    quiet,
    dpo,
    superintendent,
    client_of,
):
    sealing.seal()
    told = taken(client_of(dpo), "verb=site.set_live")
    lines = [json.loads(line) for line in told.splitlines()]
    assert [line["words"] for line in lines if "leaf" in line] == [None]
    assert "a covert site" in told and not named_in(told)
    whole = taken(client_of(dpo), "")
    assert len(whole.splitlines()) > 10 and not named_in(whole)
    actions.give_access(quiet, dpo, by=superintendent)
    sealing.seal()
    assert "unseen-1" in taken(client_of(dpo), f"about=camera_sites.camerasite:{quiet.pk}")


def test_security_monitoring_is_sent_no_word_of_a_covert_site(quiet):
    events = list(Event.objects.all())
    assert any(str(quiet.pk) == str(event.subject_id) for event in events)
    assert not named_in("".join(siem.message(number, event) for number, event in enumerate(events)))


@pytest.mark.parametrize("form", ["csv", "geojson"])
def test_the_registry_as_a_file_holds_a_covert_site_for_those_who_were_given_it(
    quiet,
    live_site,
    dpo,
    superintendent,
    client_of,
    form,
):
    live_site(latitude=54.7)
    asked = {"reason": "For the yearly audit.", "form": form}
    addresses = ("/camera-sites/export/", "/api/v1/camera-sites/export/")
    for address, how in zip(addresses, ({}, {"content_type": "application/json"}), strict=True):
        file = client_of(dpo).post(address, asked, **how)
        assert file.status_code == 200, file.content
        assert "ring-north" in file.text and not named_in(file.text)
    actions.give_access(quiet, dpo, by=superintendent)
    file = client_of(dpo).post(addresses[0], asked)
    assert "Behind the mill" in file.text
