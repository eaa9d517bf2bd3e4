"""The static copy of the publication: whole, in the right order, and without what the portal no longer gives out."""

import datetime as dt
import json
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone
from tuf.api.exceptions import DownloadHTTPError
from tuf.ngclient import Updater
from tuf.ngclient.fetcher import FetcherInterface

from hotlists import actions as hotlists
from matchers import actions, keys, mirror
from tests.publishing import PUBLISHER, publish


class FromDisk(FetcherInterface):
    """A web server that gives out what is on disk."""

    def _fetch(self, url):
        path = Path(url.removeprefix("file://"))
        if not path.exists():
            raise DownloadHTTPError(url, 404)
        yield path.read_bytes()


@pytest.fixture
def tree(settings, tmp_path):
    settings.MIRROR_DIR = str(tmp_path / "mirror")
    return tmp_path / "mirror"


def rows_from(tree, made, hotlist, place) -> str:
    """The digest of the list's rows, as a TUF client reads it from the tree."""
    (place / "targets").mkdir(parents=True, exist_ok=True)
    updater = Updater(
        str(place), f"file://{tree}/{made.matcher.feed_id}/metadata/", str(place / "targets"), f"file://{tree}/targets/",
        FromDisk(), bootstrap=keys.root_bytes(),
    )  # fmt: skip
    target = updater.get_targetinfo(f"d/{hotlist.role.name}/full.parquet")
    updater.download_target(target)
    return target.hashes["sha256"]


def test_client_reads_the_copy_as_it_reads_the_portal(tree, matcher, hotlist, approved_entry, tmp_path):
    approved_entry()
    [first] = publish(hotlist)
    assert mirror.bring_up_to_date() == 1
    assert rows_from(tree, matcher, hotlist, tmp_path / "client") == first.sha256
    approved_entry(vrm_entered="XY50 ZZZ")
    [second] = publish(hotlist)
    mirror.bring_up_to_date()
    assert rows_from(tree, matcher, hotlist, tmp_path / "client") == second.sha256


def test_timestamp_is_written_last(tree, matcher, hotlist, approved_entry, monkeypatch):
    approved_entry()
    publish(hotlist)
    mirror.bring_up_to_date()
    stamp = tree / matcher.matcher.feed_id / "metadata" / "timestamp.json"
    before = stamp.read_bytes()
    approved_entry(vrm_entered="XY50 ZZZ")
    publish(hotlist)
    written = []
    write = mirror._write
    with monkeypatch.context() as patch:

        def die(path, content):
            if path.name == "timestamp.json":
                raise KeyboardInterrupt
            written.append(path.name)
            write(path, content)

        patch.setattr(mirror, "_write", die)
        with pytest.raises(KeyboardInterrupt):
            mirror.bring_up_to_date()
    assert written and stamp.read_bytes() == before
    mirror.bring_up_to_date()
    assert json.loads(stamp.read_bytes())["signed"]["version"] > json.loads(before)["signed"]["version"]


def test_what_the_portal_pruned_goes_from_the_copy(tree, matcher, hotlist, approved_entry, supervisor):
    entry = approved_entry()
    [first] = publish(hotlist)
    mirror.bring_up_to_date()
    old = tree / "targets" / "d" / hotlist.role.name / f"{first.sha256}.full.parquet"
    assert old.exists()
    hotlists.withdraw(entry, by=supervisor, reason="recovered")
    publish(hotlist)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=2), tick=False):
        actions.renew_whole_file(hotlist.pk, by=PUBLISHER)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=29), tick=False):
        actions.prune(by=PUBLISHER)
        mirror.bring_up_to_date()
    assert not old.exists()
    names = {path.name for path in (tree / matcher.matcher.feed_id / "metadata").iterdir()}
    assert f"1.{hotlist.role.name}.json" not in names and f"3.{hotlist.role.name}.json" in names


def test_without_the_setting_there_is_no_copy(settings, matcher, tmp_path):
    settings.MIRROR_DIR = ""
    assert mirror.bring_up_to_date() == 0
