"""The shape of what people type; whether it may be submitted is judged by hotlists.quality."""

from .entries import DecideForm, EntryForm, ReasonForm, ReviewForm, SearchForm, WithdrawForm
from .feeds import AcceptForm, AgreementForm, HoldBackForm, RowSearchForm, UploadForm

__all__ = [
    "AcceptForm",
    "AgreementForm",
    "DecideForm",
    "EntryForm",
    "HoldBackForm",
    "ReasonForm",
    "ReviewForm",
    "RowSearchForm",
    "SearchForm",
    "UploadForm",
    "WithdrawForm",
]
