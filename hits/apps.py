"""How Django knows this room, and what it offers to others."""

from django.apps import AppConfig

from portal import home, navigation, panels


class HitsConfig(AppConfig):
    name = "hits"

    def ready(self) -> None:
        from camera_sites import code_principles  # noqa: PLC0415
        from hits import waiting  # noqa: PLC0415 - models can be imported only once the apps are ready
        from hits.code_facts import hits_are_answered  # noqa: PLC0415
        from hits.panels import what_it_led_to  # noqa: PLC0415
        from hits.worth import hits_of  # noqa: PLC0415
        from hotlists import worth  # noqa: PLC0415

        home.register(waiting.questions)
        code_principles.register(11, hits_are_answered)
        worth.register(hits_of)
        panels.register("hotlists.entry", what_it_led_to, order=60)
        navigation.register("Board", "board", "hits.view_board", 10, section="/board/")
        navigation.register("Hits", "hit_list", "hits.view_board", 11, section="/hits/")
