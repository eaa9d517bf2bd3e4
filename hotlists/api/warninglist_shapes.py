"""What warninglists look like over the API: what is told, and what is asked for."""

from rest_framework import serializers

from hotlists.countries import COUNTRIES
from hotlists.models import Warninglist, WarninglistAnswer, WarninglistEdition
from hotlists.models.warninglists import Effect
from standards.ranks import Rank


class WarninglistSerializer(serializers.ModelSerializer):
    """A warninglist, and the edition in use."""

    keeper = serializers.StringRelatedField()
    edition = serializers.UUIDField(source="edition_id", read_only=True, allow_null=True, help_text="In use.")
    waiting = serializers.UUIDField(
        source="waiting_id", read_only=True, allow_null=True, help_text="Waits for a second person."
    )
    effect = serializers.ChoiceField(Effect.choices, read_only=True, allow_null=True)
    count = serializers.IntegerField(read_only=True, allow_null=True)
    used_from = serializers.DateTimeField(read_only=True, allow_null=True)

    class Meta:
        model = Warninglist
        fields = ("id", "name", "kind", "source", "licence", "keeper", "created_at", "retired_at", "retired_because", "edition",
                  "waiting", "effect", "count", "used_from")  # fmt: skip
        read_only_fields = ("created_at", "retired_at", "retired_because")


class WarninglistEditionSerializer(serializers.ModelSerializer):
    """An edition, without its plates."""

    loaded_by = serializers.StringRelatedField()
    accepted_by = serializers.StringRelatedField()
    discarded_by = serializers.StringRelatedField()

    class Meta:
        model = WarninglistEdition
        fields = ("id", "warninglist", "number", "effect", "meaning", "advice", "answer_rank", "file_name", "sha256", "count",
                  "patterns", "bad_rows", "compared_with", "added", "removed", "changed", "loaded_by", "loaded_at",
                  "accepted_by", "accepted_at", "discarded_by", "discarded_at", "idle_since")  # fmt: skip


class WarninglistEditionBody(serializers.Serializer):
    """What an edition says; with a body of `text/csv`, in the query."""

    effect = serializers.ChoiceField(Effect.choices)
    meaning = serializers.CharField(max_length=200)
    advice = serializers.CharField(max_length=200)
    answer_rank = serializers.ChoiceField(Rank.choices, required=False, default=Rank.SUPERINTENDENT.value)


class WarninglistFileBody(WarninglistEditionBody):
    """The same, with the file."""

    file = serializers.FileField()


class WarninglistPlateSerializer(serializers.Serializer):
    """One plate of an edition."""

    country = serializers.CharField()
    plate = serializers.CharField(help_text="`?` is one character, `*` any number of them.")
    note = serializers.CharField()


class WarninglistPlatesSerializer(serializers.Serializer):
    """The first plates of each, against the edition that it was compared with."""

    added = WarninglistPlateSerializer(many=True)
    removed = WarninglistPlateSerializer(many=True)
    held = WarninglistPlateSerializer(many=True)


class PlateWarningSerializer(serializers.Serializer):
    """One thing to know of a plate before it is listed."""

    code = serializers.CharField(help_text="Of a warninglist its id.")
    words = serializers.CharField()
    refuses = serializers.BooleanField()
    fingerprint = serializers.CharField(help_text="What `answered` names when an entry answers it.")


class PlateCheckBody(serializers.Serializer):
    """A plate, and where it is registered."""

    plate = serializers.CharField(max_length=20)
    country = serializers.ChoiceField(list(COUNTRIES.items()), default="GB")


class ReasonBody(serializers.Serializer):
    """Why."""

    reason = serializers.CharField(max_length=300)


class RefusalAnswerSerializer(serializers.ModelSerializer):
    """Why a plate may be listed though a warninglist refuses it."""

    given_by = serializers.StringRelatedField()

    class Meta:
        model = WarninglistAnswer
        fields = ("id", "entry", "version", "warninglist", "warning", "words", "given_by", "given_at", "rank")
        read_only_fields = ("entry", "version", "warninglist", "warning", "given_at", "rank")
