"""What the data protection officer is told of: entries that touch activity which the law protects (R-027, F-06)."""

import datetime as dt

from django.db import models
from django.db.models import Q

from accounts.models import User
from hotlists.models.versions import EntryVersion
from portal.database import APPEND_ONLY, AppendOnly
from portal.ids import new_id


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Which notices."""

    def waiting(self) -> "NoticeQuerySet":
        """Those that nobody has acknowledged."""
        return self.filter(answer=None)

    def late(self, at: dt.datetime, days: int) -> "NoticeQuerySet":
        """Those that wait longer than the standards allow."""
        return self.waiting().filter(raised_at__lte=at - dt.timedelta(days=days))


class Notice(AppendOnly):
    """That the data protection officer is told of one version of an entry. Nothing waits for the officer's answer."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.OneToOneField(EntryVersion, models.PROTECT, related_name="notice")
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+", help_text="Who submitted the version.")
    raised_at = models.DateTimeField()

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"notice {str(self.pk)[-8:]} to the data protection officer"


class NoticeAnswer(AppendOnly):
    """That the data protection officer has seen a notice, and what the officer makes of it. Said once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    notice = models.OneToOneField(Notice, models.PROTECT, related_name="answer")
    answered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()
    words = models.CharField(max_length=1000)

    class Meta:
        permissions = [("answer_notice", "Read and acknowledge notices of entries that touch protected activity")]
        triggers = APPEND_ONLY
        constraints = [
            models.CheckConstraint(name="hotlists_notice_answer_says_something", condition=~Q(words__regex=r"^\s*$"))
        ]

    def __str__(self) -> str:
        return f"answer to {self.notice}"
