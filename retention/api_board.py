"""The overview of retention over the API."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import Has, actor
from portal.errors import Stranger
from portal.policies import require
from retention import actions, board, policies
from retention.api import READ
from retention.models import Stocktake


class StockLineSerializer(serializers.Serializer):
    """One class: since when the period of the oldest runs, when that has to go, how many are due, late, soon due and held.

    A number that the database did not give in time is null; `rows` of a large table is the catalogue's estimate.
    """

    label = serializers.CharField()
    months = serializers.IntegerField()
    asks = serializers.BooleanField(help_text="Goes only when a person releases it.")
    oldest = serializers.DateTimeField(allow_null=True)
    ends = serializers.DateTimeField(allow_null=True)
    due = serializers.IntegerField(allow_null=True)
    soon = serializers.IntegerField(allow_null=True)
    late = serializers.IntegerField(allow_null=True)
    held = serializers.IntegerField(allow_null=True)
    rows = serializers.IntegerField(allow_null=True)
    is_estimate = serializers.BooleanField()
    bytes = serializers.IntegerField()


class HeldSerializer(serializers.Serializer):
    """How many records of a class are under hold, and why."""

    label = serializers.CharField()
    basis = serializers.CharField()
    number = serializers.IntegerField()
    oldest = serializers.DateTimeField()
    review = serializers.DateTimeField(help_text="When the first of them is to be looked at again.")


class StocktakeSerializer(serializers.ModelSerializer):
    """How everything stood against its limit at a moment, and what is held now."""

    lines = StockLineSerializer(many=True)
    holds = serializers.SerializerMethodField()

    class Meta:
        model = Stocktake
        fields = ("id", "taken_at", "taken_by", "late", "waiting", "outlook", "bytes", "lines", "holds")

    @extend_schema_field(HeldSerializer(many=True))
    def get_holds(self, taken: Stocktake) -> Any:
        """Open holds by class and reason in law."""
        return HeldSerializer(board.held()["groups"], many=True).data


class BoardView(APIView):
    """The newest stocktake; POST takes another."""

    permission_classes = (Has,)
    machine_scopes = READ

    @extend_schema(responses=StocktakeSerializer)
    def get(self, request: Request) -> Response:
        """What is late, due and held. 404 until stock was taken once."""
        require(policies.may_see_runs(actor(request)))
        taken = board.newest()
        if taken is None:
            raise Stranger("Stock was never taken: it is each morning, and when you ask for it.")
        return Response(StocktakeSerializer(taken).data)

    @extend_schema(request=None, responses={201: StocktakeSerializer})
    def post(self, request: Request) -> Response:
        """Erases nothing."""
        taken = actions.take_stock(by=actor(request))
        return Response(StocktakeSerializer(taken).data, status=status.HTTP_201_CREATED)
