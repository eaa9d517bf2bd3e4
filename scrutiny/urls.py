"""Addresses of the pages of findings."""

from django.urls import path

from scrutiny import api, views

urlpatterns = [
    path("findings/", views.finding_list, name="finding_list"),
    path("findings/new/", views.finding_new, name="finding_new"),
    path("findings/<uuid:pk>/", views.finding_detail, name="finding_detail"),
    path("findings/<uuid:pk>/note/", views.finding_note, name="finding_note"),
    path("findings/<uuid:pk>/close/", views.finding_close, name="finding_close"),
    path("findings/<uuid:pk>/retest/", views.finding_retest, name="finding_retest"),
]

api_urlpatterns = [
    path("findings/", api.FindingList.as_view(), name="api_finding_list"),
    path("findings/<uuid:pk>/", api.FindingDetail.as_view(), name="api_finding_detail"),
    path("findings/<uuid:pk>/note/", api.FindingNoteView.as_view(), name="api_finding_note"),
    path("findings/<uuid:pk>/close/", api.FindingClose.as_view(), name="api_finding_close"),
    path("findings/<uuid:pk>/retest/", api.FindingRetest.as_view(), name="api_finding_retest"),
]
