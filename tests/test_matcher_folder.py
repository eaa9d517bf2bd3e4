"""Files that cameras leave in a folder: matched, taken away, and nothing kept of a read that did not match."""

import json
import os
import time

import pytest

from matcher_client import folder as folder_module
from matcher_client.camera_events import axis, hikvision
from matcher_client.cli import wrong_folders
from matcher_client.folder import BAD, Folder
from tests.loopback_portal import LIST, SITE, a_portal, a_row, in_service, matchers_of

LISTED, OTHER = "AB01CDE", "XY50ZZZ"


def hikvision_xml(plate=LISTED, moment="2026-11-22T12:00:00.847+00:00", kind="ANPR", confidence="98"):
    return f"""<?xml version="1.0" encoding="utf-8"?>
<EventNotificationAlert version="2.0" xmlns="http://www.isapi.org/ver20/XMLSchema">
<ipAddress>192.0.2.7</ipAddress>
<channelID>1</channelID>
<dateTime>{moment}</dateTime>
<activePostCount>1</activePostCount>
<eventType>{kind}</eventType>
<eventState>active</eventState>
<channelName>Camera 01</channelName>
<ANPR>
<country>64</country>
<licensePlate>{plate}</licensePlate>
<line>1</line>
<direction>forward</direction>
<confidenceLevel>{confidence}</confidenceLevel>
<vehicleInfo><color>black</color></vehicleInfo>
</ANPR>
</EventNotificationAlert>
""".encode()


def axis_event(plate=LISTED, **changes):
    return {
        "packetCounter": "11",
        "capture_timestamp": "1795348800847",
        "datetime": "20261122 120000847",
        "plateText": plate,
        "plateUTF8": plate,
        "plateASCII": plate,
        "plateCountry": "GBR",
        "plateConfidence": "0.719034",
        "carState": "new",
        "carMoveDirection": "in",
        "camera_info": {"SerialNumber": "ACCC8E000001"},
        "sensorProviderID": "gate",
        **changes,
    }


@pytest.fixture
def matcher(tmp_path):
    with a_portal() as portal, matchers_of(portal, tmp_path / "state") as make:
        portal.publish({LIST: [a_row(LISTED)]}, in_service())
        made = make()
        made.update()
        made.portal = portal
        yield made


@pytest.fixture
def dropped(tmp_path):
    """dropped(path, content): a file that a camera leaves."""

    def leave(path, content):
        target = tmp_path / "watched" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return target

    (tmp_path / "watched").mkdir()
    return leave


@pytest.fixture
def look(matcher, tmp_path, monkeypatch):
    """look(): as after the time in which whoever writes a file has ended."""
    monkeypatch.setattr(folder_module, "SETTLED", 0.0)
    monkeypatch.setattr(folder_module, "GIVEN_UP", 0.0)
    folder = Folder(tmp_path / "watched", matcher)

    def twice(kept=None):
        folder._kept = kept
        folder.look()  # sees it
        return folder.look()  # sees that it is the same

    return twice


def hits(matcher):
    assert matcher.spool.send_all()
    return list(matcher.portal.hits.values())


def left(tmp_path):
    return sorted(str(path.relative_to(tmp_path)) for path in (tmp_path / "watched").rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("1.xml", hikvision_xml(), (None, "2026-11-22T12:00:00.847000+00:00", 0.98)),
        ("1.json", axis_event(), ("GB", "2026-11-22T12:00:00.847000+00:00", 0.719034)),
        (
            "1.JSON",
            [axis_event(capture_timestamp="0", datetime="20261122 130000847+0100")],
            ("GB", "2026-11-22T12:00:00.847000+00:00", 0.719034),
        ),
    ],
)
def test_a_listed_plate_in_a_file_is_a_hit_and_the_file_goes(matcher, dropped, look, tmp_path, name, content, told):
    dropped(f"{SITE}/north/{name}", content)
    assert look() == 1
    (hit,) = hits(matcher)
    assert (hit["vrm"], hit["site"], hit["camera"], hit["direction"]) == (LISTED, SITE, "north", None)
    assert (hit["country_read"], hit["captured_at"], hit["confidence"]) == told
    assert left(tmp_path) == []
    assert matcher.health()["counts"]["files"] == 1


@pytest.mark.parametrize(("content", "camera"), [(hikvision_xml(), "Camera 01"), (axis_event(), "gate")])
def test_without_a_folder_of_its_own_a_camera_is_called_as_in_the_file(matcher, dropped, look, content, camera):
    dropped(f"{SITE}/1.{'xml' if isinstance(content, bytes) else 'json'}", content)
    look()
    assert [hit["camera"] for hit in hits(matcher)] == [camera]


def test_nothing_is_kept_of_reads_that_did_not_match(matcher, dropped, look, tmp_path, caplog):
    caplog.set_level("DEBUG")
    dropped(f"{SITE}/north/20261122_{OTHER}.xml", hikvision_xml(OTHER))
    dropped(f"{SITE}/north/20261122_{OTHER}.jpg", b"\xff\xd8picture")
    dropped(f"{SITE}/north/b.json", [axis_event(OTHER), axis_event("XY50AAA")])
    dropped(f"{SITE}/north/lone_{OTHER}.jpg", b"\xff\xd8picture")
    dropped("unknown-site/north/c.json", axis_event(LISTED))
    look(tmp_path / "kept")
    assert hits(matcher) == []
    assert left(tmp_path) == [] and not (tmp_path / "kept").exists()
    for path in tmp_path.rglob("*"):
        assert OTHER not in path.name
        assert not path.is_file() or OTHER.encode() not in path.read_bytes()
    assert OTHER not in caplog.text


def test_files_with_a_hit_are_kept_where_that_is_wanted_with_their_picture(matcher, dropped, look, tmp_path):
    dropped(f"{SITE}/north/1.xml", hikvision_xml())
    dropped(f"{SITE}/north/1.jpg", b"\xff\xd8picture")
    dropped(f"{SITE}/north/2.json", axis_event(OTHER))
    look(tmp_path / "kept")
    kept = sorted(str(path.relative_to(tmp_path / "kept")) for path in (tmp_path / "kept").rglob("*") if path.is_file())
    assert kept == [f"{SITE}/north/1.jpg", f"{SITE}/north/1.xml"]
    assert left(tmp_path) == []


def test_what_is_no_read_goes_too(matcher, dropped, look, tmp_path):
    dropped(f"{SITE}/1.xml", hikvision_xml("unknown"))
    dropped(f"{SITE}/2.xml", hikvision_xml(kind="videoloss"))
    dropped(f"{SITE}/3.json", axis_event(carState="lost"))  # the same vehicle once more
    dropped(f"{SITE}/4.json", axis_event(""))
    assert look() == 4
    assert (hits(matcher), left(tmp_path)) == ([], [])
    assert matcher.counts["bad_files"] == 0


ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE EventNotificationAlert [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>"""
HOSTILE = {
    "bomb.xml": hikvision_xml("&c;").replace(b'<?xml version="1.0" encoding="utf-8"?>', ENTITIES),
    "outside.xml": hikvision_xml("&x;").replace(
        b'<?xml version="1.0" encoding="utf-8"?>',
        b'<!DOCTYPE E [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
    ),
    "outside_dtd.xml": hikvision_xml().replace(
        b'<?xml version="1.0" encoding="utf-8"?>', b'<!DOCTYPE E SYSTEM "http://192.0.2.1/e.dtd">'
    ),
    "deep.xml": b"<EventNotificationAlert>" + b"<a>" * 200_000,
    "deep.json": b"[" * 200_000,
    "encoding.xml": b'<?xml version="1.0" encoding="klingon"?><EventNotificationAlert/>',
    "other.xml": b"<Heartbeat/>",
    "empty.xml": b"",
    "half.xml": hikvision_xml()[:300],
    "half.json": json.dumps(axis_event()).encode()[:200],
    "list.json": b"[[1], 2]",
    "number.json": b"7",
    "huge.json": b"[1e999999]",
    "digits.json": json.dumps(axis_event(capture_timestamp="9" * 5000)).encode(),
    "no_zone.json": json.dumps(axis_event(capture_timestamp="")).encode(),
    "no_zone.xml": hikvision_xml(moment="2026-11-22T12:00:00"),
    "sure.xml": hikvision_xml(confidence="980"),
    "sure.json": json.dumps(axis_event(plateConfidence={"a": 1})).encode(),
    "nan.json": json.dumps(axis_event(plateConfidence="nan")).encode(),
    "beyond.json": json.dumps(axis_event()).replace('"0.719034"', "1" + "0" * 400).encode(),
    "year_one.xml": hikvision_xml(moment="0001-01-01T00:00:00+01:00"),
    "year_9999.xml": hikvision_xml(moment="9999-12-31T23:59:59-01:00"),
    "long.json": json.dumps(axis_event("AB01CDE" * 9)).encode(),
    "other.txt": b"AB01CDE",
    "zip.json": b"PK\x03\x04\xff\xfe",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_read_is_set_aside_and_counted_and_the_next_file_is_matched(
    matcher, dropped, look, tmp_path, caplog, name
):
    dropped(f"{SITE}/{name}", HOSTILE[name])
    dropped(f"{SITE}/z_good.xml", hikvision_xml())
    look()
    assert len(hits(matcher)) == 1
    (bad,) = (tmp_path / "watched" / BAD).iterdir()
    assert bad.read_bytes() == HOSTILE[name]
    assert matcher.counts["bad_files"] == 1
    assert "set aside" in caplog.text and LISTED not in caplog.text


def test_a_file_too_large_a_link_a_pipe_and_what_lies_nowhere_are_set_aside(
    matcher, dropped, look, tmp_path, monkeypatch
):
    monkeypatch.setattr(folder_module, "LARGEST", 1000)
    dropped(f"{SITE}/large.json", axis_event(imageArray="x" * 1000))
    dropped("nowhere.xml", hikvision_xml())
    outside = tmp_path / "outside.xml"
    outside.write_bytes(hikvision_xml())
    (tmp_path / "watched" / SITE / "link.xml").symlink_to(outside)
    os.mkfifo(tmp_path / "watched" / SITE / "pipe.xml")
    assert look() == 4
    assert (hits(matcher), matcher.counts["bad_files"]) == ([], 4)
    assert outside.read_bytes() == hikvision_xml()
    assert [path.parent.name for path in (tmp_path / "watched").rglob("*.xml")] == [BAD, BAD]


def test_a_folder_that_is_a_link_is_not_followed(matcher, look, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "1.xml").write_bytes(hikvision_xml())
    (tmp_path / "watched").mkdir()
    (tmp_path / "watched" / SITE).symlink_to(tmp_path / "elsewhere")
    assert look() == 0
    assert (tmp_path / "elsewhere" / "1.xml").exists()


def test_a_file_is_waited_for_until_it_is_whole(matcher, dropped, tmp_path):
    folder = Folder(tmp_path / "watched", matcher)
    content = hikvision_xml()
    path = dropped(f"{SITE}/1.xml", content[:300])
    dropped(f"{SITE}/2.xml.part", content[:300])
    dropped(f"{SITE}/.3.xml", content[:300])
    assert [folder.look(), folder.look()] == [0, 0]  # it was there for no second yet
    for waiting in folder._waiting.values():
        waiting.since -= 2
    assert folder.look() == 0  # it cannot be read; perhaps whoever writes it paused
    with path.open("ab") as file:
        file.write(content[300:])
    assert folder.look() == 0
    for waiting in folder._waiting.values():
        waiting.since -= 2
    assert folder.look() == 1
    assert len(hits(matcher)) == 1
    assert left(tmp_path) == [f"watched/{SITE}/.3.xml", f"watched/{SITE}/2.xml.part"]
    assert matcher.counts["bad_files"] == 0


def test_what_was_set_aside_goes_after_a_day(matcher, dropped, look, tmp_path):
    dropped(f"{SITE}/1.xml", b"<")
    look()
    (bad,) = (tmp_path / "watched" / BAD).iterdir()
    os.utime(bad, (time.time() - 86_000,) * 2)
    look()
    assert bad.exists()
    os.utime(bad, (time.time() - 86_500,) * 2)
    look()
    assert not bad.exists()


def test_a_hit_that_cannot_be_kept_leaves_its_file_where_it_is(matcher, dropped, look, tmp_path):
    dropped(f"{SITE}/1.xml", hikvision_xml())
    spool = tmp_path / "state" / "spool"
    spool.rename(tmp_path / "away")
    assert look() == 0
    (tmp_path / "away").rename(spool)
    assert left(tmp_path) == [f"watched/{SITE}/1.xml"]
    look()
    assert len(hits(matcher)) == 1


def test_a_file_that_cannot_be_taken_away_is_one_hit_and_holds_no_other_up(matcher, dropped, look, tmp_path, caplog):
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / SITE).write_text("in the way")
    dropped(f"{SITE}/a.xml", hikvision_xml())
    dropped(f"{SITE}/z_not_listed.xml", hikvision_xml("XY50ZZZ"))
    look(tmp_path / "kept")
    look(tmp_path / "kept")
    assert left(tmp_path) == [f"watched/{SITE}/a.xml"]
    assert "cannot be taken away" in caplog.text and LISTED not in caplog.text
    (tmp_path / "kept" / SITE).unlink()
    look(tmp_path / "kept")
    assert (len(hits(matcher)), left(tmp_path)) == (1, [])


def test_folders_that_would_feed_on_themselves_are_refused_in_words(tmp_path):
    (tmp_path / "in").mkdir()
    assert wrong_folders(None, None) == wrong_folders(tmp_path / "in", tmp_path / "kept") == ""
    assert "there is no --folder" in wrong_folders(None, tmp_path)
    assert "no folder" in wrong_folders(tmp_path / "none", None)
    assert "taken again" in wrong_folders(tmp_path / "in", tmp_path / "in" / "kept")


def test_what_a_camera_says_of_itself_and_of_no_plate_is_read_as_such():
    assert hikvision(hikvision_xml(kind="heartBeat")) == []
    assert hikvision(hikvision_xml(confidence=""))[0].confidence == 0
    assert axis(json.dumps(axis_event(plateCountry="ZZZ", sensorProviderID="")).encode())[0][1:3] == (
        None,
        "ACCC8E000001",
    )
