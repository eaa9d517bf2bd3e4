"""Carries the publication on after the database was restored from a backup. docs/how-to/back-up-and-restore.md says when."""

from django.core.management import BaseCommand, CommandError

from accounts.models import SystemJob
from matchers.actions import resume_publication
from portal.errors import Unfit


class Command(BaseCommand):
    """`manage.py resume_publication --reason WORDS [--lead NUMBER]`"""

    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument(
            "--reason", required=True, help="what was restored, to which moment, and why; it is recorded"
        )
        parser.add_argument(
            "--lead", type=int, default=0,
            help="how far to carry the numbers on where the record of what was published is lost: 100000 is two months",
        )  # fmt: skip

    def handle(self, *, reason, lead, **options):
        try:
            lost = resume_publication(by=SystemJob("resume_publication"), reason=reason, lead=lead)
        except Unfit as refusal:
            raise CommandError(f"{refusal} Give --lead, for instance 100000.") from refusal
        self.stdout.write("Published anew, above all that was published before.")
        for feed in lost:
            self.stdout.write(f"The matcher of feed {feed} was added after the backup: add it again.")
