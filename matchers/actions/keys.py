"""The ceremony in which the root of trust is made, once."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts.models import SystemJob
from audit.actions import record
from audit.verbs import Verb
from matchers import keys, metadata
from matchers.actions.feeds import store
from matchers.locks import lock_repository
from matchers.models import Metadata

ROOT_LIFE = dt.timedelta(days=365)
DEMO_NOTE = "Demonstration keys: all of them lie on one machine, so they prove nothing."


@transaction.atomic
def make_publication_keys(*, by: SystemJob, is_demo: bool = False) -> Metadata:
    """Makes root and online keys and signs the root of trust. Repeated, it only takes up the root that was made before."""
    lock_repository()
    standing = Metadata.objects.filter(feed=None, role="root").order_by("-version").first()
    if standing is not None:
        return standing
    now = timezone.now()
    if not keys.root_file().exists():
        online = keys.make_online_keys()
        body = metadata.root(1, now + ROOT_LIFE, keys.make_root_keys(), online, note=DEMO_NOTE if is_demo else "")
        keys.write_new(keys.root_file(), body)
    root = keys.root()
    kept = store(
        None, "root", root.signed.version, keys.root_file().read_bytes(), at=now, life=root.signed.expires - now
    )
    record(Verb.KEYS_MADE, target=kept, by=by, demo=is_demo)
    return kept
