"""Adding matchers, and their enrolling with a key of their own."""

import datetime as dt
import hashlib
import hmac
import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import transaction
from django.utils import timezone

from accounts.actions import enrol_machine
from accounts.credentials import issue_secret
from accounts.models import Actor, MachineClient, User
from audit.actions import record
from audit.verbs import Verb
from matchers import policies, versions
from matchers.actions.feeds import sign_feed
from matchers.entitlement import LEGACY_SCOPE, SCOPE
from matchers.locks import lock_repository
from matchers.models import Feed, Matcher, RevisionDoor, SiteTable
from portal.errors import Stranger, TooLate, Unfit
from portal.policies import require

CODE_LIFE = dt.timedelta(hours=24)
SEEN_TO_WITHIN = dt.timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Added:
    """A new matcher and its secrets, which are shown this once."""

    matcher: Matcher
    client_id: str
    client_secret: str
    enrol_code: str


@transaction.atomic
def add_matcher(name: str, *, by: Actor, purpose: str, by_revisions: bool = False) -> Added:
    """A new matcher with a feed of its own, whose address never changes. Holds no list until one is allocated.

    One `by_revisions` cannot verify signatures: it gets a door of its own instead, and no scope for the signed feed (R-100).
    """
    require(policies.may_manage(by))
    _require_words("name", name, "Name the matcher.")
    _require_words("purpose", purpose, "Say what it is for.")
    if Matcher.objects.filter(name=name).exists() or MachineClient.objects.filter(name=name).exists():
        raise Unfit("There is a machine of this name already.", {"name": ["Choose another name."]})
    machine, secret = enrol_machine(name, by=by, scopes=[LEGACY_SCOPE if by_revisions else SCOPE])
    now = timezone.now()
    feed = Feed.objects.create(created_at=now, site_table=SiteTable.objects.order_by("id").last())
    matcher = Matcher(
        machine=machine,
        name=name,
        purpose=purpose,
        feed=feed,
        added_at=now,
        added_by=by if isinstance(by, User) else None,
    )
    code = "" if by_revisions else _set_code(matcher)
    matcher.save(force_insert=True)
    if by_revisions:
        RevisionDoor.objects.create(matcher=matcher, created_at=now)
    lock_repository()
    versions.keep([sign_feed(feed, by=by, at=now, with_targets=True)], [])
    record(Verb.MATCHER_ADDED, target=matcher, by=by, purpose=purpose, unsigned=by_revisions)
    return Added(matcher, machine.application.client_id, secret, code)


@transaction.atomic
def renew_code(matcher: Matcher, *, by: Actor) -> str:
    """Another one-time code: for a first enrolment that was missed, or for a matcher that lost its key."""
    matcher = _locked(matcher)
    require(policies.may_renew_code(by, matcher))
    code = _set_code(matcher)
    matcher.save(update_fields=["enrol_code_hash", "enrol_code_expires_at"])
    record(Verb.MATCHER_CODE_RENEWED, target=matcher, by=by)
    return code


@transaction.atomic
def rotate_secret(matcher: Matcher, *, by: Actor) -> str:
    """Another secret, told this once. The old one works until the new is first used, for the overlap at most."""
    matcher = _locked(matcher)
    require(policies.may_rotate(by, matcher))
    return issue_secret(matcher.machine, by=by)


@transaction.atomic
def enrol(code: str, *, by: Actor, public_key: str) -> Matcher:
    """The matcher registers the key with which it will sign receipts (decision 21). The code is spent by it."""
    found = Matcher.objects.of_machine(by).first()
    if found is None:
        raise Stranger("This machine is no matcher.")
    matcher = _locked(found)
    require(policies.may_enrol(by, matcher))
    expires_at = matcher.enrol_code_expires_at
    if not matcher.enrol_code_hash or expires_at is None or expires_at <= timezone.now():
        raise TooLate("There is no code open for this matcher. Ask who added it for a new one.")
    if not hmac.compare_digest(matcher.enrol_code_hash, _hash(code)):
        raise Unfit("This is not the matcher's code.", {"code": ["Give the one-time code that was shown."]})
    matcher.public_key = _checked_key(public_key)
    matcher.enrolled_at = timezone.now()
    matcher.enrol_code_hash, matcher.enrol_code_expires_at = "", None
    matcher.save(update_fields=["public_key", "enrolled_at", "enrol_code_hash", "enrol_code_expires_at"])
    record(Verb.MATCHER_ENROLLED, target=matcher, by=by, key=matcher.public_key)
    return matcher


def note_seen(matcher: Matcher, *, by: Actor) -> None:
    """That the matcher asked for something; kept to half a minute, which is enough to see that one fell silent."""
    now = timezone.now()
    if matcher.last_seen_at is None or matcher.last_seen_at <= now - SEEN_TO_WITHIN:
        Matcher.objects.of_machine(by).filter(pk=matcher.pk).update(last_seen_at=now)


def _checked_key(public_key: str) -> str:
    try:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).public_bytes_raw().hex()
    except ValueError as error:
        raise Unfit(
            "This is no Ed25519 public key.", {"public_key": ["Give the 32 bytes of the key in hexadecimal."]}
        ) from error


def _set_code(matcher: Matcher) -> str:
    code = secrets.token_hex(16)  # never a hyphen first: a command line would take it for an option
    matcher.enrol_code_hash, matcher.enrol_code_expires_at = _hash(code), timezone.now() + CODE_LIFE
    return code


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _locked(matcher: Matcher) -> Matcher:
    return Matcher.objects.select_for_update(of=("self",), no_key=True).select_related("machine").get(pk=matcher.pk)


def _require_words(field: str, words: str, ask: str) -> None:
    if not words.strip():
        raise Unfit(ask, {field: [ask]})
