"""Makes demonstration keys and a root of trust that says so. Real ones are made with their holders: manage.py publication_root."""

from django.core.management import BaseCommand, CommandError

from accounts.models import SystemJob
from matchers import keys
from matchers.actions import make_publication_keys


class Command(BaseCommand):
    """`manage.py make_publication_keys --demo`"""

    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--demo", action="store_true", help="yes, for show: all keys on one machine prove nothing")

    def handle(self, *, demo, **options):
        if not demo:
            raise CommandError(
                "Keys for real use are made with their holders: docs/how-to/hold-the-keys.md. For show: --demo."
            )
        root = make_publication_keys(by=SystemJob("demonstration keys"))
        self.stdout.write(
            f"Demonstration root of trust, version {root.version}: {keys.root_file()}. It proves nothing."
        )
