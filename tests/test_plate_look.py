"""What an author sees of a plate while they type it; looking it up is a search, and recorded."""

import pytest
from django.urls import reverse

from audit.models import Event
from audit.verbs import Verb
from hotlists import actions, warnings
from hotlists.models import EntryVersion
from hotlists.plate_look import one_away
from portal.errors import Stranger

pytestmark = pytest.mark.django_db


def test_look_shows_the_same_vehicle_its_look_alikes_and_stops_one_character_away(hotlist, approved_entry, submitter):
    same = approved_entry(vrm_entered="XO50 ZZZ")
    alike = approved_entry(vrm_entered="X050ZZZ")
    approved_entry(vrm_entered="XA50 ZZZ", action="STOP")
    approved_entry(vrm_entered="XB50 ZZZ", action="ASSESS")
    look = actions.look_up_plate("xo50 zzz", "GB", hotlist, by=submitter)
    assert (look.same, look.alike, look.neighbours) == ([same], [alike], 1)
    event = Event.objects.newest_first().first()
    assert (event.verb, event.count) == (Verb.PLATE_SEARCHED, 2)


def test_country_is_part_of_what_is_the_same(hotlist, approved_entry, submitter):
    french = approved_entry(vrm_entered="XY50ZZZ", country="FR")
    look = actions.look_up_plate("XY50ZZZ", "GB", hotlist, by=submitter)
    assert (look.same, look.alike) == ([], [french])


def test_right_spelling_is_offered_where_0_and_o_collide_and_unknown_forms_are_only_told(hotlist, submitter):
    look = actions.look_up_plate("ABO1CDE", "GB", hotlist, by=submitter)
    assert look.alternatives == ["AB01CDE"]
    assert look.is_unknown
    assert look.warnings == []
    assert actions.look_up_plate("ABO1CDE", "DE", hotlist, by=submitter).alternatives == []


def test_stranger_to_the_list_looks_nothing_up(hotlist, outsider):
    with pytest.raises(Stranger):
        actions.look_up_plate("XY50ZZZ", "GB", hotlist, by=outsider)


def test_marks_one_character_away_are_all_of_them_and_no_other():
    near = one_away("A1")
    assert len(near) == len(set(near)) == 2 * 35
    assert all(sum(a != b for a, b in zip(one, "A1", strict=True)) == 1 for one in near)


@pytest.mark.parametrize(
    ("vrm", "country", "codes"),
    [
        ("AB01CDE", "GB", ["never_issued"]), ("101D234", "GB", ["diplomatic"]), ("12345", "GB", []), ("12AB34", "GB", ["military"]),
        ("AB49CDE", "GB", ["future_age_identifier"]), ("123ABC", "GB", []), ("101D234", "FR", []),
    ],
)  # fmt: skip
def test_kind_of_plate_warns_where_it_can_be_no_other(vrm, country, codes, now_is_2026):
    assert [warning.code for warning in warnings.of(vrm, country, now_is_2026)] == codes


@pytest.fixture
def now_is_2026():
    import datetime as dt

    return dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


def test_first_step_shows_the_look_and_takes_the_other_spelling(hotlist, submitter, client_of):
    client = client_of(submitter)
    new = reverse("entry_new", args=[hotlist.slug])
    page = client.post(new, {"vrm_entered": "ABO1CDE", "country": "GB", "go": "stay"}, follow=True)
    assert "Did you mean another character?" in page.content.decode()
    version = EntryVersion.objects.get()
    step = reverse("entry_step", args=[version.entry_id, "vehicle"])
    client.post(step, {"vrm_entered": "ABO1CDE", "country": "GB", "use": "AB01CDE"})
    version.refresh_from_db()
    assert version.vrm == "AB01CDE"


def test_part_that_is_fetched_as_one_types_puts_no_plate_into_an_address(hotlist, submitter, client_of):
    client = client_of(submitter)
    part = client.post(reverse("entry_plate", args=[hotlist.slug]), {"vrm_entered": "ab01 cde", "country": "GB"})
    assert part.status_code == 200
    assert "This plate was never issued" in part.content.decode()
    assert client.get(reverse("entry_plate", args=[hotlist.slug])).status_code == 405
