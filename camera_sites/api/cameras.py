"""Verbs on the cameras of a site, over the API; the site's own answer shows them."""

from rest_framework import serializers

from camera_sites import actions
from camera_sites.api.evidence import camera_of
from camera_sites.api.sites import site_verb
from camera_sites.models import Camera

SiteAddCamera = site_verb(
    "AddCamera",
    {
        "ref": serializers.SlugField(max_length=40),
        "kind": serializers.ChoiceField(Camera.Kind.choices, default=Camera.Kind.FIXED),
        "lane": serializers.CharField(max_length=20, required=False, default="", allow_blank=True),
        "direction": serializers.CharField(max_length=20, required=False, default="", allow_blank=True),
    },
    lambda site, by, data: actions.add_camera(site, by=by, **data),
)
SiteDescribeCamera = site_verb(
    "DescribeCamera",
    {
        "camera": serializers.SlugField(max_length=40, help_text="Its reference."),
        "make": serializers.CharField(max_length=60, required=False, allow_blank=True),
        "model": serializers.CharField(max_length=60, required=False, allow_blank=True),
        "serial": serializers.CharField(max_length=60, required=False, allow_blank=True),
        "firmware": serializers.CharField(max_length=40, required=False, allow_blank=True),
        "has_infrared": serializers.BooleanField(required=False, allow_null=True),
        "patch_kb": serializers.IntegerField(min_value=0, max_value=32767, required=False, allow_null=True),
        "overview_kb": serializers.IntegerField(min_value=0, max_value=32767, required=False, allow_null=True),
    },
    lambda site, by, data: actions.describe_camera(site, camera_of(site, data.pop("camera")), by=by, **data),
)
SiteTakeCameraDown = site_verb(
    "TakeCameraDown",
    {
        "camera": serializers.SlugField(max_length=40, help_text="Its reference."),
        "reason": serializers.CharField(max_length=500),
    },
    lambda site, by, data: actions.take_camera_down(
        site, camera_of(site, data["camera"]), by=by, reason=data["reason"]
    ),
)
