"""Makes the keys of the publication and its root of trust. Repeatable: what was made stays."""

from django.core.management import BaseCommand

from accounts.models import SystemJob
from matchers import keys
from matchers.actions import make_publication_keys


class Command(BaseCommand):
    """`manage.py make_publication_keys [--demo]`"""

    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--demo", action="store_true", help="say in the root that these keys are for show")

    def handle(self, *, demo, **options):
        root = make_publication_keys(by=SystemJob("key ceremony"), is_demo=demo)
        self.stdout.write(f"root of trust, version {root.version}: {keys.root_file()}")
        if not demo:
            self.stdout.write(f"take {keys.root_file().parent / 'offline'} away, each key to other hands")
