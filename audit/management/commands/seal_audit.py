"""Seals the log: once, or again and again as the process that does."""

import time

from django.core.management import BaseCommand, CommandError

from audit import sealing
from audit.seal.guard import Behind


class Command(BaseCommand):
    """`manage.py seal_audit --every 2`"""

    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--every", type=float, metavar="SECONDS", help="go on until stopped; without it, once")
        parser.add_argument("--make-key", action="store_true", help="make the key first, if there is none")

    def handle(self, *, every, make_key, **options):
        if make_key and not sealing.has_key():
            self.stdout.write(f"Made a key. Whoever verifies needs its public half: {sealing.make_key().spelled()}")
        if not sealing.has_key():
            raise CommandError("There is no key to seal with. Make one: manage.py seal_audit --make-key")
        try:
            while True:
                while sealing.seal():
                    pass
                if every is None:
                    return
                time.sleep(every)
        except KeyboardInterrupt:
            return
        except (Behind, sealing.Gone) as problem:
            raise CommandError(f"Nothing is sealed until somebody has looked. {problem}") from problem
