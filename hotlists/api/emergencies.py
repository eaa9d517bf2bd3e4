"""Emergency verbal authority over the API: recorded by people, read by machines too."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import Has, actor
from accounts.policies import reads
from hotlists import actions
from hotlists.actions.emergencies import ASKED, OFFERED
from hotlists.api.entries import READ
from hotlists.api.fields import VisibleHotlist
from hotlists.forms.emergencies import authorisers
from hotlists.models import EmergencyAuthority, EntryVersion
from portal.idempotency import idempotent
from portal.policies import require


class EmergencySerializer(serializers.ModelSerializer):
    """What an authoriser said, until when it holds, and whether it was approved in writing before it ended."""

    is_confirmed = serializers.BooleanField(read_only=True)
    holds = serializers.SerializerMethodField()
    rank = serializers.CharField(source="get_rank_display", read_only=True)

    class Meta:
        model = EmergencyAuthority
        fields = ("id", "entry", "version", "given_by", "rank", "given_at", "words", "recorded_by", "recorded_at", "ends_at",
                  "is_confirmed", "holds")  # fmt: skip

    def get_holds(self, authority: EmergencyAuthority) -> bool:
        """Whether its 4 hours still run."""
        return authority.ends_at > timezone.now()


class NewEmergencySerializer(serializers.ModelSerializer):
    """An entry in its shortest form, and who authorised it by word of mouth."""

    hotlist = VisibleHotlist()
    given_by = serializers.SlugRelatedField("username", queryset=authorisers())
    given_at = serializers.DateTimeField()
    words = serializers.CharField(max_length=1000)
    action = serializers.ChoiceField(EntryVersion._meta.get_field("action").choices, required=False)
    priority = serializers.ChoiceField(EntryVersion._meta.get_field("priority").choices, required=False)
    make = serializers.CharField(max_length=50, required=False)
    model = serializers.CharField(max_length=50, required=False)
    colour = serializers.CharField(max_length=30, required=False)

    class Meta:
        model = EntryVersion
        fields = ("hotlist", "given_by", "given_at", "words", *OFFERED)
        extra_kwargs = {name: {"required": False} for name in set(OFFERED) - set(ASKED)}


class EmergencyList(generics.ListAPIView):
    """Emergencies of the lists that the caller may see, newest first; POST records one."""

    permission_classes = (Has,)
    machine_scopes = READ
    serializer_class = EmergencySerializer

    def get_queryset(self):
        """With whether each was confirmed."""
        if getattr(self, "swagger_fake_view", False):
            return EmergencyAuthority.objects.none()
        require(reads(actor(self.request), "hotlists.view_entries"))
        return EmergencyAuthority.objects.visible_to(actor(self.request)).with_confirmation()

    @extend_schema(request=NewEmergencySerializer, responses={201: EmergencySerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """An entry under emergency authority, in force from now until 4 hours after it was given at most."""
        given = NewEmergencySerializer(data=request.data, context={"request": request})
        given.is_valid(raise_exception=True)
        facts = dict(given.validated_data)
        authority = actions.record_emergency(facts.pop("hotlist"), by=actor(request), **facts)
        told = get_object_or_404(EmergencyAuthority.objects.with_confirmation(), pk=authority.pk)
        return Response(EmergencySerializer(told).data, status=status.HTTP_201_CREATED)
