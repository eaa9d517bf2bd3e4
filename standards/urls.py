"""Addresses of the standards."""

from django.urls import path

from standards import api, views

urlpatterns = [
    path("standards/", views.profile_list, name="profile_list"),
    path("standards/propose/", views.profile_propose, name="profile_propose"),
    path("standards/<uuid:pk>/", views.profile_detail, name="profile_detail"),
    path("standards/<uuid:pk>/adopt/", views.profile_adopt, name="profile_adopt"),
]

api_urlpatterns = [
    path("standards/", api.ProfileList.as_view(), name="api_profile_list"),
    path("standards/<uuid:pk>/", api.ProfileDetail.as_view(), name="api_profile_detail"),
    path("standards/<uuid:pk>/changes/", api.ProfileChanges.as_view(), name="api_profile_changes"),
    path("standards/<uuid:pk>/adopt/", api.ProfileAdopt.as_view(), name="api_profile_adopt"),
]
