"""What a list holds and does not publish, over the API."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers

from accounts.authentication import Has, actor
from hotlists.models import Hotlist
from matchers import actions, policies
from matchers.models import Refusal
from matchers.models.refusals import WHY
from portal.policies import require


class RefusalSerializer(serializers.ModelSerializer):
    """One row that is not published, the reason's code and words, and since when."""

    words = serializers.CharField(source="get_reason_display", read_only=True)

    class Meta:
        model = Refusal
        fields = ("country", "vrm", "ref", "reason", "words", "since_at")


@extend_schema(parameters=[OpenApiParameter("reason", str, enum=list(WHY), description="Only those for this reason.")])
class RefusalList(generics.ListAPIView):
    """Refusals of a list that hold now, newest first (R-016). Looking is recorded."""

    permission_classes = (Has,)
    machine_scopes = {"GET": ("read",)}
    serializer_class = RefusalSerializer

    def get_queryset(self) -> QuerySet[Any]:
        """Of a list that the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return Refusal.objects.none()
        self.hotlist = get_object_or_404(Hotlist.objects.visible_to(actor(self.request)), slug=self.kwargs["slug"])
        require(policies.may_look_at_refusals(actor(self.request), self.hotlist))
        standing = Refusal.objects.filter(hotlist=self.hotlist).standing().order_by("-since_at", "-id")
        reason = self.request.query_params.get("reason")
        return standing.filter(reason=reason) if reason else standing

    def paginate_queryset(self, queryset: QuerySet[Any]) -> list[Refusal] | None:
        """A page of them; that it was shown is recorded."""
        shown = super().paginate_queryset(queryset)
        actions.look_at_refusals(self.hotlist, shown or [], by=actor(self.request))
        return shown
