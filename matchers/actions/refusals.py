"""Keeping on record what a list holds and does not publish, from when until when, and why (R-016)."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from accounts.models import Actor
from audit.actions import record
from audit.verbs import Verb
from hotlists.models import Hotlist
from hotlists.policies import require_sight
from matchers import policies
from matchers.models import Refusal
from matchers.sources.wanted import REFUSED
from portal.policies import require


def keep_refusals(cursor: Any, hotlist: Hotlist, *, at: dt.datetime, touched: str = "") -> Counter[str]:
    """Brings the refusals of a list to what its source just said. Returns how many stand, by reason.

    `touched` narrows it to the plates that were looked at, as SQL about `p`.
    """
    facts = {"hotlist": hotlist.pk, "at": at}
    cursor.execute(f"ANALYZE {REFUSED}")
    cursor.execute(_END.format(touched=touched), facts)
    cursor.execute(_BEGIN, facts)
    cursor.execute(_STANDING, facts)
    return Counter(dict(cursor.fetchall()))


@transaction.atomic
def look_at_refusals(hotlist: Hotlist, shown: Sequence[Refusal], *, by: Actor) -> None:
    """Shows plates that a list holds and does not publish, which is recorded with them (R-062)."""
    require_sight(by, hotlist)
    require(policies.may_look_at_refusals(by, hotlist))
    if shown:
        plates = [(one.country, one.vrm) for one in shown]
        record(Verb.REFUSALS_SHOWN, target=hotlist, by=by, count=len(shown), plates=plates)


_END = f"""
    UPDATE matchers_refusal p SET until_at = %(at)s
    WHERE hotlist_id = %(hotlist)s AND until_at IS NULL {{touched}} AND NOT EXISTS (
        SELECT FROM {REFUSED} r
        WHERE r.country = p.country AND r.vrm = p.vrm AND r.ref = p.ref AND r.reason = p.reason
    )
"""  # noqa: S608 - of constants

_BEGIN = f"""
    INSERT INTO matchers_refusal (hotlist_id, country, vrm, ref, reason, since_at)
    SELECT %(hotlist)s, country, vrm, ref, reason, %(at)s FROM {REFUSED}
    ON CONFLICT (hotlist_id, country, vrm, ref, reason) WHERE until_at IS NULL DO NOTHING
"""  # noqa: S608 - of constants

_STANDING = """
    SELECT reason, count(*) FROM matchers_refusal WHERE hotlist_id = %(hotlist)s AND until_at IS NULL GROUP BY reason
"""
