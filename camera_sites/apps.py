"""How Django knows this room, and what it offers to others."""

from functools import partial

from django.apps import AppConfig

from portal import home, navigation
from portal import panels as places


class CameraSitesConfig(AppConfig):
    name = "camera_sites"

    def ready(self) -> None:
        from audit import veils  # noqa: PLC0415 - models can be imported only once the apps are ready
        from camera_sites import code_facts, covered, dpia_exchange, panels, sight, waiting  # noqa: PLC0415 - models can be imported only once the apps are ready
        from portal import docs  # noqa: PLC0415 - likewise

        docs.register("dpia.schema.json", dpia_exchange.schema_text)
        veils.register("camera_sites.camerasite", sight.covert_sites, "a covert site")
        veils.register("camera_sites.dpia", sight.covert_dpias, "the DPIA of a covert site")
        code_facts.register_facts()
        covered.register_own()
        places.register("camera_sites.dpia", panels.serves, order=10)
        for kind, place in {
            "site": "camera_sites.site",
            "hotlist": "hotlists.hotlist",
            "matcher": "matchers.matcher",
        }.items():
            places.register(place, partial(panels.assessments, kind), order=15)
        home.register(waiting.questions)
        navigation.register("Camera sites", "site_list", "camera_sites.view_sites", 50, section="/camera-sites/")
        navigation.register("DPIAs", "dpia_list", "camera_sites.view_sites", 51, section="/dpias/")
        navigation.register("Camera code", "code_list", "camera_sites.view_sites", 52, section="/camera-code/")
