"""Beyond the daily number of one author: asking the list manager, who releases draft by draft or refuses (R-030)."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.policies import own_session
from audit.actions import record
from audit.verbs import Verb
from hotlists import policies
from hotlists.models import EntryVersion, Release
from hotlists.written import fingerprint
from portal.errors import TooLate, Unfit
from portal.policies import require


@transaction.atomic
def ask_release(versions: Iterable[EntryVersion], *, by: User, reason: str) -> list[Release]:
    """Asks that these drafts, as they read now, may be submitted though the day's number is reached. Those asked for already
    stay as they are."""
    keys = [version.pk for version in versions]
    locked = list(
        EntryVersion.objects.select_for_update(of=("self",)).select_related("entry__hotlist").filter(pk__in=keys)
    )
    if not locked:
        raise Unfit("Choose at least one draft.", {"entries": ["Choose at least one draft."]})
    for version in locked:
        policies.require_sight(by, version.entry.hotlist)
        require(policies.may_submit(by, version))
        if version.status != EntryVersion.Status.DRAFT:
            raise TooLate("Only a draft needs to be released; one of these was submitted already.")
    if not reason.strip():
        raise Unfit("Say why so many are needed.", {"reason": ["Say why so many are needed."]})
    now = timezone.now()
    asked = set(Release.objects.standing().filter(version__in=locked).values_list("version_id", flat=True))
    fresh = [version for version in locked if version.pk not in asked]
    if not fresh:
        raise TooLate("The list manager was asked already.")
    Release.objects.filter(version__in=fresh).delete()  # of words that were changed since; the log keeps what was said
    made = Release.objects.bulk_create(
        Release(version=version, fingerprint=fingerprint(version), asked_by=by, asked_at=now, reason=reason)
        for version in fresh
    )
    record(
        Verb.RELEASE_ASKED, target=fresh[0].entry.hotlist, by=by, count=len(made), reason=reason,
        also=[thing for version in fresh for thing in (version.entry, version)],
    )  # fmt: skip
    return made


@transaction.atomic
def answer_releases(releases: Iterable[Release], *, by: User, answer: str, words: str = "") -> list[Release]:
    """The list manager's word on each: `released`, and its author may submit it; `refused`, with why."""
    keys = [release.pk for release in releases]
    locked = list(
        Release.objects.select_for_update(of=("self",))
        .select_related("version__entry__hotlist")
        .prefetch_related("version__contributions")  # whose hands were in it, asked once for all
        .filter(pk__in=keys)
    )
    if not locked:
        raise Unfit("Choose at least one.", {"releases": ["Choose at least one entry."]})
    for release in locked:
        policies.require_sight(by, release.version.entry.hotlist)
        require(policies.may_release(by, release))
        if release.fingerprint != fingerprint(release.version):
            raise TooLate("A draft was changed since its release was asked for. Its author asks anew.")
    if answer not in Release.Answer.values:
        raise Unfit("Release or refuse.", {"answer": ["Release or refuse."]})
    if answer == Release.Answer.REFUSED and not words.strip():
        raise Unfit("Say why you refuse.", {"words": ["Say why you refuse."]})
    now = timezone.now()
    for release in locked:
        release.answer, release.words = Release.Answer(answer), words
        release.answered_by, release.answered_at, release.sign_in = by, now, own_session(by)
    Release.objects.bulk_update(locked, ["answer", "words", "answered_by", "answered_at", "sign_in"])
    verb = Verb.RELEASE_GIVEN if answer == Release.Answer.RELEASED else Verb.RELEASE_REFUSED
    record(
        verb, target=locked[0].version.entry.hotlist, by=by, count=len(locked), reason=words or "no words",
        also=[thing for release in locked for thing in (release.version.entry, release.version)],
    )  # fmt: skip
    return locked
