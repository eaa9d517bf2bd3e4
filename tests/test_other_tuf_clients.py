"""Our repository before TUF clients that we did not write: python-tuf's own, and tuf-js."""

import datetime as dt
import json
import os
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
import time_machine
from django.utils import timezone
from tuf.api.exceptions import DownloadHTTPError, RepositoryError
from tuf.ngclient import Updater
from tuf.ngclient.fetcher import FetcherInterface

from matchers import actions, files, keys
from matchers.actions import chains
from matchers.models import Publication
from portal import setup
from tests.publishing import PUBLISHER, publish
from tests.test_publication_fetched import token

pytestmark = pytest.mark.django_db(transaction=True)


class WithToken(FetcherInterface):
    """Fetches with a matcher's token; all else is the library's."""

    def __init__(self, headers):
        self.headers = headers

    def _fetch(self, url):
        answer = httpx.get(url, headers=self.headers)
        if answer.status_code != 200:
            raise DownloadHTTPError(url, answer.status_code)
        yield answer.content


def python_tuf(urls, place, headers, paths):
    """What python-tuf's client gets: the digest of each target, or the name of what it raised."""
    (place / "targets").mkdir(exist_ok=True)
    found = {}
    try:
        updater = Updater(
            str(place / "metadata"), urls[0], str(place / "targets"), urls[1], WithToken(headers), bootstrap=None
        )
        updater.refresh()
        for path in paths:
            target = updater.get_targetinfo(path)
            found[path] = target and sha256(Path(updater.download_target(target)).read_bytes()).hexdigest()
    except RepositoryError as problem:
        return found | {"refused": type(problem).__name__}
    return found


def tuf_js(urls, place, headers, paths):
    """What tuf-js gets: the same."""
    node = shutil.which("node")
    if node is None or not (setup.ROOT / "node_modules" / "tuf-js").is_dir():
        pytest.skip("tuf-js is not installed here: run bin/setup with node on the path")
    (place / "targets").mkdir(exist_ok=True)
    command = [node, str(setup.ROOT / "tests" / "tuf_js_client.mjs"), *urls, str(place), *paths]
    environment = {**os.environ, "MATCHER_TOKEN": headers["Authorization"].removeprefix("Bearer ")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(params=[python_tuf, tuf_js], ids=["python-tuf", "tuf-js"])
def fetch(request, live_server, matcher, hotlist, tmp_path):
    """fetch(): what a client gets of the sites and the list, on a state of its own that begins with root.json."""
    place = tmp_path / "elsewhere"
    (place / "metadata").mkdir(parents=True)
    shutil.copy(keys.root_file(), place / "metadata" / "root.json")
    urls = [
        f"{live_server.url}/publication/{matcher.matcher.feed_id}/metadata/", f"{live_server.url}/publication/targets/",
    ]  # fmt: skip

    def call():
        paths = {
            "sites": "sites.json", "rows": f"d/{hotlist.role.name}/full.parquet",
            "delta": f"d/{hotlist.role.name}/2.delta.jsonl.gz", "none": "d/r0000000000000000/full.parquet",
        }  # fmt: skip
        found = request.param(urls, place, token(live_server, matcher), list(paths.values()))
        return found | {name: found.get(path) for name, path in paths.items()}

    return call


def test_another_client_fetches_and_verifies_revision_after_revision(fetch, hotlist, approved_entry):
    actions.publish_sites(by=PUBLISHER)
    approved_entry()
    [first] = publish(hotlist)
    got = fetch()
    assert got["rows"] == first.sha256
    assert files.sites_path(got["sites"]).exists()
    assert got["none"] is None, "a list that is not given is not even named"
    approved_entry(vrm_entered="XY50 ZZZ")
    [second] = publish(hotlist)
    got = fetch()
    [delta] = chains.of(second)
    assert (got["rows"], got["delta"]) == (first.sha256, delta.sha256)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=2)):
        third = actions.renew_whole_file(hotlist.pk, by=PUBLISHER)
        actions.refresh_timestamps(by=PUBLISHER)
        got = fetch()
    assert got["rows"] == third.sha256 != first.sha256


def test_another_client_follows_a_changed_list_key_and_a_list_taken_away(
    fetch, matcher, hotlist, approved_entry, manager
):
    approved_entry()
    [first] = publish(hotlist)
    assert fetch()["rows"] == first.sha256
    actions.change_list_key(hotlist, by=PUBLISHER, reason="Yearly.")
    assert fetch()["rows"] == first.sha256
    actions.revoke(matcher.matcher.allocations.get(), by=manager, reason="The trial is over.")
    [*_, ending] = publish(hotlist)
    assert fetch()["rows"] == ending.sha256 != first.sha256


def test_another_client_refuses_a_file_that_was_altered(fetch, hotlist, approved_entry):
    approved_entry()
    publish(hotlist)
    path = files.list_path(hotlist.role.name, Publication.objects.get().sha256)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    assert "refused" in fetch()
