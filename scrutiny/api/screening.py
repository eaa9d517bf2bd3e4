"""Signs of misuse over the API. People only: there are acts of people behind them."""

import uuid
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import PEOPLE_ONLY, Has, actor
from accounts.models import User
from portal.errors import Stranger
from portal.policies import require
from scrutiny import actions, policies
from scrutiny.api.verbs import verb_view
from scrutiny.indicators import BY_ID, INDICATORS
from scrutiny.models import Signal
from scrutiny.told import tell_acts


class SignalSerializer(serializers.ModelSerializer):
    """A sign of misuse. Names no vehicle."""

    title = serializers.SerializerMethodField()

    class Meta:
        model = Signal
        fields = ("id", "indicator", "title", "status", "who", "other", "about_label", "about_id", "count", "from_at", "until_at",
                  "opened_at", "judged_by", "judged_at", "judged_words", "finding")  # fmt: skip

    def get_title(self, signal: Signal) -> str:
        """What its indicator is called."""
        return BY_ID[signal.indicator].title


class ActSerializer(serializers.Serializer):
    """One act, in a sentence."""

    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    sentence = serializers.CharField()
    url = serializers.CharField()


class SignalDetailSerializer(SignalSerializer):
    """A sign of misuse, how else it comes about, and the acts behind it."""

    suggests = serializers.SerializerMethodField()
    innocent = serializers.SerializerMethodField()
    acts = serializers.SerializerMethodField()

    class Meta(SignalSerializer.Meta):
        fields = (*SignalSerializer.Meta.fields, "suggests", "innocent", "acts")

    def get_suggests(self, signal: Signal) -> str:
        """What it may be."""
        return BY_ID[signal.indicator].suggests

    def get_innocent(self, signal: Signal) -> str:
        """How it comes about without misuse."""
        return BY_ID[signal.indicator].innocent

    @extend_schema(responses=ActSerializer(many=True))
    def get_acts(self, signal: Signal) -> list[dict[str, Any]]:
        """The newest acts behind it."""
        return ActSerializer(tell_acts(signal.act_label, signal.acts), many=True).data  # type: ignore[return-value]


class IndicatorSerializer(serializers.Serializer):
    """What is looked for every night."""

    id = serializers.CharField()
    title = serializers.CharField()
    suggests = serializers.CharField()
    innocent = serializers.CharField()
    least = serializers.CharField(help_text="The key of the number from which acts are a sign.")
    numbers = serializers.ListField(child=serializers.CharField())


class DismissSerializer(serializers.Serializer):
    """Why it was no misuse."""

    words = serializers.CharField(max_length=1000)


class TakeUpSerializer(DismissSerializer):
    """What is to be looked into, and by whom."""

    owner = serializers.PrimaryKeyRelatedField(queryset=User.objects.filter(is_active=True))
    due_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class SignalList(generics.ListAPIView):
    """Signals, newest first, but for those about oneself; `indicator` and `status` narrow them."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY
    serializer_class = SignalSerializer

    def get_queryset(self):
        """Those one may see."""
        if getattr(self, "swagger_fake_view", False):
            return Signal.objects.none()
        require(policies.may_see_signals(actor(self.request)))
        asked = self.request.query_params
        narrowed = {name: asked[name] for name in ("indicator", "status") if asked.get(name)}
        return Signal.objects.visible_to(actor(self.request)).filter(**narrowed)

    @extend_schema(parameters=[OpenApiParameter("indicator", str, enum=list(BY_ID)),
                               OpenApiParameter("status", str, enum=Signal.Status.values)])  # fmt: skip
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of them."""
        return super().get(request, *args, **kwargs)

    @extend_schema(request=None, responses={201: SignalSerializer(many=True)}, operation_id="signals_look")
    def post(self, request: Request) -> Response:
        """Looks now, rather than tonight; the new ones."""
        made = actions.screen(by=actor(request))
        shown = [signal for signal in made if policies.may_see_signal(actor(request), signal)]
        return Response(SignalSerializer(shown, many=True).data, status=status.HTTP_201_CREATED)


class IndicatorList(APIView):
    """What is looked for."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(responses=IndicatorSerializer(many=True))
    def get(self, request: Request) -> Response:
        """All of them."""
        require(policies.may_see_signals(actor(request)))
        return Response(IndicatorSerializer(INDICATORS, many=True).data)


class SignalDetail(APIView):
    """One signal."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(responses=SignalDetailSerializer)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """With the acts behind it; that somebody looked is recorded."""
        return Response(SignalDetailSerializer(actions.open_signal(_signal(request, pk), by=actor(request))).data)


def _signal(request: Request, pk: uuid.UUID) -> Signal:
    require(policies.may_see_signals(actor(request)))
    signal = Signal.objects.filter(pk=pk).first()
    if signal is None or not policies.may_see_signal(actor(request), signal):
        raise Stranger("There is no such signal, or it is not yours to see.")
    return signal


SignalTakeUp = verb_view(
    "Signal TakeUp", find=_signal, act=actions.take_up, takes=TakeUpSerializer, shows=SignalSerializer
)
SignalDismiss = verb_view(
    "Signal Dismiss", find=_signal, act=actions.dismiss, takes=DismissSerializer, shows=SignalSerializer
)
