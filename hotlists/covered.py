"""Hotlists as something that assessments cover."""

from camera_sites.covered import Kind
from camera_sites.nudges import publish_lists_soon
from hotlists.models import Hotlist
from hotlists.policies import may_change

KIND = Kind(
    "hotlist", Hotlist.objects.all().visible_to, "hotlist_detail", "slug", may_change, publish_lists_soon,
    ends_with_it=True, own=("dpia",),
)  # fmt: skip
