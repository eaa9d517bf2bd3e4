"""Whose hand was in a proposal, and who may see a site."""

from django.db import models
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from accounts.models import User
from camera_sites import site_triggers as triggers
from camera_sites.models.sites import CameraSite


class SiteContribution(models.Model):
    """That somebody's hand was in this proposal: whoever proposed or edited a site does not set it live."""

    site = models.ForeignKey(CameraSite, models.PROTECT, related_name="contributions")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    contributed_at = models.DateTimeField()

    class Meta:
        triggers = [triggers.SITE_CONTRIBUTION_STANDS]
        constraints = [models.UniqueConstraint(fields=["site", "user"], name="camera_sites_site_contribution_once")]


class SiteUserAccess(UserObjectPermissionBase):
    """A person's access to one site."""

    content_object = models.ForeignKey(CameraSite, models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False


class SiteGroupAccess(GroupObjectPermissionBase):
    """A team's access to one site."""

    content_object = models.ForeignKey(CameraSite, models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = False
