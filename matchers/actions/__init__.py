"""The verbs of matchers."""

from .allocations import allocate, prolong, revoke
from .disclosures import export_list, open_disclosure, tell_recipient
from .doors import bring_up, fetch_update, note_held
from .feeds import publish_sites, refresh_timestamps, sign_feed
from .halts import look_at_halt, refuse_revision, release_revision
from .keys import change_list_key, import_root, make_publication_keys
from .matchers import add_matcher, enrol, note_seen, renew_code, rotate_secret
from .pruning import prune
from .publishing import publish, publish_ready, renew_whole_file
from .receipts import challenge, give_receipt
from .reconcile import reconcile
from .refusals import look_at_refusals
from .resuming import resume_publication
from .stoppages import restart_matcher, stop_matcher

__all__ = [
    "add_matcher",
    "allocate",
    "bring_up",
    "challenge",
    "change_list_key",
    "enrol",
    "export_list",
    "fetch_update",
    "give_receipt",
    "import_root",
    "look_at_halt",
    "look_at_refusals",
    "make_publication_keys",
    "note_held",
    "note_seen",
    "open_disclosure",
    "prolong",
    "prune",
    "publish",
    "publish_ready",
    "publish_sites",
    "reconcile",
    "refresh_timestamps",
    "refuse_revision",
    "release_revision",
    "renew_code",
    "renew_whole_file",
    "restart_matcher",
    "resume_publication",
    "revoke",
    "rotate_secret",
    "sign_feed",
    "stop_matcher",
    "tell_recipient",
]
