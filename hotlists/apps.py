"""How Django knows this room, and what it offers to others."""

from django.apps import AppConfig

from hotlists.feeds import inbox
from portal import health, home, navigation, panels


class HotlistsConfig(AppConfig):
    name = "hotlists"

    def ready(self) -> None:
        from camera_sites import code_principles, covered  # noqa: PLC0415
        from hotlists import waiting  # noqa: PLC0415 - models can be imported only once the apps are ready
        from hotlists.code_facts import lists_are_right  # noqa: PLC0415
        from hotlists.covered import KIND  # noqa: PLC0415
        from hotlists.policies import may_declare  # noqa: PLC0415
        from hotlists.views.decisions import conditions_panel  # noqa: PLC0415
        from hotlists.views.feeds import feed_panel  # noqa: PLC0415
        from hotlists.views.releases import draft_panel  # noqa: PLC0415
        from hotlists.views.warninglists import refusal_panel  # noqa: PLC0415

        health.register("inbox", inbox.wellness)
        home.register(waiting.questions)
        covered.register(KIND)
        code_principles.register(12, lists_are_right)
        panels.register("hotlists.hotlist", feed_panel, order=10)
        panels.register("hotlists.entry", draft_panel, order=5)
        panels.register("hotlists.entry", refusal_panel, order=4)
        panels.register("hits.hit", conditions_panel, order=10)
        navigation.register("Hotlists", "hotlist_list", "hotlists.view_entries", 20, section="/hotlists/")
        navigation.register(
            "Warninglists", "warninglist_list", "hotlists.keep_warninglist", 24, section="/warninglists/"
        )
        navigation.register("Entries", "entry_list", "hotlists.view_entries", 21, section="/entries/")
        navigation.register("Decisions", "decision_queue", "hotlists.decide_entry", 22, section="/decisions/")
        navigation.register("Reviews", "review_queue", "hotlists.review_entry", 22, section="/reviews/")
        navigation.register("Emergencies", "emergency_list", "hotlists.decide_emergency", 22, section="/emergencies/")
        navigation.register("Notices", "notice_list", "hotlists.answer_notice", 24, section="/notices/")
        navigation.register("Conflicts", "conflict_list", "hotlists.answer_conflict", 24, section="/conflicts/")
        navigation.register("My vehicles", "my_vehicles", may_declare, 90, section="/my-vehicles/")
        navigation.register("Search", "plate_search", "hotlists.search_plate", 23, section="/search/")
