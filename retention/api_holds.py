"""Legal holds over the API: of one record, of all that names a case, of what a search found."""

import uuid
from typing import Any

from django.apps import apps
from django.shortcuts import get_object_or_404
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
from retention import actions, policies
from retention.api import ReasonSerializer
from retention.models import LegalHold
from retention.schedule import BY_LABEL
from retention.views.holds import thing_to_hold


class HoldSerializer(serializers.ModelSerializer):
    """A legal hold. Of a record: `label` and `object_id`; of a case: `scope` alone; of a result: `label` and `object_ids`."""

    object_ids = serializers.ListField(child=serializers.UUIDField(), write_only=True, required=False)

    class Meta:
        model = LegalHold
        validators = ()  # held already is said by the action: 409, not 400
        fields = ("id", "scope", "label", "object_id", "object_ids", "what", "case_ref", "basis", "reason", "digest", "owner",
                  "placed_by", "placed_at", "review_due_at", "released_by", "released_at", "release_reason")  # fmt: skip
        read_only_fields = ("id", "what", "digest", "owner", "placed_by", "placed_at", "review_due_at", "released_by",
                            "released_at", "release_reason")  # fmt: skip

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What each scope needs, and nothing else."""
        given = {name for name in ("label", "object_id", "object_ids") if attrs.get(name)}
        needed = NEEDED[attrs.setdefault("scope", LegalHold.Scope.RECORD)]
        wrong = {name: ["Needed for a hold of this scope."] for name in needed - given}
        wrong |= {name: ["Not for a hold of this scope."] for name in given - needed}
        if "label" in given and attrs["label"] not in BY_LABEL:
            wrong["label"] = ["There is no such kind of record."]
        if wrong:
            raise serializers.ValidationError(wrong)
        return attrs


NEEDED = {
    LegalHold.Scope.RECORD: {"label", "object_id"},
    LegalHold.Scope.CASE: set(),
    LegalHold.Scope.RESULT: {"label", "object_ids"},
}


class HoldList(generics.ListAPIView):
    """Legal holds; POST places one."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY
    serializer_class = HoldSerializer

    def get_queryset(self):
        """Newest first."""
        if getattr(self, "swagger_fake_view", False):
            return LegalHold.objects.none()
        require(policies.may_see_holds(actor(self.request)))
        return LegalHold.objects.as_placed()

    @extend_schema(request=HoldSerializer, responses={201: HoldSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Holds a record, a case or a result."""
        given = HoldSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        facts = dict(given.validated_data)
        return Response(HoldSerializer(_placed(facts, actor(request))).data, status=status.HTTP_201_CREATED)


class HoldReview(APIView):
    """Says that a hold is still needed."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY
    act = staticmethod(actions.review_hold)

    @extend_schema(request=ReasonSerializer, responses=HoldSerializer)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """With the reason."""
        require(policies.may_see_holds(actor(request)))
        given = ReasonSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        hold = self.act(get_object_or_404(LegalHold, pk=pk), by=actor(request), **given.validated_data)
        return Response(HoldSerializer(hold).data)


class HoldRelease(HoldReview):
    """Releases a hold."""

    act = staticmethod(actions.release_hold)


def _placed(facts: dict[str, Any], by: User) -> LegalHold:
    scope, label = facts.pop("scope"), facts.pop("label", "")
    if scope == LegalHold.Scope.CASE:
        return actions.hold_case(by=by, **facts)
    if scope == LegalHold.Scope.RESULT:
        return actions.hold_result(apps.get_model(label), facts.pop("object_ids"), by=by, **facts)
    thing = thing_to_hold(label, facts.pop("object_id"), by)
    if thing is None:
        raise Stranger("There is no such record, or it is not yours to see.")
    return actions.place_hold(thing, by=by, **facts)
