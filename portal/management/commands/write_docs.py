"""Writes the pages of docs/ that are made from the code; with --check only says which are out of date."""

from django.core.management import BaseCommand, CommandError

from portal import docs


class Command(BaseCommand):
    """`manage.py write_docs [--check]`"""

    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="change nothing; fail when a page is out of date")

    def handle(self, *, check, **options):
        if check:
            if stale := docs.stale(docs.docs_dir()):
                raise CommandError(f"out of date: {', '.join(stale)}. Run: manage.py write_docs")
            self.stdout.write("generated pages are what the code says")
        else:
            self.stdout.write("\n".join(docs.write(docs.docs_dir())) or "nothing to write")
