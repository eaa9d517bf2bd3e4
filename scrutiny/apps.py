"""How Django knows this room, and what it offers to others."""

from functools import partial

from django.apps import AppConfig

from portal import home, navigation, panels


class ScrutinyConfig(AppConfig):
    name = "scrutiny"

    def ready(self) -> None:
        # Models can be imported only once the apps are ready.
        from audit import verification  # noqa: PLC0415
        from camera_sites import code_principles  # noqa: PLC0415
        from scrutiny import actions, waiting  # noqa: PLC0415
        from scrutiny.code_facts import findings_are_answered  # noqa: PLC0415
        from scrutiny.panels import concerns, findings, story  # noqa: PLC0415

        verification.when_broken.append(partial(actions.report_broken_log, by=actions.CLOCK))
        home.register(waiting.questions)
        code_principles.register(10, findings_are_answered)
        for place in ("camera_sites.site", "hotlists.entry", "hits.hit"):
            panels.register(place, findings, order=70)
            panels.register(place, story, order=90)
        panels.register("camera_sites.dpia", story, order=90)
        for place in ("camera_sites.site", "camera_sites.dpia", "hotlists.hotlist", "hotlists.entry", "hits.hit"):
            panels.register(place, concerns, order=75)
        navigation.register("Concerns", "concern_list", "scrutiny.record_concern", 59, section="/concerns/")
        navigation.register("Signals", "signal_list", "scrutiny.view_signals", 61, section="/signals/")
        navigation.register("Samples", "sample_list", "scrutiny.view_signals", 62, section="/samples/")
        navigation.register("Certificates", "certificate_list", "scrutiny.view_findings", 63, section="/certificates/")
        navigation.register("Findings", "finding_list", "scrutiny.view_findings", 60, section="/findings/")
