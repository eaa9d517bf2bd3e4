"""Addresses of findings, concerns, signs of misuse, samples and certificates."""

from django.urls import path

from scrutiny.api import certificates as certificates_api
from scrutiny.api import concerns as concerns_api
from scrutiny.api import findings as findings_api
from scrutiny.api import samples as samples_api
from scrutiny.api import screening as screening_api
from scrutiny.api import stories as stories_api
from scrutiny.views import certificates, concerns, findings, samples, screening, stories

urlpatterns = [
    path("stories/", stories.case_story, name="case_story"),
    path("stories/<str:kind>/<path:ref>/", stories.story, name="story"),
    path("findings/", findings.finding_list, name="finding_list"),
    path("findings/new/", findings.finding_new, name="finding_new"),
    path("findings/<uuid:pk>/", findings.finding_detail, name="finding_detail"),
    path("findings/<uuid:pk>/note/", findings.finding_note, name="finding_note"),
    path("findings/<uuid:pk>/close/", findings.finding_close, name="finding_close"),
    path("findings/<uuid:pk>/retest/", findings.finding_retest, name="finding_retest"),
    path("concerns/", concerns.concern_list, name="concern_list"),
    path("concerns/new/", concerns.concern_new, name="concern_new"),
    path("concerns/<uuid:pk>/", concerns.concern_detail, name="concern_detail"),
    path("concerns/<uuid:pk>/note/", concerns.concern_note, name="concern_note"),
    path("concerns/<uuid:pk>/answer/", concerns.concern_answer, name="concern_answer"),
    path("concerns/<uuid:pk>/reopen/", concerns.concern_reopen, name="concern_reopen"),
    path("signals/", screening.signal_list, name="signal_list"),
    path("signals/indicators/", screening.indicator_list, name="indicator_list"),
    path("signals/look/", screening.signal_screen, name="signal_screen"),
    path("signals/<uuid:pk>/", screening.signal_detail, name="signal_detail"),
    path("signals/<uuid:pk>/take-up/", screening.signal_take_up, name="signal_take_up"),
    path("signals/<uuid:pk>/dismiss/", screening.signal_dismiss, name="signal_dismiss"),
    path("samples/", samples.sample_list, name="sample_list"),
    path("samples/<uuid:pk>/", samples.sample_detail, name="sample_detail"),
    path("samples/items/<uuid:pk>/", samples.item_detail, name="item_detail"),
    path("certificates/", certificates.certificate_list, name="certificate_list"),
    path("certificates/<int:year>/<slug:area>/", certificates.certificate_detail, name="certificate_detail"),
]

api_urlpatterns = [
    path("stories/<str:kind>/<path:ref>/", stories_api.StoryDetail.as_view(), name="api_story"),
    path("findings/", findings_api.FindingList.as_view(), name="api_finding_list"),
    path("findings/<uuid:pk>/", findings_api.FindingDetail.as_view(), name="api_finding_detail"),
    path("findings/<uuid:pk>/note/", findings_api.FindingNoteView.as_view(), name="api_finding_note"),
    path("findings/<uuid:pk>/close/", findings_api.FindingClose.as_view(), name="api_finding_close"),
    path("findings/<uuid:pk>/retest/", findings_api.FindingRetest.as_view(), name="api_finding_retest"),
    path("concerns/", concerns_api.ConcernList.as_view(), name="api_concern_list"),
    path("concerns/<uuid:pk>/", concerns_api.ConcernDetail.as_view(), name="api_concern_detail"),
    path("concerns/<uuid:pk>/note/", concerns_api.ConcernNoteView.as_view(), name="api_concern_note"),
    path("concerns/<uuid:pk>/answer/", concerns_api.ConcernAnswer.as_view(), name="api_concern_answer"),
    path("concerns/<uuid:pk>/reopen/", concerns_api.ConcernReopen.as_view(), name="api_concern_reopen"),
    path("signals/", screening_api.SignalList.as_view(), name="api_signal_list"),
    path("signals/indicators/", screening_api.IndicatorList.as_view(), name="api_indicator_list"),
    path("signals/<uuid:pk>/", screening_api.SignalDetail.as_view(), name="api_signal_detail"),
    path("signals/<uuid:pk>/take-up/", screening_api.SignalTakeUp.as_view(), name="api_signal_take_up"),
    path("signals/<uuid:pk>/dismiss/", screening_api.SignalDismiss.as_view(), name="api_signal_dismiss"),
    path("samples/", samples_api.SampleList.as_view(), name="api_sample_list"),
    path("samples/<uuid:pk>/", samples_api.SampleDetail.as_view(), name="api_sample_detail"),
    path("samples/items/<uuid:pk>/", samples_api.ItemDetail.as_view(), name="api_item_detail"),
    path("samples/items/<uuid:pk>/answer/", samples_api.ItemAnswer.as_view(), name="api_item_answer"),
    path("certificates/", certificates_api.CertificateList.as_view(), name="api_certificate_list"),
]
