"""How Django knows this room, and what it offers to others."""

from django.apps import AppConfig

from portal import health, home, navigation
from portal import panels as places


class MatchersConfig(AppConfig):
    name = "matchers"

    def ready(self) -> None:
        from camera_sites import covered  # noqa: PLC0415 - likewise
        from matchers import panels, waiting, wellness  # noqa: PLC0415 - models can be imported only once apps are ready
        from matchers.covered import KIND  # noqa: PLC0415 - likewise

        covered.register(KIND)
        home.register(waiting.questions)
        health.register("publication", wellness.check)
        places.register("hotlists.entry", panels.of_entry, order=20)
        places.register("hotlists.hotlist", panels.of_hotlist, order=20)
        navigation.register("Matchers", "matcher_list", "matchers.view_publications", 40, section="/matchers/")
