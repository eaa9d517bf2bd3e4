"""Whoever can act: people, the machines that sign in, and the portal's own jobs; and the sessions in which people act."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import AbstractUser, Group
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import cached_property
from guardian.mixins import GuardianUserMixin

from portal.database import APPEND_ONLY, AppendOnly
from portal.ids import new_id
from portal.policies import Allowed, Denied, Verdict
from standards.ranks import Rank


class User(GuardianUserMixin, AbstractUser):
    """A person with a rank, a unit and a role. Deactivated when they leave, never deleted while records name them."""

    rank = models.PositiveSmallIntegerField(choices=Rank, default=Rank.NONE)
    collar_number = models.CharField(max_length=20, blank=True)
    unit = models.CharField(max_length=80, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    vetted_until = models.DateField(null=True, blank=True)
    trained_until = models.DateField(null=True, blank=True)

    class Meta(AbstractUser.Meta):  # type: ignore[name-defined]
        permissions = [("manage_users", "Add people and change their roles")]

    sign_in: "SignIn | None" = None  # the session in which this person acts now; set by SignInMiddleware
    actor_kind = "user"

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def actor_id(self) -> str:
        """As the log names this person."""
        return str(self.pk)

    @property
    def actor_label(self) -> str:
        """As sentences name this person."""
        rank = "" if self.rank == Rank.NONE else f"{Rank(self.rank).label} "
        return f"{rank}{self}"

    @property
    def actor_role(self) -> str:
        """The roles held, in words."""
        return ", ".join(sorted(self.roles))

    @cached_property
    def roles(self) -> dict[str, frozenset[str]]:
        """This person's roles by name, and what each permits as `app.codename`; teams permit nothing. One query a person
        and request."""
        held: dict[str, set[str]] = defaultdict(set)
        for name, app, codename in self.groups.filter(team=None).values_list(
            "name", "permissions__content_type__app_label", "permissions__codename"
        ):
            held[name].add(f"{app}.{codename}")
        return {name: frozenset(permits) for name, permits in held.items()}

    @property
    def role_permissions(self) -> frozenset[str]:
        """What this person's roles permit, as `app.codename`."""
        return frozenset().union(*self.roles.values())

    def standing_for(self, permission: str) -> Verdict:
        """Whether this person may, by role, vetting and training; Django's superuser flag counts for nothing (R-045)."""
        if not self.is_active:
            return Denied("Your account is not active.")
        if late := self.lapsed(timezone.localdate()):
            return Denied(f"Your {late} has lapsed. Ask your line manager to renew it.")
        if permission not in self.role_permissions:
            return Denied("Your role does not include this. Ask a system administrator if it should.")
        return Allowed()

    def lapsed(self, on: dt.date) -> str:
        """Which of vetting and training has lapsed on this day, in words; empty when neither (R-045)."""
        late = [
            words
            for words, until in (("vetting", self.vetted_until), ("ANPR training", self.trained_until))
            if until is not None and until < on
        ]
        return " and ".join(late)


class Team(models.Model):
    """A second kind of group: people of one unit who are given access to lists and sites together."""

    group = models.OneToOneField(Group, models.CASCADE, primary_key=True, related_name="team")
    unit = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.group.name


class SignIn(models.Model):
    """One session of one person, from signing in to signing out. Decisions name the one they were made in."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="sign_ins")
    method = models.CharField(max_length=40)
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    source_ip = models.CharField(max_length=45, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="accounts_sign_in_ends_after_opening",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("opened_at")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} by {self.method}"


class StatedReasonQuerySet(models.QuerySet["StatedReason"]):
    """Which stated reasons."""

    def standing(self, user: User, at: dt.datetime) -> "StatedReasonQuerySet":
        """Those of this person that have not lapsed, the one they go by first."""
        return self.filter(stated_by=user, stands_until__gt=at).order_by("-id")


class StatedReason(AppendOnly):
    """Why somebody looks: one purpose and one case, said once and standing for some hours (R-062)."""

    class Purpose(models.TextChoices):
        """What the law lets people look for (DPA 2018 s.31 and s.62)."""

        RESPONSE = "response", "Answer a hit, or find somebody at risk"
        CRIME = "crime", "Prevent, detect or investigate a crime"
        KEEPING = "keeping", "Decide, review or correct what is listed"
        OVERSIGHT = "oversight", "Check that what was done is lawful"
        RIGHTS = "rights", "Answer a complaint or somebody’s request about their data"
        PROCEEDINGS = "proceedings", "Serve proceedings in court"

    OF_A_CASE = (Purpose.CRIME, Purpose.RIGHTS, Purpose.PROCEEDINGS)  # these name theirs

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    purpose = models.CharField(max_length=20, choices=Purpose)
    case_ref = models.CharField(max_length=60, blank=True)
    words = models.CharField(max_length=300)
    stated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    stated_at = models.DateTimeField()
    stands_until = models.DateTimeField()

    objects = StatedReasonQuerySet.as_manager()

    class Meta:
        triggers = APPEND_ONLY
        indexes = [models.Index(fields=["stated_by", "-id"], name="accounts_reason_of_person")]
        constraints = [
            models.CheckConstraint(name="accounts_reason_says_why", condition=~Q(words="")),
            models.CheckConstraint(name="accounts_reason_lapses", condition=Q(stands_until__gt=F("stated_at"))),
            models.CheckConstraint(
                name="accounts_reason_names_its_case",
                condition=~Q(purpose__in=("crime", "rights", "proceedings")) | ~Q(case_ref=""),
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(filter(None, [self.get_purpose_display(), self.case_ref]))


class MachineClient(models.Model):
    """A system that signs in with client credentials: a matcher, a source system, a reader of figures."""

    application = models.OneToOneField(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL, models.PROTECT, primary_key=True, related_name="machine"
    )
    name = models.CharField(max_length=100, unique=True)
    scopes = models.CharField(max_length=200, help_text="What its tokens may carry, separated by spaces.")
    is_active = models.BooleanField(default=True)
    secret_since = models.DateTimeField(
        default=timezone.now, help_text="When the secret was issued by which it signs in."
    )
    next_secret = models.CharField(
        max_length=128, blank=True, help_text="Hash of the secret that takes its place once it is used."
    )
    next_secret_since = models.DateTimeField(null=True)
    next_secret_until = models.DateTimeField(null=True, help_text="Until when the secret before works beside it.")

    class Meta:
        permissions = [("manage_machines", "Enrol machine clients and change their scopes")]
        constraints = [
            models.CheckConstraint(
                name="accounts_machine_next_secret_has_an_overlap",
                condition=Q(next_secret="", next_secret_since__isnull=True, next_secret_until__isnull=True)
                | (
                    ~Q(next_secret="")
                    & Q(next_secret_since__isnull=False, next_secret_until__gt=F("next_secret_since"))
                ),
            )
        ]

    actor_kind = "machine"
    actor_role = "machine client"
    is_authenticated = True
    is_anonymous = False

    def __str__(self) -> str:
        return self.name

    @property
    def actor_id(self) -> str:
        """As the log names this machine."""
        return str(self.pk)

    @property
    def actor_label(self) -> str:
        """As sentences name this machine."""
        return f"the machine {self.name}"

    def works_by_its_secret(self, at: dt.datetime) -> bool:
        """Whether the secret that it has had still signs it in; once another was issued, for as long as the two overlap."""
        return self.next_secret_until is None or at < self.next_secret_until

    def has_scope(self, scope: str) -> bool:
        """Whether this machine was given the scope."""
        return scope in self.scopes.split()


@dataclass(frozen=True, slots=True)
class SystemJob:
    """The portal itself, acting by the clock."""

    name: str
    actor_kind: str = "job"
    actor_role: str = "the portal itself"

    @property
    def actor_id(self) -> str:
        """As the log names this job."""
        return self.name

    @property
    def actor_label(self) -> str:
        """As sentences name this job."""
        return f"the portal ({self.name})"


Actor = User | MachineClient | SystemJob
