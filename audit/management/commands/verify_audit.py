"""Proves that the log is what was sealed, or says what is not. Its status is 1 when anything is wrong."""

from django.core.management import BaseCommand, CommandError

from audit import sealing
from audit.seal import notes
from audit.verification import verify


class Command(BaseCommand):
    """`manage.py verify_audit [--after SIZE] [--key …]`"""

    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument(
            "--after", type=int, default=0, metavar="SIZE", help="of a checkpoint that was found good before"
        )
        parser.add_argument("--key", help="the public key as it was handed on; without it, the one that lies here")

    def handle(self, *, after, key, **options):
        try:
            verifier = notes.Verifier.read(key) if key else sealing.verifier()
            report = verify(verifier, after=after, progress=lambda size: self.stderr.write(f"{size:,} leaves"))
        except FileNotFoundError as missing:
            raise CommandError("There is no key here. Give the public key: --key") from missing
        except (ValueError, notes.Forged) as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(
            f"{report.leaves:,} leaves: {report.events:,} events, {report.words:,} with their words, {report.ended:,} ended by the"
            f" schedule; {report.checkpoints:,} checkpoints. The log stands at {report.size:,} with root {report.root}."
        )
        for problem in report.problems:
            self.stderr.write(problem)
        if report.problems:
            raise CommandError("The log is not what was sealed.")
