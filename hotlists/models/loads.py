"""A file on its way into a feed: the load, what is wrong with it, and its rows while they wait."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, Q, When

from accounts.models import Actor, MachineClient, User
from hotlists.feeds.layouts import Layout
from hotlists.models.agreements import ImportProfile, SourceAgreement, layout_of
from hotlists.models.hotlists import Hotlist
from hotlists.triggers import OPEN_LIST_LOADS
from portal.ids import new_id


class LoadQuerySet(models.QuerySet["Load"]):
    """Which loads."""

    def visible_to(self, actor: Actor) -> "LoadQuerySet":
        """Loads of lists that this person may see; a machine sees those of the sources it speaks for."""
        if isinstance(actor, MachineClient):
            return self.filter(agreement__machine=actor)
        return self.filter(hotlist__in=Hotlist.objects.visible_to(actor))

    def undecided(self) -> "LoadQuerySet":
        """Loads that are being read or wait for a person."""
        return self.filter(status__in=[Load.Status.RECEIVED, Load.Status.CHECKING, Load.Status.CHECKED])

    def unfinished(self) -> "LoadQuerySet":
        """Loads that the portal itself still has to work on."""
        return self.filter(status__in=[Load.Status.RECEIVED, Load.Status.CHECKING, Load.Status.ACCEPTED])

    def decided(self) -> "LoadQuerySet":
        """Loads whose file and staged rows are no longer needed."""
        return self.filter(status__in=[Load.Status.LOADED, Load.Status.REFUSED])

    def with_rows_after(self) -> "LoadQuerySet":
        """Adds `rows_after`: what the list held once this load was in it."""
        whole = F("added") + F("changed") + F("unchanged")
        part = F("listed_before") + F("added") - F("removed")
        return self.annotate(rows_after=Case(When(mode=Load.Mode.COMPLETE, then=whole), default=part))

    def unconfirmed_since(self, hotlist: Hotlist, since: dt.datetime) -> "LoadQuerySet":
        """Loads that went into this list since then, and since the last that a second person accepted."""
        of_list = self.filter(hotlist=hotlist, status=Load.Status.LOADED, loaded_at__gt=since)
        by_another = Q(decided_by__isnull=False) & (Q(uploaded_by=None) | ~Q(decided_by=F("uploaded_by")))
        last = of_list.filter(by_another).order_by("-loaded_at").first()
        return of_list.filter(loaded_at__gt=last.loaded_at) if last else of_list

    def loaded_by(self, at: dt.datetime) -> "LoadQuerySet":
        """Loads that were in their list by this moment."""
        return self.filter(loaded_at__lte=at)


class Load(models.Model):
    """One file for one feed: complete, rows to add, or rows to remove. All of it goes in, or nothing."""

    class Mode(models.TextChoices):
        """What the file is, as its sender declares."""

        COMPLETE = "complete", "The complete list: rows it does not hold are removed"
        ADD = "add", "Rows to add or change"
        REMOVE = "remove", "Rows to remove"

    class Encoding(models.TextChoices):
        """How its letters are written."""

        UTF_8 = "utf-8", "UTF-8"
        WINDOWS_1252 = "windows-1252", "Windows-1252 (older Windows systems)"
        ISO_8859_15 = "iso-8859-15", "ISO 8859-15 (older Unix systems)"
        CP850 = "cp850", "Code page 850 (older still)"

    class Status(models.TextChoices):
        """What people decided, and how far the portal is with it."""

        RECEIVED = "received", "Received"
        CHECKING = "checking", "Being checked"
        CHECKED = "checked", "Waiting for a decision"
        ACCEPTED = "accepted", "Accepted, being loaded"
        LOADED = "loaded", "Loaded"
        REFUSED = "refused", "Refused"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    hotlist = models.ForeignKey(Hotlist, models.PROTECT, related_name="loads")
    agreement = models.ForeignKey(SourceAgreement, models.PROTECT, related_name="loads")
    profile = models.ForeignKey(
        ImportProfile, models.PROTECT, null=True, related_name="loads",
        help_text="What its file is read by; none: the VOI row of 16 columns.",
    )  # fmt: skip
    mode = models.CharField(max_length=10, choices=Mode)
    encoding = models.CharField(max_length=20, choices=Encoding, default=Encoding.UTF_8)
    status = models.CharField(max_length=10, choices=Status, default=Status.RECEIVED)

    file_name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    uploaded_machine = models.ForeignKey(MachineClient, models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField()

    # What checking found; null until then.
    checked_at = models.DateTimeField(null=True)
    rows = models.PositiveIntegerField(null=True, help_text="Rows in the file.")
    good_rows = models.PositiveIntegerField(null=True)
    problems = models.PositiveIntegerField(null=True, help_text="All of them; only the first are kept word for word.")
    notices = ArrayField(models.CharField(max_length=300), default=list)
    listed_before = models.PositiveIntegerField(null=True, help_text="Rows of the list that were running then.")
    added = models.PositiveIntegerField(null=True)
    changed = models.PositiveIntegerField(null=True)
    removed = models.PositiveIntegerField(null=True)
    unchanged = models.PositiveIntegerField(null=True)
    change_limit = models.PositiveSmallIntegerField(null=True, help_text="Per cent, as it stood when checked (R-103).")
    changed_lately = models.PositiveIntegerField(
        default=0,
        help_text="Rows that loads before it changed which no second person accepted, within the window (R-103).",
    )
    held_before = models.PositiveIntegerField(null=True, help_text="Rows that the list held when that window began.")
    is_over_limit = models.BooleanField(default=False, help_text="A second person releases it.")

    # What was decided, and done.
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_machine = models.ForeignKey(MachineClient, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    rows_left_out = models.PositiveIntegerField(
        default=0, help_text="Rows with problems that a person chose to leave out."
    )
    loaded_at = models.DateTimeField(null=True)

    objects = LoadQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at"]
        triggers = [OPEN_LIST_LOADS]
        permissions = [
            ("load_feed", "Upload files to feeds and accept those within the change limit"),
            ("release_load", "Release a load beyond the change limit that somebody else uploaded"),
        ]
        indexes = [models.Index(fields=["hotlist", "-loaded_at"], name="hotlists_load_by_loaded")]
        constraints = [
            models.UniqueConstraint(
                fields=["hotlist"],
                condition=Q(status__in=["received", "checking", "checked", "accepted"]),
                name="hotlists_load_one_open",
            ),
            models.CheckConstraint(
                name="hotlists_load_uploaded_by_somebody",
                condition=Q(uploaded_by__isnull=False, uploaded_machine__isnull=True)
                | Q(uploaded_by__isnull=True, uploaded_machine__isnull=False),
            ),
            models.CheckConstraint(
                name="hotlists_load_accepted_by_somebody",
                condition=~Q(status__in=["accepted", "loaded"])
                | (Q(decided_at__isnull=False) & (Q(decided_by__isnull=False) | Q(decided_machine__isnull=False))),
            ),
            models.CheckConstraint(
                name="hotlists_load_over_limit_released_by_another",
                condition=~Q(status__in=["accepted", "loaded"])
                | Q(is_over_limit=False)
                | Q(decided_by__isnull=False, uploaded_by__isnull=True)
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("uploaded_by"))),
            ),
            models.CheckConstraint(
                name="hotlists_load_loaded_at_a_moment",
                condition=Q(status="loaded", loaded_at__isnull=False)
                | (~Q(status="loaded") & Q(loaded_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"load {str(self.pk)[-8:]} of {self.hotlist.title}"

    @property
    def layout(self) -> Layout:
        """What its file is read by."""
        return layout_of(self.profile)

    @property
    def uploader(self) -> User | MachineClient:
        """Who sent the file."""
        return self.uploaded_by or self.uploaded_machine

    @property
    def decider(self) -> User | MachineClient | None:
        """Who accepted or refused it."""
        return self.decided_by or self.decided_machine

    @property
    def bad_rows(self) -> int:
        """Rows with problems."""
        return (self.rows or 0) - (self.good_rows or 0)

    @property
    def changes(self) -> int:
        """Rows of the list that it adds, changes or removes."""
        return (self.added or 0) + (self.changed or 0) + (self.removed or 0)


class LoadProblem(models.Model):
    """One thing wrong with one row of a file, in plain words that repeat no plate."""

    load = models.ForeignKey(Load, models.CASCADE, related_name="found_problems")
    row = models.PositiveIntegerField(help_text="As a spreadsheet counts: the first line is 1.")
    column = models.CharField(max_length=30)
    words = models.CharField(max_length=300)

    class Meta:
        ordering = ["load", "row", "id"]

    def __str__(self) -> str:
        return f"row {self.row}, {self.column}: {self.words}"


class StagedRow(models.Model):
    """A row that an undecided load adds to its list or changes there. Rows that the list has already are not kept."""

    pk = models.CompositePrimaryKey("load", "row")
    load = models.ForeignKey(Load, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    row = models.PositiveIntegerField(help_text="As a spreadsheet counts.")
    is_new = models.BooleanField(help_text="Or else the list has one of the same key, which says something else.")
    fingerprint = models.BigIntegerField()
    country = models.CharField(max_length=2, db_collation="C")
    vrm = models.CharField(max_length=15, db_collation="C")
    ref = models.CharField(max_length=50, db_collation="C")
    make = models.CharField(max_length=50)
    model = models.CharField(max_length=50)
    colour = models.CharField(max_length=30)
    action = models.CharField(max_length=20)
    markers = ArrayField(models.CharField(max_length=4))
    reason = models.CharField(max_length=500)
    grading = models.CharField(max_length=3)
    action_text = models.CharField(max_length=500)
    force_area = models.CharField(max_length=50)
    starts_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    reported_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    marking = models.CharField(max_length=20)
    cad = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"staged row {self.row}"


class StagedGone(models.Model):
    """A row of the list that an undecided load takes away."""

    pk = models.CompositePrimaryKey("load", "country", "vrm", "ref")
    load = models.ForeignKey(Load, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    country = models.CharField(max_length=2, db_collation="C")
    vrm = models.CharField(max_length=15, db_collation="C")
    ref = models.CharField(max_length=50, db_collation="C")

    def __str__(self) -> str:
        return f"staged removal of load {str(self.load_id)[-8:]}"


class StagedRepeat(models.Model):
    """A row of a file that names a vehicle again, and is left out for it."""

    pk = models.CompositePrimaryKey("load", "row")
    load = models.ForeignKey(Load, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    row = models.PositiveIntegerField()
    first = models.PositiveIntegerField(help_text="The earlier row of the file that names the same vehicle.")

    def __str__(self) -> str:
        return f"repeat in row {self.row}"
