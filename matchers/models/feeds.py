"""What TUF knows us by: a feed for each matcher, a role for each list, and the signed metadata itself."""

import datetime as dt
import secrets

from django.db import models
from django.db.models import Q

from hotlists.models import Hotlist
from portal.database import APPEND_ONLY, AppendOnly
from portal.ids import new_id


def opaque_id() -> str:
    """A name that tells nothing of what it names."""
    return secrets.token_hex(8)


def opaque_role() -> str:
    """A role's name: names of lists are themselves sensitive, and every reader of a feed sees its role names."""
    return f"r{opaque_id()}"


class SiteTable(AppendOnly):
    """Which camera sites are in service until when, and where they are, as every feed publishes it (R-113).

    The newest row is the current.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sites = models.JSONField(help_text="Site reference -> seconds since 1970, or 0 when not in service.")
    areas = models.JSONField(default=dict, help_text="Site reference -> area.")
    cameras = models.JSONField(
        default=dict, help_text="Camera reference -> point of the compass it looks at, where known."
    )
    sha256 = models.CharField(max_length=64)
    length = models.PositiveIntegerField()
    generated_at = models.DateTimeField()

    class Meta:
        triggers = APPEND_ONLY
        ordering = ["id"]


class Feed(models.Model):
    """A matcher's own window on the publication: constant address, its own targets, snapshot and timestamp.

    The versions are those last signed; they only grow (R-103).
    """

    id = models.CharField(primary_key=True, max_length=32, default=opaque_id, editable=False)
    targets_version = models.PositiveIntegerField(default=0)
    snapshot_version = models.PositiveIntegerField(default=0)
    timestamp_version = models.PositiveIntegerField(default=0)
    site_table = models.ForeignKey(SiteTable, models.PROTECT, null=True, related_name="+")
    lost_lists = models.JSONField(
        default=dict,
        help_text="Role -> version of lists that a lost part of the past named; snapshots go on naming them.",
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return f"feed {self.id}"


class ListRole(models.Model):
    """The TUF role of one list: signed by the list's own key, shared by every feed that has the list.

    `revision` and `version` are the last that were given out, to all feeds or, when a list was revoked, to one.
    """

    hotlist = models.OneToOneField(Hotlist, models.PROTECT, primary_key=True, related_name="role")
    name = models.CharField(max_length=33, unique=True, default=opaque_role, editable=False)
    key_id = models.CharField(max_length=64)
    public_key = models.JSONField(
        default=dict, help_text="As TUF writes it: feeds name it, whoever holds the private half."
    )
    revision = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)
    compared_at = models.DateTimeField(
        null=True, help_text="When what is in force was last held against what is published."
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class FeedListQuerySet(models.QuerySet["FeedList"]):
    """Which lists of which feeds."""

    def carried(self) -> "FeedListQuerySet":
        """Lists that a feed delegates to: given, or ended and not yet proved unloaded."""
        return self.filter(unloaded_at=None)

    def given(self) -> "FeedListQuerySet":
        """Lists of which a feed gets every revision."""
        return self.filter(ending=None)


class FeedList(models.Model):
    """That a feed carries a list. With an `ending`, the list was taken from its matcher: the feed carries that empty revision
    in the list's place, until the matcher has proved that it unloaded it.

    A row stays for good: TUF takes a snapshot that stops naming a role for an attack.
    """

    feed = models.ForeignKey(Feed, models.CASCADE, related_name="lists")
    role = models.ForeignKey(ListRole, models.PROTECT, related_name="feeds")
    ending = models.ForeignKey("matchers.Publication", models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=0, help_text="Of the role, as the feed's snapshot named it last.")
    until_at = models.DateTimeField(
        null=True, help_text="The end of the allocation, as the feed's targets last said it."
    )
    unloaded_at = models.DateTimeField(null=True, help_text="When the matcher proved that it holds the list no more.")

    objects = FeedListQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["feed", "role"], name="matchers_feed_list_once"),
            models.CheckConstraint(
                name="matchers_feed_list_unloaded_after_its_end",
                condition=models.Q(unloaded_at__isnull=True) | models.Q(ending__isnull=False),
            ),
        ]


class MetadataQuerySet(models.QuerySet["Metadata"]):
    """Which signed documents."""

    def shown_to(self, feed: Feed) -> "MetadataQuerySet":
        """The root, the feed's own, and those of the lists it delegates to; no other list can even be guessed at."""
        roles = FeedList.objects.carried().filter(feed=feed).values("role__name")
        return self.filter(Q(feed=feed) | Q(feed=None, role="root") | Q(feed=None, role__in=roles))

    def of_role(self, feed: Feed, role: str) -> "MetadataQuerySet":
        """The feed's own of one role, and the shared; whether the feed is to see the role is asked before."""
        return self.filter(Q(feed=feed) | Q(feed=None), role=role)

    def newest(self) -> "MetadataQuerySet":
        """The newest version of each role, of each feed."""
        return self.order_by("feed_id", "role", "-version").distinct("feed_id", "role")


class Metadata(models.Model):
    """One signed TUF document, as it is served: these rows are the truth. Without a feed it is shared by all."""

    feed = models.ForeignKey(Feed, models.CASCADE, null=True, related_name="metadata")
    role = models.CharField(max_length=33)
    version = models.PositiveIntegerField()
    body = models.BinaryField()
    signed_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    objects = MetadataQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "metadata"
        constraints = [
            # Nothing is ever signed twice under one version, by whichever of two workers.
            models.UniqueConstraint(
                fields=["feed", "role", "version"], nulls_distinct=False, name="matchers_metadata_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.version}.{self.role}.json"

    def is_due_for_renewal(self, at: dt.datetime) -> bool:
        """Whether more than half its life is over."""
        return at >= self.signed_at + (self.expires_at - self.signed_at) / 2
