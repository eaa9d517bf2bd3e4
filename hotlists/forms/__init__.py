"""The shape of what people type; whether it may be submitted is judged by hotlists.quality."""

from .entries import DecideForm, EntryForm, ReasonForm, ReviewForm, SearchForm, WithdrawForm

__all__ = ["DecideForm", "EntryForm", "ReasonForm", "ReviewForm", "SearchForm", "WithdrawForm"]
