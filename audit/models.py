"""The log's tables: an event that is never changed, and its words, which can be erased without breaking any proof."""

import datetime as dt

import pgtrigger
from auditlog.models import AbstractLogEntry
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from audit.verbs import Operation, Verb
from portal.database import APP, RETENTION, SEALER, AppendOnly, append_only_triggers
from portal.database.keys import Keys
from portal.ids import new_id
from portal.partitions import uuid7_floor


def verbs() -> list[tuple[str, str]]:
    """Asked for as they are now, so that a room's new verb needs no migration of this one."""
    return Verb.choices


PLATE = "plate"  # the kind of subject that is a plate, named by its keyed hash

FEW = 10_000  # events about one subject

# How far the clock that makes ids and the one that tells the time may be apart.
CLOCKS_DIFFER = dt.timedelta(hours=1)


class EventQuerySet(models.QuerySet["Event"]):
    """Which events."""

    def about(self, kind: str, id: object) -> "EventQuerySet":
        """Events that mention this subject, whoever's words they are in. Asks the database at once how many, up to FEW.

        Few are fetched by the index of subjects; where there are very many, the newest are found sooner by going backwards
        through the log. Which it is the database cannot guess: its statistics name none but the commonest subjects.
        """
        named = EventDetail.objects.filter(subjects__contains=[f"{kind}:{id}"])
        few = Keys.of(named.order_by()[: FEW + 1])
        return self.filter(few.among("pk") if few.number <= FEW else Q(pk__in=named.values("pk")))

    def telling_of(self, things: dict[str, list[str]]) -> "EventQuerySet":
        """Events about any of these, by kind: also those whose words went with the record, by what the event itself says."""
        own = Event.objects.none()
        for kind, ids in things.items():
            own |= Event.objects.filter(subject_kind=kind, subject_id__in=ids)
        keys = [f"{kind}:{id}" for kind, ids in things.items() for id in ids]
        named = EventDetail.objects.filter(subjects__overlap=keys)
        return self.filter(Q(pk__in=own.values("pk").union(named.values("pk"))))

    def outside_findings(self) -> "EventQuerySet":
        """For the page of what they are about: findings are told in their own room, to those who may see them."""
        return self.exclude(verb__startswith="finding.")

    def of_plate(self, plate_hash: str) -> "EventQuerySet":
        """Events about one plate, found by its keyed hash, and those that showed it among others."""
        about = Event.objects.filter(plate_hash=plate_hash).values("pk")
        shown = EventDetail.objects.filter(subjects__contains=[f"{PLATE}:{plate_hash}"]).values("pk")
        return self.filter(pk__in=about.union(shown))

    def by_actor(self, kind: str, id: str) -> "EventQuerySet":
        """What one person, machine or job did."""
        return self.filter(actor_kind=kind, actor_id=id)

    def between(self, since: dt.datetime | None, until: dt.datetime | None) -> "EventQuerySet":
        """From a moment up to another; the key is bounded too, so that only those months are read."""
        found = self
        if since:
            found = found.filter(at__gte=since, pk__gte=uuid7_floor(since - CLOCKS_DIFFER))
        if until:
            found = found.filter(at__lt=until, pk__lt=uuid7_floor(until + CLOCKS_DIFFER))
        return found

    def newest_first(self) -> "EventQuerySet":
        """In order of time, latest first."""
        return self.order_by("-id")


TO_BE_SEALED = pgtrigger.Trigger(
    name="to_be_sealed",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    func="INSERT INTO audit_unsealed (event_id) VALUES (NEW.id); RETURN NULL;",
)


class Event(AppendOnly):
    """That something was done: verb, subject, actor, moment. Names no vehicle and points at nothing (R-065)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField()
    verb = models.CharField(max_length=60, choices=verbs)
    operation = models.CharField(max_length=20, choices=Operation)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=64)
    actor_kind = models.CharField(max_length=20)
    actor_id = models.CharField(max_length=64)
    plate_hash = models.CharField(max_length=64, blank=True)
    count = models.BigIntegerField(null=True)
    correlation_id = models.CharField(max_length=64)
    commitment = models.BinaryField(max_length=32)

    role_may = {SEALER: {"SELECT"}}

    objects = EventQuerySet.as_manager()

    class Meta:
        permissions = [("read_log", "Read the audit log for one of the four lawful purposes")]
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "id"], name="audit_event_by_subject"),
            models.Index(fields=["actor_kind", "actor_id", "id"], name="audit_event_by_actor"),
            # Serves a verb by itself too: PostgreSQL skips over the few operations.
            models.Index(fields=["operation", "verb", "id"], name="audit_event_by_verb"),
            models.Index(fields=["plate_hash", "id"], name="audit_event_by_plate", condition=~Q(plate_hash="")),
        ]
        triggers = [*append_only_triggers(), TO_BE_SEALED]


class EventDetail(AppendOnly):
    """The words of an event, under a salt. The event commits to them; erasing them keeps every proof."""

    id = models.UUIDField(primary_key=True, editable=False)
    salt = models.BinaryField(max_length=32)
    body = models.JSONField()
    subjects = ArrayField(models.CharField(max_length=130))

    class Meta:
        indexes = [GinIndex(fields=["subjects"], name="audit_detail_by_subject")]
        triggers = append_only_triggers()


class ColumnChange(AbstractLogEntry):
    """What django-auditlog saw change in one row; tied to the event by correlation id, gone when its record goes."""

    class Meta(AbstractLogEntry.Meta):
        abstract = False
        verbose_name = "column change"


class Unsealed(models.Model):
    """An event that no checkpoint covers yet. Written with the event by the database, taken away by the sealer alone."""

    event_id = models.UUIDField(primary_key=True)

    role_may = {APP: {"SELECT", "INSERT"}, RETENTION: {"SELECT", "INSERT"}, SEALER: {"SELECT", "DELETE"}}

    def __str__(self) -> str:
        return f"unsealed {self.event_id}"


class Leaf(AppendOnly):
    """The place of an event in the tree and the hash of it there, which stays when the event ends."""

    number = models.BigIntegerField(primary_key=True)
    event_id = models.UUIDField(unique=True)
    hash = models.BinaryField(max_length=32)

    role_may = {APP: {"SELECT"}, RETENTION: {"SELECT"}, SEALER: {"SELECT", "INSERT"}}

    class Meta:
        triggers = append_only_triggers()
        verbose_name_plural = "leaves"


class Subtree(AppendOnly):
    """The root over 256^level leaves, kept once they are whole, so that a proof needs a few hundred hashes and not all."""

    pk = models.CompositePrimaryKey("level", "index")
    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    role_may = {APP: {"SELECT"}, RETENTION: {"SELECT"}, SEALER: {"SELECT", "INSERT"}}

    class Meta:
        triggers = append_only_triggers()


class Checkpoint(AppendOnly):
    """How the tree stood, as the sealer signed it."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    edge = models.BinaryField(help_text="The roots of its whole subtrees, the largest first: what it needs to grow.")
    note = models.TextField(help_text="The C2SP signed note.")
    signed_at = models.DateTimeField()

    role_may = {APP: {"SELECT"}, RETENTION: {"SELECT"}, SEALER: {"SELECT", "INSERT"}}

    class Meta:
        triggers = append_only_triggers()
        ordering = ["-size"]

    def __str__(self) -> str:
        return f"checkpoint at {self.size}"


class WitnessWord(AppendOnly):
    """What a witness outside said of a checkpoint: its cosignature, or that it has seen another log."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    witness = models.CharField(max_length=200, help_text="By the name of its key.")
    size = models.BigIntegerField(help_text="Of the checkpoint.")
    line = models.CharField(max_length=400, blank=True, help_text="The signature, as a line of a C2SP signed note.")
    time = models.BigIntegerField(null=True, help_text="When it signed, in seconds since 1970, as the signature says.")
    problem = models.CharField(max_length=300, blank=True)
    told = models.DateTimeField()

    class Meta:
        triggers = append_only_triggers()
        ordering = ["-id"]
        indexes = [models.Index(fields=["witness", "-id"], name="audit_word_of_witness")]
        constraints = [
            models.CheckConstraint(
                name="audit_word_signed_or_disputed",
                condition=(Q(problem="", time__isnull=False) & ~Q(line=""))
                | (~Q(problem="") & Q(line="", time__isnull=True)),
            )
        ]

    def __str__(self) -> str:
        return f"{self.witness} at {self.size}"


class Handover(models.Model):
    """How far sealed events were handed on to somebody outside."""

    name = models.CharField(max_length=20, primary_key=True)
    next_number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} has events up to {self.next_number}"


class VerificationQuerySet(models.QuerySet["Verification"]):
    """Which looks at the whole log."""

    def good(self) -> "VerificationQuerySet":
        """Those that found nothing wrong."""
        return self.filter(problems=[])


class Verification(AppendOnly):
    """That somebody looked whether the log is what was sealed, and what they found."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    after = models.BigIntegerField(help_text="The size of the checkpoint from which on was looked; 0 is everything.")
    size = models.BigIntegerField(help_text="How many leaves the log had.")
    root = models.BinaryField(max_length=32)
    events = models.BigIntegerField()
    ended = models.BigIntegerField(help_text="Events that ended by the schedule; their hashes stay.")
    checkpoints = models.BigIntegerField()
    problems = ArrayField(models.TextField(), default=list)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    objects = VerificationQuerySet.as_manager()

    class Meta:
        triggers = append_only_triggers()
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"verification of the log at {self.size}"
