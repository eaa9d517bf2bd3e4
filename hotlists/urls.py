"""Addresses of the pages of hotlists."""

from django.urls import path

from hotlists.api import entries as api
from hotlists.views import decisions, entries, hotlists

urlpatterns = [
    path("hotlists/", hotlists.hotlist_list, name="hotlist_list"),
    path("hotlists/<slug:slug>/", hotlists.hotlist_detail, name="hotlist_detail"),
    path("hotlists/<slug:slug>/entries/new/", entries.entry_new, name="entry_new"),
    path("entries/", entries.entry_list, name="entry_list"),
    path("entries/<uuid:pk>/", entries.entry_detail, name="entry_detail"),
    path("entries/<uuid:pk>/edit/", entries.entry_edit, name="entry_edit"),
    path("entries/<uuid:pk>/submit/", entries.entry_submit, name="entry_submit"),
    path("entries/<uuid:pk>/decide/", decisions.entry_decide, name="entry_decide"),
    path("entries/<uuid:pk>/withdraw/", decisions.entry_withdraw, name="entry_withdraw"),
    path("entries/<uuid:pk>/suspend/", decisions.entry_suspend, name="entry_suspend"),
    path("entries/<uuid:pk>/resume/", decisions.entry_resume, name="entry_resume"),
    path("entries/<uuid:pk>/review/", decisions.entry_review, name="entry_review"),
    path("decisions/", decisions.decision_queue, name="decision_queue"),
    path("search/", entries.search, name="plate_search"),
]

api_urlpatterns = [
    path("hotlists/", api.HotlistList.as_view(), name="api_hotlist_list"),
    path("hotlists/<slug:slug>/", api.HotlistDetail.as_view(), name="api_hotlist_detail"),
    path("entries/", api.EntryList.as_view(), name="api_entry_list"),
    path("entries/<uuid:pk>/", api.EntryDetail.as_view(), name="api_entry_detail"),
    path("entries/<uuid:pk>/submit/", api.EntrySubmit.as_view(), name="api_entry_submit"),
    path("entries/<uuid:pk>/decide/", api.EntryDecide.as_view(), name="api_entry_decide"),
    path("entries/<uuid:pk>/withdraw/", api.EntryWithdraw.as_view(), name="api_entry_withdraw"),
    path("entries/<uuid:pk>/suspend/", api.EntrySuspend.as_view(), name="api_entry_suspend"),
    path("entries/<uuid:pk>/resume/", api.EntryResume.as_view(), name="api_entry_resume"),
    path("entries/<uuid:pk>/review/", api.EntryReview.as_view(), name="api_entry_review"),
    path("search/", api.PlateSearch.as_view(), name="api_plate_search"),
]
