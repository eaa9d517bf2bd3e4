"""A portal that publishes: keys and files of its own, and a matcher that is given a list."""

import contextlib
import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from bench.cast import JOB
from bench.feed_first_load import manager
from camera_sites.models import Dpia
from hotlists import actions
from hotlists.models import Hotlist, Load
from matchers.actions import add_matcher, allocate, make_publication_keys, publish_sites
from matchers.actions.matchers import Added


@contextlib.contextmanager
def publication(place: Path) -> Iterator[None]:
    """Keys and files of this measurement alone, here and in the processes that are started."""
    place.chmod(0o755)
    names = {"PORTAL_KEYS_DIR": place / "keys", "PORTAL_PUBLICATION_DIR": place / "publication"}
    settings.KEYS_DIR, settings.PUBLICATION_DIR = names.values()
    os.environ.update({name: str(value) for name, value in names.items()})
    try:
        make_publication_keys(by=JOB)
        publish_sites(by=JOB)
        yield
    finally:
        for name in names:
            del os.environ[name]


def long_list(people: dict[str, User], dpia: Dpia, slug: str) -> Hotlist:
    """A source's list, governed by all that lists need; its rows are put there by `crowd.filled`."""
    now, one, two = timezone.now(), people["manager"], manager(f"bench.{slug}")
    hotlist = actions.create_hotlist(
        by=JOB, slug=slug, title=slug, kind=Hotlist.Kind.FEED, purpose="Measuring", controller="Nobody",
        legal_basis="None", owner=one, dpia=dpia, categories=["INS"], actions=["STOP", "ASSESS"], markers=[],
        sunset_at=now + dt.timedelta(days=20),
    )  # fmt: skip
    for user in (one, two):
        actions.give_access(hotlist, user, by=JOB)
    agreement = actions.propose_agreement(
        hotlist, by=one, source="Benchmark", basis="None", max_staleness_hours=72, category="INS", action="STOP",
        priority="LOW", contact="Nobody", from_at=now, until_at=now + dt.timedelta(days=20),
    )  # fmt: skip
    actions.agree(agreement, by=two)
    Load.objects.create(
        hotlist=hotlist, agreement=agreement, mode=Load.Mode.COMPLETE, status=Load.Status.LOADED, file_name="bench",
        size=1, sha256="0" * 64, uploaded_by=one, uploaded_at=now, decided_by=two, decided_at=now, loaded_at=now,
    )  # fmt: skip
    return hotlist


def given(hotlist: Hotlist, *, by: User) -> Added:
    """A matcher that has the list for a day."""
    added = add_matcher(f"Benchmark {hotlist.slug}", by=by, purpose="Measuring")
    allocate(
        added.matcher, hotlist, by=by, purpose="Measuring", agreement_ref="None",
        until_at=timezone.now() + dt.timedelta(days=1),
    )  # fmt: skip
    return added
