"""VOI entries: one interest in one vehicle on one list, and which of them are in force at a moment."""

import datetime as dt

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, When

from accounts.models import Actor, User
from hotlists import triggers
from hotlists.models.hotlists import Hotlist
from hotlists.models.suspensions import Suspension
from hotlists.models.terms import Term
from hotlists.models.versions import EntryVersion
from portal.ids import new_id
from retention.models import is_held
from retention.triggers import not_under_hold


class EntryQuerySet(models.QuerySet["Entry"]):
    """Which entries."""

    def visible_to(self, actor: Actor) -> "EntryQuerySet":
        """Entries of lists that this person may see."""
        return self.filter(hotlist__in=Hotlist.objects.visible_to(actor))

    def governed_at(self, at: dt.datetime) -> "EntryQuerySet":
        """Entries whose governing term runs at this moment, suspensions and the list left aside."""
        return self.filter(Exists(Term.objects.filter(entry=OuterRef("pk")).governing(at).running(at)))

    def in_force(self, at: dt.datetime) -> "EntryQuerySet":
        """Entries that matchers are to look for at this moment (decision 12). Right for any past moment too."""
        return self.filter(_in_force(at))

    def withholding(self, plates: set[tuple[str, str]], at: dt.datetime) -> "EntryQuerySet":
        """Entries in force on suppression lists that name one of these plates, as (country, normalised plate)."""
        named = Q()
        for country, vrm in plates:
            named |= Q(version__country=country, version__vrm=vrm)
        terms = Term.objects.filter(named, entry=OuterRef("pk")).governing(at)
        return self.in_force(at).filter(Exists(terms), hotlist__kind=Hotlist.Kind.SUPPRESSION)

    def with_latest_version(self) -> "EntryQuerySet":
        """Adds what a table shows of the latest version: `vrm`, `country`, `category`, `priority`, `action`, `status`."""
        latest = EntryVersion.objects.filter(entry=OuterRef("pk")).order_by("-number")
        shown = ("vrm", "country", "category", "priority", "action", "status", "make", "model", "colour", "source_ref")
        return self.select_related("hotlist", "owner").annotate(
            **{name: Subquery(latest.values(name)[:1]) for name in shown}
        )

    def with_force(self, at: dt.datetime) -> "EntryQuerySet":
        """Adds `is_in_force`, `is_stopped` (suspended or disputed) and `lapses_at` as they are at this moment, and `is_held`: kept
        past its period for a case (R-081)."""
        suspended = Suspension.objects.filter(entry=OuterRef("pk")).open_at(at)
        governing = Term.objects.filter(entry=OuterRef("pk")).governing(at)
        return self.annotate(
            is_in_force=Case(When(_in_force(at), then=True), default=False),
            is_stopped=Exists(suspended),
            lapses_at=Subquery(governing.values("lapses_at")[:1]),
            governs_review_by=Subquery(governing.values("review_by")[:1]),
            is_held=is_held("hotlists.Entry"),
        )

    def taking_a_place(self, at: dt.datetime) -> "EntryQuerySet":
        """Entries that count against the size of their list: approved and not lapsed at this moment, stopped or not."""
        return self.filter(
            Exists(Term.objects.filter(entry=OuterRef("pk"), until_at=None, lapses_at__gt=at)), withdrawn_at=None
        )

    def not_fitting(self, hotlist: Hotlist, at: dt.datetime) -> "EntryQuerySet":
        """Entries of the list that ask for what it does not allow (any more): drafts, what waits and what governs now."""
        governs = Exists(Term.objects.filter(version=OuterRef("pk")).governing(at).running(at))
        fits = Q(category__in=hotlist.categories, action__in=hotlist.actions, markers__contained_by=hotlist.markers)
        strange = (
            EntryVersion.objects.filter(entry=OuterRef("pk"))
            .filter(Q(status__in=[EntryVersion.Status.DRAFT, EntryVersion.Status.SUBMITTED]) | governs)
            .exclude(fits)
        )
        return self.filter(Exists(strange), hotlist=hotlist, withdrawn_at=None)

    def lapsing(self, at: dt.datetime, within: dt.timedelta) -> "EntryQuerySet":
        """Entries in force that lapse within this time."""
        return self.in_force(at).with_force(at).filter(lapses_at__lte=at + within)

    def overdue_for_review(self, at: dt.datetime) -> "EntryQuerySet":
        """Entries out of force only because nobody reviewed them; a review brings them back (R-014)."""
        overdue = Term.objects.filter(entry=OuterRef("pk"), review_by__lte=at, expires_at__gt=at).governing(at)
        return self.filter(Exists(overdue), withdrawn_at=None)

    def due_for_review(self, at: dt.datetime, within: dt.timedelta) -> "EntryQuerySet":
        """Entries whose review is overdue or falls due within this time, and that a review keeps: neither ended nor expired."""
        due = Term.objects.filter(
            entry=OuterRef("pk"), review_by__lte=at + within, expires_at__gt=at, emergency_ends_at__isnull=True
        ).governing(at)
        return self.filter(Exists(due), withdrawn_at=None)

    def owned_by(self, user: User) -> "EntryQuerySet":
        """Entries that this person answers for, as owner or deputy."""
        return self.filter(Q(owner=user) | Q(deputy=user))

    def other_interests_in(self, version: EntryVersion, actor: Actor) -> "EntryQuerySet":
        """Other interests in the vehicle of this version that are not over, on lists that this actor may see (R-021); what
        was said yes to on the telephone is one, sent back to be completed too. Of lists they may not see, not even that
        there is one is told."""
        is_one = Q(status__in=("submitted", "emergency", "approved")) | Q(status="returned", emergency__isnull=False)
        same = EntryVersion.objects.filter(is_one, entry=OuterRef("pk"), vrm=version.vrm, country=version.country)
        found = self.visible_to(actor).filter(Exists(same), withdrawn_at=None).exclude(pk=version.entry_id)
        return found.select_related("hotlist", "owner").order_by("created_at")

    def of_plate(self, vrm: str, country: str | None = None) -> "EntryQuerySet":
        """Entries any version of which names this normalised plate."""
        versions = EntryVersion.objects.filter(entry=OuterRef("pk"), vrm=vrm)
        return self.filter(Exists(versions.filter(country=country) if country else versions))


def _in_force(at: dt.datetime) -> Q:
    """Said of the row itself, by what hangs on it: so a page's few rows cost what few rows cost, whatever the lists hold."""
    running = Term.objects.filter(entry=OuterRef("pk")).governing(at).running(at)
    held_back = Suspension.objects.filter(entry=OuterRef("pk")).open_at(at)
    return (
        Q(Exists(running), ~Exists(held_back), hotlist__in=Hotlist.objects.in_force(at), created_at__lte=at)
        & (Q(withdrawn_at=None) | Q(withdrawn_at__gt=at))
    )  # fmt: skip


class Entry(models.Model):
    """One interest in one vehicle on one list, from its first draft to its end."""

    class WithdrawalReason(models.TextChoices):
        """Why an entry ends before its time (domain.md 5.1)."""

        LOCATED = "located", "Located"
        RECOVERED = "recovered", "Recovered"
        ARRESTED = "arrested", "Arrested"
        FOUND_SAFE = "found_safe", "Found safe"
        WRONG_VRM = "wrong_vrm", "Wrong plate"
        SOLD = "sold", "Sold to somebody not wanted"
        SCRAPPED = "scrapped", "Scrapped or declared off the road"
        CLONE_CONFIRMED = "clone_confirmed", "Clone confirmed"
        UNJUSTIFIED = "unjustified", "No longer justified"
        OWNER_REQUEST = "owner_request", "Owner's request"
        ORDER = "order", "Order of a court or of the Information Commissioner"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    hotlist = models.ForeignKey(Hotlist, models.PROTECT, related_name="entries")
    owner = models.ForeignKey(User, models.PROTECT, related_name="owned_entries")
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal_reason = models.CharField(max_length=20, choices=WithdrawalReason, blank=True)
    withdrawal_words = models.CharField(max_length=500, blank=True)
    happened_at = models.DateTimeField(null=True, help_text="When what ended it happened, where that is known (R-024).")
    deputy = models.ForeignKey(User, models.PROTECT, related_name="deputised_entries", null=True, blank=True)
    follows = models.UUIDField(
        null=True, help_text="The ended entry that this one asks for again; no key, since that one is erased first."
    )

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "entries"
        permissions = [
            ("view_entries", "Open entries of the lists one has access to"),
            ("search_plate", "Search the lists for a plate, with a reason"),
            ("export_entries", "Take away as a file what a list or a search shows, with a reason"),
            ("write_entry", "Write and submit entries"),
            ("decide_entry", "Decide entries that others wrote"),
            ("decide_emergency", "Give emergency verbal authority"),
            ("record_emergency", "Record emergency verbal authority that somebody of rank gave"),
            ("review_entry", "Review entries"),
            ("suspend_entry", "Suspend an entry at once"),
            ("dispute_entry", "Dispute an entry, which suspends it at once"),
            ("withdraw_entry", "Withdraw an entry for good"),
        ]
        triggers = [triggers.ENTRY_STAYS_WITHDRAWN, not_under_hold("hotlists.Entry")]
        constraints = [
            models.CheckConstraint(
                name="hotlists_entry_withdrawn_by_somebody_for_a_reason",
                condition=Q(withdrawn_by__isnull=True, withdrawn_at__isnull=True, withdrawal_reason="")
                | (Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False) & ~Q(withdrawal_reason="")),
            ),
            models.CheckConstraint(
                name="hotlists_entry_ended_by_what_had_happened",
                condition=Q(happened_at__isnull=True)
                | Q(happened_at__lte=F("withdrawn_at"), withdrawn_at__isnull=False),
            ),
            models.CheckConstraint(
                name="hotlists_entry_deputy_is_another", condition=Q(deputy__isnull=True) | ~Q(deputy=F("owner"))
            ),
        ]

    def __str__(self) -> str:
        return f"entry {str(self.pk)[-8:]} on {self.hotlist.title}"

    @property
    def latest_version(self) -> EntryVersion:
        """What was written last; of the versions that were fetched with the entry, where they were."""
        return max(self.versions.all(), key=lambda version: version.number)

    @property
    def removal_latency(self) -> dt.timedelta | None:
        """From what happened to the withdrawal that followed from it (R-024); None where either is not known."""
        return self.withdrawn_at - self.happened_at if self.withdrawn_at and self.happened_at else None
