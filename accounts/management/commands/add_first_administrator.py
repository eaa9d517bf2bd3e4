"""Adds the person who adds everybody else; on a portal with an administrator it refuses."""

import getpass
import sys

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError

from accounts.actions import add_user
from accounts.models import SystemJob, User
from accounts.roles import BY_CODE
from portal.errors import Unfit


class Command(BaseCommand):
    """`manage.py add_first_administrator USERNAME --first-name … --last-name …`; the password is asked for, or piped in."""

    help = __doc__ or ""

    def add_arguments(self, parser):
        parser.add_argument("username")
        parser.add_argument("--first-name", required=True)
        parser.add_argument("--last-name", required=True)

    def handle(self, *, username, first_name, last_name, **options):
        if User.objects.filter(is_active=True, groups__name=BY_CODE["ADM"].name).exists():
            raise CommandError("There is a system administrator already, who adds others on the page People.")
        asked = "Password (at least 12 characters): "
        password = getpass.getpass(asked) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        user = User(username=username, first_name=first_name, last_name=last_name)
        try:
            validate_password(password, user)
            add_user(
                username, by=SystemJob("first administrator"), roles=["ADM"], password=password,
                first_name=first_name, last_name=last_name,
            )  # fmt: skip
        except ValidationError as problem:
            raise CommandError(" ".join(problem.messages)) from problem
        except Unfit as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{first_name} {last_name} can sign in as {username}")
