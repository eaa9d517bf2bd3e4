"""Assessments of covert sites, and what the log says of such sites: for those alone who were given one (R-123)."""

import json
import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import URLPattern, reverse
from django.utils import timezone

from accounts.actions import add_machine
from audit.models import Event, EventDetail
from audit.sentences import tell
from camera_sites import actions
from camera_sites.models import CameraSite, Dpia
from camera_sites.public import newest
from camera_sites.urls import api_urlpatterns, urlpatterns
from camera_sites.waiting import questions
from oversight.figures import figures
from portal.errors import Stranger, Unfit
from standards.models import Number
from tests.cast import person
from tests.covert_cast import *  # noqa: F403 - fixtures
from tests.covert_cast import SECRETS, governed, hidden, judged
from tests.site_cast import *  # noqa: F403 - fixtures
from tests.site_cast import CONTENTS, REGISTERS, site_facts

pytestmark = pytest.mark.django_db


def addresses(patterns: list[URLPattern], prefix: str, pk) -> list[str]:
    found = []
    for pattern in patterns:
        path = str(pattern.pattern)
        if path.startswith("dpias/<uuid:pk>/"):
            for part, value in (("<uuid:pk>", pk), ("<int:number>", 1), ("<slug:key>", "M1"), ("<uuid:file>", pk)):
                path = path.replace(part, str(value))
            found.append(prefix + path)
    return found


def test_a_covert_sites_own_assessment_exists_for_those_alone_who_were_given_the_site(
    quiet, dpia, dpo, second_superintendent, superintendent, infrastructure_lead, client_of
):
    found = addresses(urlpatterns, "/", quiet.dpia_id) + addresses(api_urlpatterns, "/api/v1/", quiet.dpia_id)
    nobodys = str(uuid.uuid4())
    assert len(found) > 20
    for user in (dpo, second_superintendent):
        client = client_of(user)
        for address in found:
            for method in ("get", "post", "patch", "delete"):
                answer, none = (
                    getattr(client, method)(there, {}, content_type="application/json")
                    for there in (address, address.replace(str(quiet.dpia_id), nobodys))
                )
                assert answer.status_code == none.status_code >= 400, f"{user} {method} {address}: {answer.status_code}"
                assert not [word for word in SECRETS if word in answer.text], address
        for address in ("/dpias/", "/dpias/systems/", "/api/v1/dpias/", "/camera-sites/", "/"):
            assert not [word for word in SECRETS if word in client.get(address).text], address
        assert dpia in Dpia.objects.visible_to(user)
    for user in (superintendent, infrastructure_lead):
        assert "Quiet Lane watch" in client_of(user).get(reverse("dpia_detail", args=[quiet.dpia_id])).text
    actions.give_access(quiet, dpo, by=superintendent)
    assert "Quiet Lane watch" in client_of(dpo).get("/dpias/").text
    actions.take_access(quiet, dpo, by=superintendent)
    assert "Quiet Lane watch" not in client_of(dpo).get("/dpias/").text


def test_what_else_an_open_assessment_covers_leaves_it_open(dpia, infrastructure_lead, dpo, live_site):
    live_site()
    hidden(dpia, infrastructure_lead)
    assert dpia in Dpia.objects.visible_to(dpo), "a road's assessment is known already"
    assert "a covert site" not in dpia.logged_as


def test_marked_by_its_author_it_is_covert_before_there_is_a_site(infrastructure_lead, dpo, asset_owner, client_of):
    version = actions.begin_dpia(
        by=infrastructure_lead, ref="dpia-quiet", title="Quiet Lane watch", is_covert=True, **CONTENTS, **REGISTERS
    )
    actions.submit(version, by=infrastructure_lead)
    asked = {item.title: item.count for item in questions(dpo, timezone.now())}
    assert asked["DPIAs wait for your advice"] == 0
    with pytest.raises(Stranger):
        actions.advise(version, by=dpo, is_favourable=True, words="Yes.")
    site = hidden(version.dpia, infrastructure_lead, [dpo, asset_owner])
    asked = {item.title: item.count for item in questions(dpo, timezone.now())}
    assert asked["DPIAs wait for your advice"] == 1
    judged(version, dpo, asset_owner)
    assert site.dpia in Dpia.objects.governing(timezone.now())


def test_a_covert_assessment_is_named_by_nothing_else(
    infrastructure_lead, dpo, asset_owner, manager, hotlist, client_of, draft
):
    covert = governed(infrastructure_lead, dpo, asset_owner)
    hidden(covert, infrastructure_lead, [dpo, asset_owner])
    marked = draft.dpia
    Dpia.objects.filter(pk=marked.pk).update(is_covert=True)
    marked.refresh_from_db()
    with pytest.raises(Unfit) as why:
        actions.propose_site(by=infrastructure_lead, **site_facts(ref="seen", dpia=marked))
    assert "kept covert" in why.value.fields["dpia"][0]
    with pytest.raises(Unfit):
        actions.cover(marked, by=infrastructure_lead, kind="system", name="Back office", words="All.")
    form = client_of(manager).get(reverse("hotlist_edit", args=[hotlist.slug])).text
    assert "dpia-quiet" not in form and "dpia-ring" not in form
    site = actions.propose_site(by=infrastructure_lead, **site_facts(ref="seen"))
    for sql, values in (
        ("UPDATE camera_sites_camerasite SET dpia_id = %s WHERE id = %s", [marked.pk, site.pk]),
        ("UPDATE camera_sites_camerasite SET town_dpia_id = %s WHERE id = %s", [marked.pk, site.pk]),
        ("UPDATE camera_sites_dpia SET is_covert = false WHERE id = %s", [marked.pk]),
        ("INSERT INTO camera_sites_coverage (id, dpia_id, kind, subject, name, words, covered_by_id, covered_at, ended_because)"
         " SELECT gen_random_uuid(), %s, 'site', %s, '', 'x', %s, now(), ''", [marked.pk, site.pk, manager.pk]),
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)


def test_whoever_does_not_see_it_cannot_name_it(quiet, dpia, client_of):
    stranger = person("second_lead", ["INF"])
    with pytest.raises(Unfit, match="cannot stand"):
        actions.propose_site(by=stranger, **site_facts(ref="theirs", dpia=quiet.dpia))
    form = client_of(stranger).get(reverse("site_new")).text
    assert "dpia-quiet" not in form and dpia.ref in form
    for act in (
        lambda: actions.demand_review(quiet.dpia, by=stranger, trigger="crime", words="x"),
        lambda: actions.cover(quiet.dpia, by=stranger, kind="system", name="x", words="x"),
        lambda: actions.begin_version(quiet.dpia, by=stranger),
    ):
        with pytest.raises(Stranger):
            act()


def test_machines_the_public_and_figures_know_of_no_covert_assessment(quiet, dpia, administrator):
    machine, _ = add_machine(by=administrator, name="Registry reader", scopes=["read"])
    assert list(Dpia.objects.visible_to(machine)) == [dpia]
    assert quiet.dpia not in [version.dpia for version in newest()]
    Number.objects.filter(key="public.suppress").update(value=0)
    rows = {label: count for figure in figures(timezone.now()) for label, count in figure["rows"]}
    assert rows["Impact assessments in date"] == 1


def read_log(client, **asked) -> str:
    purpose = {"purpose": "lawfulness", **asked}
    client.post(reverse("log_purpose"), purpose)
    return client.get(reverse("event_list"), asked).text


def test_the_log_tells_of_a_covert_site_that_something_was_done_and_by_whom(quiet, dpo, superintendent, client_of):
    event = Event.objects.get(verb="site.set_live")
    assert EventDetail.objects.get(pk=event.pk).body["subject"] == "a covert site"
    (told,) = tell([event], dpo)
    assert told.sentence.startswith(superintendent.actor_label) and "a covert site" in told.sentence
    about = Event.objects.about("camera_sites.camerasite", quiet.pk).union(
        Event.objects.about("camera_sites.dpia", quiet.dpia_id)
    )
    assert len(about) > 5
    said = json.dumps([[one.sentence, one.words] for one in tell(about, dpo)])
    assert not [word for word in (*SECRETS, "unseen-1") if word in said]
    assert "unseen-1" in json.dumps([one.sentence for one in tell(about, superintendent)])


def test_pages_api_and_files_of_the_log_keep_it_too(quiet, dpo, superintendent, client_of):
    client = client_of(dpo)
    pages = [read_log(client), read_log(client, about=f"camera_sites.camerasite:{quiet.pk}")]
    pages += [client.get(reverse("event_detail", args=[event.pk])).text for event in Event.objects.all()[:40]]
    api = client.get("/api/v1/events/", {"purpose": "lawfulness", "page_size": 100})
    assert api.status_code == 200, api.text
    for page in (*pages, api.text):
        assert not [word for word in (*SECRETS, "unseen-1") if word in page]
    assert "a covert site" in pages[1]
    actions.give_access(quiet, dpo, by=superintendent)
    assert "unseen-1" in read_log(client, about=f"camera_sites.camerasite:{quiet.pk}")


def test_an_act_on_many_sites_is_told_whole_and_names_none(quiet, live_site, dpo, infrastructure_lead):
    live_site()
    sites = CameraSite.objects.visible_to(infrastructure_lead)
    actions.export_sites(sites, by=infrastructure_lead, reason="Asked for by the board.", form="csv")
    (told,) = tell(Event.objects.filter(verb="sites.exported"), dpo)
    assert told.sentence.endswith("took 2 camera sites away as csv: Asked for by the board.")
    assert f"camera_sites.camerasite:{quiet.pk}" not in told.subjects
    assert not [word for word in SECRETS if word in json.dumps(told.words)]
