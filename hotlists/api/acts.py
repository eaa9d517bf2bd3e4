"""One verb on an entry each, over the API: reviewing, suspending, resuming, withdrawing."""

from rest_framework import serializers

from hotlists import actions
from hotlists.api.entries import verb
from hotlists.api.fields import ScopeSerializer
from hotlists.models import Entry
from standards.models import Action

EntryWithdraw = verb(
    "Withdraw",
    {
        "reason": serializers.ChoiceField(Entry.WithdrawalReason.choices),
        "words": serializers.CharField(max_length=500, required=False, default="", allow_blank=True),
    },
    lambda entry, by, data: actions.withdraw(entry, by=by, **data),
)
EntrySuspend = verb(
    "Suspend",
    {"reason": serializers.CharField(max_length=500)},
    lambda entry, by, data: actions.suspend(entry, by=by, **data),
)
EntryResume = verb(
    "Resume",
    {"reason": serializers.CharField(max_length=500)},
    lambda entry, by, data: actions.resume(entry, by=by, **data),
)
EntryReview = verb(
    "Review",
    {
        "still_necessary": serializers.CharField(max_length=500),
        "source_checked": serializers.CharField(max_length=200),
        "review_by": serializers.DateTimeField(required=False),
    },
    lambda entry, by, data: actions.review(entry, by=by, **data),
)
EntryNarrow = verb(
    "Narrow",
    {
        "reason": serializers.CharField(max_length=500),
        "action": serializers.ChoiceField(Action.choices, required=False),
        "markers": serializers.ListField(child=serializers.CharField(max_length=4), required=False),
        "scope": ScopeSerializer(required=False),
        "starts_at": serializers.DateTimeField(required=False),
        "review_by": serializers.DateTimeField(required=False),
        "expires_at": serializers.DateTimeField(required=False),
    },
    lambda entry, by, data: actions.narrow(entry, by=by, **data),
)
