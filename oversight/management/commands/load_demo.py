"""Loads the demonstration, all of it or nothing, and writes down how to sign in and which processes to start."""

import json
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import User
from oversight.actions import release_figures
from oversight.demo import (
    code,
    exceptional,
    feeds,
    lists,
    machines,
    people,
    retention,
    roads,
    scrutiny,
    sites,
    warninglists,
)


class Command(BaseCommand):
    """`manage.py load_demo`: refuses where anybody is already."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints each step with what it took."""
        if User.objects.exists():
            raise CommandError("There are people in this database already; the demo is for an empty one.")
        with transaction.atomic():
            staff = self._load()
        self._step("nights of retention", lambda: retention.let_nights_pass(staff))

    def _load(self) -> dict[str, User]:
        staff = self._step("people and teams", people.add_people)
        team = people.add_team("Northdale crime and control", "Northdale", list(staff.values()))
        self._step("camera sites and their assessments", lambda: sites.add_sites(staff, team))
        self._step("roads around a town", lambda: roads.add_roads(staff))
        dpia = sites.add_assessment(staff, "dpia-lists", "Hotlists", about="Alerts on vehicles of interest.")
        hotlists = self._step("hotlists", lambda: lists.add_hotlists(staff, team, dpia))
        self._step("entries, decisions, reviews", lambda: lists.add_entries(staff, hotlists))
        self._step("the exceptional", lambda: exceptional.add_exceptional(staff, hotlists))
        self._step("a warninglist", lambda: warninglists.add_warninglist(staff))
        self._step("feeds: agreements and their first files", lambda: feeds.add_feeds(staff, hotlists))
        told = self._step("matchers and other machines", lambda: machines.add_machines(staff, hotlists))
        self._step("the camera code", lambda: code.add_self_assessment(staff))
        self._step("a sample and signs of misuse", lambda: scrutiny.add_scrutiny(staff, hotlists))
        self._step("what retention keeps and lets go", lambda: retention.add_closed_entries(staff, hotlists))
        self._step("public figures", lambda: release_figures(by=people.JOB))
        processes = told.pop("processes")
        transaction.on_commit(lambda: self._write("demo/processes.json", processes))
        told = {"url": settings.PORTAL_URL, "users": people.sign_ins(), **told}
        transaction.on_commit(lambda: self._write("demo.json", told))
        return staff

    def _step(self, words: str, work):
        began = time.monotonic()
        self.stdout.write(f"  {words} … ", ending="")
        self.stdout.flush()
        made = work()
        self.stdout.write(f"{time.monotonic() - began:.1f} s")
        return made

    def _write(self, name: str, content: Any) -> None:
        path = settings.STATE_DIR / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, indent=2))
