"""Keys of the publication: a root of trust is taken up from its holders, demonstration keys are made, a list's key is changed."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts.models import SystemJob
from audit.actions import record
from audit.verbs import Verb
from hotlists.models import Hotlist
from matchers import ceremony, keys, versions
from matchers.actions.feeds import sign_feed, store
from matchers.actions.publishing import sign_list_anew
from matchers.locks import lock_list, lock_repository
from matchers.models import Feed, FeedList, ListRole, Metadata
from matchers.waking import wake_after_commit
from portal.errors import TooLate, Unfit

ROOT_LIFE = dt.timedelta(days=365)
DEMO_HOLDERS = 3
DEMO_NOTE = "Demonstration keys: all of them lie on one machine, so they prove nothing."


@transaction.atomic
def import_root(document: bytes, *, by: SystemJob) -> Metadata:
    """Takes up a root that enough of its holders signed, and signs all feeds by the keys that it names.

    Repeated with the same root it does nothing. Matchers walk from root to root, so none is ever left out.
    """
    lock_repository()
    now = timezone.now()
    standing = Metadata.objects.filter(feed=None, role="root").order_by("-version").first()
    if standing is not None and bytes(standing.body) == document:
        return standing
    previous = bytes(standing.body) if standing else None
    try:
        root = ceremony.check(document, previous, at=now).signed
    except ceremony.Unsound as problem:
        raise Unfit(f"This root cannot be taken. {problem}") from problem
    kept = store(None, "root", root.version, document, at=now, life=root.expires - now)
    try:
        for role in ceremony.ONLINE:
            keys.online(role)
    except keys.NoSigner as problem:
        raise Unfit(f"This root cannot be taken. {problem}") from problem
    feeds = [sign_feed(feed, by=by, at=now, with_targets=True) for feed in Feed.objects.exclude(snapshot_version=0)]
    wake_after_commit(feeds)
    versions.keep(feeds, [])
    transaction.on_commit(lambda: keys.keep_root(document))
    record(
        Verb.ROOT_TAKEN, target=kept, by=by, version=root.version, until=root.expires.isoformat(),
        threshold=root.roles["root"].threshold, holders=len(root.roles["root"].keyids),
        demo=bool(root.unrecognized_fields.get(ceremony.NOTE)),
    )  # fmt: skip
    return kept


@transaction.atomic
def make_publication_keys(*, by: SystemJob) -> Metadata:
    """Demonstration keys, all on this machine, and a root that says so. Repeated, it only tells the root that stands."""
    lock_repository()
    standing = Metadata.objects.filter(feed=None, role="root").order_by("-version").first()
    if standing is not None:
        return standing
    if keys.root_file().exists():  # of a database that was made anew
        return import_root(keys.root_file().read_bytes(), by=by)
    offline = keys.root_file().parent / "offline"
    holders = []
    for number in range(1, DEMO_HOLDERS + 1):
        private, _ = ceremony.make_key()
        keys.write_new(offline / f"root-{number}.pem", private)
        holders.append(ceremony.holder(private))
    document = ceremony.prepare(
        None, holders=[signer.public_key for signer in holders], threshold=ceremony.THRESHOLD,
        online={role: keys.make_online_key(role) for role in ceremony.ONLINE},
        expires_at=timezone.now() + ROOT_LIFE, note=DEMO_NOTE,
    )  # fmt: skip
    for signer in holders[: ceremony.THRESHOLD]:
        document = ceremony.sign(document, signer)
    keys.keep_root(document)
    return import_root(document, by=by)


@transaction.atomic
def change_list_key(hotlist: Hotlist, *, by: SystemJob, reason: str) -> ListRole:
    """Another key for a list: its documents are signed anew by it, and the feeds that carry the list name it instead."""
    if not reason.strip():
        raise Unfit("Say why.", {"reason": ["Say why."]})
    lock_list(hotlist.pk)
    role = ListRole.objects.select_for_update(no_key=True).filter(hotlist=hotlist).first()
    if role is None:
        raise TooLate("This list was never given to a matcher, so it has no key.")
    lock_repository()
    now, old = timezone.now(), role.key_id
    key = keys.make_list_key(role.name)
    role.key_id, role.public_key = key.keyid, key.to_dict()
    role.save(update_fields=["key_id", "public_key"])
    sign_list_anew(role, at=now)
    carrying = Feed.objects.filter(lists__in=FeedList.objects.carried().filter(role=role)).order_by("pk")
    feeds = [sign_feed(feed, by=by, at=now, with_targets=True) for feed in carrying]
    wake_after_commit(feeds)
    versions.keep(feeds, [role])
    transaction.on_commit(lambda: keys.drop_list_key(role.name, old))
    record(Verb.LIST_KEY_CHANGED, target=hotlist, by=by, reason=reason, old=old, key=role.key_id)
    return role
