"""The shape of what people type; whether it may be submitted is judged by hotlists.quality."""

from .entries import DecideForm, EntryForm, ReasonForm, ReviewForm, WithdrawForm
from .feeds import AcceptForm, AgreementForm, HoldBackForm, RowSearchForm, UploadForm
from .search import SearchForm

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
