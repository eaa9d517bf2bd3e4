"""Addresses of the home page and the public pages."""

from django.urls import path

from oversight import views

urlpatterns = [
    path("", views.home_page, name="home"),
]
