"""A covert site under an assessment of its own, and the words that only those who were given it may read."""

import datetime as dt

import pytest
from django.utils import timezone

from camera_sites import actions
from camera_sites.models import CameraSite, Dpia, DpiaVersion
from tests.site_cast import CONTENTS, REGISTERS, site_facts

SOON = dt.timedelta(days=30)
SECRETS = ("Behind the mill", "unseen", "B1234", "Quiet Lane watch", "dpia-quiet", "DSA-4", "54.61234")


def governed(author, adviser, decider, **facts) -> Dpia:
    """An approved assessment."""
    version = actions.begin_dpia(
        by=author, title="Quiet Lane watch", public_summary="One place.", **CONTENTS, **REGISTERS, **{"ref": "dpia-quiet", **facts}
    )  # fmt: skip
    actions.submit(version, by=author)
    return judged(version, adviser, decider).dpia


def judged(version, adviser, decider) -> DpiaVersion:
    actions.advise(version, by=adviser, is_favourable=True, words="Yes.")
    actions.decide(version, by=decider, verdict="approve", words="Yes.")
    return version


def hidden(dpia, by, seen_by=(), **over) -> CameraSite:
    """A covert proposal with a camera."""
    facts = {"ref": "unseen", "name": "Behind the mill", "road": "B1234", "deployment": "covert", "authority_ref": "DSA-4",
             "deployed_until": timezone.now() + SOON, "dpia": dpia, **over}  # fmt: skip
    site = actions.propose_site(by=by, seen_by=seen_by, **site_facts(**facts))
    actions.add_camera(site, by=by, ref=f"{site.ref}-1")
    return site


@pytest.fixture
def quiet(infrastructure_lead, dpo, asset_owner, superintendent) -> CameraSite:
    """A covert site under an assessment of its own that nobody marked; given to its proposer and to one superintendent."""
    dpia = governed(infrastructure_lead, dpo, asset_owner)
    site = hidden(dpia, infrastructure_lead, [superintendent])
    return actions.set_live(site, by=superintendent)
