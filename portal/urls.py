"""Addresses. Each room keeps its own: `urlpatterns` for pages, `api_urlpatterns` for what stands under /api/v1/."""

from importlib import import_module

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path
from django.utils.module_loading import module_has_submodule
from drf_spectacular.views import SpectacularAPIView
from oauth2_provider.views import TokenView

from portal import health, style, views

handler400 = "portal.views.bad_request"
handler403 = "portal.views.forbidden"
handler404 = "portal.views.not_found"
handler500 = "portal.views.server_error"

# Top floor first: the home page and the public pages are asked for most.
ROOMS = (
    "oversight", "scrutiny", "hits", "matchers", "hotlists", "camera_sites", "retention", "accounts", "standards", "audit",
)  # fmt: skip

pages: list[URLPattern | URLResolver] = []
api: list[URLPattern | URLResolver] = [path("schema/", SpectacularAPIView.as_view(), name="api_schema")]
for room in ROOMS:
    if module_has_submodule(apps.get_app_config(room).module, "urls"):
        urls = import_module(f"{room}.urls")
        pages += urls.urlpatterns
        api += getattr(urls, "api_urlpatterns", [])

urlpatterns = [
    *pages,
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include(api)),
    path("oauth/token/", TokenView.as_view(), name="oauth_token"),  # machines only: no other OAuth flow has an address
    path("healthz", health.healthz, name="healthz"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("style/", style.style, name="style"),
]
