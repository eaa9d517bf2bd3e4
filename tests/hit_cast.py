"""What hits are tested with: a published entry, a site that reads plates, and a matcher's reports."""

from itertools import count
from types import SimpleNamespace

import pytest
from django.utils import timezone

from camera_sites import actions as camera_sites
from camera_sites.models import CameraSite
from hits import actions
from hits.actions.reports import Report
from hits.models import Hit
from hotlists.models import Entry
from matchers.models import ListRole, Publication
from tests.publishing import publish

_references = count()


@pytest.fixture
def make_site(dpia, infrastructure_lead, superintendent, team):
    """make_site(ref, is_live=True): a camera site with one camera."""

    def make(ref: str = "ring-north", *, is_live: bool = True) -> CameraSite:
        site = camera_sites.propose_site(
            by=infrastructure_lead, seen_by=[team], ref=ref, name=f"Ring road, {ref}", area="Northdale",
            location_type="strategic", purposes=["serious_crime"], need="Stolen vehicles leave by the ring road unseen.",
            problem_profile="Two in three stolen cars of last year passed here.",
            alternatives="Patrols were tried, and did not see them.", duplication="None sees this lane.", encircles=False,
            latitude=54.61234, longitude=-3.12345, road="A9999", owner_org="Northdale Police",
            operator_org="Northdale Police", controller="Chief Constable of Northdale", has_signage=True, dpia=dpia,
        )  # fmt: skip
        camera_sites.add_camera(site, by=infrastructure_lead, ref=f"{ref}-1", lane="1", direction="north")
        return camera_sites.set_live(site, by=superintendent) if is_live else site

    return make


@pytest.fixture
def site(make_site) -> CameraSite:
    """A site in service."""
    return make_site()


def published(entry: Entry) -> Entry:
    """The entry, in the newest revision of its list."""
    publish(entry.hotlist)
    return entry


def seen(entry: Entry, **over) -> Report:
    """What a matcher says when it read the plate of a published entry."""
    version = entry.terms.get(until_at=None).version
    role = ListRole.objects.get(hotlist=entry.hotlist)
    facts = {
        "reference": f"read-{next(_references)}", "role": role.name,
        "revision": Publication.objects.filter(hotlist=entry.hotlist).order_by("-revision").first().revision,
        "country": version.country, "vrm": version.vrm, "ref": str(entry.pk), "version": str(version.pk),
        "vrm_read": version.vrm, "country_read": version.country, "site": "ring-north", "camera": "ring-north-1",
        "captured_at": timezone.now(), "confidence": 0.97,
    }  # fmt: skip
    return Report(**{**facts, **over})


@pytest.fixture
def listed(matcher, approved_entry, site):
    """listed(**over): an entry in force that the matcher holds."""
    return lambda **over: published(approved_entry(**over))


@pytest.fixture
def report(matcher):
    """report(entry, **over): a hit on it, as the matcher reports it."""

    def make(entry: Entry, **over) -> Hit:
        return actions.report(seen(entry, **over), by=matcher.matcher.machine)[0]

    return make


@pytest.fixture
def hit(listed, report) -> Hit:
    """A hit that nobody has taken on."""
    return report(listed())


CONFIRMED = {"plate": "agrees", "country": "agrees", "vehicle": "agrees", "source": "wanted", "result": "CONFIRMED"}


@pytest.fixture
def answers():
    """Ways on for a hit: `taken(hit, by)`, `verified(hit, by)`, `ended(hit, by)`; each walks what comes before."""

    def taken(hit: Hit, by) -> Hit:
        actions.acknowledge(hit, by=by)
        return fresh(hit)

    def verified(hit: Hit, by, **over) -> Hit:
        actions.verify(taken(hit, by), by=by, **{**CONFIRMED, **over})
        return fresh(hit)

    def ended(hit: Hit, by, **over) -> Hit:
        actions.record_outcome(taken(hit, by), by=by, **{"decision": "NO_ACTION", **over})
        return fresh(hit)

    return SimpleNamespace(taken=taken, verified=verified, ended=ended)


def fresh(hit: Hit) -> Hit:
    """The hit as it stands in the database."""
    return Hit.objects.get(pk=hit.pk)
