"""Addresses of the pages and the API of camera sites and their assessments."""

from django.urls import path

from camera_sites.api import accuracy as accuracy_api
from camera_sites.api import dpias as dpias_api
from camera_sites.api import evidence as evidence_api
from camera_sites.api import exchange as exchange_api
from camera_sites.api import map as map_api
from camera_sites.api import sites as sites_api
from camera_sites.views import accuracy, acts, dpia_files, dpia_registers, dpias, evidence, exchange, sites

urlpatterns = [
    path("camera-sites/", sites.site_list, name="site_list"),
    path("camera-sites/import/", exchange.sites_import, name="sites_import"),
    path("camera-sites/import/template.csv", exchange.sites_template, name="sites_template"),
    path("camera-sites/import/<uuid:pk>/", exchange.sites_import_detail, name="sites_import_detail"),
    path("camera-sites/export/", exchange.sites_export, name="sites_export"),
    path("camera-sites/map/", sites.site_map, name="site_map"),
    path("camera-sites/new/", sites.site_new, name="site_new"),
    path("camera-sites/<uuid:pk>/", sites.site_detail, name="site_detail"),
    path("camera-sites/<uuid:pk>/edit/", sites.site_edit, name="site_edit"),
    path("camera-sites/<uuid:pk>/cameras/new/", acts.camera_new, name="camera_new"),
    path("camera-sites/<uuid:pk>/live/", acts.site_live, name="site_live"),
    path("camera-sites/<uuid:pk>/suspend/", acts.site_suspend, name="site_suspend"),
    path("camera-sites/<uuid:pk>/return/", acts.site_return, name="site_return"),
    path("camera-sites/<uuid:pk>/decommission/", acts.site_decommission, name="site_decommission"),
    path("camera-sites/<uuid:pk>/access/", acts.site_access, name="site_access"),
    path("camera-sites/<uuid:pk>/access/end/", acts.site_access_end, name="site_access_end"),
    path("camera-sites/<uuid:pk>/consultations/", evidence.site_consult, name="site_consult"),
    path("camera-sites/<uuid:pk>/sharing/", evidence.site_share, name="site_share"),
    path("camera-sites/<uuid:pk>/sharing/end/", evidence.site_share_end, name="site_share_end"),
    path("camera-sites/<uuid:pk>/signs/", evidence.site_signs, name="site_signs"),
    path("camera-sites/<uuid:pk>/position/", evidence.site_position, name="site_position"),
    path("camera-sites/<uuid:pk>/tests/", accuracy.site_test, name="site_test"),
    path("camera-sites/<uuid:pk>/question/", accuracy.site_question, name="site_question"),
    path("camera-sites/<uuid:pk>/review/", accuracy.site_review, name="site_review"),
    path("camera-sites/tests/import/", accuracy.tests_import, name="tests_import"),
    path("camera-sites/tests/import/template.csv", accuracy.tests_template, name="tests_template"),
    path("dpias/", dpias.dpia_list, name="dpia_list"),
    path("dpias/new/", dpias.dpia_new, name="dpia_new"),
    path("dpias/<uuid:pk>/", dpias.dpia_detail, name="dpia_detail"),
    path("dpias/<uuid:pk>/edit/", dpias.dpia_edit, name="dpia_edit"),
    path("dpias/import/", dpia_files.dpia_import, name="dpia_import"),
    path("dpias/schema.json", dpia_files.dpia_schema, name="dpia_schema"),
    path("dpias/<uuid:pk>/versions/<int:number>/document.json", dpia_files.dpia_document, name="dpia_document"),
    path("dpias/<uuid:pk>/registers/", dpia_registers.dpia_registers, name="dpia_registers"),
    path("dpias/<uuid:pk>/versions/<int:number>/", dpia_registers.dpia_version, name="dpia_version"),
    path("dpias/<uuid:pk>/commissioner/", dpia_registers.dpia_consult, name="dpia_consult"),
    path("dpias/<uuid:pk>/submit/", dpias.dpia_submit, name="dpia_submit"),
    path("dpias/<uuid:pk>/advise/", dpias.dpia_advise, name="dpia_advise"),
    path("dpias/<uuid:pk>/decide/", dpias.dpia_decide, name="dpia_decide"),
]

api_urlpatterns = [
    path("camera-sites/", sites_api.SiteList.as_view(), name="api_site_list"),
    path("camera-sites/places/", map_api.SitePlaces.as_view(), name="api_site_places"),
    path("camera-sites/import/", exchange_api.SitesImport.as_view(), name="api_sites_import"),
    path("camera-sites/import/<uuid:pk>/", exchange_api.SitesImportDetail.as_view(), name="api_sites_import_detail"),
    path("camera-sites/export/", exchange_api.SitesExport.as_view(), name="api_sites_export"),
    path("camera-sites/<uuid:pk>/", sites_api.SiteDetail.as_view(), name="api_site_detail"),
    path("camera-sites/<uuid:pk>/cameras/", sites_api.SiteAddCamera.as_view(), name="api_site_add_camera"),
    path("camera-sites/<uuid:pk>/live/", sites_api.SiteSetLive.as_view(), name="api_site_set_live"),
    path("camera-sites/<uuid:pk>/suspend/", sites_api.SiteSuspend.as_view(), name="api_site_suspend"),
    path("camera-sites/<uuid:pk>/return/", sites_api.SiteReturn.as_view(), name="api_site_return"),
    path("camera-sites/<uuid:pk>/decommission/", sites_api.SiteDecommission.as_view(), name="api_site_decommission"),
    path("camera-sites/<uuid:pk>/access/", sites_api.SiteGiveAccess.as_view(), name="api_site_give_access"),
    path("camera-sites/<uuid:pk>/access/end/", sites_api.SiteTakeAccess.as_view(), name="api_site_take_access"),
    path("camera-sites/<uuid:pk>/evidence/", evidence_api.SiteEvidence.as_view(), name="api_site_evidence"),
    path("camera-sites/<uuid:pk>/consultations/", evidence_api.SiteConsult.as_view(), name="api_site_consult"),
    path("camera-sites/<uuid:pk>/sharing/", evidence_api.SiteShare.as_view(), name="api_site_share"),
    path("camera-sites/<uuid:pk>/sharing/end/", evidence_api.SiteShareEnd.as_view(), name="api_site_share_end"),
    path("camera-sites/<uuid:pk>/signs/", evidence_api.SiteSigns.as_view(), name="api_site_signs"),
    path("camera-sites/<uuid:pk>/position/", evidence_api.SitePosition.as_view(), name="api_site_position"),
    path("camera-sites/<uuid:pk>/tests/", accuracy_api.SiteAccuracy.as_view(), name="api_site_tests"),
    path("camera-sites/<uuid:pk>/question/", accuracy_api.SiteQuestion.as_view(), name="api_site_question"),
    path("camera-sites/<uuid:pk>/review/", accuracy_api.SiteReview.as_view(), name="api_site_review"),
    path("camera-sites/tests/import/", accuracy_api.TestsImport.as_view(), name="api_tests_import"),
    path("dpias/", dpias_api.DpiaList.as_view(), name="api_dpia_list"),
    path("dpias/<uuid:pk>/", dpias_api.DpiaDetail.as_view(), name="api_dpia_detail"),
    path("dpias/<uuid:pk>/submit/", dpias_api.DpiaSubmit.as_view(), name="api_dpia_submit"),
    path("dpias/<uuid:pk>/sent-to-commissioner/", dpias_api.DpiaSent.as_view(), name="api_dpia_sent"),
    path("dpias/<uuid:pk>/commissioner-answer/", dpias_api.DpiaAnswered.as_view(), name="api_dpia_answered"),
    path("dpias/import/", dpias_api.DpiaImport.as_view(), name="api_dpia_import"),
    path("dpias/<uuid:pk>/versions/<int:number>/document/", dpias_api.DpiaDocument.as_view(), name="api_dpia_document"),
    path("dpias/<uuid:pk>/differences/", dpias_api.DpiaDifferences.as_view(), name="api_dpia_differences"),
    path("dpias/<uuid:pk>/advise/", dpias_api.DpiaAdvise.as_view(), name="api_dpia_advise"),
    path("dpias/<uuid:pk>/decide/", dpias_api.DpiaDecide.as_view(), name="api_dpia_decide"),
]
