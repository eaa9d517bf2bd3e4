"""Addresses of the pages of retention."""

from django.urls import path

from retention import api, api_board, api_holds, api_periods
from retention.views import board, holds, periods, runs

urlpatterns = [
    path("retention/", board.retention_board, name="retention_board"),
    path("retention/stock/", board.stock_take, name="stock_take"),
    path("retention/runs/", runs.run_list, name="run_list"),
    path("retention/schedule/", periods.schedule, name="retention_schedule"),
    path("retention/schedule/<str:label>/", periods.period_change, name="period_change"),
    path("retention/periods/<uuid:pk>/", periods.period_decide, name="period_decide"),
    path("retention/periods/<uuid:pk>/agree/", periods.period_agree, name="period_agree"),
    path("retention/preview/", runs.run_preview, name="run_preview"),
    path("retention/runs/<uuid:pk>/", runs.run_detail, name="run_detail"),
    path("retention/runs/<uuid:pk>/sample/<str:label>/", runs.run_sample, name="run_sample"),
    path("retention/runs/<uuid:pk>/start/", runs.run_start, name="run_start"),
    path("retention/runs/<uuid:pk>/pause/", runs.run_pause, name="run_pause"),
    path("retention/runs/<uuid:pk>/go-on/", runs.run_go_on, name="run_go_on"),
    path("retention/certificates/<uuid:pk>/", runs.certificate_detail, name="certificate_detail"),
    path("retention/certificates/<uuid:pk>.json", runs.certificate_json, name="certificate_json"),
    path("retention/certificates/<uuid:pk>.jsonl", runs.certificate_proof, name="certificate_proof"),
    path("retention/certificates/<uuid:pk>.pdf", runs.certificate_pdf, name="certificate_pdf"),
    path("retention/holds/", holds.hold_list, name="hold_list"),
    path("retention/holds/case/", holds.hold_case, name="hold_case"),
    path("retention/holds/new/<str:label>/<uuid:pk>/", holds.hold_place, name="hold_place"),
    path("retention/holds/<uuid:pk>/", holds.hold_detail, name="hold_detail"),
    path("retention/holds/<uuid:pk>/review/", holds.hold_review, name="hold_review"),
    path("retention/holds/<uuid:pk>/release/", holds.hold_release, name="hold_release"),
]

api_urlpatterns = [
    path("retention/board/", api_board.BoardView.as_view(), name="api_retention_board"),
    path("retention/schedule/", api.ScheduleView.as_view(), name="api_retention_schedule"),
    path("retention/periods/", api_periods.PeriodList.as_view(), name="api_period_list"),
    path("retention/periods/<uuid:pk>/agree/", api_periods.PeriodAgree.as_view(), name="api_period_agree"),
    path("retention/periods/<uuid:pk>/decline/", api_periods.PeriodDecline.as_view(), name="api_period_decline"),
    path("retention/runs/", api.RunList.as_view(), name="api_run_list"),
    path("retention/runs/<uuid:pk>/", api.RunDetail.as_view(), name="api_run_detail"),
    path("retention/runs/<uuid:pk>/sample/<str:label>/", api.RunSample.as_view(), name="api_run_sample"),
    path("retention/runs/<uuid:pk>/start/", api.RunStart.as_view(), name="api_run_start"),
    path("retention/runs/<uuid:pk>/pause/", api.RunPause.as_view(), name="api_run_pause"),
    path("retention/runs/<uuid:pk>/go-on/", api.RunGoOn.as_view(), name="api_run_go_on"),
    path("retention/certificates/<uuid:pk>/", api.CertificateDetail.as_view(), name="api_certificate_detail"),
    path("retention/certificates/<uuid:pk>/proof/", api.CertificateProof.as_view(), name="api_certificate_proof"),
    path("retention/holds/", api_holds.HoldList.as_view(), name="api_hold_list"),
    path("retention/holds/<uuid:pk>/review/", api_holds.HoldReview.as_view(), name="api_hold_review"),
    path("retention/holds/<uuid:pk>/release/", api_holds.HoldRelease.as_view(), name="api_hold_release"),
]
