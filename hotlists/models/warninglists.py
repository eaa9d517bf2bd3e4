"""Warninglists: plates of which something is to be known before anybody lists them, in editions that two people stand for."""

import datetime as dt

from django.db import models
from django.db.models import BooleanField, F, Func, OuterRef, Q, Subquery, Value

from accounts.models import SignIn, User
from hotlists import triggers
from hotlists.models.entries import Entry
from hotlists.models.versions import EntryVersion
from portal.database import AppendOnly, append_only_triggers
from portal.ids import new_id
from standards.ranks import Rank

WILD = "?*"


class Effect(models.TextChoices):
    """What a list does to an entry that names one of its plates."""

    WARN = "warn", "Warn: the author says why the plate is right all the same"
    REFUSE = "refuse", "Refuse, unless somebody of rank says that it may be listed"


class WarninglistQuerySet(models.QuerySet["Warninglist"]):
    """Which warninglists."""

    def with_use(self) -> "WarninglistQuerySet":
        """Adds of the edition in use its `edition_id`, `effect`, `count` and `used_from`, none where there is none; and whether
        an edition waits (`waiting_id`)."""
        used = WarninglistUse.objects.filter(warninglist=OuterRef("pk"), to_at=None)
        waiting = WarninglistEdition.objects.waiting().filter(warninglist=OuterRef("pk"))
        return self.annotate(
            edition_id=Subquery(used.values("edition_id")), effect=Subquery(used.values("edition__effect")),
            count=Subquery(used.values("edition__count")), used_from=Subquery(used.values("from_at")),
            waiting_id=Subquery(waiting.values("pk")[:1]),
        )  # fmt: skip


class Warninglist(models.Model):
    """Plates of one kind from one source. What it says and holds stands in its editions."""

    class Kind(models.TextChoices):
        """Whose plates they are."""

        EMERGENCY = "emergency", "Emergency fleet"
        DIPLOMATIC = "diplomatic", "Diplomatic"
        MILITARY = "military", "Military"
        TRADE = "trade", "Trade plates"
        TEST = "test", "Test and never-issued marks"
        CLONE = "clone", "Known clones"
        OTHER = "other", "Something else"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    source = models.CharField(max_length=200, help_text="Who makes the list.")
    licence = models.CharField(max_length=300, help_text="By what law, agreement or licence it is held here.")
    keeper = models.ForeignKey(User, models.PROTECT, related_name="+", help_text="Who keeps it up to date.")
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    retired_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    retired_at = models.DateTimeField(null=True)
    retired_because = models.CharField(max_length=300, blank=True)

    app_may_update = ("keeper_id", "retired_by_id", "retired_at", "retired_because")

    objects = WarninglistQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        permissions = [
            ("keep_warninglist", "Begin, load and retire warninglists"),
            ("accept_warninglist", "Bring into use an edition of a warninglist that somebody else loaded"),
        ]
        constraints = [
            models.CheckConstraint(
                name="hotlists_warninglist_retired_by_somebody_who_says_why",
                condition=Q(retired_at__isnull=True, retired_by__isnull=True, retired_because="")
                | (Q(retired_at__isnull=False, retired_by__isnull=False) & ~Q(retired_because="")),
            ),
        ]

    def __str__(self) -> str:
        return f"warninglist {self.name}"


class WarninglistEditionQuerySet(models.QuerySet["WarninglistEdition"]):
    """Which editions."""

    def waiting(self) -> "WarninglistEditionQuerySet":
        """Loaded, and neither accepted nor discarded."""
        return self.filter(accepted_at=None, discarded_at=None)


class WarninglistEdition(models.Model):
    """What a warninglist held and said at one time. Loaded by one person, accepted by another, then never changed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    warninglist = models.ForeignKey(Warninglist, models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    effect = models.CharField(max_length=6, choices=Effect)
    meaning = models.CharField(max_length=200, help_text="What it means that a plate is on it.")
    advice = models.CharField(max_length=200, help_text="What the author does about it.")
    answer_rank = models.PositiveSmallIntegerField(
        choices=Rank, default=Rank.SUPERINTENDENT, help_text="Who may let a plate through that it refuses."
    )
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    count = models.PositiveIntegerField(help_text="Plates and patterns.")
    patterns = models.PositiveIntegerField(help_text="Of these, with ? or *.")
    bad_rows = models.PositiveIntegerField(help_text="Rows of the file that were left out.")
    compared_with = models.UUIDField(null=True, help_text="The edition in use when it was loaded.")
    added = models.PositiveIntegerField()
    removed = models.PositiveIntegerField()
    changed = models.PositiveIntegerField(help_text="The same plate with another note.")
    loaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    loaded_at = models.DateTimeField()
    accepted_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    accepted_at = models.DateTimeField(null=True)
    sign_in = models.ForeignKey(SignIn, models.PROTECT, related_name="+", null=True)
    discarded_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    discarded_at = models.DateTimeField(null=True)
    idle_since = models.DateTimeField(null=True, help_text="Since when it has not been in use; none while it is.")

    app_may_update = (
        "accepted_by_id", "accepted_at", "sign_in_id", "discarded_by_id", "discarded_at", "idle_since",
    )  # fmt: skip

    objects = WarninglistEditionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        triggers = [triggers.EDITION_STANDS]
        constraints = [
            models.UniqueConstraint(fields=["warninglist", "number"], name="hotlists_warninglistedition_numbered_once"),
            models.UniqueConstraint(
                fields=["warninglist"], condition=Q(accepted_at=None, discarded_at=None),
                name="hotlists_warninglistedition_one_waits",
            ),
            models.CheckConstraint(
                name="hotlists_warninglistedition_accepted_by_another",
                condition=Q(accepted_by__isnull=True, accepted_at__isnull=True, sign_in__isnull=True)
                | (
                    Q(accepted_by__isnull=False, accepted_at__isnull=False, sign_in__isnull=False, discarded_at=None)
                    & ~Q(accepted_by=F("loaded_by"))
                ),
            ),
            models.CheckConstraint(
                name="hotlists_warninglistedition_discarded_by_somebody",
                condition=Q(discarded_by__isnull=True, discarded_at__isnull=True)
                | Q(discarded_by__isnull=False, discarded_at__isnull=False),
            ),
            models.CheckConstraint(
                name="hotlists_warninglistedition_says_something", condition=~Q(meaning="") & ~Q(advice="")
            ),
            models.CheckConstraint(
                name="hotlists_warninglistedition_is_answered_by_rank",
                condition=Q(effect="warn") | Q(answer_rank__gte=Rank.CONSTABLE),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"edition {self.number} of {self.warninglist}"


class WarninglistUse(models.Model):
    """From when until when an edition is what its list says. One at a time; an edition may come back."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    warninglist = models.ForeignKey(Warninglist, models.PROTECT, related_name="uses")
    edition = models.ForeignKey(WarninglistEdition, models.PROTECT, related_name="uses")
    from_at = models.DateTimeField()
    from_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    because = models.CharField(max_length=300, blank=True, help_text="Why an edition came back.")
    to_at = models.DateTimeField(null=True)
    to_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)

    app_may_update = ("to_at", "to_by_id")

    class Meta:
        ordering = ["-from_at"]
        triggers = [triggers.USE_IS_OF_AN_ACCEPTED_EDITION]
        constraints = [
            models.UniqueConstraint(
                fields=["warninglist"], condition=Q(to_at=None), name="hotlists_warninglistuse_one_at_a_time"
            ),
            models.CheckConstraint(
                name="hotlists_warninglistuse_ended_by_somebody",
                condition=Q(to_at__isnull=True, to_by__isnull=True) | Q(to_at__gte=F("from_at"), to_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"use of {self.edition}"


def keys_of(vrm: str) -> list[str]:
    """Every key under which an item that fits this plate can stand: the plate, and each of its beginnings and ends."""
    starts = [f"<{vrm[:n]}" for n in range(len(vrm) + 1)]
    return [vrm, *starts, *(f">{vrm[n:]}" for n in range(len(vrm)))]


def key_of(plate: str) -> str:
    """Where an item is looked for: under its plate; a pattern under what stands before its first wildcard, or, when that is
    nothing, after its last. So one look into an index finds the few patterns that a plate may fit."""
    wild = [n for n, sign in enumerate(plate) if sign in WILD]
    if not wild:
        return plate
    start, end = plate[: wild[0]], plate[wild[-1] + 1 :]
    return f">{end}" if end and not start else f"<{start}"


class WarninglistItemQuerySet(models.QuerySet["WarninglistItem"]):
    """Which plates."""

    def in_use(self, at: dt.datetime) -> "WarninglistItemQuerySet":
        """Of editions that are in use at this moment."""
        runs = Q(edition__uses__to_at=None) | Q(edition__uses__to_at__gt=at)
        return self.filter(runs, edition__uses__from_at__lte=at)

    def fitting(self, vrm: str, country: str) -> "WarninglistItemQuerySet":
        """Those that name this plate, or a pattern that it fits."""
        mask = Func(F("plate"), Value(WILD), Value("_%"), function="translate")
        fits = Func(Value(vrm), mask, template="%(expressions)s", arg_joiner=" LIKE ", output_field=BooleanField())
        return self.filter(fits, key__in=keys_of(vrm), country=country)


class WarninglistItem(models.Model):
    """One plate of an edition, or a pattern of plates: `?` is one character, `*` any number. Loaded by COPY, a million at a time,
    so that no key is checked a row: the trigger does, once a statement."""

    pk = models.CompositePrimaryKey("edition", "country", "plate")
    edition = models.ForeignKey(
        WarninglistEdition, models.DO_NOTHING, related_name="items", db_constraint=False, db_index=False
    )
    country = models.CharField(max_length=2, db_collation="C")
    plate = models.CharField(max_length=30, db_collation="C")
    key = models.CharField(max_length=16, db_collation="C", help_text="Where it is looked for (key_of).")
    note = models.CharField(max_length=300, blank=True)

    objects = WarninglistItemQuerySet.as_manager()

    class Meta:
        triggers = triggers.ITEMS_STAND
        indexes = [models.Index(fields=["key", "country"], name="hotlists_warninglistitem_key")]
        constraints = [
            models.CheckConstraint(
                name="hotlists_warninglistitem_is_normal", condition=Q(plate__regex=r"^[A-Z0-9?*]+$", country__regex="^[A-Z]{2}$")
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"plate of edition {str(self.edition_id)[-8:]}"

    @property
    def is_pattern(self) -> bool:
        """Whether it stands for more than one plate."""
        return bool(set(WILD) & set(self.plate))


class WarninglistProblem(models.Model):
    """A row of a file that could not be read, as it stood there, until the edition is decided."""

    edition = models.ForeignKey(WarninglistEdition, models.CASCADE, related_name="problems")
    row = models.PositiveIntegerField(help_text="As a spreadsheet counts: the first line is 1.")
    column = models.CharField(max_length=30)
    words = models.CharField(max_length=300)
    cells = models.JSONField(default=list)

    class Meta:
        ordering = ["edition", "row"]
        constraints = [models.UniqueConstraint(fields=["edition", "row"], name="hotlists_warninglistproblem_row_once")]

    def __str__(self) -> str:
        return f"row {self.row}, {self.column}: {self.words}"


class WarninglistAnswer(AppendOnly):
    """That somebody of rank lets an entry name a plate that a warninglist refuses. Holds for this entry, plate and warning."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="warninglist_answers")
    version = models.ForeignKey(EntryVersion, models.PROTECT, related_name="+")
    warninglist = models.ForeignKey(Warninglist, models.PROTECT, related_name="+")
    country = models.CharField(max_length=2)
    vrm = models.CharField(max_length=15, db_collation="C")
    warning = models.CharField(max_length=1000, help_text="What was answered, word for word.")
    words = models.CharField(max_length=500, help_text="Why the plate may be listed all the same.")
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    rank = models.PositiveSmallIntegerField(choices=Rank)
    sign_in = models.ForeignKey(SignIn, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["given_at"]
        triggers = [*append_only_triggers(), triggers.ANSWER_BY_ANOTHER_OF_RANK]
        constraints = [models.CheckConstraint(name="hotlists_warninglistanswer_says_why", condition=~Q(words=""))]

    def __str__(self) -> str:
        return f"answer to {self.warninglist}"
