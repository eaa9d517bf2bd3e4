"""Addresses of the administrator's pages."""

from django.urls import path

from accounts import api, views

urlpatterns = [
    path("reasons/", views.reason_state, name="reason_state"),
    path("people/", views.person_list, name="person_list"),
    path("people/new/", views.person_new, name="person_new"),
    path("people/<int:pk>/", views.person_edit, name="person_edit"),
    path("people/<int:pk>/deactivate/", views.person_deactivate, name="person_deactivate"),
    path("teams/", views.team_list, name="team_list"),
    path("teams/<int:pk>/", views.team_edit, name="team_edit"),
    path("machines/", views.machine_list, name="machine_list"),
]

api_urlpatterns = [
    path("reasons/", api.ReasonList.as_view(), name="api_reason_list"),
    path("people/", api.PersonList.as_view(), name="api_person_list"),
    path("people/<int:pk>/", api.PersonDetail.as_view(), name="api_person_detail"),
    path("people/<int:pk>/deactivate/", api.PersonDeactivate.as_view(), name="api_person_deactivate"),
    path("teams/", api.TeamList.as_view(), name="api_team_list"),
    path("teams/<int:pk>/", api.TeamDetail.as_view(), name="api_team_detail"),
    path("machines/", api.MachineList.as_view(), name="api_machine_list"),
]
