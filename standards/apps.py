"""How Django knows this room, and what it offers to others."""

import datetime as dt

from django.apps import AppConfig
from django.utils import timezone

from portal import navigation


class StandardsConfig(AppConfig):
    name = "standards"

    def ready(self) -> None:
        # Models can be imported only once the apps are ready.
        from audit import asking  # noqa: PLC0415
        from standards.models import StandardsProfile  # noqa: PLC0415

        def a_purpose_stands() -> dt.timedelta:
            return dt.timedelta(minutes=StandardsProfile.objects.in_force(timezone.now()).number("log.purpose.minutes"))

        asking.stands.append(a_purpose_stands)
        navigation.register("Standards", "profile_list", "standards.adopt_profile", 75, section="/standards/")
