"""Addresses of the log's pages."""

from django.urls import path

from audit import api, views

urlpatterns = [
    path("audit/", views.event_list, name="event_list"),
    path("audit/purpose/", views.log_purpose, name="log_purpose"),
    path("audit/export/", views.log_export, name="log_export"),
    path("audit/verifications/", views.verification_list, name="verification_list"),
    path("audit/events/<uuid:pk>/", views.event_detail, name="event_detail"),
]

api_urlpatterns = [
    path("events/", api.EventList.as_view(), name="api_event_list"),
    path("events/export/", api.Export.as_view(), name="api_log_export"),
    path("log/witnesses/", api.WitnessList.as_view(), name="api_witness_list"),
    path("log/verifications/", api.VerificationList.as_view(), name="api_verification_list"),
]
