"""Many entries at once: a file of drafts, or one change of several entries; and what goes beyond one author's daily number."""

from django.db import models
from django.db.models import F, Q

from accounts.models import Actor, SignIn, User
from hotlists.models.hotlists import Hotlist
from hotlists.models.versions import EntryVersion
from hotlists.triggers import RELEASED_BY_NO_HAND_OF_IT
from portal.ids import new_id


class Bulk(models.Model):
    """One piece of bulk work by one author: checked, looked at, then made into drafts. It never submits anything (R-030)."""

    class Kind(models.TextChoices):
        """What it begins with."""

        UPLOAD = "upload", "File of new entries"
        EDIT = "edit", "Change of several entries"
        OWNER = "owner", "Several entries passed on"

    class Status(models.TextChoices):
        """How far it is."""

        CHOOSING = "choosing", "Entries being chosen"
        CHECKED = "checked", "Waiting for your decision"
        WORKING = "working", "Drafts being written"
        DONE = "done", "Done"
        DISCARDED = "discarded", "Discarded"
        UNDONE = "undone", "Undone"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    hotlist = models.ForeignKey(Hotlist, models.PROTECT, related_name="bulks")
    kind = models.CharField(max_length=6, choices=Kind)
    status = models.CharField(max_length=10, choices=Status)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    file_name = models.CharField(max_length=255, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    headings = models.JSONField(default=list, help_text="Of the file, in their order.")
    changes = models.JSONField(default=dict, help_text="What an edit changes: field -> as it is written.")

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["made_by", "hotlist"], condition=Q(status="choosing"), name="hotlists_bulk_one_choice"
            ),
            models.CheckConstraint(
                name="hotlists_bulk_choice_is_an_edit", condition=~Q(status="choosing") | Q(kind="edit")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display().lower()} {str(self.pk)[-8:]} on {self.hotlist.title}"


class BulkRow(models.Model):
    """One row of a file, or one chosen entry. What was written in it is kept until its draft is there.

    Entry and version are named, not pointed at: they go when they go.
    """

    bulk = models.ForeignKey(Bulk, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(help_text="As a spreadsheet counts: the first line is 1.")
    written = models.JSONField(default=dict)
    problems = models.JSONField(default=list, help_text="Pairs of column and words.")
    entry_id = models.UUIDField(null=True)
    version_id = models.UUIDField(null=True, help_text="The draft that was made of it.")

    class Meta:
        ordering = ["bulk", "number"]
        constraints = [
            models.UniqueConstraint(fields=["bulk", "number"], name="hotlists_bulkrow_number_once"),
            models.UniqueConstraint(
                fields=["bulk", "entry_id"], condition=Q(entry_id__isnull=False), name="hotlists_bulkrow_entry_once"
            ),
        ]

    def __str__(self) -> str:
        return f"row {self.number}"


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Which releases."""

    def visible_to(self, actor: Actor) -> "ReleaseQuerySet":
        """Those for lists that the actor may see."""
        return self.filter(version__entry__hotlist__in=Hotlist.objects.visible_to(actor))

    def standing(self) -> "ReleaseQuerySet":
        """Those of drafts that still say what they said when it was asked."""
        return self.filter(lapsed_at=None)

    def given(self) -> "ReleaseQuerySet":
        """Those by which a draft may be submitted, or was."""
        return self.standing().filter(answer=Release.Answer.RELEASED)

    def waiting(self) -> "ReleaseQuerySet":
        """Asked for, not answered, the longest-waiting first."""
        return self.standing().filter(answer="", version__status=EntryVersion.Status.DRAFT).order_by("asked_at", "pk")


class Release(models.Model):
    """That a draft, as it read when this was asked, may be submitted though its author has submitted as many as one person may
    in a day (R-030). Of a draft that was changed since, it lapsed."""

    class Answer(models.TextChoices):
        """What the list manager said."""

        RELEASED = "released", "Released"
        REFUSED = "refused", "Refused"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.OneToOneField(EntryVersion, models.CASCADE, related_name="release")
    fingerprint = models.CharField(max_length=32, help_text="Of all that the draft said when this was asked.")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    reason = models.CharField(max_length=500)
    answer = models.CharField(max_length=8, choices=Answer, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    answered_at = models.DateTimeField(null=True)
    sign_in = models.ForeignKey(SignIn, models.PROTECT, related_name="+", null=True)
    words = models.CharField(max_length=500, blank=True)
    lapsed_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    lapsed_at = models.DateTimeField(null=True, help_text="When the draft was changed.")

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        triggers = [RELEASED_BY_NO_HAND_OF_IT]
        constraints = [
            models.CheckConstraint(
                name="hotlists_release_lapsed_by_somebody",
                condition=Q(lapsed_at__isnull=True, lapsed_by__isnull=True)
                | Q(lapsed_at__isnull=False, lapsed_by__isnull=False),
            ),
            models.CheckConstraint(name="hotlists_release_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="hotlists_release_by_another",
                condition=Q(answer="", answered_by__isnull=True, answered_at__isnull=True, sign_in__isnull=True)
                | (
                    ~Q(answer="")
                    & Q(answered_by__isnull=False, answered_at__isnull=False, sign_in__isnull=False)
                    & ~Q(answered_by=F("asked_by"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"release of {self.version}"
