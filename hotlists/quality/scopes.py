"""What a scope may name."""

from collections.abc import Iterator

from camera_sites.models import CameraSite
from hotlists.quality.asked import Asked, Fault
from hotlists.scope import Response, read
from standards.models import Action


def are_of_this_world(asked: Asked) -> Iterator[Fault]:
    """It names places that there are, and a response that the action allows."""
    wanted = read(asked.version.scope)
    sites = CameraSite.objects.exclude(status=CameraSite.Status.DECOMMISSIONED)
    if wanted.sites and (missing := wanted.sites - set(sites.values_list("ref", flat=True))):
        yield "scope", f"No camera site is called {', '.join(sorted(missing))}, or it was taken down."
    if wanted.areas and (missing := wanted.areas - set(sites.values_list("area", flat=True))):
        yield "scope", f"No camera site lies in {', '.join(sorted(missing))}."
    if asked.version.action == Action.STOP and asked.version.response == Response.RECORD_ONLY:
        yield "response", "Officers cannot be asked to stop a vehicle for which nobody is sent."
