"""Filters that people save: by what they narrow a page, under a name of their own."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import BooleanField, F, Func, Q, Value
from django.db.models.functions import Lower

from accounts.models import Actor, User
from portal.ids import new_id

FIELDS = {
    "entries": ("list", "category", "state", "owner", "review", "ref", "order"),
    "decisions": ("show", "priority", "category", "hotlist"),
    "reviews": ("show", "whose", "hotlist"),
    "search": ("plate", "likeness", "country"),
}
WORDS = ("ref", "plate")  # what people type; all else is chosen from what the page offers


class HasOnly(Func):
    """That an object of JSON has no other keys than these."""

    template = "%(expressions)s = '{}'::jsonb"
    arg_joiner = " - "
    output_field = BooleanField()


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    """Which filters."""

    def of(self, actor: Actor, at: dt.datetime) -> "SavedFilterQuerySet":
        """This person's own, while they are kept; nobody reads another's."""
        own = self.filter(saved_by=actor) if isinstance(actor, User) else self.none()
        return own.filter(ends_at__gt=at)


class SavedFilter(models.Model):
    """What one person narrows a page by, under a name. It holds what was typed only where that person said so."""

    class Page(models.TextChoices):
        """What it narrows."""

        ENTRIES = "entries", "Entries"
        DECISIONS = "decisions", "Decisions"
        REVIEWS = "reviews", "Reviews"
        SEARCH = "search", "Search"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    page = models.CharField(max_length=10, choices=Page)
    name = models.CharField(max_length=60)
    asked = models.JSONField(help_text="Field -> what it is narrowed by.")
    keeps_words = models.BooleanField(default=False, help_text="That what was typed is kept too, which ends sooner.")
    is_default = models.BooleanField(default=False, help_text="That the page opens with it.")
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        ordering = ["page", "name", "pk"]
        constraints = [
            models.UniqueConstraint("saved_by", "page", Lower("name"), name="hotlists_savedfilter_name_once"),
            models.UniqueConstraint(
                fields=["saved_by", "page"], condition=Q(is_default=True), name="hotlists_savedfilter_one_default"
            ),
            models.CheckConstraint(name="hotlists_savedfilter_has_a_name", condition=~Q(name__regex=r"^\s*$")),
            models.CheckConstraint(name="hotlists_savedfilter_ends", condition=Q(ends_at__gt=F("saved_at"))),
            models.CheckConstraint(
                name="hotlists_savedfilter_words_if_said",
                condition=Q(keeps_words=True) | ~Q(asked__has_any_keys=list(WORDS)),
            ),
            *[
                models.CheckConstraint(
                    name=f"hotlists_savedfilter_fits_{page}",
                    condition=~Q(page=page)
                    | Q(HasOnly(F("asked"), Value(list(fields), ArrayField(models.TextField())))),
                )
                for page, fields in FIELDS.items()
            ],
        ]

    def __str__(self) -> str:
        return f"filter {str(self.pk)[-8:]} of {self.get_page_display().lower()}"

    @property
    def query(self) -> dict[str, str]:
        """What its page's address narrows by; a plate never stands in an address, so that a search is named by its key."""
        return {"filter": str(self.pk)} if self.page == self.Page.SEARCH else self.asked
