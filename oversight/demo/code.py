"""The demo's self-assessment under the camera code: signed, published, with an action plan that is under way."""

import datetime as dt

from django.utils import timezone

from accounts.models import User
from camera_sites import actions
from camera_sites.actions.self_assessments import digest_of

# principle -> how it is kept
KEPT = {
    1: "Every site and every list states its purpose, and somebody who did not propose it decided that it is needed.",
    2: "Impact assessments are reviewed every year; a site whose assessment lapses falls out of service by itself.",
    3: "Signs name us and whom to ask. Figures, assessments and this page are public.",
    4: "Each site, each list and each entry has a named owner, and the portal shows what waits for them.",
    5: "Rules are built into the portal and told where they apply; training is checked before access is given.",
    6: "Reads that match nothing are not kept by matchers. What is kept goes by the published schedule.",
    7: "Access is by role and by list or site; every look is recorded and sampled.",
    8: "Cameras are tested by day and by night against the national standard.",
    9: "Lists are signed, copies prove what they forgot, and sessions end by themselves.",
    10: "Findings have an owner and a day, and another person tests whether the answer holds.",
    11: "Hits are verified by a named person, and every hit has an outcome.",
    12: "Entries end by themselves, are reviewed in time, and go within seconds when their reason ends.",
}
PART = {
    8: ("One camera reads badly at night.", "Clean and realign it, and test it again.", "infra.bell", 45),
    12: (
        "Some entries were not checked with their source lately.",
        "Reviews ask the source first.",
        "manager.dunn",
        20,
    ),
}


def add_self_assessment(people: dict[str, User]) -> None:
    """Written by the infrastructure lead, signed and published by the information asset owner."""
    today, by = timezone.localdate(), people["infra.bell"]
    draft = actions.begin_self_assessment(
        by=by,
        system="Cameras and hotlists of Northdale Police",
        period_from=today - dt.timedelta(days=365),
        period_until=today,
    )
    for principle, statement in KEPT.items():
        actions.answer_principle(
            draft, principle, by=by, compliance="part" if principle in PART else "full", statement=statement,
            evidence=["/dpias/"] if principle == 2 else [],
        )  # fmt: skip
    for principle, (words, action, owner, days) in PART.items():
        actions.add_gap(
            draft,
            principle,
            by=by,
            words=words,
            action=action,
            owner=people[owner],
            due_on=today + dt.timedelta(days=days),
        )
    actions.summarise(
        draft, by=by, summary="We keep ten of the twelve principles in full, and two in part; below is what we do."
    )
    draft.refresh_from_db()
    signed = actions.sign_self_assessment(draft, by=people["iao.stone"], digest=digest_of(draft))
    actions.publish_self_assessment(signed, by=people["iao.stone"])
