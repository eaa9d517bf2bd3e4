"""Erases what is past its period, as the clock does each night; with --simulate, counts it and erases nothing."""

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import SystemJob
from retention import actions, erasure
from retention.models import DeletionRun


class Command(BaseCommand):
    """`manage.py apply_retention [--simulate]`"""

    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--simulate", action="store_true", help="count what would go, and leave it")

    def handle(self, *, simulate, **options):
        if simulate:
            now = timezone.now()
            for count in (erasure.count(rule, now) for rule in erasure.classes(now)):
                if count.due or count.held or count.blocked:
                    self.stdout.write(self._line(count))
            self.stdout.write("Nothing was erased.")
            return
        certificate = actions.apply(by=SystemJob("apply_retention"))
        if certificate is None:
            raise CommandError("Another worker is erasing already, or the run was paused. Try again when it has ended.")
        for line in certificate.lines:
            self.stdout.write(
                f"{line['label']}{' of ' + line['month'] if 'month' in line else ''}: {line['erased']:,} erased"
            )
        self.stdout.write(f"{certificate.erased:,} records erased; certificate {certificate.pk}")
        if certificate.run.status == DeletionRun.Status.FAILED:
            raise CommandError(
                "; ".join(f"{p['label']} could not be erased ({p['words']})" for p in certificate.run.problems)
            )

    def _line(self, count: erasure.Count) -> str:
        with_it = ", ".join(f"{label} {number:,}" for label, number in count.with_it.items() if number)
        asks = "; a person has to start that" if count.rule.asks else ""
        return (
            f"{count.rule.label}: {count.due:,} would go{f' with {with_it}' if with_it else ''}, {count.held:,} held, "
            f"{count.blocked:,} kept by others ({count.rule.words}){asks}"
        )
