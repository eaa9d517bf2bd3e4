"""Cameras that do not exist: what they send could be a read, is nobody's car, and is listed often enough to watch."""

import itertools
import json
import os

import pytest

from matcher_client.reads import Read
from matcher_client.simulated_camera import SimulatedCameras, Watched
from matcher_client.vrm import VrmClass, classify

SITES = [{"site": "s1", "cameras": ["north", "south"]}, {"site": "s2"}, {"site": "s3", "live": False}]
LISTED = [{"vrm": "AB01CDE", "country": "GB"}, "XY50ZZZ"]


@pytest.fixture
def make_cameras(tmp_path):
    def make(sites=SITES, listed=LISTED, matchers=2, share=0.0, seed=7):
        for name, content in (("sites", sites), ("listed", listed)):
            (tmp_path / f"{name}.json").write_text(json.dumps(content))
        watched = [Watched(tmp_path / "sites.json"), Watched(tmp_path / "listed.json")]
        return SimulatedCameras(*watched, matchers, share, seed)

    return make


def reads_of(cameras, seconds, rate=3):
    return [(n / rate, *cameras.next(1000 + n / rate)) for n in range(seconds * rate)]


def test_every_read_can_be_taken_and_is_of_a_plate_that_was_never_issued(make_cameras):
    for _, _, content in reads_of(make_cameras(share=0.1), 100):
        read = Read.parse(content)
        assert VrmClass.NEVER_ISSUED in classify(read.vrm)


def test_a_listed_plate_is_read_at_a_live_site_at_least_every_four_seconds_and_by_each_matcher_in_turn(make_cameras):
    listed = [
        (at, matcher, read["site"])
        for at, matcher, read in reads_of(make_cameras(), 60)
        if read["vrm"] in ("AB01CDE", "XY50ZZZ")
    ]
    times = [at for at, _, _ in listed]
    assert times[0] == 0
    assert max(later - earlier for earlier, later in itertools.pairwise(times)) < 4.5
    assert [matcher for _, matcher, _ in listed][:4] == [1, 0, 1, 0]
    assert {site for _, _, site in listed} == {"s1", "s2"}


def test_the_listed_share_is_kept(make_cameras):
    found = [read["vrm"] for _, _, read in reads_of(make_cameras(share=0.3), 500)]
    share = sum(vrm in ("AB01CDE", "XY50ZZZ") for vrm in found) / len(found)
    assert 0.3 < share < 0.45  # the share, and the read that is due every four seconds


def test_a_site_reports_to_one_matcher_and_by_its_own_cameras(make_cameras):
    found = reads_of(make_cameras(listed=[]), 100)
    assert {(read["site"], matcher) for _, matcher, read in found} == {("s1", 0), ("s2", 1), ("s3", 0)}
    assert {read["camera"] for _, _, read in found if read["site"] == "s1"} == {"north", "south"}


def test_the_same_seed_gives_the_same_plates(make_cameras):
    first, again, other = ([read["vrm"] for _, _, read in reads_of(make_cameras(seed=seed), 20)] for seed in (7, 7, 8))
    assert first == again != other


def test_files_are_read_again_when_they_change_and_kept_while_they_are_broken(make_cameras, tmp_path):
    cameras = make_cameras(listed=["AB01CDE"], share=1.0)
    assert cameras.next(1000)[1]["vrm"] == "AB01CDE"
    path = tmp_path / "listed.json"
    path.write_text('["XY50')
    os.utime(path, (1, 1))
    assert cameras.next(1001)[1]["vrm"] == "AB01CDE"
    path.write_text('["XY50ZZZ"]')
    os.utime(path, (2, 2))
    assert cameras.next(1002)[1]["vrm"] == "XY50ZZZ"


def test_without_sites_nothing_is_posted(make_cameras):
    assert make_cameras(sites=[]).next(1000) is None
