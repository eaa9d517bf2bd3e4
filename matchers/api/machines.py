"""What a matcher itself calls: enrolment, challenges, receipts. Its wire format is in docs/publication-format.md."""

import re
from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import Has, MachineAuthentication
from accounts.models import Actor, MachineClient
from matchers import actions
from matchers.entitlement import SCOPE, matcher_of
from matchers.models import Matcher

_HEX = re.compile(r"[0-9a-f]*")
POSTGRES_INT = 2**31 - 1


def _hex(length: int) -> serializers.RegexField:
    return serializers.RegexField(_HEX, min_length=length, max_length=length)


class EnrolmentSerializer(serializers.Serializer):
    """The one-time code, and the matcher's own Ed25519 key, raw, in hexadecimal."""

    code = serializers.CharField(max_length=100)
    public_key = _hex(64)


class ChallengeSerializer(serializers.Serializer):
    """The revision of a list (by its role) that the matcher says it holds."""

    hotlist = serializers.CharField(max_length=33)
    revision = serializers.IntegerField(min_value=1, max_value=POSTGRES_INT)


def _checkpoint(words: str) -> serializers.CharField:
    return serializers.CharField(max_length=2_000, required=False, trim_whitespace=False, help_text=words)


class ReceiptSerializer(serializers.Serializer):
    """The answer to a challenge: for each bucket SHA-256(nonce, canonical rows), signed with the enrolled key."""

    challenge = serializers.UUIDField()
    hotlist = serializers.CharField(max_length=33)
    revision = serializers.IntegerField(min_value=1, max_value=POSTGRES_INT)
    rows = serializers.IntegerField(min_value=0, max_value=POSTGRES_INT)
    buckets = serializers.DictField(child=_hex(64))
    applied_at = serializers.IntegerField(min_value=0, max_value=2**40)
    log = _checkpoint("The longest checkpoint of the portal's log (x-log) that you have seen.")
    log_before = _checkpoint("Another that you kept from a day before.")
    signature = _hex(128)


SECRET = {"client_secret": serializers.CharField(), "old_until": serializers.DateTimeField()}


def secret_of(matcher: Matcher, *, by: Actor) -> Response:
    """The answer that tells a new secret; kept by nobody on the way."""
    secret = actions.rotate_secret(matcher, by=by)
    until = MachineClient.objects.values_list("next_secret_until", flat=True).get(pk=matcher.machine_id)
    body = {"client_secret": secret, "old_until": until}
    return Response(body, status=status.HTTP_201_CREATED, headers={"Cache-Control": "no-store"})


class _FromMatcher(APIView):
    authentication_classes = (MachineAuthentication,)
    permission_classes = (Has,)
    machine_scopes = {"POST": (SCOPE,)}
    serializer_class: type[serializers.Serializer]

    def read(self, request: Request) -> dict[str, Any]:
        """What was posted, well formed, from a matcher."""
        matcher_of(request)
        serializer = self.serializer_class(data=request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


class Enrol(_FromMatcher):
    """A matcher registers its own key, once."""

    serializer_class = EnrolmentSerializer

    @extend_schema(responses={201: inline_serializer("Enrolled", {"matcher": serializers.UUIDField()})})
    def post(self, request: Request) -> Response:
        """201 with the matcher's id, which its receipts name."""
        facts = self.read(request)
        matcher = actions.enrol(facts["code"], by=request.user, public_key=facts["public_key"])
        return Response({"matcher": str(matcher.pk)}, status=status.HTTP_201_CREATED)


class OwnSecret(APIView):
    """A matcher has its own secret changed."""

    authentication_classes = (MachineAuthentication,)
    permission_classes = (Has,)
    machine_scopes = {"POST": (SCOPE,)}

    @extend_schema(request=None, responses={201: inline_serializer("OwnSecretIssued", SECRET)})
    def post(self, request: Request) -> Response:
        """201 with the new secret, this once. The old one works until the new is first used, and no longer than said."""
        return secret_of(matcher_of(request), by=request.user)


class Challenge(_FromMatcher):
    """A matcher asks to be asked what it holds."""

    serializer_class = ChallengeSerializer

    @extend_schema(
        responses={
            201: inline_serializer(
                "Challenged",
                {
                    "id": serializers.UUIDField(),
                    "nonce": serializers.CharField(),
                    "buckets": serializers.ListField(child=serializers.IntegerField()),
                },
            )
        }
    )
    def post(self, request: Request) -> Response:
        """201 with a fresh nonce and the numbers of buckets; open for ten minutes."""
        facts = self.read(request)
        asked = actions.challenge(facts["hotlist"], by=request.user, revision=facts["revision"])
        body = {"id": str(asked.pk), "nonce": bytes(asked.nonce).hex(), "buckets": asked.buckets}
        return Response(body, status=status.HTTP_201_CREATED)


class Receipt(_FromMatcher):
    """A matcher proves what it holds."""

    serializer_class = ReceiptSerializer

    @extend_schema(
        responses={
            201: inline_serializer(
                "Receipted",
                {
                    "id": serializers.UUIDField(),
                    "is_right": serializers.BooleanField(),
                    "recalls_closed": serializers.IntegerField(),
                },
            )
        }
    )
    def post(self, request: Request) -> Response:
        """201, and whether the answer was right; a wrong one is kept too, and is an alarm."""
        facts = self.read(request)
        signature = facts.pop("signature")
        facts["challenge"] = str(facts["challenge"])
        receipt, closed = actions.give_receipt(facts, by=request.user, signature=signature)
        body = {"id": str(receipt.pk), "is_right": receipt.is_right, "recalls_closed": closed}
        return Response(body, status=status.HTTP_201_CREATED)
