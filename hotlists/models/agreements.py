"""On what terms a source fills a list, and by which import profile its files are read."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Least

from accounts.models import Actor, MachineClient, User
from hotlists.feeds.layouts import VOI_ROW, Layout
from hotlists.models.hotlists import Hotlist
from hotlists.models.versions import EntryVersion
from hotlists.triggers import OPEN_LIST_AGREES, OPEN_LIST_PROFILES, PROFILE_CONTRIBUTION_STANDS, PROPOSED_PROFILE_STANDS
from portal.ids import new_id
from standards.models import Action, Priority

Basis = EntryVersion.Basis

MOST_STALE = 24 * 366  # hours, a year: held by the database too, so no number of an edition


class SourceAgreementQuerySet(models.QuerySet["SourceAgreement"]):
    """Which agreements."""

    def visible_to(self, actor: Actor) -> "SourceAgreementQuerySet":
        """Those of lists that this person may see; a machine sees those that name it."""
        if isinstance(actor, MachineClient) and not actor.has_scope("read"):
            return self.filter(machine=actor)
        return self.filter(hotlist__in=Hotlist.objects.visible_to(actor))

    def governing(self, at: dt.datetime) -> "SourceAgreementQuerySet":
        """Agreements that two people made and that run at this moment. Adds `ends_at`: as agreed, or sooner."""
        runs = self.filter(agreed_at__lte=at, from_at__lte=at, until_at__gt=at).exclude(ended_at__lte=at)
        return runs.annotate(ends_at=Least("until_at", "ended_at"))

    def waiting(self) -> "SourceAgreementQuerySet":
        """Proposals that nobody has agreed to or turned down."""
        return self.filter(agreed_at=None, ended_at=None)


class SourceAgreement(models.Model):
    """On what terms a source fills a list: by what right, until when, how fresh. One person proposes, another agrees."""

    class Interface(models.TextChoices):
        """How the rows come."""

        FILE = "file", "Files that people upload"
        API = "api", "Files that the source's machine sends"
        INBOX = "inbox", "Files that the source leaves in the place agreed with it"

    class LifeCycle(models.TextChoices):
        """What ends a row beside its own date."""

        NONE = "none", "None: each row says its end"
        LOST_OR_STOLEN = "lost-or-stolen", "Lost or stolen: confirmed soon, or weeded"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    hotlist = models.ForeignKey(Hotlist, models.PROTECT, related_name="agreements")
    source = models.CharField(max_length=100, help_text="The system or body the rows come from.")
    basis = models.CharField(max_length=300, help_text="The law or agreement under which they are given.")
    interface = models.CharField(max_length=5, choices=Interface, default=Interface.FILE)
    machine = models.ForeignKey(
        MachineClient,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The machine that may send loads.",
    )
    refresh_hours = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="How often the source sends a load; later than that, the list's keepers are told.",
    )
    max_staleness_hours = models.PositiveIntegerField(help_text="Without a load for longer, the list is out of force.")
    change_limit = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Per cent of the list that a load may change before a second person is asked."
    )
    life_cycle = models.CharField(max_length=20, choices=LifeCycle, default=LifeCycle.NONE, help_text="R-022")
    # What the file does not say of a row.
    country = models.CharField(max_length=2, default="GB", help_text="For rows that name none.")
    category = models.CharField(max_length=10)
    action = models.CharField(max_length=20, choices=Action, help_text="For rows that name none.")
    priority = models.CharField(max_length=10, choices=Priority)
    contact = models.CharField(max_length=60, help_text="Who answers for a row at any hour.")
    fact = models.CharField(max_length=10, choices=Basis, default=Basis.FACT, help_text="R-019")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    renews = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="renewals")
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    agreed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, help_text="Sooner than agreed, or turned down.")
    ended_because = models.CharField(max_length=500, blank=True)

    app_may_update = ("agreed_by_id", "agreed_at", "ended_by_id", "ended_at", "ended_because")

    objects = SourceAgreementQuerySet.as_manager()

    class Meta:
        ordering = ["-from_at"]
        triggers = [OPEN_LIST_AGREES]
        permissions = [("agree_source", "Agree to a source's terms that somebody else proposed")]
        constraints = [
            models.CheckConstraint(
                name="hotlists_sourceagreement_ends_after_start", condition=Q(until_at__gt=F("from_at"))
            ),
            models.CheckConstraint(
                name="hotlists_sourceagreement_agreed_by_another",
                condition=Q(agreed_by__isnull=True, agreed_at__isnull=True)
                | (Q(agreed_by__isnull=False, agreed_at__isnull=False) & ~Q(agreed_by=F("proposed_by"))),
            ),
            models.CheckConstraint(
                name="hotlists_sourceagreement_staleness_sane",
                condition=Q(max_staleness_hours__gte=1, max_staleness_hours__lte=MOST_STALE),
            ),
            models.CheckConstraint(
                name="hotlists_sourceagreement_refreshed_before_stale",
                condition=Q(refresh_hours__isnull=True)
                | Q(refresh_hours__gte=1, refresh_hours__lte=F("max_staleness_hours")),
            ),
            models.CheckConstraint(
                name="hotlists_sourceagreement_limit_sane",
                condition=Q(change_limit__isnull=True) | Q(change_limit__lte=100),
            ),
            models.CheckConstraint(
                name="hotlists_sourceagreement_machine_named",
                condition=Q(interface="file") | Q(machine__isnull=False),
            ),
            models.CheckConstraint(
                name="hotlists_sourceagreement_ended_by_somebody_who_says_why",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, ended_because="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_because="")),
            ),
        ]

    def __str__(self) -> str:
        return f"agreement with {self.source}"

    def is_running(self, at: dt.datetime) -> bool:
        """Whether it was agreed, has begun and has not ended at this moment."""
        agreed = self.agreed_at is not None and self.agreed_at <= at
        return agreed and self.from_at <= at < self.until_at and (self.ended_at is None or self.ended_at > at)


class ImportProfileQuerySet(models.QuerySet["ImportProfile"]):
    """Which import profiles."""

    def governing(self, at: dt.datetime) -> "ImportProfileQuerySet":
        """Approved by this moment, the one that files are read by first."""
        return self.filter(approved_at__lte=at).order_by("-approved_at", "-number")

    def waiting(self) -> "ImportProfileQuerySet":
        """Proposals that wait for a second person."""
        return self.filter(proposed_at__isnull=False, approved_at=None, ended_at=None)


class ImportProfile(models.Model):
    """One edition of how a source writes its files. Drafted by one person, approved by another, then never changed.

    A list without one is read as a VOI row of 16 columns.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    hotlist = models.ForeignKey(Hotlist, models.PROTECT, related_name="import_profiles")
    number = models.PositiveIntegerField()
    layout = models.JSONField(help_text="As hotlists.feeds.layouts writes it.")
    why = models.CharField(max_length=300, blank=True, help_text="What it is for, or what changed.")
    begun_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, help_text="When it was turned down, or its draft thrown away.")

    objects = ImportProfileQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        triggers = [PROPOSED_PROFILE_STANDS, OPEN_LIST_PROFILES]
        constraints = [
            models.UniqueConstraint(fields=["hotlist", "number"], name="hotlists_importprofile_numbered_once"),
            models.CheckConstraint(
                name="hotlists_importprofile_proposed_by_somebody",
                condition=Q(proposed_at__isnull=True, proposed_by__isnull=True)
                | (Q(proposed_at__isnull=False, proposed_by__isnull=False) & ~Q(why="")),
            ),
            models.CheckConstraint(
                name="hotlists_importprofile_approved_by_another",
                condition=Q(approved_at__isnull=True, approved_by__isnull=True)
                | (
                    Q(approved_at__isnull=False, approved_by__isnull=False, proposed_at__isnull=False, ended_at=None)
                    & ~Q(approved_by=F("proposed_by"))
                    & ~Q(approved_by=F("begun_by"))
                ),
            ),
            models.CheckConstraint(
                name="hotlists_importprofile_ended_by_somebody",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"import profile {self.number} of {self.hotlist.title}"

    @property
    def is_draft(self) -> bool:
        """Whether it may still be changed."""
        return self.proposed_at is None and self.ended_at is None

    @property
    def read_by(self) -> Layout:
        """What files are read by."""
        return Layout.from_data(self.layout)


class ProfileContribution(models.Model):
    """That somebody's hand was in this import profile: whoever wrote or edited it does not approve it."""

    profile = models.ForeignKey(ImportProfile, models.CASCADE, related_name="contributions")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    contributed_at = models.DateTimeField()

    class Meta:
        triggers = [PROFILE_CONTRIBUTION_STANDS]
        constraints = [models.UniqueConstraint(fields=["profile", "user"], name="hotlists_profilecontribution_once")]

    def __str__(self) -> str:
        return f"{self.user} on {self.profile}"


def layout_of(profile: ImportProfile | None) -> Layout:
    """What a load's file is read by: its import profile, or the VOI row of 16 columns (R-011)."""
    return VOI_ROW if profile is None else profile.read_by
