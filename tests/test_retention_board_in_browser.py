"""The overview of retention, on desk and telephone: empty, full, and with what is late."""

import datetime as dt

import pytest

from accounts.models import SystemJob
from retention import actions
from retention.models import Stocktake
from retention.schedule import BY_LABEL
from retention.stock import ends_at
from tests.browser import sign_in
from tests.cast import PASSWORD
from tests.test_dpias_in_browser import look

pytestmark = [pytest.mark.django_db(transaction=True, databases=["default", "retention"]), pytest.mark.journey]

CLOCK = SystemJob("tests")
AT = "/retention/"


def aged(taken: Stocktake, *, days: float, late_of: str) -> Stocktake:
    """The same on another day, with ages, and with something late."""
    lines, now = [], taken.taken_at - dt.timedelta(days=days)
    for number, line in enumerate(taken.lines):
        rule = BY_LABEL[line["label"]]
        begun = now - dt.timedelta(days=max(1, rule.months * (4 + number % 26)))
        facts = {
            "oldest": begun.isoformat(),
            "ends": ends_at(rule, begun).isoformat(),
            "soon": number,
            "bytes": line["bytes"] + 90_000 * (200 - days),
        }
        if line["label"] == late_of:
            begun = now - dt.timedelta(days=31 * rule.months + 60)
            facts |= {"oldest": begun.isoformat(), "ends": ends_at(rule, begun).isoformat(), "due": 12, "late": 7}
        lines.append(line | facts)
    return Stocktake.objects.create(
        taken_at=now, taken_by="retention", lines=lines, outlook=30, bytes=taken.bytes + 3_000_000 * int(200 - days), late=7, waiting=2
    )  # fmt: skip


def test_overview_is_whole_when_empty_and_when_full(page, live_server, dpo, approved_entry, inspector):
    sign_in(page, live_server, "dpo", PASSWORD)
    assert look(page, live_server, AT) == []
    page.get_by_role("button", name="Look again now").click()
    page.get_by_text("Looked at everything again").wait_for()
    entry = approved_entry()
    actions.place_hold(entry, by=inspector, case_ref="R v Smith 26/114", basis="cpia", reason="Trial.")
    taken = Stocktake.objects.get()
    for days in (120, 60, -0.001):
        aged(taken, days=days, late_of="hits.Hit")
    actions.carry_out(actions.start(actions.preview(by=CLOCK), by=CLOCK), by=CLOCK)
    assert look(page, live_server, AT) == []
    first = page.locator("#ages tbody tr").first
    assert "Late" in first.inner_text()
    drawn = first.locator("rect").last.bounding_box()
    limit = first.locator("line").bounding_box()
    assert drawn["x"] >= limit["x"] - 1, "what is past the limit stands beyond the line"
