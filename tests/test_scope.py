"""Scope: where and when looking for a vehicle is in proportion; narrow within wide, in Python and in PostgreSQL alike."""

import datetime as dt
import json
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from hotlists.scope import in_words, is_within, normalised
from matcher_client.scope import DIRECTIONS, EVERYWHERE, Scope, content, covers, direction_of, parse, read, spelled

MONDAY = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)  # in winter: UTC is what clocks in London show
SITES = {"a": "Harbour", "b": "Harbour", "c": "Hills"}
TIMES = st.integers(0, 95).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")
HOURS = st.tuples(TIMES, TIMES).filter(lambda pair: pair[0] != pair[1]).map(list)
SCOPES = st.fixed_dictionaries(
    {},
    optional={
        "sites": st.lists(st.sampled_from("abc"), max_size=3),
        "areas": st.lists(st.sampled_from(["Harbour", "Hills"]), max_size=2),
        "directions": st.lists(st.sampled_from(["N", "E", "SW"]), max_size=3),
        "days": st.lists(st.integers(1, 7), max_size=7),
        "hours": st.one_of(st.just([]), HOURS),
    },
)


def plain_time(scope: dict, minute_of_fortnight: int) -> bool:
    """A second statement of the rule: the minute lies in a window that began today, or yesterday and passed midnight."""
    day, minute = divmod(minute_of_fortnight, 1440)
    days = scope.get("days") or [1, 2, 3, 4, 5, 6, 7]
    today, yesterday = day % 7 + 1, (day - 1) % 7 + 1
    if not scope.get("hours"):
        return today in days
    start, end = (int(text[:2]) * 60 + int(text[3:]) for text in scope["hours"])
    if start < end:
        return today in days and start <= minute < end
    return (today in days and minute >= start) or (yesterday in days and minute < end)


def plain_place(scope: dict, site: str, area: str) -> bool:
    if not scope.get("sites") and not scope.get("areas"):
        return True
    return site in scope.get("sites", []) or area in scope.get("areas", [])


def plain_direction(scope: dict, direction: str) -> bool:
    return not scope.get("directions") or direction in scope["directions"]


@given(SCOPES, st.integers(0, 14 * 1440 - 1), st.sampled_from("abcd"), st.sampled_from(["N", "E", "S", "SW", ""]))
def test_a_read_is_covered_as_the_rule_says_in_plain_words(scope, minute, site, direction):
    area = SITES.get(site, "")
    expected = plain_time(scope, minute) and plain_place(scope, site, area) and plain_direction(scope, direction)
    at = MONDAY + dt.timedelta(minutes=minute, seconds=59)
    assert covers(read(scope), site=site, area=area, direction=direction, at=at) is expected


@settings(max_examples=150, deadline=None)
@given(SCOPES, SCOPES)
def test_within_is_what_trying_every_minute_of_a_fortnight_says(narrow, wide):
    minutes = all(plain_time(wide, m) for m in range(14 * 1440) if plain_time(narrow, m))
    # "d" lies in no known area, and every site may lie in any
    places = [(site, area) for site in "abcd" for area in ("Harbour", "Hills", "")]
    there = all(plain_place(wide, *place) for place in places if plain_place(narrow, *place))
    driven = all(plain_direction(wide, way) for way in ("N", "E", "S", "SW", "") if plain_direction(narrow, way))
    assert is_within(read(narrow), read(wide)) is (minutes and there and driven)


@pytest.mark.django_db
@settings(max_examples=150, deadline=None)
@given(SCOPES, SCOPES)
def test_the_database_judges_within_as_python_does(narrow, wide):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT hotlists_scope_is_within(%s, %s), hotlists_scope_is_sound(%s)",
            [json.dumps(normalised(part)) for part in (narrow, wide, narrow)],
        )
        assert cursor.fetchone() == (is_within(read(narrow), read(wide)), True)


BROKEN = [
    [], "x", None, 1, {"site": ["a"]}, {"sites": "a"}, {"sites": [""]}, {"sites": [1]}, {"days": [0]}, {"days": [8]},
    {"days": ["1"]}, {"days": [1.5]}, {"directions": ["north"]}, {"hours": ["07:00"]}, {"hours": ["07:00", "07:00"]},
    {"hours": ["7:00", "19:00"]}, {"hours": ["24:00", "07:00"]}, {"hours": "07"}, {"hours": [420, 1140]},
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("broken", BROKEN, ids=str)
def test_what_is_no_scope_is_refused_and_never_read_as_no_limit(broken):
    with pytest.raises(ValueError, match=r"\w"):
        read(broken)
    with connection.cursor() as cursor:
        cursor.execute("SELECT hotlists_scope_is_sound(%s::jsonb)", [json.dumps(broken)])
        assert cursor.fetchone() == (False,)


@given(SCOPES)
def test_a_scope_is_spelled_in_one_way_and_read_back(scope):
    found = read(scope)
    assert read(content(found)) == found == parse(spelled(found))
    assert spelled(found) == spelled(read({name: list(reversed(part)) if name != "hours" else part
                                           for name, part in scope.items()}))  # fmt: skip
    assert (spelled(found) == "") == (found == EVERYWHERE)


def test_hours_are_those_of_the_clock_on_the_wall_in_summer_and_in_winter():
    scope = read({"hours": ["07:00", "19:00"]})
    winter, summer = dt.datetime(2026, 1, 5, tzinfo=dt.UTC), dt.datetime(2026, 7, 6, tzinfo=dt.UTC)
    covered = [
        [hour for hour in range(24) if covers(scope, site="", area="", direction="", at=day.replace(hour=hour))]
        for day in (winter, summer)
    ]
    assert covered == [list(range(7, 19)), list(range(6, 18))]


def test_when_the_clocks_go_back_the_hour_that_comes_twice_is_covered_twice():
    scope = read({"hours": ["01:30", "02:00"]})
    night = dt.datetime(2026, 10, 25, tzinfo=dt.UTC)
    covered = [
        m for m in range(240) if covers(scope, site="", area="", direction="", at=night + dt.timedelta(minutes=m))
    ]
    assert covered == [*range(30, 60), *range(90, 120)]


def test_when_the_clocks_go_forward_the_hour_that_never_comes_is_covered_by_nothing():
    scope = read({"hours": ["01:00", "02:00"]})
    night = dt.datetime(2026, 3, 29, tzinfo=dt.UTC)
    assert not any(
        covers(scope, site="", area="", direction="", at=night + dt.timedelta(minutes=m)) for m in range(300)
    )


@given(st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2035, 1, 1)), SCOPES)
def test_times_are_judged_by_the_official_time_zone(moment, scope):
    at = moment.replace(tzinfo=dt.UTC)
    local = at.astimezone(ZoneInfo("Europe/London"))
    minute = local.weekday() * 1440 + local.hour * 60 + local.minute + 7 * 1440
    only_times = {name: scope[name] for name in ("days", "hours") if name in scope}
    assert covers(read(only_times), site="", area="", direction="", at=at) is plain_time(only_times, minute)


@pytest.mark.parametrize(
    ("text", "point"),
    [("north", "N"), ("Northbound", "N"), ("NE", "NE"), ("north-east", "NE"), ("South Westbound", "SW"), ("s", "S"),
     ("eastwards", "E"), ("westerly", "W"), ("both ways", ""), ("", ""), (None, ""), (90, ""), ("clockwise", ""),
     ("NS", "")],
)  # fmt: skip
def test_a_direction_is_understood_or_counts_as_not_known(text, point):
    assert direction_of(text) == point


def test_a_scope_is_told_in_words():
    scope = read({"sites": ["a", "b", "c"], "directions": ["N"], "days": [1, 2, 3, 4, 5], "hours": ["07:00", "19:00"]})
    assert in_words(scope) == "At 3 sites, northbound, Monday to Friday 07:00–19:00"
    assert in_words(read({"areas": ["Hills"], "sites": ["a"]})) == "At 1 site or in Hills"
    assert in_words(read({"sites": ["a", "b"]}), names=["b", "a"]) == "At a and b"
    assert in_words(read({"hours": ["22:00", "06:00"]})) == "22:00–06:00 the next day"
    assert in_words(read({"days": [6, 7], "directions": list(DIRECTIONS[:2])})) == (
        "Northbound or north-eastbound, Saturday and Sunday"
    )
    assert in_words(Scope()) == "Everywhere, at any time"
