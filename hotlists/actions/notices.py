"""Telling the data protection officer of entries that touch protected activity (R-027). No decision waits for the answer."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.verbs import Verb
from hotlists import policies
from hotlists.actions.terms import require_words
from hotlists.models import EntryVersion, Notice, NoticeAnswer
from portal.policies import require


@transaction.atomic
def raise_notice(version: EntryVersion, *, by: User) -> Notice | None:
    """Tells the officer of a version that is being submitted, once; None where it touches nothing that is protected."""
    if not version.touches_protected:
        return None
    notice, is_new = Notice.objects.get_or_create(
        version=version, defaults={"raised_by": by, "raised_at": timezone.now()}
    )
    if is_new:
        record(
            Verb.NOTICE_RAISED, target=notice, by=by, plate=version.plate, also=[version.entry, version],
            entry=str(version.entry), kinds=kinds_of(version), recipients="data protection officer",
        )  # fmt: skip
    return notice


@transaction.atomic
def open_notice(notice: Notice, *, by: User) -> Notice:
    """Reads a notice with its plate and its reason, which is recorded."""
    require(policies.may_see_notices(by))
    version = notice.version
    record(Verb.NOTICE_OPENED, target=notice, by=by, plate=version.plate, also=[version.entry, version])
    return notice


@transaction.atomic
def answer_notice(notice: Notice, *, by: User, words: str) -> NoticeAnswer:
    """The officer has seen it, and says what follows. Said once; whatever else the officer wants is a dispute or a finding."""
    version = EntryVersion.objects.select_for_update(of=("self",)).get(pk=notice.version_id)  # notices are not updated
    notice = Notice.objects.select_related("version__entry").get(pk=notice.pk)
    require(policies.may_answer_notice(by, notice))
    require_words("words", words, "Say what you make of it.")
    made = NoticeAnswer.objects.create(notice=notice, answered_by=by, answered_at=timezone.now(), words=words.strip())
    record(
        Verb.NOTICE_ANSWERED, target=notice, by=by, plate=version.plate, also=[notice.version.entry, version, made],
        words=made.words,
    )  # fmt: skip
    return made


def kinds_of(version: EntryVersion) -> str:
    """What protected activity it touches, in words."""
    kinds = [EntryVersion.ProtectedKind(kind).label.lower() for kind in version.protected_kinds]
    return ", ".join(kinds) or "protected activity"
