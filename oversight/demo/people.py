"""The people of the demo, one for each role, and their teams."""

import datetime as dt

from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.actions import add_user
from accounts.models import SystemJob, Team, User
from accounts.roles import BY_CODE
from accounts.sign_in import open_sign_in
from standards.ranks import Rank

JOB = SystemJob("demo")
PASSWORD = "northdale-demo-2026"  # noqa: S105 - shown on the sign-in page of the demo

PEOPLE = (
    ("pc.shah", "Amina", "Shah", "SUB", Rank.CONSTABLE, "Burglary team"),
    ("pc.reid", "Callum", "Reid", "SUB", Rank.CONSTABLE, "Missing persons"),
    ("sgt.okafor", "Ngozi", "Okafor", "SUP", Rank.SERGEANT, "Burglary team"),
    ("insp.lowe", "Martin", "Lowe", "INS", Rank.INSPECTOR, "Force duty inspector"),
    ("supt.hale", "Ruth", "Hale", "SPT", Rank.SUPERINTENDENT, "Crime command"),
    ("supt.varga", "Istvan", "Varga", "SPT", Rank.SUPERINTENDENT, "Operations"),
    ("manager.dunn", "Joan", "Dunn", "MGR", Rank.NONE, "ANPR bureau"),
    ("manager.pike", "Owen", "Pike", "MGR", Rank.NONE, "ANPR bureau"),
    ("control.frost", "Leah", "Frost", "CTL", Rank.NONE, "Control room"),
    ("infra.bell", "Tom", "Bell", "INF", Rank.NONE, "ANPR infrastructure"),
    ("dpo.marsh", "Helen", "Marsh", "DPO", Rank.NONE, "Data protection"),
    ("audit.quill", "Sam", "Quill", "AUD", Rank.NONE, "Professional standards"),
    ("iao.stone", "Victor", "Stone", "IAO", Rank.NONE, "Information asset owner"),
    ("admin.kerr", "Dee", "Kerr", "ADM", Rank.NONE, "Systems"),
)


def add_people() -> dict[str, User]:
    """Everybody, by username, each in a session in which they can decide."""
    people = {}
    today = timezone.localdate()
    for username, first, last, role, rank, unit in PEOPLE:
        people[username] = add_user(
            username, by=JOB, roles=[role], password=PASSWORD, first_name=first, last_name=last, rank=rank, unit=unit,
            phone="01632 960100", vetted_until=today + dt.timedelta(days=900), trained_until=today + dt.timedelta(days=300),
        )  # fmt: skip
        sign_in(people[username])
    return people


def sign_in(user: User) -> None:
    """A session in which this person acts while the demo is made."""
    open_sign_in(user, method="demo")


def add_team(name: str, unit: str, members: list[User]) -> Group:
    """People who are given access to lists and sites together."""
    group = Group.objects.create(name=name)
    Team.objects.create(group=group, unit=unit)
    group.user_set.add(*members)
    return group


def sign_ins() -> list[dict[str, str]]:
    """What bin/demo prints."""
    return [
        {"username": username, "password": PASSWORD, "role": BY_CODE[role].name}
        for username, _, _, role, _, _ in PEOPLE
    ]
