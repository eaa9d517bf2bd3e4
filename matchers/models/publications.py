"""What was published: revisions of lists, and the rows of each, so that who held what at any moment is a query."""

import datetime as dt

from django.db import models
from django.db.models import F, Q

from hotlists.models import Hotlist
from matchers.models.feeds import Feed
from portal.database import APPEND_ONLY, AppendOnly, append_only_triggers
from portal.ids import new_id


class PublicationQuerySet(models.QuerySet["Publication"]):
    """Which publications."""

    def to_all(self) -> "PublicationQuerySet":
        """Revisions of a list itself, without the empty ones that end it for one matcher."""
        return self.filter(feed=None)

    def current(self) -> "PublicationQuerySet":
        """The newest revision of each list."""
        return self.to_all().order_by("hotlist_id", "-revision").distinct("hotlist_id")

    def standing_at(self, at: dt.datetime) -> "PublicationQuerySet":
        """What each list's newest revision was at a past moment."""
        return self.current().filter(generated_at__lte=at)


class Publication(AppendOnly):
    """One revision of one list. With a feed, the empty revision that ends the list for that feed's matcher alone."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    hotlist = models.ForeignKey(Hotlist, models.PROTECT, related_name="publications")
    revision = models.PositiveIntegerField()
    feed = models.ForeignKey(Feed, models.PROTECT, null=True, related_name="endings")
    rows = models.PositiveIntegerField()
    bucket_bits = models.PositiveSmallIntegerField()
    root = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64, help_text="Of the whole file, which may be of an earlier revision.")
    length = models.PositiveBigIntegerField()
    manifest = models.JSONField(help_text="What is signed about this revision, word for word.")
    deltas = models.JSONField(default=list, help_text="The chain that leads to it: chains.Delta, the oldest first.")
    list_lapses_at = models.DateTimeField(null=True)
    generated_at = models.DateTimeField()
    added = models.PositiveIntegerField(default=0)
    removed = models.PositiveIntegerField(default=0)
    refused = models.JSONField(default=dict, help_text="Why rows were held back: reason -> how many (R-016).")

    objects = PublicationQuerySet.as_manager()

    class Meta:
        triggers = APPEND_ONLY
        ordering = ["hotlist_id", "-revision"]
        constraints = [
            models.UniqueConstraint(fields=["hotlist", "revision"], name="matchers_publication_revision_once"),
            models.CheckConstraint(
                name="matchers_publication_ending_is_empty", condition=Q(feed__isnull=True) | Q(rows=0)
            ),
        ]

    def __str__(self) -> str:
        return f"revision {self.revision} of {self.hotlist}"

    @property
    def is_ending(self) -> bool:
        """Whether this revision ends the list for one matcher."""
        return self.feed_id is not None

    def bucket(self, bucket_key: int) -> int:
        """The bucket of this revision into which a plate of this key falls."""
        return bucket_key >> (BUCKET_KEY_BITS - self.bucket_bits)


BUCKET_KEY_BITS = 32


class BucketPart(models.Model):
    """Digests of a stretch of a list's buckets as its newest revision has them, so that only those that change are made anew."""

    id = models.BigAutoField(primary_key=True)
    hotlist = models.ForeignKey(Hotlist, models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveSmallIntegerField()
    digests = models.BinaryField(help_text="One SHA-256 a bucket, in the order of the buckets.")
    node = models.BinaryField(help_text="The root of the Merkle tree over them.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hotlist", "number"], name="matchers_bucket_part_once")]

    def __str__(self) -> str:
        return f"digests {self.number} of {self.hotlist}"


class PublishedRowQuerySet(models.QuerySet["PublishedRow"]):
    """Which rows."""

    def of_revision(self, publication: Publication) -> "PublishedRowQuerySet":
        """The rows of one revision; none for one that ends a list."""
        rows = self.none() if publication.is_ending else self.filter(hotlist_id=publication.hotlist_id)
        return rows.at_revision(publication.revision)

    def at_revision(self, revision: int) -> "PublishedRowQuerySet":
        """Rows that stood in this revision of their list."""
        return self.filter(since_revision__lte=revision).filter(
            Q(until_revision__isnull=True) | Q(until_revision__gt=revision)
        )

    def current(self) -> "PublishedRowQuerySet":
        """Rows of the newest revisions."""
        return self.filter(until_revision=None)

    def in_key_order(self) -> "PublishedRowQuerySet":
        """In the order of the published file, bytewise."""
        return self.order_by("country", "vrm", "ref")


class PublishedRow(AppendOnly):
    """One row as it was published, from one revision until another: `canonical` is what was hashed, byte for byte."""

    id = models.BigAutoField(primary_key=True)  # rows are written by the hundred thousand, inside the database
    hotlist = models.ForeignKey(Hotlist, models.PROTECT, related_name="+", db_index=False)
    country = models.CharField(max_length=2, db_collation="C")
    vrm = models.CharField(max_length=15, db_collation="C")
    ref = models.CharField(max_length=100, db_collation="C")
    version = models.CharField(max_length=100)
    canonical = models.TextField(help_text="The fields joined by 0x1F, without the 0x0A that ends them.")
    lapses_at = models.BigIntegerField(null=True, help_text="Seconds since 1970.")
    bucket_key = models.BigIntegerField(help_text="The first 32 bits of SHA-256(country 0x1F vrm).")
    since_revision = models.PositiveIntegerField()
    until_revision = models.PositiveIntegerField(null=True)

    app_may_update = ("until_revision",)

    objects = PublishedRowQuerySet.as_manager()

    class Meta:
        triggers = append_only_triggers(app_may_update=("until_revision",))
        indexes = [
            models.Index(fields=["hotlist", "country", "vrm", "ref"], name="matchers_row_in_key_order"),
            models.Index(fields=["hotlist", "bucket_key"], name="matchers_row_by_bucket"),
            models.Index(fields=["hotlist", "ref"], name="matchers_row_by_ref"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["hotlist", "country", "vrm", "ref"],
                condition=Q(until_revision__isnull=True),
                name="matchers_row_one_current",
            ),
            models.CheckConstraint(
                name="matchers_row_ends_after_start",
                condition=Q(until_revision__isnull=True) | Q(until_revision__gt=F("since_revision")),
            ),
        ]

    @property
    def plate(self) -> tuple[str, str]:
        """Country and plate."""
        return self.country, self.vrm
