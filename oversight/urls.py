"""Addresses of the home page and the public pages."""

from django.urls import path

from oversight import public, views

urlpatterns = [
    path("", views.home_page, name="home"),
    path("transparency/", public.transparency, name="transparency"),
    path("transparency/figures.json", public.transparency_json, name="transparency_json"),
    path("transparency/assessments/<uuid:pk>.pdf", public.assessment_pdf, name="assessment_pdf"),
    path("transparency/<slug:key>.csv", public.transparency_csv, name="transparency_csv"),
]
