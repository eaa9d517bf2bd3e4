"""Assessments and camera sites of the tests, reached by walking actions. `from tests.site_cast import *` brings the fixtures."""

import pytest
from django.contrib.auth.models import Group

from accounts.models import Team
from camera_sites import actions
from camera_sites.models import CameraSite, DpiaVersion

CONTENTS = {
    "need": "Stolen vehicles leave the ring road unseen.", "description": "Reads at three lanes.",
    "risks": "Wrongful stops.", "measures": "A second person decides.", "safeguards": "Signed lists.",
    "consultation": "Panel, March.", "subjects_not_asked": "The panel speaks for drivers.",
}  # fmt: skip
RISK = {"risk": "Wrongful stop", "affected": "Drivers", "likelihood_before": 3, "severity_before": 3, "likelihood_after": 1,
        "severity_after": 3}  # fmt: skip
MEASURE = {"measure": "Two people decide", "risks": ["R1"], "owner": "List manager", "due": "2027-01-31"}
REGISTERS = {"risk_register": [RISK], "measure_register": [MEASURE]}


def rows(**registers) -> dict:
    """What the page of registers posts: {field of a row: value}, with what counts them."""
    posted = {}
    for register, given in registers.items():
        posted |= {f"{register}-TOTAL_FORMS": len(given), f"{register}-INITIAL_FORMS": 0}
        for place, row in enumerate(given):
            posted |= {
                f"{register}-{place}-{name}": ", ".join(value) if isinstance(value, list) else value
                for name, value in row.items()
            }
    return posted


@pytest.fixture
def draft(infrastructure_lead) -> DpiaVersion:
    """A draft in which nothing is missing."""
    return actions.begin_dpia(by=infrastructure_lead, ref="dpia-ring", title="Ring road", **CONTENTS, **REGISTERS)


@pytest.fixture
def submitted(draft, infrastructure_lead) -> DpiaVersion:
    """A version that waits for advice."""
    return actions.submit(draft, by=infrastructure_lead)


@pytest.fixture
def advised(submitted, dpo) -> DpiaVersion:
    """A version that waits for a decision."""
    actions.advise(submitted, by=dpo, is_favourable=True, words="Proportionate.")
    return submitted


def site_facts(**over) -> dict:
    """What a proposer writes of a site."""
    return {
        "ref": "ring-north", "name": "Ring road north", "area": "Northdale", "location_type": "strategic",
        "purposes": ["serious_crime", "local_crime"], "need": "Stolen vehicles leave by the ring road unseen.",
        "problem_profile": "Two in three stolen cars of last year passed here.",
        "alternatives": "Patrols were tried in spring, and did not see them.", "duplication": "None sees this lane.",
        "encircles": False, "deployment": "permanent",
        "latitude": 54.61234, "longitude": -3.12345, "road": "A9999", "owner_org": "Northdale Police",
        "operator_org": "Northdale Police", "controller": "Chief Constable of Northdale", "has_signage": True, **over,
    }  # fmt: skip


@pytest.fixture
def site_team(infrastructure_lead, superintendent, dpo, asset_owner, operator) -> Group:
    """Those who see the test sites."""
    group = Group.objects.create(name="Camera sites board")
    Team.objects.create(group=group, unit="Northdale")
    group.user_set.add(infrastructure_lead, superintendent, dpo, asset_owner, operator)
    return group


@pytest.fixture
def proposed_site(dpia, infrastructure_lead, site_team):
    """proposed_site(**over): a proposal with a camera, under an assessment that governs."""

    def make(**over) -> CameraSite:
        facts = site_facts(**{"dpia": dpia, **over})
        site = actions.propose_site(by=infrastructure_lead, seen_by=[site_team], **facts)
        actions.add_camera(site, by=infrastructure_lead, ref=f"{site.ref}-1", lane="1", direction="north")
        return site

    return make


@pytest.fixture
def live_site(proposed_site, superintendent):
    """live_site(**over): a site in service."""

    def make(**over) -> CameraSite:
        return actions.set_live(proposed_site(**over), by=superintendent)

    return make
