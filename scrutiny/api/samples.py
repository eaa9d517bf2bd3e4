"""The monthly samples over the API. People only."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import PEOPLE_ONLY, Has, actor
from accounts.models import User
from portal.errors import Stranger
from portal.idempotency import idempotent
from portal.policies import require
from scrutiny import actions, policies
from scrutiny.api.screening import ActSerializer
from scrutiny.models import Sample, SampleAnswer, SampleItem
from scrutiny.told import tell_acts


class SampleSerializer(serializers.ModelSerializer):
    """A month's sample, and how far it is."""

    size = serializers.IntegerField()
    answered = serializers.IntegerField()

    class Meta:
        model = Sample
        fields = ("id", "month", "seed", "population", "size", "answered", "due_at", "drawn_by", "drawn_at")


class SampleAnswerSerializer(serializers.ModelSerializer):
    """What somebody found of one act."""

    class Meta:
        model = SampleAnswer
        fields = ("id", *SampleAnswer.QUESTIONS, "words", "answered_by", "answered_at", "finding")


class SampleItemSerializer(serializers.ModelSerializer):
    """One act that was drawn."""

    answers = SampleAnswerSerializer(many=True)

    class Meta:
        model = SampleItem
        fields = ("id", "number", "area", "why", "subject_label", "subject_id", "answers")


class SampleItemDetailSerializer(SampleItemSerializer):
    """One act that was drawn, told."""

    acts = serializers.SerializerMethodField()

    class Meta(SampleItemSerializer.Meta):
        fields = (*SampleItemSerializer.Meta.fields, "acts")

    @extend_schema(responses=ActSerializer(many=True))
    def get_acts(self, item: SampleItem) -> list[dict[str, Any]]:
        """Empty where the record is no longer kept."""
        return ActSerializer(tell_acts(item.subject_label, [item.subject_id]), many=True).data  # type: ignore[return-value]


class SampleDetailSerializer(SampleSerializer):
    """A month's sample with its items."""

    items = SampleItemSerializer(many=True)

    class Meta(SampleSerializer.Meta):
        fields = (*SampleSerializer.Meta.fields, "items")


class DrawSerializer(serializers.Serializer):
    """Any day of the month that is to be drawn."""

    month = serializers.DateField()


class NewAnswerSerializer(serializers.Serializer):
    """An answer to each question; `owner` puts right what is bad."""

    has_authority = serializers.ChoiceField(SampleAnswer.Found.choices)
    is_reasoned = serializers.ChoiceField(SampleAnswer.Found.choices)
    is_proportionate = serializers.ChoiceField(SampleAnswer.Found.choices)
    has_outcome = serializers.ChoiceField(SampleAnswer.Found.choices)
    words = serializers.CharField(max_length=1000)
    owner = serializers.PrimaryKeyRelatedField(
        queryset=User.objects.filter(is_active=True), required=False, allow_null=True, default=None
    )


class SampleList(generics.ListAPIView):
    """Samples; POST draws one."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY
    serializer_class = SampleSerializer

    def get_queryset(self):
        """All of them."""
        if getattr(self, "swagger_fake_view", False):
            return Sample.objects.none()
        require(policies.may_see_samples(actor(self.request)))
        return Sample.objects.with_progress()

    @extend_schema(request=DrawSerializer, responses={201: SampleDetailSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Draws a month that is over, once."""
        given = DrawSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        sample = actions.draw_sample(by=actor(request), **given.validated_data)
        return Response(_whole(sample.pk), status=status.HTTP_201_CREATED)


class SampleDetail(APIView):
    """One sample."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(responses=SampleDetailSerializer)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """With its items and their answers."""
        require(policies.may_see_samples(actor(request)))
        return Response(_whole(pk))


class ItemDetail(APIView):
    """One sampled act."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(responses=SampleItemDetailSerializer)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """Told in a sentence; that somebody looked is recorded."""
        item = actions.open_item(_item(request, pk), by=actor(request))
        return Response(SampleItemDetailSerializer(item).data)


class ItemAnswer(APIView):
    """Works one sampled act."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=NewAnswerSerializer, responses={201: SampleAnswerSerializer})
    @idempotent
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """A no opens a finding."""
        given = NewAnswerSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        answer = actions.answer_item(_item(request, pk), by=actor(request), **given.validated_data)
        return Response(SampleAnswerSerializer(answer).data, status=status.HTTP_201_CREATED)


def _whole(pk: uuid.UUID) -> Any:
    sample = Sample.objects.with_progress().prefetch_related("items__answers").filter(pk=pk).first()
    if sample is None:
        raise Stranger("There is no such sample.")
    return SampleDetailSerializer(sample).data


def _item(request: Request, pk: uuid.UUID) -> SampleItem:
    require(policies.may_see_samples(actor(request)))
    item = SampleItem.objects.select_related("sample").filter(pk=pk).first()
    if item is None:
        raise Stranger("There is no such item.")
    return item
