"""Addresses of hits."""

from django.urls import path

from hits import api
from hits.views import board, hits, holding

urlpatterns = [
    path("board/", board.board, name="board"),
    path("board/stream/", board.board_stream, name="board_stream"),
    path("hits/", hits.hit_list, name="hit_list"),
    path("hits/hold/", holding.hits_hold, name="hits_hold"),
    path("hits/<uuid:pk>/", hits.hit_detail, name="hit_detail"),
    path("hits/<uuid:pk>/acknowledge/", hits.hit_acknowledge, name="hit_acknowledge"),
    path("hits/<uuid:pk>/verify/", hits.hit_verify, name="hit_verify"),
    path("hits/<uuid:pk>/outcome/", hits.hit_outcome, name="hit_outcome"),
]

api_urlpatterns = [
    path("hits/", api.HitList.as_view(), name="api_hit_list"),
    path("hits/withheld/", api.WithheldHits.as_view(), name="api_hit_withheld"),
    path("hits/<uuid:pk>/", api.HitDetail.as_view(), name="api_hit_detail"),
    path("hits/<uuid:pk>/acknowledge/", api.HitAcknowledge.as_view(), name="api_hit_acknowledge"),
    path("hits/<uuid:pk>/verify/", api.HitVerify.as_view(), name="api_hit_verify"),
    path("hits/<uuid:pk>/outcome/", api.HitOutcome.as_view(), name="api_hit_outcome"),
]
