"""Agreements with sources over the API: for the people who propose, agree, renew and end them."""

import uuid

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import PEOPLE_ONLY, Has, actor
from accounts.models import MachineClient
from hotlists import actions, policies
from hotlists.actions.agreements import TERMS
from hotlists.countries import CHOICES
from hotlists.models import Hotlist, SourceAgreement
from portal.idempotency import idempotent
from portal.policies import require

READ = {"GET": ("read", "write")}


class AgreementTermsSerializer(serializers.ModelSerializer):
    """The terms themselves."""

    machine = serializers.PrimaryKeyRelatedField(queryset=MachineClient.objects.all(), required=False, allow_null=True)
    country = serializers.ChoiceField(CHOICES, required=False)

    class Meta:
        model = SourceAgreement
        fields = (*TERMS, "from_at", "until_at")


class AgreementSerializer(AgreementTermsSerializer):
    """An agreement as the API shows it."""

    hotlist = serializers.SlugRelatedField("slug", read_only=True)
    proposed_by = serializers.StringRelatedField()
    agreed_by = serializers.StringRelatedField()
    ended_by = serializers.StringRelatedField()

    class Meta(AgreementTermsSerializer.Meta):
        fields = (
            "id", "hotlist", *TERMS, "from_at", "until_at", "renews", "proposed_by", "proposed_at", "agreed_by", "agreed_at",
            "ended_by", "ended_at", "ended_because",
        )  # fmt: skip
        read_only_fields = ("renews",)


class AgreementList(generics.ListAPIView):
    """Agreements of a feed, newest first; POST proposes one."""

    permission_classes = (Has,)
    machine_scopes = READ
    serializer_class = AgreementSerializer

    def get_queryset(self):
        """Those that the caller may see; a machine without `read`, those that name it."""
        if getattr(self, "swagger_fake_view", False):
            return SourceAgreement.objects.none()
        require(policies.may_look_at_loads(actor(self.request)))
        return _agreements(self.request).filter(hotlist__slug=self.kwargs["slug"])

    @extend_schema(request=AgreementTermsSerializer, responses={201: AgreementSerializer})
    @idempotent
    def post(self, request: Request, slug: str) -> Response:
        """Proposed terms; they bind nobody until somebody else agrees."""
        hotlist = get_object_or_404(Hotlist.objects.visible_to(actor(request)), slug=slug)
        given = AgreementTermsSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        made = actions.propose_agreement(hotlist, by=actor(request), **given.validated_data)
        return Response(_told(request, made.pk), status=status.HTTP_201_CREATED)


class AgreementDetail(APIView):
    """One agreement."""

    permission_classes = (Has,)
    machine_scopes = READ

    @extend_schema(responses=AgreementSerializer)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """Its terms, and who made them."""
        require(policies.may_look_at_loads(actor(request)))
        return Response(_told(request, pk))


class AgreementAgree(APIView):
    """The second person's yes."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=None, responses=AgreementSerializer)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Agrees to what somebody else proposed."""
        actions.agree(_agreement(request, pk), by=actor(request))
        return Response(_told(request, pk))


class AgreementEnd(APIView):
    """Ends an agreement before its time, or turns a proposal down."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    class AgreementEndBody(serializers.Serializer):
        """Why."""

        reason = serializers.CharField(max_length=500)

    @extend_schema(request=AgreementEndBody, responses=AgreementSerializer)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """At once; the list is out of force unless another agreement runs."""
        given = self.AgreementEndBody(data=request.data)
        given.is_valid(raise_exception=True)
        actions.end_agreement(_agreement(request, pk), by=actor(request), **given.validated_data)
        return Response(_told(request, pk))


class AgreementRenew(APIView):
    """Proposes the same terms again."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=AgreementTermsSerializer(partial=True), responses={201: AgreementSerializer})
    @idempotent
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """`until_at` is asked for; every other term stays as it is unless it is sent."""
        given = AgreementTermsSerializer(data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        if "until_at" not in given.validated_data:
            raise serializers.ValidationError({"until_at": ["Say until when."]})
        made = actions.renew_agreement(_agreement(request, pk), by=actor(request), **given.validated_data)
        return Response(_told(request, made.pk), status=status.HTTP_201_CREATED)


def _agreements(request: Request):
    people = ("hotlist", "machine", "proposed_by", "agreed_by", "ended_by")
    return SourceAgreement.objects.visible_to(actor(request)).select_related(*people)


def _agreement(request: Request, pk: uuid.UUID) -> SourceAgreement:
    return get_object_or_404(_agreements(request), pk=pk)


def _told(request: Request, pk: uuid.UUID):
    return AgreementSerializer(_agreement(request, pk)).data
