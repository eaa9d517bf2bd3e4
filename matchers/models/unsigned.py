"""What left without a signature: files that people took, and the lists of matchers that ask by revision numbers."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models import Actor, User
from hotlists.models import Hotlist
from matchers.models.feeds import opaque_id
from matchers.models.matchers import Matcher
from portal.database import APPEND_ONLY, AppendOnly
from portal.ids import new_id


class DisclosureQuerySet(models.QuerySet["Disclosure"]):
    """Which files."""

    def visible_to(self, actor: Actor) -> "DisclosureQuerySet":
        """Of lists that this person may see."""
        return self.filter(hotlist__in=Hotlist.objects.visible_to(actor))


class Disclosure(AppendOnly):
    """That rows of a list left as an unsigned file: as what, of which revision, for whom and why.

    Holds no plate: which rows left follows from the revision, the form and the terms that stand here.
    """

    class Form(models.TextChoices):
        """As what."""

        VOI = "voi", "VOI file of 16 columns"
        TEXT = "text", "Delimited text: category, country, plate, first and last day"
        ANPR2MQTT = "anpr2mqtt", "YAML for anpr2mqtt: plates to be told of"
        STIX = "stix", "STIX 2.1: a bundle of indicators"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    hotlist = models.ForeignKey(Hotlist, models.PROTECT, related_name="disclosures")
    revision = models.PositiveIntegerField()
    form = models.CharField(max_length=10, choices=Form)
    recipient = models.CharField(max_length=200)
    reason = models.CharField(max_length=300)
    list_ends = models.BigIntegerField(null=True, help_text="Seconds since 1970: no row of the file runs longer.")
    suppressed = ArrayField(models.CharField(max_length=10), default=list)
    rows = models.PositiveIntegerField()
    withheld = models.JSONField(default=dict, help_text="Why rows were left out: reason -> how many.")
    sha256 = models.CharField(max_length=64)
    length = models.PositiveBigIntegerField()
    taken_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        triggers = APPEND_ONLY
        ordering = ["-id"]
        permissions = [
            ("export_list", "Take a list away as an unsigned file, and tell its recipient what was taken back")
        ]
        constraints = [
            models.CheckConstraint(
                name="matchers_disclosure_says_to_whom_and_why", condition=~Q(recipient="") & ~Q(reason="")
            )
        ]

    def __str__(self) -> str:
        return f"file {str(self.pk)[-8:]} of {self.hotlist}"


class DisclosureTold(AppendOnly):
    """That the recipient of an unsigned file was told what was taken back up to a revision (R-018)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    disclosure = models.ForeignKey(Disclosure, models.PROTECT, related_name="tellings")
    revision = models.PositiveIntegerField()
    rows = models.PositiveIntegerField(help_text="Taken back and told of now.")
    how = models.CharField(max_length=300)
    is_destroyed = models.BooleanField(help_text="The recipient says that no copy is left; nothing proves it.")
    told_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    told_at = models.DateTimeField()

    class Meta:
        triggers = APPEND_ONLY
        ordering = ["-id"]
        constraints = [models.CheckConstraint(name="matchers_told_says_how", condition=~Q(how=""))]


class RevisionDoor(models.Model):
    """That a matcher fetches by revision numbers, unsigned, since it can do no better (R-100).

    `number` is the one revision number that it is shown: it grows whenever what any of its lists' files hold changes.
    """

    matcher = models.OneToOneField(Matcher, models.PROTECT, primary_key=True, related_name="door")
    source_id = models.CharField(max_length=32, unique=True, default=opaque_id, editable=False)
    number = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"door of {self.matcher}"


class DoorListQuerySet(models.QuerySet["DoorList"]):
    """Which lists behind which doors."""

    def said_past(self, revision: F | models.OuterRef) -> "DoorListQuerySet":
        """Of which the matcher says, unproved, that it holds this revision or a later one."""
        return self.filter(held_revision__gte=revision)


class DoorList(models.Model):
    """One list as a matcher knows it by numbers: the newest, what was last handed out, and what it says that it holds."""

    door = models.ForeignKey(RevisionDoor, models.PROTECT, related_name="lists")
    hotlist = models.ForeignKey(Hotlist, models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    revision = models.PositiveIntegerField(help_text="Of the publication that the number stands for.")
    is_given = models.BooleanField(help_text="False once the list was taken away: its file is empty.")
    until_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True, help_text="When a row of the revision begins, so that the file changes.")
    sent_number = models.PositiveIntegerField(null=True)
    sent_revision = models.PositiveIntegerField(null=True)
    held_number = models.PositiveIntegerField(null=True)
    held_revision = models.PositiveIntegerField(null=True)
    received_at = models.DateTimeField(null=True, help_text="When it last said what it holds.")

    objects = DoorListQuerySet.as_manager()

    class Meta:
        ordering = ["hotlist__slug"]
        constraints = [
            models.UniqueConstraint(fields=["door", "hotlist"], name="matchers_doorlist_once"),
            models.CheckConstraint(
                name="matchers_doorlist_holds_what_was_sent",
                condition=Q(held_number__isnull=True, held_revision__isnull=True, received_at__isnull=True)
                | Q(held_number__isnull=False, held_revision__isnull=False, received_at__isnull=False)
                & Q(sent_number__isnull=False, sent_number__gte=F("held_number")),
            ),
            models.CheckConstraint(
                name="matchers_doorlist_sent_is_no_later",
                condition=Q(sent_number__isnull=True, sent_revision__isnull=True)
                | Q(sent_number__lte=F("number"), sent_revision__lte=F("revision")),
            ),
        ]

    def is_due(self, at: dt.datetime) -> bool:
        """Whether a row has begun since the number was given."""
        return self.due_at is not None and self.due_at <= at
