"""Addresses of matchers: the publication itself, pages, the API."""

from django.urls import path

from matchers.api import machines
from matchers.views import publication

urlpatterns = [
    path("publication/<str:feed>/metadata/<str:name>", publication.Document.as_view(), name="publication_document"),
    path("publication/<str:feed>/wait", publication.wait, name="publication_wait"),
    path(
        "publication/targets/d/<str:role>/<str:sha256>.full.parquet",
        publication.ListFile.as_view(),
        name="publication_list",
    ),
    path("publication/targets/<str:sha256>.sites.json", publication.SitesFile.as_view(), name="publication_sites"),
]

api_urlpatterns = [
    path("matchers/enrol/", machines.Enrol.as_view(), name="api_matcher_enrol"),
    path("challenges/", machines.Challenge.as_view(), name="api_challenge"),
    path("receipts/", machines.Receipt.as_view(), name="api_receipt"),
]
