"""The shape of what people type; whether it may be submitted is judged by hotlists.quality."""

from .decisions import DecideForm, DecisionQueueForm
from .emergencies import EmergencyForm
from .feeds import AcceptForm, AgreementForm, HoldBackForm, RowSearchForm, UploadForm
from .life import ExtendForm, LinkForm, NarrowForm, PassOnForm, ReasonForm, ReviewForm, ReviewQueueForm, WithdrawForm
from .scope import ScopeForm
from .search import EntryFilterForm, ExportForm, SearchExportForm, SearchForm, SearchHoldForm

__all__ = [
    "AcceptForm",
    "AgreementForm",
    "DecideForm",
    "DecisionQueueForm",
    "EmergencyForm",
    "EntryFilterForm",
    "ExportForm",
    "ExtendForm",
    "HoldBackForm",
    "LinkForm",
    "NarrowForm",
    "PassOnForm",
    "ReasonForm",
    "ReviewForm",
    "ReviewQueueForm",
    "RowSearchForm",
    "ScopeForm",
    "SearchExportForm",
    "SearchForm",
    "SearchHoldForm",
    "UploadForm",
    "WithdrawForm",
]
