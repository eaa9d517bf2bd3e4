"""The verbs of matchers."""

from .allocations import allocate, revoke
from .feeds import publish_sites, refresh_timestamps, sign_feed
from .keys import change_list_key, import_root, make_publication_keys
from .matchers import add_matcher, enrol, note_seen, renew_code
from .pruning import prune
from .publishing import publish
from .receipts import challenge, give_receipt
from .reconcile import reconcile
from .resuming import resume_publication

__all__ = [
    "add_matcher",
    "allocate",
    "challenge",
    "change_list_key",
    "enrol",
    "give_receipt",
    "import_root",
    "make_publication_keys",
    "note_seen",
    "prune",
    "publish",
    "publish_sites",
    "reconcile",
    "refresh_timestamps",
    "renew_code",
    "resume_publication",
    "revoke",
    "sign_feed",
]
