"""Asking matchers what they hold, and judging their answers."""

import datetime as dt
import itertools
import random
import secrets
from collections.abc import Iterator
from operator import itemgetter
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import connection, transaction
from django.db.models import Exists, F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import Actor
from audit.actions import record
from audit.checkpoints import is_our_log
from audit.verbs import Verb
from hotlists.nudges import publish_soon
from matcher_client.rows import answer, receipt_message
from matchers.models import Challenge, FeedList, ListRole, Matcher, Publication, Recall, RecallHolder, Receipt
from matchers.models.publications import BUCKET_KEY_BITS
from portal.errors import Stranger, TooLate, Unfit
from portal.ids import earliest_at

BUCKETS_ASKED = 16  # those under recall come on top
CHALLENGE_LIFE = dt.timedelta(minutes=10)
NONCE_BYTES = 32


@transaction.atomic
def challenge(role: str, *, by: Actor, revision: int) -> Challenge:
    """A fresh question about a revision that the matcher says it holds: buckets under recall, and others at random.

    Asked for again before it was answered, the same buckets are in it, whatever was asked about in between: nobody tries
    until they are asked what they know.
    """
    matcher = _matcher(by)
    publication = _publication(matcher, role, revision)
    Challenge.objects.filter(matcher=matcher, hotlist=publication.hotlist_id).delete()
    asked = _recalled_buckets(matcher, publication) | _drawn_buckets(matcher, publication)
    return Challenge.objects.create(
        matcher=matcher, hotlist_id=publication.hotlist_id, revision=revision, nonce=secrets.token_bytes(NONCE_BYTES),
        buckets=sorted(asked), issued_at=timezone.now(),
    )  # fmt: skip


@transaction.atomic
def give_receipt(facts: dict[str, Any], *, by: Actor, signature: str) -> tuple[Receipt, int]:
    """Judges an answer: signed by the matcher's own key, and right for every bucket asked. `facts` as they were signed.

    Returns the receipt and how many recalls it closed. A wrong answer is kept too: it is an alarm.
    """
    matcher = _matcher(by)
    _require_signature(matcher, facts, signature)
    asked = _take_challenge(matcher, facts)
    publication = _publication(matcher, facts["hotlist"], asked.revision)
    given = facts["buckets"]
    expected = _expected(publication, bytes(asked.nonce), asked.buckets)
    wrong = sorted(bucket for bucket, digest in expected.items() if given.get(str(bucket)) != digest)
    now = timezone.now()
    seen = [facts[name] for name in ("log", "log_before") if facts.get(name)]
    receipt = Receipt.objects.create(
        matcher=matcher, hotlist_id=publication.hotlist_id, revision=asked.revision, rows=facts["rows"],
        nonce=asked.nonce, buckets=given, signature=signature, wrong_buckets=wrong,
        is_right=not wrong and facts["rows"] == publication.rows and len(given) == len(expected),
        applied_at=dt.datetime.fromtimestamp(facts["applied_at"], dt.UTC), received_at=now,
        log=facts.get("log", ""), is_log_ours=all(map(is_our_log, seen)) if seen else None,
    )  # fmt: skip
    closed = _close_recalls(receipt, publication, asked.buckets, at=now) if receipt.is_right else 0
    if receipt.is_right and publication.is_ending:
        publish_soon(publication.hotlist_id)  # the feed need not name the list any longer
    record(
        Verb.RECEIPT_RIGHT if receipt.is_right else Verb.RECEIPT_WRONG, target=receipt, by=by,
        also=[matcher, publication.hotlist], revision=receipt.revision, list=str(publication.hotlist), recalls_closed=closed,
    )  # fmt: skip
    if receipt.is_log_ours is False:
        record(Verb.LOG_DISPUTED, target=receipt, by=by, also=[matcher], checkpoint=" / ".join(seen))
    return receipt, closed


def _matcher(by: Actor) -> Matcher:
    matcher = Matcher.objects.of_machine(by).select_related("feed", "machine").first()
    if matcher is None:
        raise Stranger("This machine is no matcher.")
    return matcher


def _publication(matcher: Matcher, role: str, revision: int) -> Publication:
    """A revision that this matcher may hold: of a list its feed carries, for everybody or for it alone."""
    carried = FeedList.objects.carried().filter(feed=matcher.feed, role__name=role).first()
    found = carried and (
        Publication.objects.filter(hotlist=carried.role_id, revision=revision)
        .filter(feed__in=[matcher.feed_id])
        .union(Publication.objects.filter(hotlist=carried.role_id, revision=revision, feed=None))
        .first()
    )
    if not found:
        raise Stranger("There is no such revision of a list that you are given.")
    return found


def _require_signature(matcher: Matcher, facts: dict[str, Any], signature: str) -> None:
    if not matcher.public_key:
        raise Unfit("Enrol with your own key first.")
    try:
        message = receipt_message({**facts, "matcher": str(matcher.pk)})
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(matcher.public_key)).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError) as error:
        raise Unfit(
            "The signature is not the matcher's over this receipt.", {"signature": ["It does not verify."]}
        ) from error


def _take_challenge(matcher: Matcher, facts: dict[str, Any]) -> Challenge:
    """The challenge that is answered, which is spent by it. Raises TooLate."""
    asked = Challenge.objects.select_for_update().filter(pk=facts["challenge"], matcher=matcher).first()
    if asked is None or asked.issued_at + CHALLENGE_LIFE <= timezone.now():
        raise TooLate("This challenge was answered, or took too long. Ask for a new one.")
    role = ListRole.objects.filter(name=facts["hotlist"]).first()
    if role is None or (role.pk, facts["revision"]) != (asked.hotlist_id, asked.revision):
        raise Unfit(
            "This is the answer to another question.", {"revision": ["The challenge was about another revision."]}
        )
    asked.delete()
    return asked


def _recalled_buckets(matcher: Matcher, publication: Publication) -> set[int]:
    """The buckets of rows that this matcher has yet to prove gone, and could prove at this revision."""
    if publication.is_ending:
        return set()
    recalled = RecallHolder.objects.open().filter(
        matcher=matcher, hotlist=publication.hotlist_id, recall__revision__lte=publication.revision
    )
    shift = BUCKET_KEY_BITS - publication.bucket_bits
    return {key >> shift for key in recalled.values_list("recall__row__bucket_key", flat=True).iterator()}


def _drawn_buckets(matcher: Matcher, publication: Publication) -> set[int]:
    """Buckets that nobody can foresee, the same until an answer about this revision was judged."""
    since = Receipt.objects.filter(
        pk__gte=earliest_at(publication.generated_at)
    )  # there is no answer before the question
    own = since.filter(matcher=matcher, hotlist=publication.hotlist_id, revision=publication.revision)
    answered = own.order_by("-id").values_list("pk", flat=True).first()
    seed = salted_hmac("matchers.challenge", f"{matcher.pk} {publication.pk} {answered}", algorithm="sha256").digest()
    every = range(1 << publication.bucket_bits)
    return set(random.Random(seed).sample(every, min(len(every), BUCKETS_ASKED)))  # noqa: S311 - of a secret seed


def _close_recalls(receipt: Receipt, publication: Publication, buckets: list[int], *, at: dt.datetime) -> int:
    """Closes what the right answer proves: rows gone at this revision, in buckets asked.

    An ending that stands proves every row gone; one after which the list was given again, only what went before it.
    """
    open_copies = RecallHolder.objects.open().filter(matcher=receipt.matcher, hotlist=publication.hotlist_id)
    went_before = Q(recall__revision__lte=publication.revision)
    if publication.is_ending:
        open_copies = open_copies.filter(went_before | Exists(FeedList.objects.filter(ending=publication)))
    else:
        open_copies = open_copies.filter(went_before, recall__in=_recalls_in(publication, buckets))
    return open_copies.update(closed_at=at, receipt_id=receipt.pk)


def _recalls_in(publication: Publication, buckets: list[int]) -> Any:
    shift = BUCKET_KEY_BITS - publication.bucket_bits
    recalls = Recall.objects.filter(row__hotlist=publication.hotlist_id)
    return recalls.annotate(bucket=F("row__bucket_key").bitrightshift(shift)).filter(bucket__in=buckets)


def _expected(publication: Publication, nonce: bytes, buckets: list[int]) -> dict[int, str]:
    """What is right for each bucket, from the rows of that revision, streamed."""
    found = {
        bucket: answer(nonce, (line.encode() + b"\n" for _, line in lines))
        for bucket, lines in itertools.groupby(_rows_in(publication, buckets), key=itemgetter(0))
    }
    nothing = answer(nonce, [])
    return {bucket: found.get(bucket, nothing) for bucket in buckets}


def _rows_in(publication: Publication, buckets: list[int]) -> Iterator[tuple[int, str]]:
    if publication.is_ending:
        return
    shift = BUCKET_KEY_BITS - publication.bucket_bits
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            """
            SELECT b.number, p.canonical
            FROM unnest(%(buckets)s::bigint[]) AS b (number)
                JOIN matchers_publishedrow p ON p.hotlist_id = %(hotlist)s
                    AND p.bucket_key >= b.number << %(shift)s AND p.bucket_key < (b.number + 1) << %(shift)s
            WHERE p.since_revision <= %(revision)s AND (p.until_revision IS NULL OR p.until_revision > %(revision)s)
            ORDER BY b.number, p.country, p.vrm, p.ref
            """,
            {
                "buckets": buckets,
                "hotlist": publication.hotlist_id,
                "shift": shift,
                "revision": publication.revision,
            },
        )
        while rows := cursor.fetchmany(5_000):
            yield from rows
