"""The ceremony of the root of trust: make-key, prepare, sign, show, import. docs/how-to/hold-the-keys.md tells it in order.

Only `prepare` and `import` are for the portal's machine, and only `import` asks the database.
"""

import datetime as dt
import getpass
import sys
from pathlib import Path

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import SystemJob
from matchers import ceremony, keys
from matchers.actions import import_root
from portal.errors import Unfit

LIFE_DAYS = 365


class Command(BaseCommand):
    """`manage.py publication_root STEP …`"""

    help = __doc__
    requires_system_checks: list[str] = []  # a holder's machine has no database

    def add_arguments(self, parser):
        steps = parser.add_subparsers(dest="step", required=True)
        make = steps.add_parser("make-key", help="a holder: make a key; its public half is FILE.pub")
        make.add_argument("file", type=Path)
        make.add_argument("--no-passphrase", action="store_true", help="the medium itself is locked away")
        prepare = steps.add_parser("prepare", help="on the portal's machine: write the next root, unsigned")
        prepare.add_argument("file", type=Path)
        prepare.add_argument(
            "--holder", action="append", default=[], type=Path, help="a public key; repeat for each holder"
        )
        prepare.add_argument("--threshold", type=int, default=ceremony.THRESHOLD, help="how many of them must sign")
        prepare.add_argument("--days", type=int, default=LIFE_DAYS, help="how long it lasts")
        prepare.add_argument(
            "--change", action="append", default=[], choices=ceremony.ONLINE, help="make another key for this role"
        )
        prepare.add_argument(
            "--public", action="append", default=[], metavar="ROLE=FILE",
            help="use this public key for the role: of one that stands in hardware or a cloud",
        )  # fmt: skip
        sign = steps.add_parser("sign", help="a holder: sign, on a machine of their own")
        sign.add_argument("file", type=Path)
        sign.add_argument("--key", required=True, type=Path)
        show = steps.add_parser("show", help="say what a root holds and what is missing")
        show.add_argument("file", type=Path)
        for step in (sign, show):
            step.add_argument("--previous", type=Path, help="the root before, to show what changes")
        take = steps.add_parser("import", help="on the portal's machine: take up a root that enough holders signed")
        take.add_argument("file", type=Path)

    def handle(self, *, step, file, **options):
        try:
            getattr(self, step.replace("-", "_") if step != "import" else "take")(file, **options)
        except (ceremony.Unsound, Unfit) as problem:
            raise CommandError(str(problem)) from problem
        except (FileNotFoundError, FileExistsError) as problem:
            raise CommandError(f"{problem.strerror}: {problem.filename}") from problem

    def make_key(self, file, *, no_passphrase, **options):
        private, public = ceremony.make_key("" if no_passphrase else self._passphrase(twice=True))
        keys.write_new(file, private)
        named = file.with_name(f"{file.name}.pub")
        named.write_bytes(public)
        self.stdout.write(
            f"key {ceremony.public(public).keyid}\nGive {named} to whoever prepares the root; {file} to nobody."
        )

    def prepare(self, file, *, holder, threshold, days, change, public, **options):
        standing = keys.root_file().read_bytes() if keys.root_file().exists() else None
        given = {
            role: ceremony.public(Path(path).read_bytes()) for role, _, path in (each.partition("=") for each in public)
        }
        if unknown := given.keys() - set(ceremony.ONLINE):
            raise CommandError(
                f"There is no role {', '.join(sorted(unknown))}: name one of {', '.join(ceremony.ONLINE)}."
            )
        if standing is None and not holder:
            raise CommandError("The first root names its holders: --holder FILE for each.")
        holders = [ceremony.public(path.read_bytes()) for path in holder]
        if file.exists():
            raise CommandError(f"{file} is there already.")
        wanted = set(change) if standing else set(ceremony.ONLINE) - given.keys()
        made = {role: keys.make_online_key(role) for role in sorted(wanted)}
        document = ceremony.prepare(
            standing, holders=holders, threshold=threshold, online={**made, **given},
            expires_at=timezone.now() + dt.timedelta(days=days),
        )  # fmt: skip
        file.write_bytes(document)
        self._show(document, standing)

    def sign(self, file, *, key, previous, **options):
        document = file.read_bytes()
        self._show(document, previous and previous.read_bytes())
        private = key.read_bytes()
        signer = ceremony.holder(private, self._passphrase() if b"ENCRYPTED" in private else "")
        document = ceremony.sign(document, signer)
        file.write_bytes(document)
        self.stdout.write(f"Signed by {signer.public_key.keyid}.")

    def show(self, file, *, previous, **options):
        self._show(file.read_bytes(), previous and previous.read_bytes())

    def take(self, file, **options):
        root = import_root(file.read_bytes(), by=SystemJob("publication_root"))
        self.stdout.write(f"Root of trust, version {root.version}, is published: {keys.root_file()}.")
        named = {keyid for role in keys.root().signed.roles.values() for keyid in role.keyids}
        for path in keys.unnamed(named):
            self.stdout.write(f"{path} signs no more: destroy it.")

    def _show(self, document, previous):
        for line in ceremony.described(document, previous):
            self.stdout.write(line)

    def _passphrase(self, *, twice=False):
        if not sys.stdin.isatty():
            return sys.stdin.readline().rstrip("\n")
        given = getpass.getpass("Passphrase: ")
        if twice and getpass.getpass("Again: ") != given:
            raise CommandError("The two differ.")
        if twice and not given:
            raise CommandError("Give a passphrase, or say --no-passphrase.")
        return given
