"""Addresses of matchers: the publication itself, pages, the API."""

from django.urls import path

from matchers.api import disclosures as api_disclosures
from matchers.api import halts as halts_api
from matchers.api import lives as lives_api
from matchers.api import machines
from matchers.api import matchers as api
from matchers.api import refusals as refusals_api
from matchers.views import disclosures, doors, halts, lives, matchers, publication, refusals, root, taxii

COLLECTION = "taxii2/<str:source>/collections/<uuid:collection>"

urlpatterns = [
    path("matchers/", matchers.matcher_list, name="matcher_list"),
    path("matchers/new/", matchers.matcher_new, name="matcher_new"),
    path("matchers/root.json", matchers.publication_root, name="publication_root"),
    path("matchers/<uuid:pk>/", matchers.matcher_detail, name="matcher_detail"),
    path("matchers/<uuid:pk>/allocate/", matchers.matcher_allocate, name="matcher_allocate"),
    path("matchers/<uuid:pk>/code/", matchers.matcher_code, name="matcher_code"),
    path("matchers/allocations/<uuid:pk>/revoke/", matchers.allocation_revoke, name="allocation_revoke"),
    path("hotlists/<slug:slug>/publications/", matchers.publication_list, name="publication_list"),
    path("hotlists/<slug:slug>/not-published/", refusals.refusal_list, name="refusal_list"),
    path("hotlists/<slug:slug>/disclose/", disclosures.list_export, name="list_export"),
    path("matchers/files/", disclosures.disclosure_list, name="disclosure_list"),
    path("matchers/files/<uuid:pk>/", disclosures.disclosure_detail, name="disclosure_detail"),
    path("legacy/<str:source>/revision", doors.Revision.as_view(), name="door_revision"),
    path("legacy/<str:source>/lists", doors.Lists.as_view(), name="door_lists"),
    path("legacy/<str:source>/update", doors.Update.as_view(), name="door_update"),
    path("legacy/<str:source>/held", doors.HeldNow.as_view(), name="door_held"),
    path("legacy/<str:source>/lists/<slug:slug>/update", doors.Update.as_view(), name="door_list_update"),
    path("legacy/<str:source>/lists/<slug:slug>/held", doors.HeldNow.as_view(), name="door_list_held"),
    path("taxii2/", taxii.Discovery.as_view(), name="taxii_discovery"),
    path("taxii2/<str:source>/", taxii.ApiRoot.as_view(), name="taxii_root"),
    path("taxii2/<str:source>/collections/", taxii.Collections.as_view(), name="taxii_collections"),
    path(f"{COLLECTION}/", taxii.Collection.as_view(), name="taxii_collection"),
    path(f"{COLLECTION}/manifest/", taxii.Manifest.as_view(), name="taxii_manifest"),
    path(f"{COLLECTION}/objects/", taxii.Objects.as_view(), name="taxii_objects"),
    path(f"{COLLECTION}/objects/<str:name>/", taxii.Object.as_view(), name="taxii_object"),
    path(f"{COLLECTION}/objects/<str:name>/versions/", taxii.Versions.as_view(), name="taxii_versions"),
    path("matchers/root/", root.root_of_trust, name="root_of_trust"),
    path("matchers/<uuid:pk>/secret/", matchers.matcher_secret, name="matcher_secret"),
    path("matchers/<uuid:pk>/stop/", lives.matcher_stop, name="matcher_stop"),
    path("matchers/<uuid:pk>/restart/", lives.matcher_restart, name="matcher_restart"),
    path("matchers/allocations/<uuid:pk>/prolong/", lives.allocation_prolong, name="allocation_prolong"),
    path("matchers/halts/", halts.halt_list, name="halt_list"),
    path("matchers/halts/<uuid:pk>/", halts.halt_detail, name="halt_detail"),
    path("matchers/halts/<uuid:pk>/release/", halts.halt_release, name="halt_release"),
    path("matchers/halts/<uuid:pk>/refuse/", halts.halt_refuse, name="halt_refuse"),
    path("publication/<str:feed>/metadata/<str:name>", publication.Document.as_view(), name="publication_document"),
    path("publication/<str:feed>/wait", publication.Wait.as_view(), name="publication_wait"),
    path(
        "publication/targets/d/<str:role>/<str:sha256>.full.parquet",
        publication.ListFile.as_view(),
        name="publication_list",
    ),
    path(
        "publication/targets/d/<str:role>/<str:sha256>.<int:revision>.delta.jsonl.gz",
        publication.DeltaFile.as_view(),
        name="publication_delta",
    ),
    path("publication/targets/<str:sha256>.sites.json", publication.SitesFile.as_view(), name="publication_sites"),
]

api_urlpatterns = [
    path("matchers/", api.MatcherList.as_view(), name="api_matcher_list"),
    path("matchers/<uuid:pk>/", api.MatcherDetail.as_view(), name="api_matcher_detail"),
    path("matchers/receipts/", api.ReceiptList.as_view(), name="api_receipt_list"),
    path("allocations/", api.AllocationList.as_view(), name="api_allocation_list"),
    path("allocations/<uuid:pk>/revoke/", api.AllocationRevoke.as_view(), name="api_allocation_revoke"),
    path("hotlists/<slug:slug>/refusals/", refusals_api.RefusalList.as_view(), name="api_refusal_list"),
    path("hotlists/<slug:slug>/disclosures/", api_disclosures.ListExport.as_view(), name="api_list_export"),
    path("disclosures/", api_disclosures.DisclosureList.as_view(), name="api_disclosure_list"),
    path("disclosures/<uuid:pk>/", api_disclosures.DisclosureDetail.as_view(), name="api_disclosure_detail"),
    path("disclosures/<uuid:pk>/told/", api_disclosures.Told.as_view(), name="api_disclosure_told"),
    path("publication-root/", lives_api.RootOfTrust.as_view(), name="api_root_of_trust"),
    path("matchers/<uuid:pk>/secret/", lives_api.MatcherSecret.as_view(), name="api_matcher_secret"),
    path("matchers/own/secret/", machines.OwnSecret.as_view(), name="api_matcher_own_secret"),
    path("matchers/<uuid:pk>/stop/", lives_api.MatcherStop.as_view(), name="api_matcher_stop"),
    path("matchers/<uuid:pk>/restart/", lives_api.MatcherRestart.as_view(), name="api_matcher_restart"),
    path("allocations/<uuid:pk>/prolong/", lives_api.AllocationProlong.as_view(), name="api_allocation_prolong"),
    path("halts/", halts_api.HaltList.as_view(), name="api_halt_list"),
    path("halts/<uuid:pk>/", halts_api.HaltDetail.as_view(), name="api_halt_detail"),
    path("halts/<uuid:pk>/release/", halts_api.HaltRelease.as_view(), name="api_halt_release"),
    path("halts/<uuid:pk>/refuse/", halts_api.HaltRefuse.as_view(), name="api_halt_refuse"),
    path("publications/", api.PublicationList.as_view(), name="api_publication_list"),
    path("matchers/enrol/", machines.Enrol.as_view(), name="api_matcher_enrol"),
    path("challenges/", machines.Challenge.as_view(), name="api_challenge"),
    path("receipts/", machines.Receipt.as_view(), name="api_receipt"),
]
