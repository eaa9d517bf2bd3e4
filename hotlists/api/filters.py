"""Saved filters over the API. For people: a machine keeps its queries itself."""

import uuid

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import PEOPLE_ONLY, Has, actor
from hotlists import actions
from hotlists.models import SavedFilter
from hotlists.models.filters import FIELDS
from portal.api import check_if_match, etag
from portal.idempotency import idempotent

NAMES = sorted({name for names in FIELDS.values() for name in names})


class SavedFilterSerializer(serializers.ModelSerializer):
    """What one person narrows a page by; `asked` is the query of that page's address here."""

    asked = serializers.DictField(child=serializers.CharField(max_length=150), help_text=f"Of {', '.join(NAMES)}.")

    class Meta:
        model = SavedFilter
        fields = ("id", "page", "name", "asked", "keeps_words", "is_default", "saved_at", "ends_at")
        read_only_fields = ("id", "saved_at", "ends_at")

    def validate(self, data: dict) -> dict:
        """Only what the page can be narrowed by."""
        unknown = set(data.get("asked", {})) - set(FIELDS.get(data.get("page", ""), ()))
        if unknown:
            raise serializers.ValidationError(
                {"asked": [f"This page is not narrowed by {', '.join(sorted(unknown))}."]}
            )
        return data


class SavedFilterChange(serializers.ModelSerializer):
    """Another name, and whether its page opens with it."""

    class Meta:
        model = SavedFilter
        fields = ("name", "is_default")
        extra_kwargs = {"name": {"required": False}, "is_default": {"required": False}}


class FilterList(APIView):
    """The caller's own filters; POST saves one."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(responses=SavedFilterSerializer(many=True), operation_id="filters_list")
    def get(self, request: Request) -> Response:
        """By page and name; a person has few."""
        found = SavedFilter.objects.of(actor(request), timezone.now())
        return Response(SavedFilterSerializer(found, many=True).data)

    @extend_schema(request=SavedFilterSerializer, responses={201: SavedFilterSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """What was typed, such as a plate, is left out unless `keeps_words`."""
        given = SavedFilterSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        facts = dict(given.validated_data)
        saved = actions.save_filter(facts.pop("page"), by=actor(request), **facts)
        return Response(SavedFilterSerializer(saved).data, status=status.HTTP_201_CREATED)


class FilterDetail(APIView):
    """One of the caller's own filters."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(responses=SavedFilterSerializer)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """It; its ETag is what an edit sends back in If-Match."""
        saved = _own(request, pk)
        return Response(SavedFilterSerializer(saved).data, headers={"ETag": _tag(saved)})

    @extend_schema(request=SavedFilterChange, responses=SavedFilterSerializer)
    @transaction.atomic
    def patch(self, request: Request, pk: uuid.UUID) -> Response:
        """Renames it, or makes it the one with which its page opens."""
        SavedFilter.objects.select_for_update().filter(pk=pk).first()  # or two editors may both pass
        saved = _own(request, pk)
        check_if_match(request, _tag(saved))
        given = SavedFilterChange(saved, data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        saved = actions.change_filter(saved, by=actor(request), **given.validated_data)
        return Response(SavedFilterSerializer(saved).data, headers={"ETag": _tag(saved)})

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, pk: uuid.UUID) -> Response:
        """Deletes it."""
        actions.drop_filter(_own(request, pk), by=actor(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _own(request: Request, pk: uuid.UUID) -> SavedFilter:
    return get_object_or_404(SavedFilter.objects.of(actor(request), timezone.now()), pk=pk)


def _tag(saved: SavedFilter) -> str:
    return etag(saved.pk, saved.name, saved.asked, saved.is_default, saved.saved_at)
