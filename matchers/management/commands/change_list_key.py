"""Gives a list another signing key; matchers follow by themselves."""

from django.core.management import BaseCommand, CommandError

from accounts.models import SystemJob
from hotlists.models import Hotlist
from matchers.actions import change_list_key
from portal.errors import Refusal


class Command(BaseCommand):
    """`manage.py change_list_key LIST --reason WORDS`"""

    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("list", help="the short name of the list, as in its address")
        parser.add_argument("--reason", required=True, help="it is recorded")

    def handle(self, *, reason, **options):
        hotlist = Hotlist.objects.filter(slug=options["list"]).first()
        if hotlist is None:
            raise CommandError("There is no list of this name.")
        try:
            role = change_list_key(hotlist, by=SystemJob("change_list_key"), reason=reason)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{hotlist} is signed by key {role.key_id} from now on; the old one was removed.")
