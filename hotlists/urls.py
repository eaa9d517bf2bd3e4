"""Addresses of the pages of hotlists."""

from django.urls import path

from hotlists.api import acts as acts_api
from hotlists.api import decisions as decisions_api
from hotlists.api import entries as api
from hotlists.api import feeds as feeds_api
from hotlists.api import hotlists as hotlists_api
from hotlists.api import justifications as justifications_api
from hotlists.api import search as search_api
from hotlists.api import writing as writing_api
from hotlists.views import (
    acts,
    decisions,
    entries,
    entry_list,
    feeds,
    hotlists,
    justifications,
    loads,
    reviews,
    search,
    writing,
)

urlpatterns = [
    path("hotlists/", hotlists.hotlist_list, name="hotlist_list"),
    path("hotlists/new/", hotlists.hotlist_new, name="hotlist_new"),
    path("hotlists/<slug:slug>/access/", hotlists.hotlist_access, name="hotlist_access"),
    path("hotlists/<slug:slug>/access/take/", hotlists.hotlist_access_take, name="hotlist_access_take"),
    path("hotlists/<slug:slug>/edit/", hotlists.hotlist_edit, name="hotlist_edit"),
    path("hotlists/<slug:slug>/hand-over/", hotlists.hotlist_hand_over, name="hotlist_hand_over"),
    path("hotlists/<slug:slug>/close/", hotlists.hotlist_close, name="hotlist_close"),
    path("hotlists/<slug:slug>/justify/", justifications.hotlist_justify, name="hotlist_justify"),
    path("justifications/<uuid:pk>/", justifications.justification_decide, name="justification_decide"),
    path("hotlists/<slug:slug>/", hotlists.hotlist_detail, name="hotlist_detail"),
    path("hotlists/<slug:slug>/entries/new/", writing.entry_new, name="entry_new"),
    path("entries/", entry_list.entry_list, name="entry_list"),
    path("entries/<uuid:pk>/", entries.entry_detail, name="entry_detail"),
    path("entries/<uuid:pk>/edit/", writing.entry_edit, name="entry_edit"),
    path("entries/<uuid:pk>/edit/check/", writing.entry_check, name="entry_check"),
    path("entries/<uuid:pk>/edit/<slug:step>/", writing.entry_step, name="entry_step"),
    path("entries/<uuid:pk>/submit/", writing.entry_submit, name="entry_submit"),
    path("entries/<uuid:pk>/decide/", decisions.entry_decide, name="entry_decide"),
    path("entries/<uuid:pk>/withdraw/", acts.entry_withdraw, name="entry_withdraw"),
    path("entries/<uuid:pk>/suspend/", acts.entry_suspend, name="entry_suspend"),
    path("entries/<uuid:pk>/resume/", acts.entry_resume, name="entry_resume"),
    path("entries/<uuid:pk>/narrow/", acts.entry_narrow, name="entry_narrow"),
    path("entries/<uuid:pk>/dispute/", acts.entry_dispute, name="entry_dispute"),
    path("entries/<uuid:pk>/pass-on/", acts.entry_pass_on, name="entry_pass_on"),
    path("entries/<uuid:pk>/ask-again/", acts.entry_ask_again, name="entry_ask_again"),
    path("entries/<uuid:pk>/review/", reviews.entry_review, name="entry_review"),
    path("entries/<uuid:pk>/extend/", reviews.entry_extend, name="entry_extend"),
    path("reviews/", reviews.review_queue, name="review_queue"),
    path("decisions/", decisions.decision_queue, name="decision_queue"),
    path("search/", search.plate_search, name="plate_search"),
    path("hotlists/<slug:slug>/loads/", loads.load_list, name="load_list"),
    path("hotlists/<slug:slug>/loads/new/", loads.load_new, name="load_new"),
    path("hotlists/<slug:slug>/agreements/new/", feeds.agreement_new, name="agreement_new"),
    path("hotlists/<slug:slug>/rows/", feeds.feed_search, name="feed_search"),
    path("hotlists/<slug:slug>/rows/hold-back/", feeds.feed_hold_back, name="feed_hold_back"),
    path("agreements/<uuid:pk>/agree/", feeds.agreement_agree, name="agreement_agree"),
    path("feed-exceptions/<uuid:pk>/lift/", feeds.exception_lift, name="exception_lift"),
    path("loads/<uuid:pk>/", loads.load_detail, name="load_detail"),
    path("loads/<uuid:pk>/progress/", loads.load_progress, name="load_progress"),
    path("loads/<uuid:pk>/accept/", loads.load_accept, name="load_accept"),
    path("loads/<uuid:pk>/refuse/", loads.load_refuse, name="load_refuse"),
    path("loads/<uuid:pk>/problems.csv", loads.load_problems, name="load_problems"),
]

api_urlpatterns = [
    path("hotlists/", hotlists_api.HotlistList.as_view(), name="api_hotlist_list"),
    path("hotlists/<slug:slug>/access/", hotlists_api.HotlistAccess.as_view(), name="api_hotlist_access"),
    path("hotlists/<slug:slug>/access/take/", hotlists_api.HotlistAccessTake.as_view(), name="api_hotlist_access_take"),
    path("hotlists/<slug:slug>/misfits/", hotlists_api.HotlistMisfits.as_view(), name="api_hotlist_misfits"),
    path("hotlists/<slug:slug>/hand-over/", hotlists_api.HotlistHandOver.as_view(), name="api_hotlist_hand_over"),
    path("hotlists/<slug:slug>/close/", hotlists_api.HotlistClose.as_view(), name="api_hotlist_close"),
    path(
        "hotlists/<slug:slug>/justifications/",
        justifications_api.JustificationList.as_view(),
        name="api_justification_list",
    ),
    path(
        "justifications/<uuid:pk>/decide/",
        justifications_api.JustificationDecide.as_view(),
        name="api_justification_decide",
    ),
    path("hotlists/<slug:slug>/", hotlists_api.HotlistDetail.as_view(), name="api_hotlist_detail"),
    path("entries/", api.EntryList.as_view(), name="api_entry_list"),
    path("entries/<uuid:pk>/", api.EntryDetail.as_view(), name="api_entry_detail"),
    path("decisions/", decisions_api.DecisionQueue.as_view(), name="api_decision_queue"),
    path("entries/<uuid:pk>/decisions/", decisions_api.EntryDecisions.as_view(), name="api_entry_decisions"),
    path("entries/<uuid:pk>/quality/", writing_api.EntryQuality.as_view(), name="api_entry_quality"),
    path("entries/<uuid:pk>/submit/", api.EntrySubmit.as_view(), name="api_entry_submit"),
    path("entries/<uuid:pk>/decide/", decisions_api.EntryDecide.as_view(), name="api_entry_decide"),
    path("entries/<uuid:pk>/withdraw/", acts_api.EntryWithdraw.as_view(), name="api_entry_withdraw"),
    path("entries/<uuid:pk>/suspend/", acts_api.EntrySuspend.as_view(), name="api_entry_suspend"),
    path("entries/<uuid:pk>/resume/", acts_api.EntryResume.as_view(), name="api_entry_resume"),
    path("entries/<uuid:pk>/narrow/", acts_api.EntryNarrow.as_view(), name="api_entry_narrow"),
    path("entries/<uuid:pk>/dispute/", acts_api.EntryDispute.as_view(), name="api_entry_dispute"),
    path("entries/<uuid:pk>/pass-on/", acts_api.EntryPassOn.as_view(), name="api_entry_pass_on"),
    path("entries/<uuid:pk>/ask-again/", acts_api.EntryAskAgain.as_view(), name="api_entry_ask_again"),
    path("entries/<uuid:pk>/review/", acts_api.EntryReview.as_view(), name="api_entry_review"),
    path("entries/<uuid:pk>/extend/", acts_api.EntryExtend.as_view(), name="api_entry_extend"),
    path("reviews/", acts_api.ReviewQueue.as_view(), name="api_review_queue"),
    path("search/", search_api.PlateSearch.as_view(), name="api_plate_search"),
    path("hotlists/<slug:slug>/loads/", feeds_api.LoadList.as_view(), name="api_load_list"),
    path("loads/<uuid:pk>/", feeds_api.LoadDetail.as_view(), name="api_load_detail"),
    path("loads/<uuid:pk>/accept/", feeds_api.LoadAccept.as_view(), name="api_load_accept"),
    path("loads/<uuid:pk>/refuse/", feeds_api.LoadRefuse.as_view(), name="api_load_refuse"),
]
